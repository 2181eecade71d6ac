//! Roles, schemas and sets with names that nobody planned for, and settings that nobody has.

use samokoder_migrate::{Set, revision::Target, verb};

use crate::support::{Client, Driver, Given, World, worlds};

const ROLES: [&str; 7] = [
    "two words",
    "we\"ird",
    "o'brien",
    "back\\slash",
    "имя",
    "a$b$$c",
    "MiXed; DROP TABLE x --",
];

fn two(schema: &str) -> Set {
    Given::new()
        .in_schema(schema)
        .migration("a", "CREATE TABLE public.a (id int)", "DROP TABLE public.a")
        .migration(
            "b",
            "-- samokoder: no-transaction\nCREATE INDEX CONCURRENTLY i ON public.a (id)",
            "-- samokoder: no-transaction\nDROP INDEX CONCURRENTLY public.i",
        )
        .migration(
            "c",
            "SET ROLE NONE; COMMENT ON TABLE public.a IS 'c'",
            "COMMENT ON TABLE public.a IS NULL",
        )
        .set()
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Creates a role by a name as it is, and has the client act as it.
fn act_as(world: &mut World, name: &str) -> String {
    let role = format!("{}{name}", world.database.name());
    world.admin.execute(&format!(
        "CREATE ROLE {role}; GRANT CREATE ON SCHEMA public TO {role}; GRANT CREATE ON DATABASE {database} TO {role}",
        role = quoted(&role),
        database = world.database.name(),
    ));
    world.client.execute(&format!(
        "RESET SESSION AUTHORIZATION; SET SESSION AUTHORIZATION {}",
        quoted(&role)
    ));
    role
}

#[test]
fn runs_for_roles_whose_names_need_quotes_and_trusts_them_by_name() {
    for mut world in worlds() {
        for (i, name) in ROLES.iter().enumerate() {
            let set = two(&format!("kept {i}"));
            let role = act_as(&mut world, name);
            // What is made new is given to another such role, which must not stay so.
            let other = quoted(&format!("{role} other"));
            world.admin.execute(&format!("CREATE ROLE {other}"));
            world.client.execute(&format!(
                "ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO {other}; ALTER DEFAULT PRIVILEGES GRANT ALL ON SCHEMAS TO {other};
                 ALTER DEFAULT PRIVILEGES GRANT ALL ON SEQUENCES TO {other}"
            ));
            assert_eq!(world.up(&set).unwrap().steps().len(), 3, "{role}");
            assert!(world.up(&set).unwrap().is_noop());
            assert_eq!(
                world
                    .admin
                    .column(&format!("SELECT DISTINCT role FROM \"kept {i}\".event")),
                std::slice::from_ref(&role)
            );
            assert_eq!(
                world
                    .client
                    .value("SELECT session_user || '|' || current_user"),
                format!("{role}|{role}")
            );
            // The superuser does not trust it unless it is told to.
            world.client.execute("RESET SESSION AUTHORIZATION");
            let error = world.down_to(&set, 0).unwrap_err();
            assert_eq!(error.code().as_str(), "SM0704");
            let owned = format!("schema \"kept {i}\" belongs to {}", quoted(&role));
            assert!(error.rendered().contains(&owned), "{error:?}");
            let down = verb::downgrade_to(&set, Target::BASE).trust(&role);
            assert_eq!(world.client.run(down).unwrap().steps().len(), 3);
        }
    }
}

#[test]
fn a_schema_whose_name_the_server_would_cut_is_refused() {
    let long = "s".repeat(64);
    for mut world in worlds() {
        let error = world.up(&two(&long)).unwrap_err();
        assert_eq!(error.code().as_str(), "SM0706", "{error:?}");
        let said = error.rendered();
        for part in ["63 bytes", "nothing was done"] {
            assert!(said.contains(part), "no {part:?} in\n{said}");
        }
        let error = world
            .client
            .status(verb::status(&two(&"ш".repeat(32))))
            .unwrap_err();
        assert_eq!(error.code().as_str(), "SM0706", "{error:?}");
        world.up(&two(&"ш".repeat(31))).unwrap();
        world.down_to(&two(&"ш".repeat(31)), 0).unwrap();
    }
}

#[test]
fn takes_names_as_long_as_a_file_systems() {
    let label = "a_long_name_".repeat(20);
    let set = Given::new()
        .named(&"набор ".repeat(40))
        .migration(&label, "CREATE TABLE a (id int)", "DROP TABLE a")
        .seed(
            &label,
            "INSERT INTO a SELECT 1 WHERE NOT EXISTS (SELECT FROM a)",
        )
        .set();
    for mut world in worlds() {
        assert_eq!(world.up(&set).unwrap().steps().len(), 2);
        assert!(world.up(&set).unwrap().is_noop());
        let status = world.client.status(verb::status(&set)).unwrap();
        assert_eq!(status.applied()[0].label, format!("001_{label}"));
        world.down_to(&set, 0).unwrap();
    }
}

/// Settings of a role that change what is shown, read or checked.
const ODD: [&str; 22] = [
    "DateStyle = 'SQL, DMY'",
    "IntervalStyle = 'sql_standard'",
    "TimeZone = 'Asia/Kathmandu'",
    "timezone_abbreviations = 'India'",
    "lc_messages = 'C'",
    "lc_numeric = 'C'",
    "bytea_output = 'escape'",
    "extra_float_digits = -15",
    "search_path = ''",
    "search_path = 'nowhere'",
    "standard_conforming_strings = off",
    "backslash_quote = off",
    "escape_string_warning = off",
    "transform_null_equals = on",
    "quote_all_identifiers = on",
    "row_security = off",
    "session_replication_role = replica",
    "plpgsql.extra_errors = 'all'",
    "plpgsql.variable_conflict = 'use_column'",
    "check_function_bodies = off",
    "client_min_messages = debug1",
    "default_transaction_deferrable = on",
];

#[test]
fn runs_alike_under_every_setting_of_the_roles() {
    let set = two("samokoder_migrate");
    let mut world = World::new(Driver::Blocking);
    let role = world.role("odd", "SUPERUSER");
    for setting in ODD {
        world.admin.execute(&format!(
            "ALTER ROLE {role} RESET ALL; ALTER ROLE {role} SET {setting}"
        ));
        for driver in [Driver::Blocking, Driver::Async] {
            let mut client = Client::connect(driver, &world.url_of(&role));
            let report = client
                .run(verb::run_to(&set, Target::Head))
                .unwrap_or_else(|error| panic!("{setting}: {error:?}"));
            assert_eq!(report.steps().len(), 3, "{setting}");
            assert!(
                report.steps().iter().all(|step| step.duration.is_some()),
                "{setting}"
            );
            let noop = client.run(verb::run_to(&set, Target::Head)).unwrap();
            assert_eq!(
                (noop.steps().len(), noop.round_trips()),
                (0, 1),
                "{setting}"
            );
            let status = client.status(verb::status(&set)).unwrap();
            assert!(status.applied()[0].applied_at.ends_with('Z'), "{setting}");
            assert_eq!(status.applied()[0].applied_at.len(), 20, "{setting}");
            let down = verb::downgrade_to(&set, Target::BASE);
            let report = client
                .run(down)
                .unwrap_or_else(|error| panic!("{setting}: {error:?}"));
            assert_eq!(report.steps().len(), 3, "{setting}");
        }
    }
}
