//! sea-orm-migration, given raw SQL.

use contestant::{Call, Verb};
use sea_orm_migration::{
    async_trait,
    prelude::{DbErr, MigrationName, MigrationTrait, MigratorTrait, SchemaManager},
    sea_orm::{ConnectionTrait as _, Database},
};

mod table {
    include!(concat!(env!("OUT_DIR"), "/table.rs"));
}

struct Migrator;

struct Raw {
    name: String,
    up: &'static str,
    down: &'static str,
}

impl MigrationName for Raw {
    fn name(&self) -> &str {
        &self.name
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Raw {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared(self.up).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .get_connection()
            .execute_unprepared(self.down)
            .await?;
        Ok(())
    }
}

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        table::MIGRATIONS
            .iter()
            .map(|(number, name, up, down, _)| {
                let name = format!("m{number:04}_{name}");
                Box::new(Raw { name, up, down }) as Box<dyn MigrationTrait>
            })
            .collect()
    }
}

fn main() -> contestant::Result {
    let call = contestant::call()?;
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(run(&call))?;
    contestant::tell()
}

async fn run(call: &Call) -> contestant::Result {
    let database = Database::connect(&call.url).await?;
    match call.verb {
        Verb::Up => Migrator::up(&database, None).await?,
        Verb::Down => Migrator::down(&database, None).await?,
    }
    Ok(())
}
