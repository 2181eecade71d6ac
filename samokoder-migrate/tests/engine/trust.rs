//! Our schema and tables may have been planted, to make whoever runs next do what it should not.

use samokoder_migrate::{Set, revision::Target, verb};

use crate::support::{Given, World, set, worlds};

fn two() -> Set {
    set(&[
        ("one", "CREATE TABLE one (id int)", "DROP TABLE one"),
        ("two", "CREATE TABLE two (id int)", "DROP TABLE two"),
    ])
}

/// A world in which the first of two migrations was applied by the superuser, and a role.
fn applied(mut world: World) -> (World, String) {
    let role = world.role("mallory", "");
    world.up_to(&two(), 1).unwrap();
    (world, role)
}

/// Expects a run to be refused, with nothing written, and returns the report.
fn refusal(world: &mut World) -> String {
    let error = world.up(&two()).unwrap_err();
    assert_eq!(error.code().as_str(), "SM0704", "{error:?}");
    assert!(!world.exists("two"));
    error.rendered()
}

#[test]
fn refuses_what_was_planted_on_its_tables_and_names_it() {
    let plants: &[(&str, &str)] = &[
        (
            "CREATE FUNCTION pwn() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
             CREATE TRIGGER evil BEFORE INSERT ON samokoder_migrate.event EXECUTE FUNCTION pwn()",
            "trigger evil on event",
        ),
        (
            "CREATE RULE evil AS ON INSERT TO samokoder_migrate.seed DO ALSO SELECT 1",
            "seed is not a plain table",
        ),
        (
            "CREATE POLICY evil ON samokoder_migrate.unfinished USING (true)",
            "policy evil on unfinished",
        ),
        (
            "ALTER TABLE samokoder_migrate.event ENABLE ROW LEVEL SECURITY",
            "event is not a plain table",
        ),
        (
            "ALTER TABLE samokoder_migrate.event SET UNLOGGED",
            "event is not a plain table",
        ),
        (
            "CREATE TABLE child () INHERITS (samokoder_migrate.event)",
            "event is not a plain table",
        ),
        (
            "GRANT UPDATE ON samokoder_migrate.history TO ROLE",
            "ROLE may UPDATE on history",
        ),
        (
            "GRANT TRIGGER ON samokoder_migrate.history TO PUBLIC",
            "public may TRIGGER on history",
        ),
        (
            "GRANT SELECT, UPDATE (downgrade) ON samokoder_migrate.history TO ROLE",
            "ROLE may UPDATE on column downgrade of history",
        ),
        (
            "GRANT CREATE ON SCHEMA samokoder_migrate TO ROLE",
            "ROLE may create in schema samokoder_migrate",
        ),
        (
            "ALTER TABLE samokoder_migrate.event OWNER TO ROLE",
            "event belongs to ROLE",
        ),
        (
            "ALTER SCHEMA samokoder_migrate OWNER TO ROLE",
            "schema samokoder_migrate belongs to ROLE",
        ),
        (
            "ALTER TABLE samokoder_migrate.history RENAME TO moved;
             CREATE VIEW samokoder_migrate.history AS SELECT * FROM samokoder_migrate.moved",
            "history is not a plain table",
        ),
        (
            "DROP VIEW samokoder_migrate.history;
             CREATE TABLE samokoder_migrate.history (LIKE samokoder_migrate.moved) PARTITION BY LIST (set_name)",
            "history is not a plain table",
        ),
        (
            "DROP TABLE samokoder_migrate.history; ALTER TABLE samokoder_migrate.moved RENAME TO history;
             CREATE FUNCTION loud(text) RETURNS text IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RAISE ''ran''; END';
             CREATE INDEX evil ON samokoder_migrate.event (public.loud(subject)) WHERE subject = 'nothing'",
            "event is not a plain table",
        ),
    ];
    for world in worlds() {
        let (mut world, role) = applied(world);
        for (plant, named) in plants {
            world
                .admin
                .execute(&format!("BEGIN; {}; COMMIT", plant.replace("ROLE", &role)));
            let said = refusal(&mut world);
            assert!(said.contains(&named.replace("ROLE", &role)), "{said}");
            // As it was, for the next plant.
            world.admin.execute(&format!(
                "DROP TRIGGER IF EXISTS evil ON samokoder_migrate.event; DROP FUNCTION IF EXISTS pwn;
                 DROP RULE IF EXISTS evil ON samokoder_migrate.seed;
                 DROP POLICY IF EXISTS evil ON samokoder_migrate.unfinished;
                 ALTER TABLE samokoder_migrate.event DISABLE ROW LEVEL SECURITY;
                 ALTER TABLE samokoder_migrate.event SET LOGGED; DROP TABLE IF EXISTS child;
                 REVOKE ALL ON ALL TABLES IN SCHEMA samokoder_migrate FROM {role}, PUBLIC;
                 REVOKE ALL ON SCHEMA samokoder_migrate FROM {role};
                 ALTER SCHEMA samokoder_migrate OWNER TO postgres; ALTER TABLE samokoder_migrate.event OWNER TO postgres"
            ));
        }
        world.admin.execute("DROP INDEX samokoder_migrate.evil");
        world.up(&two()).unwrap();
        assert!(world.exists("two"));
    }
}

