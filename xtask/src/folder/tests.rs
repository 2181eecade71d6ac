//! Samples of each tool's files, as a project would write them.

use samokoder_migrate_core::{
    check::{Options, check},
    folder::{Content, Folder},
};

use super::{Project, projects};

fn one(folder: Folder) -> Project {
    let mut projects = projects("p", folder);
    assert_eq!(projects.len(), 1);
    projects.remove(0)
}

fn text(project: &Project, path: &str) -> String {
    match &project.folder.get(path).expect(path).content {
        Content::File(bytes) => String::from_utf8(bytes.clone()).unwrap(),
        other => panic!("{path}: {other:?}"),
    }
}

fn paths(project: &Project) -> Vec<&str> {
    let entries = project.folder.entries().iter();
    entries.map(|entry| entry.path.as_str()).collect()
}

fn errors(project: &Project) -> Vec<String> {
    let checked = check(&project.folder, None, &Options::default());
    let found = checked.diagnostics.iter();
    found
        .map(|finding| format!("{} {}", finding.code(), finding.message()))
        .collect()
}

#[test]
fn a_goose_file_becomes_two_with_each_line_where_it_was() {
    let project = one(Folder::new("m").file(
        "0001_users.sql",
        "-- +goose Up\nCREATE TABLE users ();\n\n-- +goose Down\nDROP TABLE users;\n",
    ));
    assert_eq!(
        text(&project, "0001_users.up.sql"),
        "\nCREATE TABLE users ();\n\n\n\n"
    );
    assert_eq!(
        text(&project, "0001_users.down.sql"),
        "\n\n\n\nDROP TABLE users;\n"
    );
    assert_eq!(errors(&project), [""; 0]);
}

#[test]
fn goose_says_no_transaction_for_both_halves_in_any_case_and_place() {
    for said in [
        "-- +goose NO TRANSACTION\n-- +goose Up",
        "-- +goose Up\n-- +goose no transaction",
    ] {
        let project = one(Folder::new("m").file(
            "0001_a.sql",
            format!("{said}\nCREATE INDEX CONCURRENTLY i ON t (a);\n-- +goose Down\nDROP INDEX CONCURRENTLY i;\n"),
        ));
        let up = text(&project, "0001_a.up.sql");
        let third = up.lines().nth(2);
        assert_eq!(third, Some("CREATE INDEX CONCURRENTLY i ON t (a);"));
        for half in ["up", "down"] {
            let text = text(&project, &format!("0001_a.{half}.sql"));
            assert_eq!(
                text.matches("-- samokoder: no-transaction").count(),
                1,
                "{half}"
            );
        }
        let outside: Vec<String> = errors(&project)
            .into_iter()
            .filter(|error| error.starts_with("SM02"))
            .collect();
        assert_eq!(outside, [""; 0]);
    }
}

#[test]
fn markers_of_statements_vanish_and_unknown_ones_are_said() {
    let project = one(Folder::new("m").file(
        "0001_a.sql",
        "-- +goose Up\n-- +goose StatementBegin\nSELECT 1;\n-- +goose StatementEnd\n-- +goose ENVSUB ON\n",
    ));
    assert_eq!(text(&project, "0001_a.up.sql"), "\n\nSELECT 1;\n\n\n");
    assert_eq!(
        project.notes,
        ["`0001_a.sql`: `-- +goose ENVSUB ON` is passed over"]
    );
}

#[test]
fn a_goose_file_without_a_down_has_none_where_others_do() {
    let project = one(Folder::new("m")
        .file("1_a.sql", "-- +goose Up\nSELECT 1;\n")
        .file("2_b.sql", "-- +goose Up\nSELECT 1;\n-- +goose Down\n"));
    assert_eq!(
        paths(&project),
        ["1_a.up.sql", "2_b.down.sql", "2_b.up.sql"]
    );
}

#[test]
fn a_file_without_a_marker_and_a_migration_in_another_language_are_said() {
    let project = one(Folder::new("m")
        .file("1_a.sql", "-- +goose Up\nSELECT 1;\n")
        .file("2_b.sql", "SELECT 1;\n")
        .unread("3_c.go"));
    assert_eq!(
        project.notes,
        [
            "`3_c.go` is no SQL: left out",
            "`2_b.sql` has no marker: left out"
        ]
    );
}

#[test]
fn sql_migrate_says_no_transaction_for_one_half() {
    let project = one(Folder::new("m").file(
        "2020-a.sql",
        "/* licence */\n-- +migrate Up notransaction\nSELECT 1;\n-- +migrate Down\nSELECT 2;\n",
    ));
    assert_eq!(
        text(&project, "2020_a.up.sql"),
        "\n-- samokoder: no-transaction\nSELECT 1;\n\n\n"
    );
    assert_eq!(text(&project, "2020_a.down.sql"), "\n\n\n\nSELECT 2;\n");
    assert_eq!(project.origin("2020_a"), "2020-a");
}

#[test]
fn dbmate_says_transaction_false() {
    let project = one(Folder::new("m").file(
        "2020_a.sql",
        "-- migrate:up transaction:false\nSELECT 1;\n-- migrate:down\nSELECT 2;\n",
    ));
    assert_eq!(
        text(&project, "2020_a.up.sql"),
        "-- samokoder: no-transaction\nSELECT 1;\n\n\n"
    );
    assert_eq!(text(&project, "2020_a.down.sql"), "\n\n\nSELECT 2;\n");
}

