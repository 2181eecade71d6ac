//! Failures that only COMMIT brings out.

use crate::support::{set, worlds};

const PARENT: &str = "CREATE TABLE parent (id int PRIMARY KEY);
CREATE TABLE child (id int CONSTRAINT child_has_parent REFERENCES parent DEFERRABLE INITIALLY DEFERRED)";

#[test]
fn names_the_constraint_that_fails_at_commit_and_what_was_rolled_back() {
    let set = set(&[
        ("parent", PARENT, "DROP TABLE child, parent"),
        (
            "orphan",
            "INSERT INTO child VALUES (7);\nSELECT 1",
            "SELECT 1",
        ),
        ("after", "CREATE TABLE after (id int)", "DROP TABLE after"),
    ]);
    for mut world in worlds() {
        let error = world.up(&set).unwrap_err();
        assert_eq!(error.code().as_str(), "SM0701");
        assert_eq!(
            error.diagnostic().path().unwrap(),
            "migrations/002_orphan.up.sql"
        );
        let server = error.server().unwrap();
        assert_eq!(server.sqlstate, "23503");
        assert_eq!(server.constraint.as_deref(), Some("child_has_parent"));
        let said = error.rendered();
        for part in [
            "the constraint `child_has_parent` is deferred, and is checked when the step commits",
            "002_orphan was rolled back",
            "001_parent stands; the database is at 001_parent",
            "detail: Key (id)=(7) is not present in table",
        ] {
            assert!(said.contains(part), "{said}");
        }
        assert_eq!(world.history(), ["001_parent"]);
        assert_eq!(world.admin.value("SELECT count(*) FROM child"), "0");
        assert!(!world.exists("after"));
        assert_eq!(
            world.events(),
            ["upgrade done 001_parent", "upgrade failed 002_orphan 23503"]
        );
        // The connection is not left in a block.
        world.client.execute("CREATE TABLE usable (id int)");
        assert!(world.exists("usable"));
    }
}

#[test]
fn a_downgrade_and_a_seed_that_fail_at_commit_are_named_too() {
    use crate::support::Given;
    for mut world in worlds() {
        let set = Given::new()
            .migration("parent", PARENT, "INSERT INTO child VALUES (8)")
            .seed(
                "orphans",
                "INSERT INTO child SELECT 9 WHERE true ON CONFLICT DO NOTHING",
            )
            .set();
        let error = world.up(&set).unwrap_err();
        assert_eq!(error.diagnostic().path().unwrap(), "seeds/orphans.sql");
        assert!(error.rendered().contains("child_has_parent"));
        let error = world.down_to(&set, 0).unwrap_err();
        assert_eq!(
            error.diagnostic().path().unwrap(),
            "migrations/001_parent.down.sql"
        );
        assert!(error.rendered().contains("child_has_parent"));
        assert_eq!(world.history(), ["001_parent"]);
    }
}
