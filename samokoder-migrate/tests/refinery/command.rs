//! `adopt --from refinery`, as it is typed.

use crate::support::{Project, history, made_by_refinery};

const ADOPT: [&str; 3] = ["adopt", "--from", "refinery"];

#[test]
fn checks_and_adopts() {
    let project = Project::three();
    let (database, mut client) = made_by_refinery(&project);
    project.write("V4__create_d", "CREATE TABLE d (id int);");
    let table = "refinery's table public.refinery_schema_history
  V1__create_a  matched
  V2__create_b  matched
  V3__create_c  matched
  V4__create_d  pending\n";

    let (status, out, err) = project.command(&database, &[&ADOPT[..], &["--check"]].concat());
    assert_eq!(
        (status, out, err.as_str()),
        (0, format!("{table}stamp V3__create_c\n"), "")
    );
    assert_eq!(history(&mut client), None);

    let (status, out, err) = project.command(&database, &ADOPT);
    assert_eq!((status, err.as_str()), (0, ""));
    assert!(out.starts_with(&format!("{table}stamped V3__create_c (")));
    assert!(out.ends_with("\nthe database is at V3__create_c\n"));

    let (status, out, _) = project.command(&database, &ADOPT);
    let nothing = format!("{table}nothing to do, the database is at V3__create_c\n");
    assert_eq!((status, out), (0, nothing));
    let (status, out, _) = project.command(&database, &["up"]);
    assert_eq!(status, 0);
    assert!(out.starts_with("upgraded V4__create_d"), "{out}");
}

#[test]
fn ends_with_1_where_the_histories_differ() {
    let project = Project::three();
    let (database, mut client) = made_by_refinery(&project);
    project.write("V2__create_b", "CREATE TABLE b (id bigint);\n");
    let (status, out, err) = project.command(&database, &[&ADOPT[..], &["--check"]].concat());
    assert_eq!(status, 1);
    assert!(
        out.contains("\n  V2__create_b  checksum differs\n"),
        "{out}"
    );
    assert!(err.starts_with("error: [SM0802] "), "{err}");
    let (status, out, again) = project.command(&database, &ADOPT);
    assert_eq!((status, out.as_str()), (1, ""));
    assert_eq!(again, err);
    assert_eq!(history(&mut client), None);
}

#[test]
fn names_another_table() {
    let project = Project::three();
    let (database, mut client) = made_by_refinery(&project);
    client
        .batch_execute("CREATE SCHEMA ops; ALTER TABLE refinery_schema_history SET SCHEMA ops")
        .unwrap();
    let (status, _, err) = project.command(&database, &ADOPT);
    assert_eq!(status, 1);
    assert!(err.contains("no table `refinery_schema_history`"), "{err}");
    let table = ["--table", "ops.refinery_schema_history"];
    let (status, out, _) = project.command(&database, &[&ADOPT[..], &table].concat());
    assert_eq!(status, 0, "{out}");
}

#[test]
fn ends_with_2_where_no_tool_or_another_is_named() {
    let project = Project::three();
    let (database, _client) = made_by_refinery(&project);
    for arguments in [&["adopt"][..], &["adopt", "--from", "flyway"]] {
        let (status, _, err) = project.command(&database, arguments);
        assert_eq!(status, 2, "{err}");
        assert!(err.contains("--from <TOOL>"), "{err}");
    }
}

/// The page holds a checksum of refinery's, which must stay the one of its example.
#[test]
fn the_page_about_differing_histories_holds() {
    let page = include_str!("../../../samokoder-migrate-core/explain/SM0802.md");
    let checksum = page.split("'2025-01-27T10:00:00Z', '").nth(1).unwrap();
    let text = page
        .split("```sql migrations/V1__users.sql\n")
        .nth(2)
        .unwrap();
    let text = text.split("```").next().unwrap();
    let theirs = refinery_core::Migration::unapplied("V1__users", text).unwrap();
    assert_eq!(
        checksum.split('\'').next().unwrap(),
        theirs.checksum().to_string()
    );
}
