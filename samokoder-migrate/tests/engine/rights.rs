//! Roles that may read and no more, or not even that, or not create.

use samokoder_migrate::{Error, Set, revision::Target, verb};

use crate::support::{Client, World, set, worlds};

fn two() -> Set {
    set(&[
        ("a", "CREATE TABLE public.a (id int)", "DROP TABLE public.a"),
        ("b", "CREATE TABLE public.b (id int)", "DROP TABLE public.b"),
    ])
}

fn assert_refused(error: &Error, code: &str, parts: &[&str]) {
    let said = error.rendered();
    assert_eq!(error.code().as_str(), code, "{said}");
    for part in parts {
        assert!(said.contains(part), "no {part:?} in\n{said}");
    }
}

/// Connects as a role that may read our tables and no more.
fn reader(world: &mut World) -> Client {
    let role = world.role("reader", "");
    world.admin.execute(&format!(
        "GRANT USAGE ON SCHEMA samokoder_migrate TO {role}; GRANT SELECT ON ALL TABLES IN SCHEMA samokoder_migrate TO {role}"
    ));
    world.connect_as(&role)
}

#[test]
fn a_role_that_only_reads_is_told_everything_and_may_change_nothing() {
    let set = two();
    for mut world in worlds() {
        world.up_to(&set, 1).unwrap();
        let mut reader = reader(&mut world);
        let status = reader.status(verb::status(&set)).unwrap();
        assert_eq!((status.applied().len(), status.pending().len()), (1, 1));
        reader.verify(verb::verify(&set)).unwrap();
        let plan = reader.plan(verb::plan_to(&set, Target::Head)).unwrap();
        assert_eq!(plan.to_string(), "upgrade 002_b\n");
        let error = reader.run(verb::run_to(&set, Target::Head)).unwrap_err();
        assert_refused(
            &error,
            "SM0704",
            &[
                "schema samokoder_migrate belongs to postgres",
                "nothing was done",
                "run as the role that it belongs to",
            ],
        );
        // It trusts the owner, and still may not write.
        let error = reader
            .run(verb::run_to(&set, Target::Head).trust("postgres"))
            .unwrap_err();
        assert_refused(
            &error,
            "SM0701",
            &[
                "permission denied",
                "002_b was rolled back",
                "the database is at 001_a",
                "the right",
            ],
        );
        assert_eq!(world.history(), ["001_a"]);
        assert!(!world.exists("b"));
    }
}

#[test]
fn a_role_without_any_right_on_the_schema_is_told_what_it_needs() {
    let set = two();
    for mut world in worlds() {
        world.up_to(&set, 1).unwrap();
        let role = world.role("nobody", "");
        let mut nobody = world.connect_as(&role);
        let refusals = |nobody: &mut Client| {
            [
                nobody.status(verb::status(&set)).unwrap_err(),
                nobody.verify(verb::verify(&set)).unwrap_err(),
                nobody.plan(verb::plan_to(&set, Target::Head)).unwrap_err(),
                nobody.run(verb::run_to(&set, Target::Head)).unwrap_err(),
            ]
        };
        let needs = ["42501", "nothing was done", "USAGE", "SELECT"];
        for error in refusals(&mut nobody) {
            assert_refused(&error, "SM0706", &needs);
            assert_refused(&error, "SM0706", &["permission denied for schema"]);
        }
        world.admin.execute(&format!(
            "GRANT USAGE ON SCHEMA samokoder_migrate TO {role}"
        ));
        for error in refusals(&mut nobody) {
            assert_refused(&error, "SM0706", &needs);
            assert_refused(&error, "SM0706", &["permission denied for table"]);
        }
        assert_eq!(world.history(), ["001_a"]);
    }
}

#[test]
fn a_role_that_may_not_create_and_finds_the_schema_made_for_it_needs_no_more() {
    let set = two();
    for mut world in worlds() {
        let role = world.role("app", "");
        world.admin.execute(&format!(
            "GRANT CREATE ON SCHEMA public TO {role}; CREATE SCHEMA samokoder_migrate AUTHORIZATION {role}"
        ));
        world.client = world.connect_as(&role);
        let status = world.client.status(verb::status(&set)).unwrap();
        assert_eq!(status.pending().len(), 2);
        assert_eq!(world.up(&set).unwrap().steps().len(), 2);
        assert_eq!(world.down_to(&set, 0).unwrap().steps().len(), 2);
    }
}

#[test]
fn a_script_that_its_role_may_not_run_is_told_with_the_right_that_it_lacks() {
    let set = set(&[("a", "CREATE TABLE public.a (id int)", "DROP TABLE public.a")]);
    for mut world in worlds() {
        let role = world.role("app", "");
        world.admin.execute(&format!(
            "REVOKE CREATE ON SCHEMA public FROM PUBLIC; CREATE SCHEMA samokoder_migrate AUTHORIZATION {role}"
        ));
        world.client = world.connect_as(&role);
        let error = world.up(&set).unwrap_err();
        assert_refused(
            &error,
            "SM0701",
            &[
                "permission denied for schema public",
                "001_a was rolled back",
                "give the role the right that it lacks, or take a role that has it, and run again: it goes on here",
            ],
        );
    }
}

#[test]
fn a_database_that_is_read_only_by_default_is_written_to_also_outside_a_transaction() {
    let set = set(&[
        ("a", "CREATE TABLE a (id int)", "DROP TABLE a"),
        (
            "b",
            "-- samokoder: no-transaction\nCREATE INDEX CONCURRENTLY i ON a (id);\nCREATE INDEX CONCURRENTLY j ON a (id)",
            "-- samokoder: no-transaction\nDROP INDEX CONCURRENTLY i;\nDROP INDEX CONCURRENTLY j",
        ),
    ]);
    for mut world in worlds() {
        world.database_default("default_transaction_read_only = on");
        assert_eq!(world.up(&set).unwrap().steps().len(), 2);
        assert_eq!(
            world.client.value("SHOW default_transaction_read_only"),
            "on"
        );
        assert_eq!(world.down_to(&set, 0).unwrap().steps().len(), 2);
        // As the session was, also where the server refuses.
        world.up_to(&set, 1).unwrap();
        world.admin.execute(
            "BEGIN; SET LOCAL transaction_read_only = off; CREATE INDEX j ON a (id); COMMIT",
        );
        world.up(&set).unwrap_err();
        assert_eq!(
            world.client.value("SHOW default_transaction_read_only"),
            "on"
        );
    }
}
