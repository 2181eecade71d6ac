//! What is printed for review is what runs.

use std::fs;

use samokoder_migrate::{
    Set,
    revision::{Point, Target},
    testing::Server,
    verb,
};

use crate::support::{Driver, Given, World};

/// Reads the messages that one backend sent, out of a server's log.
///
/// Each line begins with `@pid@`; a message's further lines are indented by a tab.
fn logged(server: &Server, pid: &str) -> Vec<String> {
    let log = fs::read_to_string(server.log_path()).unwrap();
    let mut messages: Vec<String> = Vec::new();
    let mut ours = false;
    for line in log.lines() {
        if let Some(rest) = line.strip_prefix('\t') {
            if ours {
                let last = messages.last_mut().unwrap();
                last.push('\n');
                last.push_str(rest);
            }
            continue;
        }
        ours = false;
        let Some(message) = line
            .strip_prefix(&format!("@{pid}@"))
            .and_then(|line| line.strip_prefix("LOG:  statement: "))
        else {
            continue;
        };
        ours = true;
        messages.push(message.to_owned());
    }
    messages
}

/// Takes out the identifier that differs from run to run.
fn without_run(message: &str, run: &str) -> String {
    message.trim_end().replace(run, "RUN")
}

fn run_of(scripts: &[String]) -> String {
    let text = scripts.concat();
    let (_, rest) = text.split_once("e.run OPERATOR(pg_catalog.=) E'").unwrap();
    rest.split_once('\'').unwrap().0.to_owned()
}

fn given() -> Set {
    Given::new()
        .migration("a", "CREATE TABLE a (id int);\nINSERT INTO a VALUES (1) -- one", "DROP TABLE a")
        .migration("b", "SET search_path = pg_catalog; SELECT 'я'", "SELECT 1")
        .migration(
            "c",
            "-- samokoder: no-transaction\nCREATE INDEX CONCURRENTLY i ON a (id); CREATE INDEX CONCURRENTLY j ON a (id)",
            "-- samokoder: no-transaction\nDROP INDEX CONCURRENTLY i; DROP INDEX CONCURRENTLY j",
        )
        .migration("d", "CREATE TABLE d (id int)", "DROP TABLE d")
        .seed("s", "INSERT INTO d SELECT 1 WHERE NOT EXISTS (SELECT FROM d)")
        .set()
}

#[test]
fn prints_exactly_the_messages_that_are_then_sent() {
    let server = Server::builder()
        .setting("log_statement", "all")
        .setting("log_line_prefix", "@%p@")
        .start()
        .unwrap();
    let set = given();
    for driver in [Driver::Blocking, Driver::Async] {
        let mut world = World::on(&server, driver);
        let pid = world.client.value("SELECT pg_backend_pid()");
        for run in [
            verb::run_to(&set, Target::At(Point(1))),
            verb::run_to(&set, Target::Head),
            verb::seed(&set, 0),
            verb::downgrade(&set, 3),
            verb::downgrade_to(&set, Target::BASE),
            verb::stamp(&set, Target::Head),
        ] {
            let preview = world.client.plan(run.clone().dry_run()).unwrap();
            let before = logged(&server, &pid).len();
            let report = world.client.run(run).unwrap();
            let messages = logged(&server, &pid);
            // The first reads where the database is, and where a script needs its session, one
            // sees whether that stays.
            let reads = |message: &&String| !message.starts_with("SET LOCAL client_encoding");
            let waits = messages.len() - before;
            let messages: Vec<String> = messages[before + 1..]
                .iter()
                .filter(reads)
                .map(|message| without_run(message, report.run_id()))
                .collect();
            let printed: Vec<String> = preview
                .scripts()
                .iter()
                .map(|message| without_run(message, &run_of(preview.scripts())))
                .collect();
            assert_eq!(printed.len(), messages.len());
            for (printed, message) in printed.iter().zip(&messages) {
                assert_eq!(printed, message);
            }
            assert_eq!(report.round_trips(), waits);
        }
    }
}

#[test]
fn writes_nothing() {
    let set = given();
    for mut world in crate::support::worlds() {
        let run = verb::run_to(&set, Target::Head);
        world.client.plan(run.dry_run()).unwrap();
        assert!(!world.exists("samokoder_migrate.history"));
        world.up_to(&set, 1).unwrap();
        let events = world.events();
        world
            .client
            .plan(verb::run_to(&set, Target::Head).dry_run())
            .unwrap();
        world
            .client
            .plan(verb::downgrade(&set, 1).dry_run())
            .unwrap();
        assert_eq!(world.events(), events);
        assert_eq!(world.history(), ["001_a"]);
        world
            .client
            .execute("SET default_transaction_read_only = on");
        let plan = world
            .client
            .plan(verb::plan_to(&set, Target::Head))
            .unwrap();
        assert_eq!(plan.steps().len(), 4);
    }
}
