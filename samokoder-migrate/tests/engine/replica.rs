//! A hot standby, which takes no writes.

use std::{env, fs, path::PathBuf, process::Command};

use samokoder_migrate::{revision::Target, testing::Server, verb};

use crate::support::{Client, Driver, eventually, set};

/// A folder that is removed at the end of a test, and that the server's user can enter.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = env::temp_dir().join(format!("samokoder {name} {}", std::process::id()));
        fs::create_dir(&path).unwrap();
        sh("chmod 755 \"$1\"", &[&path]);
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

fn sh(script: &str, paths: &[&PathBuf]) {
    let status = Command::new("sh")
        .args(["-c", script, "sh"])
        .args(paths)
        .status();
    assert!(status.unwrap().success(), "{script}");
}

fn primary(data: &PathBuf) -> Server {
    Server::builder()
        .data_dir(data)
        .setting("wal_level", "replica")
        .setting("max_wal_senders", "3")
        .start()
        .unwrap()
}

#[test]
fn a_replica_is_read_and_a_run_with_work_is_sent_to_the_primary() {
    let folder = Folder::new("replica");
    let (first, second) = (folder.0.join("primary"), folder.0.join("standby"));
    drop(primary(&first));
    // What `pg_basebackup` makes of a server that is stopped; not every package has it.
    sh(
        "cp -a \"$1\" \"$2\" && : > \"$2/standby.signal\"",
        &[&first, &second],
    );
    let primary = primary(&first);
    let port = primary.url().rsplit_once(':').unwrap().1.to_owned();
    let port = port.split_once('/').unwrap().0;
    let standby = Server::builder()
        .data_dir(&second)
        .setting("wal_level", "replica")
        .setting("max_wal_senders", "3")
        .setting(
            "primary_conninfo",
            format!("host=127.0.0.1 port={port} user=postgres"),
        )
        .start()
        .unwrap();

    let one = set(&[("a", "CREATE TABLE a (id int)", "DROP TABLE a")]);
    let two = set(&[
        ("a", "CREATE TABLE a (id int)", "DROP TABLE a"),
        ("b", "CREATE TABLE b (id int)", "DROP TABLE b"),
    ]);
    let mut writer = Client::connect(Driver::Blocking, &primary.url());
    for driver in [Driver::Blocking, Driver::Async] {
        let mut reader = Client::connect(driver, &standby.url());
        // Where nothing ran yet.
        assert_eq!(
            reader.status(verb::status(&one)).unwrap().pending().len(),
            1
        );
        let error = reader.run(verb::run_to(&one, Target::Head)).unwrap_err();
        assert_eq!(error.code().as_str(), "SM0706");
        writer.run(verb::run_to(&one, Target::Head)).unwrap();
        eventually("the history on the standby", || {
            let status = reader.status(verb::status(&one)).unwrap();
            status.is_at_head().then_some(())
        });

        reader.verify(verb::verify(&two)).unwrap();
        let plan = reader.plan(verb::plan_to(&two, Target::Head)).unwrap();
        assert_eq!(plan.to_string(), "upgrade 002_b\n");
        let noop = reader.run(verb::run_to(&one, Target::Head)).unwrap();
        assert_eq!((noop.steps().len(), noop.round_trips()), (0, 1));
        for run in [
            verb::run_to(&two, Target::Head),
            verb::downgrade(&two, 1),
            verb::stamp(&two, Target::Head),
        ] {
            let error = reader.run(run).unwrap_err();
            let said = error.rendered();
            assert_eq!(error.code().as_str(), "SM0706", "{said}");
            assert_eq!(error.diagnostic().sqlstate_code(), Some("25006"));
            for part in [
                "the server is a replica, which takes no writes",
                "SQLSTATE 25006; nothing was done",
                "connect to the primary",
            ] {
                assert!(said.contains(part), "no {part:?} in\n{said}");
            }
        }
        writer.run(verb::downgrade(&one, 1)).unwrap();
        writer.execute("DROP SCHEMA samokoder_migrate CASCADE");
        eventually("the standby without a history", || {
            let gone = reader.value("SELECT to_regclass('samokoder_migrate.history') IS NULL");
            (gone == "t").then_some(())
        });
    }
}
