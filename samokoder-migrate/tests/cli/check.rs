//! `check`: forms, places, exit codes.

use std::io::Read;

use serde_json::Value;

use crate::support::{Project, Ran};

fn json(ran: &Ran) -> Value {
    serde_json::from_str(&ran.stdout).unwrap()
}

/// A finding's fields, in the order of the format.
fn fields(finding: &Value) -> Vec<&Value> {
    let names = [
        "code",
        "severity",
        "file",
        "line",
        "column",
        "end_line",
        "end_column",
        "message",
        "help",
        "sqlstate",
    ];
    assert_eq!(finding.as_object().unwrap().len(), names.len());
    names.iter().map(|name| &finding[name]).collect()
}

#[test]
fn shows_findings_as_the_compiler_does() {
    let project = Project::new()
        .migration(
            "001_users",
            "CREATE TABLE users (\n  id int NOT NUL\n);",
            "-- none",
        )
        .migration("002_roles", "CREATE TABLE roles (id int);", "-- none")
        .file("seeds/roles.sql", "INSERT INTO roles VALUES (1);");
    let ran = project
        .run(&["check", "migrations", "--seeds", "seeds"])
        .exits(1);
    insta::assert_snapshot!("human", ran.stdout);
    insta::assert_snapshot!("human_summary", ran.stderr);
}

#[test]
fn passes_a_folder_without_errors() {
    let ran = Project::shop().run(&["check", "migrations"]).exits(0);
    assert_eq!(ran.stdout, "");
    assert_eq!(
        ran.stderr,
        "3 migrations, 6 statements: nothing to complain of\n"
    );
}

#[test]
fn without_a_folder_checks_what_the_macro_would() {
    let project = Project::shop();
    let ran = project.run(&["check"]).exits(0);
    assert!(ran.stderr.starts_with("3 migrations, 8 statements"));
}

#[test]
fn json_counts_characters_from_one_and_excludes_the_end() {
    let project = Project::new().migration(
        "001_a",
        "-- первый\r\nSELECT 1;\r\n\tSELECT 'привет 🦀' FORM \"таблица\";\r\n",
        "SELECT 1;",
    );
    let ran = project
        .run(&["check", "migrations", "--format", "json"])
        .exits(1);
    assert_eq!(ran.stderr, "");
    let found = json(&ran);
    assert_eq!(found["migrations"], 1);
    assert_eq!(found["statements"], 3);
    let findings = found["diagnostics"].as_array().unwrap();
    assert_eq!(findings.len(), 1, "{findings:#?}");
    assert_eq!(
        fields(&findings[0])[..8],
        [
            &Value::from("SM0201"),
            &Value::from("error"),
            &Value::from("001_a.up.sql"),
            &Value::from(3),
            &Value::from(25),
            &Value::from(3),
            &Value::from(34),
            &Value::from("syntax error at or near \"\"таблица\"\""),
        ]
    );
    assert_eq!(findings[0]["sqlstate"], "42601");
}

#[test]
fn json_has_null_where_there_is_no_place() {
    let project = Project::new();
    std::fs::create_dir(project.path().join("empty")).unwrap();
    let ran = project
        .run(&["check", "empty", "--format", "json"])
        .exits(1);
    let found = json(&ran);
    let finding = fields(&found["diagnostics"][0]);
    assert_eq!(*finding[0], "SM0107");
    for (field, index) in [("file", 2), ("line", 3), ("column", 4), ("end_line", 5)] {
        assert!(finding[index].is_null(), "{field}: {finding:#?}");
    }
    assert!(
        finding[8].is_string() && finding[9].is_null(),
        "{finding:#?}"
    );

    let project = Project::new().file("db/001_a.up.sql", "CREATE TABLE a ();");
    let ran = project.run(&["check", "db/", "--format", "json"]).exits(1);
    let found = json(&ran);
    let finding = fields(&found["diagnostics"][0]);
    assert_eq!(
        [finding[0], finding[2], finding[3]],
        [
            &Value::from("SM0105"),
            &Value::from("001_a.up.sql"),
            &Value::Null
        ]
    );
}

