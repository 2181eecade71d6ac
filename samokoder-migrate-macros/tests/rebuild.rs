//! Cargo builds again when a file is edited, added or deleted.
//!
//! Each test is a crate of its own, as a user would write it; they share one target folder, so that
//! what they depend on is compiled once.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot be set up fails"
)]

#[path = "rebuild/explain.rs"]
mod explain;
#[path = "../../samokoder-migrate-core/tests/explain/page.rs"]
mod page;

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use samokoder_migrate_core::{
    check::{Options, check},
    disk,
    lock::Lock,
};

const MAIN: &str = r#"
samokoder_migrate::embed_migrations!();

fn main() {
    for migration in migrations::SET.migrations() {
        println!("{}: {}", migration.label(), migration.upgrade().text().trim());
    }
    for seed in migrations::Seed::ALL {
        println!("seed {seed}");
    }
    println!("{:?}", migrations::Revision::ALL);
}
"#;

const BUILD: &str = r#"
fn main() {
    println!("cargo::rerun-if-changed=migrations");
    println!("cargo::rerun-if-changed=seeds");
    println!("cargo::rustc-env=SAMOKODER_MIGRATE_WATCH=migrations,seeds");
}
"#;

#[test]
fn an_edited_file_is_embedded_again() {
    let consumer = Consumer::new("edited").file("build.rs", BUILD);
    assert!(
        consumer
            .run()
            .contains("001_users: CREATE TABLE users (id int);")
    );
    consumer.write(
        "migrations/001_users.up.sql",
        "CREATE TABLE users (id bigint);\n",
    );
    assert!(
        consumer
            .run()
            .contains("001_users: CREATE TABLE users (id bigint);")
    );
}

#[test]
fn an_edited_file_is_embedded_again_without_a_build_script() {
    let consumer = Consumer::new("edited_without_script");
    assert!(consumer.run().contains("(id int);"));
    consumer.write(
        "migrations/001_users.up.sql",
        "CREATE TABLE users (id bigint);\n",
    );
    assert!(consumer.run().contains("(id bigint);"));
}

#[test]
fn an_added_file_becomes_a_variant_and_a_deleted_one_goes() {
    let consumer = Consumer::new("added").file("build.rs", BUILD);
    assert!(consumer.run().contains("[Users]"));
    consumer.write(
        "migrations/002_orders.up.sql",
        "CREATE TABLE orders (id int);\n",
    );
    consumer.write("migrations/002_orders.down.sql", "DROP TABLE orders;\n");
    consumer.write("seeds/dev/demo.sql", "DELETE FROM users;\n");
    let output = consumer.run();
    assert!(output.contains("[Users, Orders]"), "{output}");
    assert!(output.contains("seed dev/demo"), "{output}");
    consumer.remove("migrations/002_orders.up.sql");
    consumer.remove("migrations/002_orders.down.sql");
    consumer.remove("seeds/dev/demo.sql");
    let output = consumer.run();
    assert!(output.contains("[Users]"), "{output}");
    assert!(!output.contains("seed dev/demo"), "{output}");
}

#[test]
fn a_broken_file_fails_the_build_with_its_place() {
    let consumer = Consumer::new("broken").file("build.rs", BUILD);
    consumer.run();
    consumer.write("migrations/001_users.down.sql", "\nDROP TABEL users;\n");
    let stderr = consumer.fail();
    assert!(stderr.contains("error: [SM0201]"), "{stderr}");
    assert!(
        stderr.contains("--> migrations/001_users.down.sql:2:6"),
        "{stderr}"
    );
    assert!(!stderr.contains("error[E"), "{stderr}");
    consumer.write("migrations/001_users.down.sql", "DROP TABLE users;\n");
    assert!(consumer.run().contains("[Users]"));
}

