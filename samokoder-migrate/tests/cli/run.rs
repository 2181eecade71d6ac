//! `status`, `up`, `down` and `stamp` on a real server.

use std::io::{BufRead as _, BufReader};

use std::time::{Duration, Instant};

use crate::support::{Project, connect, database, eventually, is_untouched, psql, tables, text};

/// Drops durations and times, which differ from run to run.
fn steady(output: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in output.lines() {
        let line = match (line.rfind(" ("), line.ends_with(" ms)")) {
            (Some(at), true) => &line[..at],
            _ => line,
        };
        let words: Vec<&str> = line
            .split(' ')
            .map(|word| {
                if word.len() == 20 && word.ends_with('Z') {
                    "TIME"
                } else {
                    word
                }
            })
            .collect();
        lines.push(words.join(" "));
    }
    lines.join("\n") + "\n"
}

#[test]
fn goes_up_and_down_and_says_where_it_is() {
    let (project, database) = (Project::shop(), database());
    let mut client = connect(&database);
    let run = |arguments: &[&str]| project.run_on(&database, arguments).exits(0);

    insta::assert_snapshot!("status_before", run(&["status"]).stdout);
    assert!(is_untouched(&mut client));
    insta::assert_snapshot!("up", steady(&run(&["up", "--env", "dev"]).stdout));
    assert_eq!(tables(&mut client), "items orders users");
    assert_eq!(
        run(&["up"]).stdout,
        "nothing to do, the database is at 003_items\n"
    );
    insta::assert_snapshot!("status_after", steady(&run(&["status"]).stdout));

    let down = run(&["down"]);
    assert_eq!(down.stderr, "will do:\n  downgrade 003_items\n");
    assert_eq!(
        steady(&down.stdout),
        "downgraded 003_items\nthe database is at 002_orders\n"
    );
    run(&["down", "-2"]);
    assert_eq!(tables(&mut client), "");
    run(&["up", "002"]);
    assert_eq!(tables(&mut client), "orders users");
    run(&["down", "users"]);
    assert_eq!(tables(&mut client), "users");
    run(&["up"]);
    run(&["down", "base"]);
    assert_eq!(tables(&mut client), "");
    run(&["up", "head"]);
    run(&["up", "001_users", "--allow-downgrade"]);
    assert_eq!(tables(&mut client), "users");
    let count = "SELECT count(*)::text FROM users";
    assert_eq!(text(&mut client, count), "1", "seeds without --env");
}

#[test]
fn a_folder_with_errors_is_not_run() {
    let project = Project::shop().migration("004_bad", "CREAT TABLE a ();", "DROP TABLE a;");
    let database = database();
    let ran = project.run_on(&database, &["up"]).exits(1);
    assert_eq!(ran.stdout, "");
    ran.says("migrations/004_bad.up.sql:1:1")
        .says("nothing was done");
    assert!(is_untouched(&mut connect(&database)));
    // The folder is looked at first: without a database it is the same.
    project.run(&["up"]).exits(1);
}

#[test]
fn a_failed_step_is_shown_and_what_stands() {
    let project = Project::shop().migration(
        "002_orders",
        "CREATE TABLE orders (id int);\nINSERT INTO orders VALUES (1), ('имя');",
        "DROP TABLE orders;",
    );
    let database = database();
    let ran = project.run_on(&database, &["up"]).exits(1);
    let ran = ran
        .says("upgraded 001_users")
        .says("--> migrations/002_orders.up.sql:2:33")
        .says("22P02")
        .says("002_orders was rolled back");
    assert_eq!(ran.stdout, "");
    assert_eq!(tables(&mut connect(&database)), "users");
}

#[test]
fn refusals_are_told_in_words_of_the_command() {
    let (project, database) = (Project::shop(), database());
    project.run_on(&database, &["up", "003"]).exits(0);
    let below = project.run_on(&database, &["up", "001"]).exits(1);
    let below = below
        .says("SM0601")
        .says("`samokoder-migrate down REVISION`");
    assert!(!below.stderr.contains("downgrade_to"), "{below:#?}");
    project
        .run_on(&database, &["down", "-4"])
        .exits(1)
        .says("SM0607");
    assert_eq!(tables(&mut connect(&database)), "items orders users");
}

#[test]
fn wrong_use_is_two() {
    let (project, database) = (Project::shop(), database());
    let wrong = |arguments: &[&str]| project.run_on(&database, arguments).exits(2);
    wrong(&["up", "004"]).says("there are 001_users to 003_items");
    wrong(&["down", "nowhere"]);
    wrong(&["down", "-x"]);
    wrong(&["down", "-2x"]);
    wrong(&["stamp", "004"]);
    wrong(&["stamp"]);
    wrong(&["up", "--env", "prod"]).says("there are dev");
    wrong(&["up", "--wait", "soon"]).says("such as 500ms");
    wrong(&["up", "--lock-timeout", "0s"]);
    wrong(&["up", "--schema", ""]);
    wrong(&["status", "--dir", "nowhere"]);
    assert!(is_untouched(&mut connect(&database)));
    project.run(&["status"]).exits(2).says("DATABASE_URL");
}

#[test]
fn no_password_is_ever_shown() {
    let project = Project::shop();
    let secret = "hush-hush";
    let not_understood = [
        format!("postgres://me:1{secret}/x"),
        format!("postgres//me:{secret}@127.0.0.1/db"),
        format!("host=127.0.0.1 password=my {secret}=x"),
        format!("postgres://me:a/{secret}@127.0.0.1/db?{secret}=1"),
    ];
    for url in &not_understood {
        let ran = project.run(&["status", "--database-url", url]).exits(2);
        assert!(!ran.stderr.contains("hush"), "{ran:#?}");
    }
    // Nobody listens at port 1.
    let url = format!("postgres://me:{secret}@127.0.0.1:1/db");
    let ran = project.run(&["up", "--database-url", &url]).exits(1);
    assert!(!ran.stderr.contains("hush"), "{ran:#?}");
    ran.says("SM0707");
}