#[test]
fn json_is_never_capped() {
    let project = (1..=25).fold(Project::new(), |project, number| {
        project.migration(&format!("{number:03}_a{number}"), "SELEC 1;", "SELECT 1;")
    });
    let ran = project
        .run(&["check", "migrations", "--format", "json"])
        .exits(1);
    assert_eq!(json(&ran)["diagnostics"].as_array().unwrap().len(), 25);
    let human = project.run(&["check", "migrations"]).exits(1);
    assert_eq!(human.stdout.matches("error: [SM0201]").count(), 25);
}

#[test]
fn files_are_relative_to_the_folder_and_seeds_carry_its_name() {
    let project = Project::shop().file("seeds/dev/bad.sql", "SELEC 1;");
    let dir = project.path().join("migrations");
    let seeds = project.path().join("seeds");
    let arguments = [
        "check",
        dir.to_str().unwrap(),
        "--seeds",
        seeds.to_str().unwrap(),
        "--format",
        "json",
    ];
    let found = json(&project.run(&arguments).exits(1));
    assert_eq!(found["diagnostics"][0]["file"], "seeds/dev/bad.sql");
}

#[test]
fn warnings_alone_are_no_failure() {
    let project = Project::shop().file("seeds/again.sql", "INSERT INTO users VALUES (7);");
    let ran = project
        .run(&[
            "check",
            "migrations",
            "--seeds",
            "seeds",
            "--format",
            "json",
        ])
        .exits(0);
    let found = json(&ran);
    assert_eq!(found["diagnostics"][0]["code"], "SM0501");
    assert_eq!(found["diagnostics"][0]["severity"], "warning");
}

#[test]
fn github_gets_a_command_for_each_finding() {
    let project = Project::new()
        .file("a, b/001_x.up.sql", "\nSELEC 1;")
        .file("a, b/001_x.down.sql", "SELECT 1;");
    let expected = "::error file=a%2C b/001_x.up.sql,line=2,col=1,endLine=2,endColumn=6,title=SM0201::syntax error at or near \"SELEC\"";
    let ran = project
        .run(&["check", "a, b", "--format", "github"])
        .exits(1);
    assert!(ran.stdout.starts_with(expected), "{ran:#?}");
    assert_eq!(ran.stdout.lines().count(), 1);

    let absolute = project.path().join("a, b");
    let ran = project
        .run(&["check", absolute.to_str().unwrap(), "--format", "github"])
        .exits(1);
    assert!(ran.stdout.starts_with(expected), "{ran:#?}");
}

#[test]
fn a_floor_refuses_newer_syntax() {
    let project = Project::new().migration(
        "001_a",
        "CREATE TABLE a (x int, y int GENERATED ALWAYS AS (x * 2) VIRTUAL);",
        "DROP TABLE a;",
    );
    project.run(&["check", "migrations"]).exits(0);
    let arguments = [
        "check",
        "migrations",
        "--postgres",
        "15",
        "--format",
        "json",
    ];
    let found = json(&project.run(&arguments).exits(1));
    assert_eq!(found["diagnostics"][0]["code"], "SM0208");
}

#[test]
fn lists_every_way_out_with_its_reason() {
    let project = Project::new()
        .migration(
            "001_a",
            "CREATE TABLE a ();",
            "-- samokoder: irreversible \"the data is gone\"\n",
        )
        .file(
            "seeds/a.sql",
            "-- samokoder: allow(seed-not-repeatable) \"loaded once\"\nINSERT INTO a DEFAULT VALUES;",
        );
    let ran = project
        .run(&["check", "--catalog", "warn", "--baseline", "unknown"])
        .exits(0);
    insta::assert_snapshot!(ran.stderr);
    let one = Project::new().migration(
        "001_a",
        "CREATE TABLE a ();",
        "-- samokoder: irreversible \"the data is gone\"\n",
    );
    one.run(&["check"]).exits(0).says(
        "1 exception:\n  migrations/001_a.down.sql:1:4  irreversible  the data is gone\n1 migration",
    );
}

