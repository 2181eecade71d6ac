//! What the README shows, run: its blocks are taken from here, word by word.
#![expect(clippy::print_stdout, reason = "a program shows what it did")]

mod support;

use std::{env, error::Error, process::Command, time::Duration};

use samokoder_migrate::{Current, Repair, Report};
use samokoder_schema::migrations::{self, Env, Revision, Seed};
use support::supabase;

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

#[test]
fn a_blocking_program_migrates() -> Result {
    let (database, client) = supabase();
    drop(client);
    let report = blocking(&database.url())?;
    assert_eq!(report.current(), Current::Known(Revision::AddApiKeys));
    Ok(())
}

fn blocking(url: &str) -> Result<Report<Revision>> {
    use postgres::{Client, NoTls};

    let mut client = Client::connect(url, NoTls)?;
    let report = migrations::run_to(Revision::Head).on(&mut client)?;
    println!("{report}");
    Ok(report)
}

#[tokio::test]
async fn an_async_program_migrates() -> Result {
    let (database, blocking) = tokio::task::spawn_blocking(supabase).await?;
    tokio::task::spawn_blocking(move || drop(blocking)).await?;
    let (mut client, connection) =
        tokio_postgres::connect(&database.url(), tokio_postgres::NoTls).await?;
    tokio::spawn(connection);

    let report = migrations::run_to(Revision::Head)
        .lock_timeout(Duration::from_secs(3))
        .on(&mut client)
        .await?;
    assert_eq!(report.steps().len(), 8);
    Ok(())
}

#[test]
fn a_program_finds_its_database_in_the_environment() -> Result {
    fn migrate() -> samokoder_migrate::Result<()> {
        migrations::run_to(Revision::Head).from_env()?; // DATABASE_URL
        Ok(())
    }
    // The environment belongs to the whole process, so the program is this test, run once more.
    const PROGRAM: &str = "SAMOKODER_TEST_PROGRAM";
    if env::var_os(PROGRAM).is_some() {
        return Ok(migrate()?);
    }
    let (database, mut client) = supabase();
    let program = Command::new(env::current_exe()?)
        .args(["a_program_finds_its_database_in_the_environment", "--exact"])
        .env("DATABASE_URL", database.url())
        .env(PROGRAM, "1")
        .output()?;
    assert!(program.status.success(), "{program:?}");
    assert!(migrations::status().on(&mut client)?.is_at_head());
    Ok(())
}

#[test]
fn the_verbs_do_what_they_say() -> Result {
    let (_database, mut client) = supabase();

    migrations::run_to(Revision::Head)
        .seeds(Env::Dev)
        .on(&mut client)?;

    let status = migrations::status().on(&mut client)?; // reads, never writes
    assert!(status.is_at_head());

    migrations::downgrade(1).on(&mut client)?; // one step
    migrations::downgrade_to(Revision::InitialSchema).on(&mut client)?;

    let plan = migrations::plan_to(Revision::Head).on(&mut client)?;
    for script in plan.scripts() {
        println!("{script}"); // exactly what a run would send
    }

    migrations::run_to(Revision::Head).on(&mut client)?;
    migrations::seed(Seed::AiProviders).on(&mut client)?; // now, due or not
    migrations::verify().on(&mut client)?; // fails where history and build differ
    Ok(())
}

#[test]
fn a_schema_made_by_hand_is_stamped() -> Result {
    let (_database, mut client) = supabase();
    client.batch_execute(migrations::SET.migrations()[0].upgrade().text())?;

    migrations::stamp(Revision::InitialSchema).on(&mut client)?; // records, runs nothing
    migrations::run_to(Revision::Head).on(&mut client)?;
    migrations::repair(Repair::Done).on(&mut client)?; // or Repair::Again; the command: repair --done
    Ok(())
}

#[test]
fn a_match_over_revisions_is_exhaustive() -> Result {
    let (_database, mut client) = supabase();
    assert!(!has_api_keys(&mut client)?);
    migrations::run_to(Revision::Head).on(&mut client)?;
    assert!(has_api_keys(&mut client)?);
    Ok(())
}

fn has_api_keys(client: &mut postgres::Client) -> Result<bool> {
    let has_api_keys = match migrations::status().on(client)?.current() {
        Current::Known(revision) => revision >= Revision::AddApiKeys,
        _ => true, // a newer build was here
    };
    Ok(has_api_keys)
}

#[test]
fn a_test_gets_a_database_of_its_own() -> Result {
    use samokoder_migrate::testing::Server;

    let database = Server::shared()?.database()?;
    let mut client = postgres::Client::connect(&database.url(), postgres::NoTls)?;
    assert_eq!(client.query_one("select 1", &[])?.get::<_, i32>(0), 1);
    Ok(())
}
