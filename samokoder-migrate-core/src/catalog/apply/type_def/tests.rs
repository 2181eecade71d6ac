//! What PostgreSQL 15 says of each.

use crate::catalog::{Catalog, object::TypeKind, store::Lookup, trial};

fn all(before: &str, cases: &[(&str, &str)]) {
    for (sql, said) in cases {
        assert_eq!(trial::outcome(&format!("{before}; {sql}")), *said, "{sql}");
    }
}

/// Shows what an enum's labels are in the end, or the fault.
fn labels(sql: &str) -> String {
    trial::run(
        sql,
        &crate::check::Options::default(),
        |catalog: &Catalog, fault| {
            if let Some(fault) = fault {
                return fault.message;
            }
            let name = crate::tree::Path {
                schema: None,
                name: "st",
            };
            let Lookup::Found(oid) = catalog.look(crate::catalog::object::Space::Type, name) else {
                return "not known".to_owned();
            };
            match catalog.type_kind(oid) {
                Some(TypeKind::Enum(labels)) => labels.join(" "),
                other => format!("{other:?}"),
            }
        },
    )
}

#[test]
fn labels_keep_the_order_that_the_server_gives_them() {
    assert_eq!(
        labels(
            "CREATE TYPE st AS ENUM ('a', 'b'); ALTER TYPE st ADD VALUE 'z'; \
             ALTER TYPE st ADD VALUE 'y' BEFORE 'z'; ALTER TYPE st ADD VALUE 'a1' AFTER 'a'; \
             ALTER TYPE st ADD VALUE IF NOT EXISTS 'b'; ALTER TYPE st RENAME VALUE 'b' TO 'c'"
        ),
        "a a1 c y z"
    );
}

#[test]
fn refuses_what_an_enum_cannot_have() {
    all(
        "CREATE TYPE st AS ENUM ('a', 'b')",
        &[
            (
                "CREATE TYPE st AS ENUM ('x')",
                "42710 type \"st\" already exists",
            ),
            (
                "ALTER TYPE st ADD VALUE 'a'",
                "42710 enum label \"a\" already exists",
            ),
            ("ALTER TYPE st ADD VALUE IF NOT EXISTS 'a'", "ok"),
            (
                "ALTER TYPE st ADD VALUE 'c' BEFORE 'zz'",
                "22023 \"zz\" is not an existing enum label",
            ),
            (
                "ALTER TYPE st RENAME VALUE 'zz' TO 'y'",
                "22023 \"zz\" is not an existing enum label",
            ),
            (
                "ALTER TYPE st RENAME VALUE 'a' TO 'b'",
                "42710 enum label \"b\" already exists",
            ),
            (
                "ALTER TYPE nosuch ADD VALUE 'c'",
                "42704 type \"nosuch\" does not exist",
            ),
            (
                "ALTER TYPE x.nosuch ADD VALUE 'c'",
                "3F000 schema \"x\" does not exist",
            ),
            (
                "ALTER TYPE int4 ADD VALUE 'c'",
                "42809 integer is not an enum",
            ),
            ("ALTER DOMAIN st SET NOT NULL", "42809 st is not a domain"),
            (
                "CREATE DOMAIN st AS int",
                "42710 type \"st\" already exists",
            ),
        ],
    );
}

#[test]
fn refuses_a_composite_type_that_cannot_be() {
    all(
        "CREATE TYPE c AS (a int, b text)",
        &[
            (
                "CREATE TYPE c AS (a int)",
                "42710 type \"c\" already exists",
            ),
            (
                "CREATE TYPE d AS (a int, b nosuch)",
                "42704 type \"nosuch\" does not exist",
            ),
            (
                "CREATE TYPE d AS (a int, a text)",
                "42701 column \"a\" specified more than once",
            ),
            ("CREATE TYPE d AS (a c, b c[])", "ok"),
            ("CREATE TYPE c", "42710 type \"c\" already exists"),
        ],
    );
}