#[test]
fn json_carries_the_ways_out_that_were_taken() {
    let project = Project::new()
        .migration(
            "001_a",
            "CREATE TABLE a ();",
            "-- первый\n-- samokoder: irreversible \"gone, see C:\\data\"\n",
        )
        .file(
            "seeds/a.sql",
            "-- samokoder: allow(seed-not-repeatable) \"loaded once\"\nINSERT INTO a DEFAULT VALUES;",
        );
    let ran = project
        .run(&["check", "--catalog", "warn", "--format", "json"])
        .exits(0);
    assert_eq!(ran.stderr, "");
    let found = json(&ran);
    assert_eq!(found["diagnostics"], serde_json::json!([]));
    assert_eq!(
        found["exceptions"],
        serde_json::json!([
            {
                "file": "001_a.down.sql",
                "line": 2,
                "column": 4,
                "what": "irreversible",
                "reason": "gone, see C:\\data"
            },
            {
                "file": "seeds/a.sql",
                "line": 1,
                "column": 21,
                "what": "allow(seed-not-repeatable)",
                "reason": "loaded once"
            },
            {
                "file": null,
                "line": null,
                "column": null,
                "what": "catalog = \"warn\"",
                "reason": null
            },
        ])
    );
    let none = json(&Project::shop().run(&["check", "--format", "json"]).exits(0));
    assert_eq!(none["exceptions"], serde_json::json!([]));
}

#[test]
fn explains_the_catalog_at_a_revision() {
    let project = Project::shop();
    let explained = |revision: &str| {
        let ran = project
            .run(&["check", "--explain-catalog", revision])
            .exits(0);
        assert!(ran.stderr.starts_with("3 migrations"), "{}", ran.stderr);
        ran.stdout
    };
    insta::assert_snapshot!(explained("orders"));
    for same in ["002_orders", "002", "2"] {
        assert_eq!(explained(same), explained("orders"));
    }
    assert_eq!(explained("base"), "schema public\n");
    assert!(explained("head").contains("table items"));
    let ran = project
        .run(&["check", "--explain-catalog", "nowhere"])
        .exits(2);
    ran.says("[SM0605]")
        .says("there are 001_users to 003_items");
}

#[test]
fn draws_a_diagram() {
    let project = Project::tables().migration(
        "004_lines",
        "CREATE TABLE lines (item int NOT NULL REFERENCES items, note text);",
        "DROP TABLE lines;",
    );
    insta::assert_snapshot!(project.run(&["diagram"]).exits(0).stdout);
    let early = project.run(&["diagram", "users"]).exits(0).stdout;
    assert!(
        early.contains("users") && !early.contains("orders"),
        "{early}"
    );
    let none = project.run(&["diagram", "--schema", "app"]).exits(0).stdout;
    assert_eq!(none, "erDiagram\n");
    project
        .run(&["diagram", "nowhere"])
        .exits(2)
        .says("[SM0605]");
}

#[test]
fn wrong_use_is_two() {
    let project = Project::shop();
    let ran = project
        .run(&["check", "nowhere", "--format", "json"])
        .exits(2);
    assert_eq!(ran.stdout, "");
    let ran = ran.says("`nowhere` is not there");
    assert!(ran.stderr.contains(&project.path().display().to_string()));
    project
        .run(&["check", "migrations", "--seeds", "nowhere"])
        .exits(2);
    project
        .run(&["check", "migrations/001_users.up.sql"])
        .exits(2)
        .says("is not a folder");
    project.run(&["check", "--postgres", "12"]).exits(2);
    project.run(&["check", "--format", "xml"]).exits(2);
    project.run(&["check", "--profile", "heroku"]).exits(2);
    project.run(&["check", "--baseline", "full"]).exits(2);
    let ran = project.run(&["up", "--catalog", "wran"]).exits(2);
    ran.says("deny").says("warn");
    project.run(&["chek"]).exits(2).says("check");
    project.run(&[]).exits(2).says("Usage");
    let help = project.run(&["help", "check"]).exits(0);
    assert!(help.stdout.contains("Example: samokoder-migrate check"));
}

#[test]
fn a_reader_that_has_seen_enough_is_no_panic() {
    let project = (1..=300).fold(Project::new(), |project, number| {
        project.migration(&format!("{number:03}_a{number}"), "SELEC 1;", "SELECT 1;")
    });
    let mut child = project.command(&["check", "migrations"]).spawn().unwrap();
    let mut first = [0; 10];
    let mut stdout = child.stdout.take().unwrap();
    stdout.read_exact(&mut first).unwrap();
    drop(stdout);
    let ran = Ran::of(child.wait_with_output().unwrap()).exits(1);
    assert_eq!(ran.stderr, "300 migrations, 600 statements: 300 errors\n");
}