#[test]
fn refuses_a_schema_that_was_there_before_it_with_a_trigger_for_the_superuser() {
    for mut world in worlds() {
        let role = world.role("mallory", "");
        let name = world.database.name().to_owned();
        world.admin.execute(&format!(
            "GRANT CREATE ON DATABASE {name} TO {role}; GRANT CREATE ON SCHEMA public TO {role}"
        ));
        let mut mallory = world.connect_as(&role);
        // The tables are exactly ours: mallory had them made by a set of its own.
        let own = Given::new()
            .named("mallory")
            .migration("x", "SELECT 1", "SELECT 1")
            .set();
        mallory.run(verb::run_to(&own, Target::Head)).unwrap();
        mallory.execute(&format!(
            "CREATE FUNCTION public.pwn() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN ALTER ROLE {role} SUPERUSER; RETURN NEW; END';
             GRANT ALL ON ALL TABLES IN SCHEMA samokoder_migrate TO PUBLIC;
             CREATE TRIGGER a BEFORE INSERT ON samokoder_migrate.history FOR EACH ROW EXECUTE FUNCTION public.pwn();
             CREATE TRIGGER a BEFORE INSERT ON samokoder_migrate.event FOR EACH ROW EXECUTE FUNCTION public.pwn()"
        ));
        let error = world.up(&two()).unwrap_err();
        assert_eq!(error.code().as_str(), "SM0704");
        let said = error.rendered();
        for named in [
            format!("schema samokoder_migrate belongs to {role}"),
            "trigger a on history".to_owned(),
            "public may INSERT on event".to_owned(),
            ".trust(".to_owned(),
        ] {
            assert!(said.contains(&named), "{said}");
        }
        assert!(!world.exists("one"));
        assert_eq!(world.history(), ["001_x"]);
        let super_sql = format!("SELECT rolsuper FROM pg_roles WHERE rolname = '{role}'");
        assert_eq!(world.admin.value(&super_sql), "f");
    }
}

#[test]
fn does_not_read_a_planted_view_which_would_run_its_functions() {
    for mut world in worlds() {
        let role = world.role("mallory", "");
        let name = world.database.name().to_owned();
        world.admin.execute(&format!(
            "GRANT CREATE ON DATABASE {name} TO {role}; GRANT CREATE ON SCHEMA public TO {role}"
        ));
        let mut mallory = world.connect_as(&role);
        let own = Given::new()
            .named("mallory")
            .migration("x", "SELECT 1", "SELECT 1")
            .set();
        mallory.run(verb::run_to(&own, Target::Head)).unwrap();
        mallory.execute(&format!(
            "CREATE FUNCTION public.pwn() RETURNS text LANGUAGE plpgsql AS 'BEGIN ALTER ROLE {role} SUPERUSER; RETURN ''main''; END';
             ALTER TABLE samokoder_migrate.history RENAME TO real;
             CREATE VIEW samokoder_migrate.history AS SELECT public.pwn() AS set_name, position, version, name, label, checksum,
                downgrade, downgrade_checksum, applied_at, duration_ms FROM samokoder_migrate.real;
             GRANT ALL ON ALL TABLES IN SCHEMA samokoder_migrate TO PUBLIC; GRANT USAGE ON SCHEMA samokoder_migrate TO PUBLIC"
        ));
        let set = two();
        let codes = [
            world.client.status(verb::status(&set)).unwrap_err().code(),
            world.client.verify(verb::verify(&set)).unwrap_err().code(),
            world
                .client
                .plan(verb::plan_to(&set, Target::Head))
                .unwrap_err()
                .code(),
            world.up(&set).unwrap_err().code(),
        ];
        assert_eq!(codes.map(samokoder_migrate::Code::as_str), ["SM0704"; 4]);
        let super_sql = format!("SELECT rolsuper FROM pg_roles WHERE rolname = '{role}'");
        assert_eq!(world.admin.value(&super_sql), "f");
    }
}

#[test]
fn lets_a_trusted_owner_pass() {
    for world in worlds() {
        let (mut world, role) = applied(world);
        world.admin.execute(&format!(
            "ALTER SCHEMA samokoder_migrate OWNER TO {role};
             ALTER TABLE samokoder_migrate.history OWNER TO {role}; ALTER TABLE samokoder_migrate.event OWNER TO {role};
             ALTER TABLE samokoder_migrate.seed OWNER TO {role}; GRANT INSERT ON samokoder_migrate.unfinished TO {role}"
        ));
        refusal(&mut world);
        let report = world
            .client
            .run(verb::run_to(&two(), Target::Head).trust(&role))
            .unwrap();
        assert_eq!(report.steps().len(), 1);
        assert!(world.exists("two"));
    }
}

#[test]
fn default_privileges_for_others_do_not_make_its_own_tables_untrusted() {
    for mut world in worlds() {
        let role = world.role("reader", "");
        world.admin.execute(&format!(
            "ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO {role}, PUBLIC;
             ALTER DEFAULT PRIVILEGES GRANT ALL ON SEQUENCES TO {role};
             ALTER DEFAULT PRIVILEGES GRANT ALL ON SCHEMAS TO {role}, PUBLIC"
        ));
        world.up_to(&two(), 1).unwrap();
        world.up(&two()).unwrap();
        let mut reader = world.connect_as(&role);
        assert_eq!(
            reader.refused("DELETE FROM samokoder_migrate.history"),
            "42501"
        );
    }
}
