//! Ctrl-C, and the signal of a service manager.

use std::process::{Child, Command};

use samokoder_migrate::testing::Database;

use crate::support::{Project, Ran, connect, database, eventually, tables, text};

fn slow() -> Project {
    Project::shop().migration(
        "002_orders",
        "CREATE TABLE orders (id int);\nSELECT pg_sleep(600);",
        "DROP TABLE orders;",
    )
}

fn start(project: &Project, database: &Database, arguments: &[&str]) -> Child {
    let mut command = project.command(arguments);
    command.env("DATABASE_URL", database.url()).spawn().unwrap()
}

/// Waits until the command is where a query over its session's row says.
fn wait_until(database: &Database, condition: &str) {
    let mut client = connect(database);
    let sql = format!(
        "SELECT (count(*) > 0)::text FROM pg_stat_activity
         WHERE datname = current_database() AND application_name LIKE 'samokoder-migrate%' AND {condition}"
    );
    eventually(condition, || {
        (text(&mut client, &sql) == "true").then_some(())
    });
}

fn signal(child: &Child, name: &str) {
    let status = Command::new("kill")
        .args([name, &child.id().to_string()])
        .status()
        .unwrap();
    assert!(status.success());
}

fn end(child: Child) -> Ran {
    Ran::of(child.wait_with_output().unwrap())
}

#[test]
fn ctrl_c_undoes_the_step_at_work_and_reports_it() {
    for name in ["-INT", "-TERM"] {
        let (project, database) = (slow(), database());
        let child = start(&project, &database, &["up"]);
        wait_until(&database, "wait_event = 'PgSleep'");
        signal(&child, name);
        end(child)
            .exits(1)
            .says("interrupted")
            .says("upgraded 001_users")
            .says("canceling statement due to user request")
            .says("002_orders was rolled back")
            .says("help: run again");
        let mut client = connect(&database);
        assert_eq!(tables(&mut client), "users");
        let failed = "SELECT subject FROM samokoder_migrate.event WHERE outcome = 'failed'";
        assert_eq!(text(&mut client, failed), "002_orders");
    }
}

#[test]
fn ctrl_c_ends_a_run_that_waits_for_another() {
    let (project, database) = (slow(), database());
    let first = start(&project, &database, &["up"]);
    wait_until(&database, "wait_event = 'PgSleep'");
    let second = start(&project, &database, &["up", "--wait", "10min"]);
    wait_until(&database, "state = 'idle' AND query LIKE '%pg_locks%'");
    signal(&second, "-INT");
    let second = end(second).exits(1).says("the run was interrupted");
    assert!(!second.stderr.contains("upgraded"), "{second:#?}");
    signal(&first, "-INT");
    end(first).exits(1).says("upgraded 001_users");
}

#[test]
fn after_an_interrupt_the_next_run_goes_on() {
    let (project, database) = (slow(), database());
    let child = start(&project, &database, &["up"]);
    wait_until(&database, "wait_event = 'PgSleep'");
    signal(&child, "-INT");
    end(child).exits(1);
    project.write(
        "migrations/002_orders.up.sql",
        "CREATE TABLE orders (id int);",
    );
    let ran = project.run_on(&database, &["up"]).exits(0);
    assert!(ran.stdout.starts_with("upgraded 002_orders"), "{ran:#?}");
    assert_eq!(tables(&mut connect(&database)), "items orders users");
}