#[test]
fn knows_the_constraints_of_a_domain_by_the_names_that_the_server_chose() {
    all(
        "CREATE DOMAIN d AS int CHECK (VALUE > 0) NOT NULL CONSTRAINT x CHECK (VALUE < 10) CHECK (VALUE <> 5) DEFAULT 3",
        &[
            (
                "ALTER DOMAIN d DROP CONSTRAINT d_check; ALTER DOMAIN d DROP CONSTRAINT d_check1",
                "ok",
            ),
            (
                "ALTER DOMAIN d DROP CONSTRAINT d_check2",
                "42704 constraint \"d_check2\" of domain \"d\" does not exist",
            ),
            (
                "ALTER DOMAIN d ADD CHECK (VALUE > 1); ALTER DOMAIN d DROP CONSTRAINT d_check2",
                "ok",
            ),
            (
                "ALTER DOMAIN d ADD CONSTRAINT x CHECK (VALUE > 1)",
                "42710 constraint \"x\" for domain \"d\" already exists",
            ),
            (
                "ALTER DOMAIN d VALIDATE CONSTRAINT nosuch",
                "42704 constraint \"nosuch\" of domain \"d\" does not exist",
            ),
            ("ALTER DOMAIN d DROP CONSTRAINT IF EXISTS nosuch", "ok"),
            ("CREATE DOMAIN d AS int", "42710 type \"d\" already exists"),
            (
                "CREATE DOMAIN e AS nosuch",
                "42704 type \"nosuch\" does not exist",
            ),
            (
                "CREATE DOMAIN e AS int NULL NOT NULL",
                "42601 conflicting NULL/NOT NULL constraints",
            ),
            (
                "CREATE DOMAIN e AS int DEFAULT 1 DEFAULT 2",
                "42601 multiple default expressions",
            ),
            (
                "CREATE DOMAIN e AS int CONSTRAINT a CHECK (VALUE > 1) CONSTRAINT a CHECK (VALUE > 2)",
                "42710 constraint \"a\" for domain \"e\" already exists",
            ),
            (
                "ALTER DOMAIN int4 SET NOT NULL",
                "42809 integer is not a domain",
            ),
        ],
    );
}

#[test]
fn a_range_brings_a_multirange_of_the_servers_name() {
    all(
        "CREATE TYPE r AS RANGE (SUBTYPE = int); CREATE TYPE rranger AS RANGE (SUBTYPE = text)",
        &[
            ("CREATE TYPE c AS (a r_multirange, b rmultiranger)", "ok"),
            (
                "CREATE TYPE c AS (a rranger_multirange)",
                "42704 type \"rranger_multirange\" does not exist",
            ),
            (
                "CREATE TYPE r_multirange AS ENUM ()",
                "42710 type \"r_multirange\" already exists",
            ),
            (
                "CREATE TYPE r AS RANGE (SUBTYPE = int)",
                "42710 type \"r\" already exists",
            ),
            (
                "CREATE TYPE s AS RANGE (SUBTYPE = nosuch)",
                "42704 type \"nosuch\" does not exist",
            ),
            (
                "CREATE TYPE s AS RANGE (SUBTYPE = int, multirange_type_name = m); CREATE TYPE m",
                "42710 type \"m\" already exists",
            ),
        ],
    );
}

#[test]
fn a_shell_becomes_a_range_but_no_enum() {
    all(
        "CREATE TYPE sh",
        &[
            ("CREATE TYPE sh", "42710 type \"sh\" already exists"),
            (
                "CREATE TYPE sh AS ENUM ('a')",
                "42710 type \"sh\" already exists",
            ),
            ("CREATE TYPE sh AS RANGE (SUBTYPE = int)", "ok"),
        ],
    );
}

#[test]
fn a_default_goes_by_the_name_that_its_label_has() {
    // As PostgreSQL 15 says.
    let picture = trial::picture(
        "CREATE TYPE e AS ENUM ('a', 'b'); CREATE TABLE t (x e DEFAULT 'a', y e DEFAULT 'b', z text DEFAULT 'a'); \
         ALTER TYPE e RENAME VALUE 'a' TO 'c'",
    );
    for row in [
        "t.x: type public.e, not null no, default 'c'",
        "default 'b'",
        "text, not null no, default 'a'",
    ] {
        assert!(picture.contains(row), "{picture}");
    }
}
