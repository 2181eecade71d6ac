//! The command, on a server that lets nobody in without TLS.

use std::process::{Command, Output, Stdio};

use crate::{
    authority::Authority,
    secured::{Folder, Secured, eventually, value},
};

/// A project with one migration, a server that its role reaches by TLS alone, and the server's authority.
struct World {
    folder: Folder,
    server: Secured,
    ca: String,
}

fn world(up: &str) -> World {
    let ours = Authority::new("ours");
    let server = Secured::start(&ours.sign("localhost"));
    server
        .admin()
        .batch_execute("CREATE ROLE app LOGIN; GRANT CREATE ON DATABASE postgres TO app; GRANT CREATE ON SCHEMA public TO app")
        .unwrap();
    server.let_in("hostssl all app 127.0.0.1/32 trust");
    let folder = Folder::new();
    folder.file("migrations/001_users.up.sql", up);
    folder.file("migrations/001_users.down.sql", "DROP TABLE users");
    let ca = folder.file("ca.crt", &ours.pem());
    World { folder, server, ca }
}

impl World {
    fn command(&self, arguments: &[&str], parameters: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_samokoder-migrate"));
        let url = self
            .server
            .url("localhost", parameters)
            .replace("//postgres@", "//app@");
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env("DATABASE_URL", url)
            .env("HOME", "/nonexistent")
            .env_remove("PGSSLMODE")
            .env_remove("PGSSLROOTCERT")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn reaches_a_server_that_demands_tls() {
    let world = world("CREATE TABLE users (id int)");
    let full = format!("?sslmode=verify-full&sslrootcert={}", world.ca);
    for (arguments, parameters, code, wanted) in [
        (&["status"][..], &*full, 0, "pending"),
        (&["up"], &full, 0, "the database is at 001_users"),
        (&["status"], "?sslmode=require", 0, "applied"),
        (
            &["status"],
            "?sslmode=disable",
            1,
            "[SM0707] cannot connect: no pg_hba.conf entry",
        ),
        (&["status"], "?sslrootcert=system", 1, "UnknownIssuer"),
        (&["status"], "?sslmode=always", 2, "`always` is no sslmode"),
    ] {
        let output = world.command(arguments, parameters).output().unwrap();
        let said = said(&output);
        assert_eq!(output.status.code(), Some(code), "{parameters}: {said}");
        assert!(said.contains(wanted), "{parameters}: {said}");
        assert!(!said.contains("app@localhost"), "{said}");
    }
}

#[test]
fn ctrl_c_reaches_the_server_by_tls_too() {
    let world = world("CREATE TABLE users (id int);\nSELECT pg_sleep(20)");
    let full = format!("?sslmode=verify-full&sslrootcert={}", world.ca);
    let child = world.command(&["up"], &full).spawn().unwrap();
    let mut admin = world.server.admin();
    eventually("the script", || {
        let asleep = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'";
        value(&mut admin, asleep) == "1"
    });
    let status = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(status.success());
    let said = said(&child.wait_with_output().unwrap());
    assert!(
        said.contains("canceling statement due to user request"),
        "{said}"
    );
    assert!(!said.contains("cannot be told"), "{said}");
}
