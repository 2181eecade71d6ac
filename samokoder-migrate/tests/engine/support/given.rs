//! Sets made from scripts in memory, by the checks that the build makes.

use samokoder_migrate::{
    Set,
    set::{DEFAULT_SCHEMA, DEFAULT_SET},
};
use samokoder_migrate_core::{
    check::{Judgement, Options, check},
    folder::Folder,
};

/// Scripts, to be made a set.
#[derive(Clone, Debug)]
pub(crate) struct Given {
    name: String,
    schema: String,
    count: usize,
    migrations: Folder,
    seeds: Folder,
}

/// Makes a set of migrations: name, upgrade, downgrade.
pub(crate) fn set(migrations: &[(&str, &str, &str)]) -> Set {
    migrations
        .iter()
        .fold(Given::new(), |given, (name, up, down)| {
            given.migration(name, up, down)
        })
        .set()
}

impl Given {
    pub(crate) fn new() -> Self {
        Self {
            name: DEFAULT_SET.to_owned(),
            schema: DEFAULT_SCHEMA.to_owned(),
            count: 0,
            migrations: Folder::new("migrations"),
            seeds: Folder::new("seeds"),
        }
    }

    pub(crate) fn named(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }

    pub(crate) fn in_schema(mut self, schema: &str) -> Self {
        schema.clone_into(&mut self.schema);
        self
    }

    /// Adds a migration, whose version is the next number: `001`.
    pub(crate) fn migration(mut self, name: &str, up: &str, down: &str) -> Self {
        self.count += 1;
        let label = format!("{:03}_{name}", self.count);
        self.migrations = self
            .migrations
            .file(format!("{label}.up.sql"), up)
            .file(format!("{label}.down.sql"), down);
        self
    }

    /// Adds a migration at a version of its own, above those before it: `020`.
    pub(crate) fn at(mut self, version: u32, name: &str, up: &str, down: &str) -> Self {
        self.count = version as usize - 1;
        self.migration(name, up, down)
    }

    pub(crate) fn irreversible(self, name: &str, up: &str) -> Self {
        let down = "-- samokoder: irreversible \"it drops what nothing brings back\"";
        self.migration(name, up, down)
    }

    /// Adds a seed, whose path is below the seeds folder and without `.sql`.
    pub(crate) fn seed(mut self, path: &str, text: &str) -> Self {
        self.seeds = self.seeds.file(format!("{path}.sql"), text);
        self
    }

    pub(crate) fn set(&self) -> Set {
        let seeds = (!self.seeds.entries().is_empty()).then_some(&self.seeds);
        let mut options = Options::default();
        // All of the grammar, so that a test can send what its server does not know.
        options.postgres = Some(19);
        // And what its server refuses.
        options.catalog = Judgement::Warn;
        let checked = check(&self.migrations, seeds, &options);
        let Some(history) = checked.history else {
            panic!("{:#?}", checked.diagnostics);
        };
        Set::of_history(&history, &self.name, &self.schema)
    }
}