#[test]
fn a_missing_build_script_is_told_and_fails_no_strict_build() {
    let main = format!("#![deny(warnings)]\n{MAIN}");
    let consumer = Consumer::new("unwatched").file("src/main.rs", &main);
    let output = consumer.cargo(&["run"]);
    let stderr = text(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    assert!(
        stderr.contains("[SM0003] cargo does not watch `migrations` and `seeds`"),
        "{stderr}"
    );
    for line in BUILD.lines().filter(|line| line.contains("println!")) {
        assert!(stderr.contains(line.trim()), "{line}\n{stderr}");
    }
    // What the warning says silences it.
    let consumer = consumer.file("build.rs", BUILD);
    let stderr = text(&consumer.cargo(&["run"]).stderr);
    assert!(!stderr.contains("SM0003"), "{stderr}");
}

#[test]
fn an_edited_lock_file_is_read_again() {
    let consumer = Consumer::new("locked").file("build.rs", BUILD);
    consumer.run();
    consumer.write("migrations/migrations.lock", "not a line\n");
    let stderr = consumer.fail();
    assert!(stderr.contains("error: [SM0304]"), "{stderr}");
    consumer.write("migrations/migrations.lock", "");
    assert!(consumer.run().contains("[Users]"));
}

#[test]
fn advice_is_a_warning_also_in_a_strict_build() {
    let main = format!("#![deny(warnings)]\n{MAIN}");
    let consumer = Consumer::new("advised")
        .file("build.rs", BUILD)
        .file("src/main.rs", &main)
        .file("seeds/defaults.sql", "\nINSERT INTO users VALUES (1);\n");
    let output = consumer
        .command(&["rustc"])
        .args(["--", "-Dwarnings"])
        .output()
        .unwrap();
    let stderr = text(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    assert!(stderr.contains("[SM0501]"), "{stderr}");
    assert!(stderr.contains("--> seeds/defaults.sql:2:1"), "{stderr}");
}

#[test]
fn an_expression_of_another_text_is_a_warning_also_in_a_strict_build() {
    let main = format!("#![deny(warnings)]\n{MAIN}");
    let consumer = Consumer::new("reworded")
        .file("build.rs", BUILD)
        .file("src/main.rs", &main)
        .file(
            "migrations/001_users.up.sql",
            "CREATE TABLE users (id int CONSTRAINT whole CHECK (id > 0));\n",
        )
        .file(
            "migrations/002_any.up.sql",
            "ALTER TABLE users DROP CONSTRAINT whole;\n",
        )
        .file(
            "migrations/002_any.down.sql",
            "\nALTER TABLE users ADD CONSTRAINT whole CHECK (id >= 1);\n",
        );
    let output = consumer
        .command(&["rustc"])
        .args(["--", "-Dwarnings"])
        .output()
        .unwrap();
    let stderr = text(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    assert!(stderr.contains("[SM0408]"), "{stderr}");
    assert!(
        stderr.contains("--> migrations/002_any.down.sql:2:"),
        "{stderr}"
    );
    assert!(stderr.contains("whole"), "{stderr}");
    // The same text with other casts and parentheses is nothing to tell.
    consumer.write(
        "migrations/002_any.down.sql",
        "ALTER TABLE users ADD CONSTRAINT whole CHECK (((id) > (0)));\n",
    );
    let stderr = text(&consumer.cargo(&["build"]).stderr);
    assert!(!stderr.contains("SM0408"), "{stderr}");
}

#[test]
fn a_released_migration_without_a_downgrade_is_told_and_fails_no_strict_build() {
    let main = format!("#![deny(warnings)]\n{MAIN}");
    let consumer = Consumer::new("released")
        .file("build.rs", BUILD)
        .file("src/main.rs", &main);
    consumer.remove("migrations/001_users.down.sql");
    assert!(consumer.fail().contains("error: [SM0105]"));
    let folder = disk::read(&consumer.root.join("migrations"), "migrations").unwrap();
    let lock = Lock::new(check(&folder, None, &Options::default()).upgrades);
    consumer.write("migrations/migrations.lock", &lock.to_string());
    let output = consumer.cargo(&["build"]);
    let stderr = text(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    assert!(stderr.contains("[SM0305]"), "{stderr}");
    assert!(stderr.contains("001_users"), "{stderr}");
}

#[test]
fn documentation_of_any_script_is_clean() {
    let library = format!("//! A library.\n#![deny(missing_docs)]\n{MAIN}")
        .replace("fn main", "/// Prints.\npub fn print");
    let consumer = Consumer::new("documented")
        .file("build.rs", BUILD)
        .file("src/lib.rs", &library);
    consumer.remove("src/main.rs");
    consumer.write(
        "migrations/001_users.up.sql",
        "--     let x: indented = like code;\n-- ```rust\n-- see [nothing], <b>, https://example.org\n\
         CREATE TABLE users (\n    id int\n);\n\n    CREATE INDEX ON users (id);\n",
    );
    consumer.write(
        "seeds/dev/demo.sql",
        "--     indented\nDELETE FROM users\n    WHERE id = 1;\n",
    );
    let output = consumer.cargo(&["test", "--doc"]);
    let stdout = text(&output.stdout);
    assert!(
        output.status.success() && stdout.contains("running 0 tests"),
        "{stdout}{}",
        text(&output.stderr)
    );
    let output = consumer
        .command(&["doc", "--no-deps"])
        .env("RUSTDOCFLAGS", "-Dwarnings")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    let page = target_folder().join("doc/documented/migrations/enum.Revision.html");
    let page = fs::read_to_string(page).unwrap();
    assert!(page.contains("CREATE INDEX ON users (id);"), "{page}");
}

/// A crate with one migration and one seed.
struct Consumer {
    name: &'static str,
    root: PathBuf,
}

impl Consumer {
    fn new(name: &'static str) -> Self {
        let root = consumers().join(name);
        if root.exists() {
            fs::remove_dir_all(&root).unwrap();
        }
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let manifest = format!(
            "[package]\nname = \"{name}\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
             samokoder-migrate = {{ path = '{}', default-features = false }}\n",
            workspace.join("samokoder-migrate").display()
        );
        let lock = fs::read_to_string(workspace.join("Cargo.lock")).unwrap();
        Self { name, root }
            .file("Cargo.toml", &manifest)
            .file("Cargo.lock", &lock)
            .file("src/main.rs", MAIN)
            .file(
                "migrations/001_users.up.sql",
                "CREATE TABLE users (id int);\n",
            )
            .file("migrations/001_users.down.sql", "DROP TABLE users;\n")
            .file("seeds/defaults.sql", "DELETE FROM users;\n")
    }

    fn file(self, path: &str, content: &str) -> Self {
        self.write(path, content);
        self
    }

    fn write(&self, path: &str, content: &str) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    fn remove(&self, path: &str) {
        fs::remove_file(self.root.join(path)).unwrap();
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command
            .args(arguments)
            .args(["--offline", "--package", self.name, "--target-dir"])
            .arg(target_folder())
            .current_dir(&self.root)
            .env_remove("SAMOKODER_MIGRATE_WATCH")
            .env_remove("RUSTFLAGS");
        command
    }

    fn cargo(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Builds and runs the crate, and returns what it prints.
    fn run(&self) -> String {
        let output = self.cargo(&["run"]);
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout)
    }

    /// Builds the crate, which must fail, and returns what the compiler says.
    fn fail(&self) -> String {
        let output = self.cargo(&["build"]);
        assert!(!output.status.success());
        text(&output.stderr)
    }
}

fn consumers() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("rebuild")
}

fn target_folder() -> PathBuf {
    consumers().join("target")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
