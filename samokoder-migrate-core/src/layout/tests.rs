use super::{FoundDowngrade, Layout, read};
use crate::folder::Folder;

fn folder(paths: &[&str]) -> Folder {
    paths
        .iter()
        .fold(Folder::new("migrations"), |folder, path| {
            match path.strip_suffix('/') {
                Some(path) => folder.folder(path),
                None => folder.file(*path, "SELECT 1;"),
            }
        })
}

/// What a listing says, line by line.
fn report(paths: &[&str]) -> String {
    let folder = folder(paths);
    let listing = read(&folder);
    let mut lines: Vec<String> = listing
        .found
        .iter()
        .map(|found| {
            let down = match found.downgrade {
                FoundDowngrade::There => found.downgrade_path.as_str(),
                FoundDowngrade::Missing => "missing",
                FoundDowngrade::Misnamed => "misnamed",
            };
            format!(
                "{} = {} {:?}, down {down}",
                found.label, found.version, found.name
            )
        })
        .collect();
    for finding in &listing.findings {
        lines.push(format!(
            "{} {}: {} | {}",
            finding.code(),
            finding.path().unwrap_or_default(),
            finding.message(),
            finding.help_lines().join(" | ")
        ));
    }
    lines.join("\n")
}

#[test]
fn finds_each_layout_by_looking() {
    let layout = |paths: &[&str]| read(&folder(paths)).layout;
    assert_eq!(layout(&["001_a.up.sql", "README.md"]), Some(Layout::Pairs));
    assert_eq!(layout(&["001_a/up.sql", "stray.sql"]), Some(Layout::Diesel));
    assert_eq!(layout(&["V1__a.sql", "mod.rs"]), Some(Layout::Refinery));
    assert_eq!(layout(&["README.md"]), None);
}

#[test]
fn names_may_hold_what_real_projects_have() {
    insta::assert_snapshot!(report(&[
        "001_добавить таблицу.up.sql",
        "001_добавить таблицу.down.sql",
        "002_a-b.c (d).up.sql",
        "002_a-b.c (d).down.sql",
        "2025-01-27-100000_dashed.up.sql",
        "2025-01-27-100000_dashed.down.sql",
        "3_unpadded.up.sql",
        "003_unpadded.down.sql",
        "0010__two_bars.up.sql",
        "0010__two_bars.down.sql",
    ]));
}

