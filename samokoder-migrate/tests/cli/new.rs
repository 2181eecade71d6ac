//! `new`: files that fit the folder, and that `check` refuses until they are filled.

use crate::support::Project;

#[test]
fn writes_files_that_check_refuses_until_they_are_filled() {
    let project = Project::new();
    let ran = project.run(&["new", "add user-preferences"]).exits(0);
    assert_eq!(
        ran.stdout,
        "migrations/001_add_user_preferences.up.sql\nmigrations/001_add_user_preferences.down.sql\n"
    );
    assert_eq!(
        project.read("migrations/001_add_user_preferences.up.sql"),
        "-- add user-preferences\n\n"
    );
    project.run(&["check"]).exits(1);

    let append = |path: &str, text: &str| project.write(path, project.read(path) + text);
    append(
        "migrations/001_add_user_preferences.up.sql",
        "CREATE TABLE preferences ();\n",
    );
    project.run(&["check"]).exits(1);
    project.write(
        "migrations/001_add_user_preferences.down.sql",
        project
            .read("migrations/001_add_user_preferences.down.sql")
            .replace("irreversible \"\"", "irreversible \"nobody wants it back\""),
    );
    project
        .run(&["check"])
        .exits(0)
        .says("irreversible  nobody wants it back");

    let ran = project.run(&["new", "второй шаг"]).exits(0);
    assert!(ran.stdout.starts_with("migrations/002_второй_шаг.up.sql\n"));
}

#[test]
fn follows_the_folder_in_version_and_layout() {
    let diesel = Project::new()
        .file("db/1999-01-01-000000_a/up.sql", "SELECT 1")
        .file("db/1999-01-01-000000_a/down.sql", "SELECT 1");
    let made = diesel.run(&["new", "b", "--dir", "db"]).exits(0).stdout;
    let lines: Vec<&str> = made.lines().collect();
    assert!(
        lines[0].starts_with("db/20") && lines[0].ends_with("_b/up.sql"),
        "{made}"
    );
    assert_eq!(lines[0].matches('-').count(), 3);
    assert!(diesel.path().join(lines[1]).is_file());

    let refinery = Project::new().file("migrations/V9__a.sql", "SELECT 1");
    assert_eq!(
        refinery.run(&["new", "b"]).exits(0).stdout,
        "migrations/V10__b.sql\nmigrations/V10__b.down.sql\n"
    );

    let times = Project::new().migration("20250127100000_a", "SELECT 1", "SELECT 1");
    let made = times.run(&["new", "b"]).exits(0).stdout;
    let version = made.strip_prefix("migrations/").unwrap().get(..14).unwrap();
    assert!(version > "20250127100000" && version.bytes().all(|byte| byte.is_ascii_digit()));
}

#[test]
fn refuses_a_name_that_is_taken_or_none() {
    let project = Project::shop();
    project
        .run(&["new", "orders"])
        .exits(2)
        .says("a migration is called `orders` already: 002_orders");
    project.run(&["new", "../.."]).exits(2);
    project.run(&["new", ""]).exits(2);
    project.run(&["new"]).exits(2);
    assert_eq!(
        std::fs::read_dir(project.path().join("migrations"))
            .unwrap()
            .count(),
        6
    );
}