#[test]
fn a_dry_run_prints_what_would_run_and_runs_nothing() {
    let (project, database) = (Project::shop(), database());
    let mut client = connect(&database);
    let dry = project.run_on(&database, &["up", "--dry-run"]).exits(0);
    assert_eq!(
        dry.stderr,
        "upgrade 001_users\nupgrade 002_orders\nupgrade 003_items\nseed users\n"
    );
    assert!(dry.stdout.starts_with("\\set ON_ERROR_STOP on\n"));
    assert!(is_untouched(&mut client));
    psql(&database, &dry.stdout).unwrap();
    assert_eq!(tables(&mut client), "items orders users");
    let dry = project.run_on(&database, &["up", "--dry-run"]).exits(0);
    assert_eq!((&*dry.stdout, &*dry.stderr), ("", "nothing to do\n"));
}

#[test]
fn stamps_without_running() {
    let (project, database) = (Project::tables(), database());
    let ran = project.run_on(&database, &["stamp", "002"]).exits(0);
    assert_eq!(
        steady(&ran.stdout),
        "stamped 002_orders\nthe database is at 002_orders\n"
    );
    let mut client = connect(&database);
    assert_eq!(tables(&mut client), "");
    project.run_on(&database, &["up"]).exits(0);
    assert_eq!(tables(&mut client), "items");
}

#[test]
fn sets_live_side_by_side_in_a_schema_of_choice() {
    let (project, database) = (Project::shop(), database());
    let billing =
        Project::new().migration("1_bills", "CREATE TABLE bills ();", "DROP TABLE bills;");
    let place = ["--schema", "ops \"1\"", "--database-url", &database.url()];
    let with = |arguments: &[&'static str]| -> Vec<String> {
        let all = arguments.iter().chain(&place);
        all.map(|argument| (*argument).to_owned()).collect()
    };
    let run = |project: &Project, arguments: Vec<String>| {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        project.run(&arguments).exits(0)
    };
    run(&project, with(&["up"]));
    run(&billing, with(&["up", "--set", "billing"]));
    let mut client = connect(&database);
    assert_eq!(tables(&mut client), "bills items orders users");
    let sets = "SELECT string_agg(DISTINCT set_name, ' ') FROM \"ops \"\"1\"\"\".history";
    assert_eq!(text(&mut client, sets), "billing main");
    run(&project, with(&["down", "base"]));
    assert_eq!(tables(&mut client), "bills");
}

#[test]
fn another_run_at_work_is_three() {
    let (project, database) = (Project::shop(), database());
    let mut other = connect(&database);
    let lock = project.run(&["sql"]).exits(0).stdout;
    let key = lock
        .split_once("pg_try_advisory_xact_lock(")
        .and_then(|(_, rest)| rest.split_once(')'))
        .unwrap()
        .0;
    other
        .batch_execute(&format!("SELECT pg_advisory_lock({key})"))
        .unwrap();
    let began = Instant::now();
    let ran = project.run_on(&database, &["up", "--wait", "1s"]).exits(3);
    assert!(began.elapsed() >= Duration::from_secs(1));
    ran.says("SM0702")
        .says("give `--wait` more time")
        .says("waiting for process");
    assert!(is_untouched(&mut other));
    other
        .batch_execute(&format!("SELECT pg_advisory_unlock({key})"))
        .unwrap();
    project.run_on(&database, &["up", "--wait", "0s"]).exits(0);
}

#[test]
fn a_lock_timeout_bounds_the_wait_for_a_table() {
    let project = Project::shop();
    let database = database();
    project.run_on(&database, &["up"]).exits(0);
    let project = project.migration(
        "004_more",
        "ALTER TABLE users ADD more int;",
        "ALTER TABLE users DROP more;",
    );
    let mut other = connect(&database);
    let mut open = other.transaction().unwrap();
    open.batch_execute("LOCK TABLE users").unwrap();
    project
        .run_on(
            &database,
            &["up", "--lock-timeout", "50ms", "--retries", "1"],
        )
        .exits(1)
        .says("004_more lost a lock; attempt 2")
        .says("canceling statement due to lock timeout")
        .says("004_more.up.sql");
    open.rollback().unwrap();
    eventually("the upgrade", || {
        (project.run_on(&database, &["up"]).code == Some(0)).then_some(())
    });
}

#[test]
fn up_says_how_far_an_index_is_that_it_builds() {
    let project = Project::tables().migration(
        "004_index",
        "-- samokoder: no-transaction\nCREATE INDEX CONCURRENTLY i ON users (id);\n",
        "-- samokoder: no-transaction\nDROP INDEX CONCURRENTLY i;\n",
    );
    let database = database();
    project.run_on(&database, &["up", "003"]).exits(0);
    // A build waits for whoever has written to the table.
    let mut holder = connect(&database);
    holder
        .batch_execute("BEGIN; INSERT INTO users VALUES (1)")
        .unwrap();
    let mut command = project.command(&["up"]);
    let mut child = command.env("DATABASE_URL", database.url()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let line = lines.next().unwrap().unwrap();
    assert_eq!(
        line,
        "samokoder-migrate 004_index: waiting for writers before build, 0 %"
    );
    holder.batch_execute("ROLLBACK").unwrap();
    let ended = child.wait_with_output().unwrap();
    assert!(ended.status.success());
}
