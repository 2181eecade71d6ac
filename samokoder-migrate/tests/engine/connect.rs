//! Connections: what is passed, what is refused, and what an error must not say.

use std::{env, process::Command};

use postgres::NoTls;
use samokoder_migrate::{
    Report, Result, Set,
    revision::{Point, Target},
    verb,
};
use tokio::{
    runtime::{Builder, RuntimeFlavor},
    task::{self, LocalSet, coop},
};

use crate::support::{Driver, World, set, worlds};

#[test]
fn a_run_on_an_async_client_is_a_future_that_can_be_sent() {
    fn is_send<F: Future<Output = Result<Report<Point>>> + Send>(future: F) -> F {
        future
    }
    let set = set(&[("a", "CREATE TABLE a (id int)", "DROP TABLE a")]);
    let mut world = World::new(Driver::Async);
    let url = world.database.url();
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let set: &'static _ = Box::leak(Box::new(set));
    let task = async move {
        let (client, connection) = tokio_postgres::connect(&url, NoTls).await.unwrap();
        tokio::spawn(connection);
        // As a pool gives it: something that derefs to the client.
        let mut pooled = Box::new(client);
        let report = is_send(verb::run_to::<Point>(set, Target::Head).on(&mut *pooled)).await;
        verb::status::<Point>(set).on(&mut *pooled).await.unwrap();
        let mut pooled: Box<Box<tokio_postgres::Client>> = Box::new(pooled);
        let again = verb::run_to::<Point>(set, Target::Head)
            .on(&mut **pooled)
            .await;
        assert!(again.unwrap().is_noop());
        report
    };
    let report = runtime.block_on(runtime.spawn(task)).unwrap().unwrap();
    assert_eq!(report.steps().len(), 1);
    assert!(world.exists("a"));
}

#[test]
fn a_pools_blocking_client_is_passed_by_deref() {
    let set = set(&[("a", "CREATE TABLE a (id int)", "DROP TABLE a")]);
    let world = World::new(Driver::Blocking);
    let client = postgres::Client::connect(&world.database.url(), NoTls).unwrap();
    let pooled = &mut Box::new(client);
    let report = verb::run_to::<Point>(&set, Target::Head).on(&mut **pooled);
    assert_eq!(report.unwrap().steps().len(), 1);
}

#[test]
fn a_blocking_client_inside_a_task_is_an_error_and_no_panic() {
    let set = set(&[("a", "CREATE TABLE a (id int)", "DROP TABLE a")]);
    let mut world = World::new(Driver::Blocking);
    let mut client = postgres::Client::connect(&world.database.url(), NoTls).unwrap();
    for mut runtime in [Builder::new_current_thread(), Builder::new_multi_thread()] {
        let runtime = runtime.build().unwrap();
        let mut refused = || {
            let run = || verb::run_to::<Point>(&set, Target::Head);
            let error = run().on(&mut client).unwrap_err();
            assert_eq!(error.code().as_str(), "SM0708");
            assert!(error.rendered().contains("spawn_blocking"));
            let from_env = run().from_env().unwrap_err();
            assert_eq!(from_env.code().as_str(), "SM0708");
        };
        runtime.block_on(async { refused() });
        let local = LocalSet::new();
        local.block_on(&runtime, async {
            refused();
            // To ask costs nothing of what the task may still do.
            assert!(coop::has_budget_remaining());
        });
        let there: &'static Set = Box::leak(Box::new(set.clone()));
        let spawned =
            runtime.spawn(async { verb::status::<Point>(there).from_env().unwrap_err().code() });
        assert_eq!(runtime.block_on(spawned).unwrap().as_str(), "SM0708");
    }
    assert!(!world.exists("a"));
}

#[test]
fn a_blocking_client_may_block_wherever_tokio_lets_it() {
    let set = set(&[("a", "CREATE TABLE a (id int)", "DROP TABLE a")]);
    for mut runtime in [Builder::new_current_thread(), Builder::new_multi_thread()] {
        let runtime = runtime.build().unwrap();
        let mut world = World::new(Driver::Blocking);
        let url = world.database.url();
        let there = set.clone();
        let blocking = runtime.spawn_blocking(move || {
            let mut client = postgres::Client::connect(&url, NoTls).unwrap();
            verb::run_to::<Point>(&there, Target::Head)
                .on(&mut client)
                .map(drop)
        });
        runtime.block_on(blocking).unwrap().unwrap();
        assert!(world.exists("a"));
        let mut client = postgres::Client::connect(&world.database.url(), NoTls).unwrap();
        let down = || verb::downgrade::<Point>(&set, 1);
        let _entered = runtime.enter();
        down().on(&mut client).unwrap();
        assert!(!world.exists("a"));
        if runtime.handle().runtime_flavor() == RuntimeFlavor::MultiThread {
            let status = || verb::status::<Point>(&set).on(&mut client).map(drop);
            runtime
                .block_on(async { task::block_in_place(status) })
                .unwrap();
        }
    }
}

