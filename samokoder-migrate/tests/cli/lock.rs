//! `lock`: what is released stays as it is.

use crate::support::Project;

#[test]
fn locks_what_is_there_and_then_what_is_new() {
    let project = Project::shop();
    let ran = project.run(&["lock"]).exits(0);
    assert_eq!(
        ran.stdout,
        "locked 001_users\nlocked 002_orders\nlocked 003_items\n"
    );
    let first = project.read("migrations/migrations.lock");
    assert_eq!(project.run(&["lock"]).exits(0).stdout, "nothing to lock\n");

    let project = project.migration("004_tags", "CREATE TABLE tags ();", "DROP TABLE tags;");
    assert_eq!(project.run(&["lock"]).exits(0).stdout, "locked 004_tags\n");
    let second = project.read("migrations/migrations.lock");
    assert!(second.starts_with(&first) && second.len() > first.len());
    project.run(&["check"]).exits(0);

    project.write("migrations/002_orders.up.sql", "CREATE TABLE other ();");
    let ran = project.run(&["check"]).exits(1);
    assert!(ran.stdout.contains("SM0301"), "{ran:#?}");
    project.run(&["lock"]).exits(1).says("SM0301");
    assert_eq!(project.read("migrations/migrations.lock"), second);
}

#[test]
fn accepts_downgrades_only_when_told_and_nothing_else() {
    let project = Project::new()
        .migration("001_a", "CREATE TABLE a ();", "DORP TABLE a;")
        .file("migrations/002_b.up.sql", "CREATE TABLE b ();");
    let ran = project.run(&["lock"]).exits(1);
    assert!(!project.path().join("migrations/migrations.lock").exists());
    ran.says("lock --accept-downgrades");

    let told = ["lock", "--accept-downgrades", "it was never run"];
    let ran = project.run(&told).exits(0);
    assert_eq!(
        ran.stdout,
        "locked 001_a\naccepted the downgrade of 001_a: it was never run\nlocked 002_b\n"
    );
    project
        .run(&["check"])
        .exits(0)
        .says("accept-downgrade 001_a  it was never run");

    let project = Project::new().migration("001_a", "CREAT TABLE a ();", "DORP TABLE a;");
    let ran = project.run(&told).exits(1).says("001_a.up.sql:1:1");
    assert!(!ran.stderr.contains("001_a.down.sql"), "{ran:#?}");
    project.run(&["lock", "--accept-downgrades", " "]).exits(2);
    project.run(&["lock", "--dir", "nowhere"]).exits(2);
}