#[test]
fn says_what_a_file_that_does_not_fit_should_be_called() {
    let lines: Vec<String> = [
        "001-users.up.sql",
        "001_users.sql",
        "1_users.UP.sql",
        "1_users.up.SQL",
        "001_users.up.sql.txt",
        "001_users.up.sql.bak",
        "users.up.sql",
        "001_users_down.sql",
        "001_users.up.pgsql",
        "users_001.up.sql",
        "001.up.sql",
        "001_.up.sql",
        "up_001_users.sql",
        "001_up_users.sql",
        "001.up.users.sql",
        "V001_users.up.sql",
        "001users.up.sql",
        "001 users.up.sql",
        "001_users.up",
        "001_users",
        "001_users.upgrade.sql",
        "001_users.undo.sql",
        "001_users.go",
        "schema.sql",
        "2025-01-27-100000-users.up.sql",
        "001_пользователи.sql",
        "up.sql",
        ".sql.up.sql",
    ]
    .into_iter()
    .map(|name| report(&[name]))
    .collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn other_files_are_passed_over() {
    let report = report(&[
        "001_a.up.sql",
        "001_a.down.sql",
        "README.md",
        "notes.txt",
        "mod.rs",
        "migrations.go",
        "migrations.lock",
        "atlas.sum",
        "Makefile",
        "archive/001_b.up.sql",
        ".gitkeep",
    ]);
    assert_eq!(report, "001_a = 1 \"a\", down 001_a.down.sql");
}

#[test]
fn one_mistake_is_one_finding() {
    insta::assert_snapshot!(
        [
            report(&["001_a.up.sql", "001_a_down.sql"]),
            report(&["001_a.UP.sql", "001_a.down.sql"]),
            report(&[
                "001_a.sql",
                "001_a.down.sql",
                "002_b.up.sql",
                "002_b.down.sql"
            ]),
            report(&["001_a/up.sql", "001_a/Down.sql"]),
        ]
        .join("\n--\n")
    );
}

#[test]
fn two_files_with_one_version_are_refused_with_the_next_free_one() {
    insta::assert_snapshot!(
        [
            report(&[
                "003_a.up.sql",
                "003_a.down.sql",
                "3_b.up.sql",
                "3_b.down.sql",
                "007_c.up.sql",
                "007_c.down.sql"
            ]),
            report(&[
                "1_a.up.sql",
                "1_a.down.sql",
                "1_b.up.sql",
                "1_b.down.sql",
                "1_c.up.sql",
                "1_c.down.sql"
            ]),
            report(&[
                "2025-01-27-100000_a/up.sql",
                "2025-01-27-100000_a/down.sql",
                "20250127100000_b/up.sql",
                "20250127100000_b/down.sql"
            ]),
            report(&["1_a.up.sql", "1_a.down.sql", "01_a.down.sql",]),
            report(&[
                "V1__a.sql",
                "V1__a.down.sql",
                "V01__b.sql",
                "V01__b.down.sql"
            ]),
        ]
        .join("\n--\n")
    );
}

#[test]
fn a_downgrade_without_an_upgrade_is_refused_with_the_one_it_may_belong_to() {
    insta::assert_snapshot!(
        [
            report(&["001_a.down.sql"]),
            report(&["001_jobs.up.sql", "001_job.down.sql"]),
            report(&["001_users.up.sql", "002_users.down.sql"]),
            report(&["001_users_table.up.sql", "011_user_table.down.sql"]),
            report(&["V1__a.sql", "V2__a.down.sql"]),
            report(&["001_a/down.sql"]),
        ]
        .join("\n--\n")
    );
}

#[test]
fn diesel_passes_over_stray_files_and_explains_its_folders() {
    insta::assert_snapshot!(report(&[
        "00000000000000_diesel_initial_setup/up.sql",
        "00000000000000_diesel_initial_setup/down.sql",
        "2025-01-27-100000-0001_a/up.sql",
        "2025-01-27-100000-0001_a/down.sql",
        "2025-01-28-100000_only_up/up.sql",
        "2025-01-29-100000_upgrade/Up.sql",
        "2025-01-30-100000_nothing/",
        "2025-01-31-100000-no-bar/up.sql",
        "no_version/up.sql",
        "helpers/f.sql",
        "data_oauth.sql",
        "schema.rs",
    ]));
}

#[test]
fn refinery_files_are_read_in_place_and_explained() {
    insta::assert_snapshot!(report(&[
        "V1__initial.sql",
        "V1__initial.down.sql",
        "V02__second.sql",
        "U3__hotfix.sql",
        "V4_one_bar.sql",
        "v5__lower.sql",
        "V6__dots.and-dashes.sql",
        "V7__direction.up.sql",
        "V8__code.rs",
        "9__no_letter.sql",
        "V10__undo.undo.sql",
        "mod.rs",
    ]));
}

#[test]
fn versions_beyond_eighteen_digits_are_refused() {
    insta::assert_snapshot!(
        [
            report(&["1234567890123456789_a.up.sql"]),
            report(&["1234567890123456789_a/up.sql"]),
            report(&["V1234567890123456789__a.sql"]),
        ]
        .join("\n")
    );
}

#[test]
fn an_empty_folder_and_mixed_layouts_are_refused() {
    insta::assert_snapshot!(
        [
            report(&[]),
            report(&["README.md", "postgres/001_a.up.sql"]),
            report(&["001_a.up.sql", "002_b/up.sql"]),
            report(&["001_a.up.sql", "V2__b.sql"]),
        ]
        .join("\n")
    );
}

#[test]
fn control_characters_and_unreadable_files_are_refused() {
    let folder = Folder::new("migrations")
        .file("001_a\u{1b}[2J.up.sql", "")
        .file("002_b\n.down.sql", "")
        .unreadable("003_c", "permission denied")
        .unreadable("notes", "permission denied")
        .unreadable("004_d.up.sql", "permission denied");
    let listing = read(&folder);
    let lines: Vec<String> = listing
        .findings
        .iter()
        .map(|finding| {
            format!(
                "{} {}: {}",
                finding.code(),
                finding.path().unwrap(),
                finding.message()
            )
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}