#[test]
fn pairs_and_diesels_folders_stay_as_they_are() {
    let pairs = one(Folder::new("m")
        .file("1_a.up.sql", "SELECT 1;")
        .file("1_a.down.sql", "SELECT 2;")
        .file("2_b.up.sql", "SELECT 3;"));
    assert_eq!(paths(&pairs), ["1_a.down.sql", "1_a.up.sql", "2_b.up.sql"]);
    let diesel = one(Folder::new("migrations")
        .file("1_a/up.sql", "SELECT 1;")
        .file("1_a/down.sql", "SELECT 2;")
        .file("1_a/metadata.toml", "run_in_transaction = false")
        .file("2_b/up.sql", "SELECT 1;")
        .file("stray.sql", "SELECT 1;"));
    assert_eq!(diesel.notes, ["`stray.sql` belongs to no migration"]);
    assert!(diesel.folder.get("1_a/metadata.toml").is_some());
    assert_eq!(diesel.label_of("migrations/1_a/up.sql"), "1_a");
    assert_eq!(pairs.label_of("migrations/1_a.up.sql"), "1_a");
}

#[test]
fn upgrades_without_any_way_back_say_that_they_have_none() {
    let template =
        "ALTER TABLE {{ index .Options \"Namespace\" }}.users ADD a int[] DEFAULT '{{1}}';";
    let project = one(Folder::new("m")
        .file("1_a.up.sql", template)
        .file("2_b.up.sql", "SELECT {{ .Other }};"));
    assert_eq!(
        text(&project, "1_a.up.sql"),
        "ALTER TABLE auth.users ADD a int[] DEFAULT '{{1}}';"
    );
    assert_eq!(
        text(&project, "1_a.down.sql"),
        "-- samokoder: irreversible \"forward only\"\n"
    );
    assert_eq!(
        project.notes,
        ["`2_b.up.sql` is a template, `{{ .Other }}`: left out"]
    );
    assert!(project.folder.get("2_b.up.sql").is_none());
}

#[test]
fn plain_files_are_ordered_by_their_numbers_and_part_of_a_folder_each() {
    let found = projects(
        "p",
        Folder::new("m")
            .file("tenant/0009-i.sql", "SELECT 1;")
            .file(
                "tenant/00010-j.sql",
                "-- postgres-migrations disable-transaction\nSELECT 1;",
            )
            .file("other/1.sql", "SELECT 1;"),
    );
    let names: Vec<&str> = found.iter().map(|project| &*project.name).collect();
    assert_eq!(names, ["p/other", "p/tenant"]);
    let ups: Vec<&str> = paths(&found[1])
        .into_iter()
        .filter(|path| path.ends_with("up.sql"))
        .collect();
    assert_eq!(ups, ["00010_j.up.sql", "0009_i.up.sql"]);
    assert!(text(&found[1], "00010_j.up.sql").starts_with("-- samokoder: no-transaction\n"));
    assert_eq!(
        paths(&found[0]),
        ["1_migration.down.sql", "1_migration.up.sql"]
    );
    for project in &found {
        assert_eq!(errors(project), [""; 0]);
    }
}

#[test]
fn names_without_a_number_of_their_own_are_numbered_in_order() {
    let project = one(Folder::new("m")
        .file("2020-01-10-a.sql", "SELECT 1;")
        .file("2020-01-09-b.sql", "SELECT 1;"));
    assert!(paths(&project).contains(&"00001_2020-01-09-b.up.sql"));
    assert!(paths(&project).contains(&"00002_2020-01-10-a.up.sql"));
    assert_eq!(project.origin("00001_2020-01-09-b"), "2020-01-09-b");
    assert_eq!(errors(&project), [""; 0]);
}

#[test]
fn flyways_versions_are_ordered_part_by_part() {
    let project = one(Folder::new("m")
        .file("V1.10__b.sql", "SELECT 1;")
        .file("V1.9__a.sql", "SELECT 1;")
        .file("U1.9__a.sql", "SELECT 2;")
        .file("R__views.sql", "SELECT 3;"));
    assert_eq!(
        paths(&project),
        [
            "00001_1.9__a.down.sql",
            "00001_1.9__a.up.sql",
            "00002_1.10__b.up.sql"
        ]
    );
    assert!(
        project
            .notes
            .contains(&"`R__views.sql` has no version: left out".to_owned())
    );
    let plain = one(Folder::new("m").file("V2__a.sql", "SELECT 1;"));
    assert_eq!(paths(&plain), ["2_a.down.sql", "2_a.up.sql"]);
}

#[test]
fn a_folder_each_with_one_script_has_no_way_back() {
    let project = one(Folder::new("m").file("20200101_a/migration.sql", "SELECT 1;"));
    assert_eq!(
        paths(&project),
        ["20200101_a.down.sql", "20200101_a.up.sql"]
    );
    assert_eq!(project.origin("20200101_a"), "20200101_a");
}

#[test]
fn migrations_that_are_left_out_take_both_their_files_along() {
    let project = one(Folder::new("m")
        .file("1_a.up.sql", "SELECT 1;")
        .file("1_a.down.sql", "SELECT 2;")
        .file("2_b.up.sql", "SELECT 3;"));
    let rest = project.without(&["1_a".to_owned()]);
    assert_eq!(rest.entries().len(), 1);
}