/// The variable in which this program, run again, is told to try `from_env`.
const CHILD: &str = "SAMOKODER_TEST_FROM_ENV";

/// Runs `from_env` in a process of its own, whose environment is its own, and returns what it says.
pub(crate) fn from_env(url: Option<&str>) -> String {
    let mut command = Command::new(env::current_exe().unwrap());
    command
        .args(["--exact", "connect::reads_the_environment", "--nocapture"])
        .env(CHILD, "1")
        .env_remove("DATABASE_URL");
    if let Some(url) = url {
        command.env("DATABASE_URL", url);
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap()
}

#[test]
fn reads_the_environment() {
    let set = set(&[("a", "CREATE TABLE a (id int)", "DROP TABLE a")]);
    if env::var_os(CHILD).is_some() {
        match verb::run_to::<Point>(&set, Target::Head).from_env() {
            Ok(report) => eprintln!("{report}"),
            Err(error) => eprintln!("{error}\n{error:?}\n{error:#?}"),
        }
        return;
    }
    let said = from_env(None);
    assert!(said.contains("[SM0707] DATABASE_URL is not set"), "{said}");
    for mut world in worlds() {
        let said = from_env(Some(&world.database.url()));
        assert!(said.contains("the database is at 001_a"), "{said}");
        assert!(world.exists("a"));
    }
}

#[test]
fn no_error_says_a_password() {
    let mut world = World::new(Driver::Blocking);
    let role = world.role("locked", "PASSWORD 'right'");
    let url = world.url_of(&role);
    let port = url
        .rsplit_once(':')
        .unwrap()
        .1
        .split_once('/')
        .unwrap()
        .0
        .to_owned();
    for url in [
        // No such role, no such database, no such port, no such host.
        format!("postgres://nobody_here:hunter2@127.0.0.1:{port}/postgres"),
        format!("postgres://postgres:hunter2@127.0.0.1:{port}/hunter3"),
        "postgres://postgres:hunter2@127.0.0.1:1/postgres".to_owned(),
        "postgres://postgres:hunter2@nosuchhost.invalid/postgres".to_owned(),
        // Not connection strings: a password with a space, an at, a slash, a colon.
        "host=127.0.0.1 user=postgres password=my hunter2=x".to_owned(),
        "host=127.0.0.1 user=postgres password='hunter2".to_owned(),
        "postgres://postgres:a/hunter2@127.0.0.1/postgres".to_owned(),
        "postgres://postgres:a:hunter2@127.0.0.1/postgres?hunter2=1".to_owned(),
        "postgres://postgres:%zzhunter2@127.0.0.1/postgres".to_owned(),
        "hunter2".to_owned(),
    ] {
        let said = from_env(Some(&url));
        assert!(said.contains("[SM0707]"), "{url}: {said}");
        assert!(!said.contains("hunter2"), "{url}: {said}");
        assert!(!said.contains(&url), "{url}: {said}");
    }
}

#[test]
fn a_wrong_password_is_told_without_it() {
    use std::fs;

    use samokoder_migrate::testing::Server;

    // A server of its own, which asks for passwords.
    let server = Server::start().unwrap();
    let mut admin = crate::support::Client::connect(Driver::Blocking, &server.url());
    admin.execute("CREATE ROLE app LOGIN PASSWORD 'right-horse'");
    let hba = admin.value("SHOW hba_file");
    fs::write(
        &hba,
        "host all app 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\n",
    )
    .unwrap();
    admin.execute("SELECT pg_reload_conf()");
    let url = server.url().replace("//postgres@", "//app:hunter2@");
    let said = crate::support::eventually("the new pg_hba.conf", || {
        let said = from_env(Some(&url));
        said.contains("SM0707").then_some(said)
    });
    assert!(
        said.contains("password authentication failed for user \"app\" (28P01)"),
        "{said}"
    );
    assert!(
        !said.contains("hunter2") && !said.contains("postgres://app"),
        "{said}"
    );
}
