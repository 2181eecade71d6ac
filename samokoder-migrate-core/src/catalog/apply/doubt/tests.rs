//! Statements on a name that may be found in one schema of the search path or in the next.

use crate::catalog::trial::outcome;

/// What is in schema `b` for certain.
const MADE: &str = "
    CREATE SCHEMA a; CREATE SCHEMA b; CREATE SCHEMA c;
    CREATE FUNCTION b.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
    CREATE TABLE b.t (x int NOT NULL, w int CONSTRAINT old CHECK (w > 0));
    CREATE TABLE b.other (x int NOT NULL PRIMARY KEY);
    CREATE INDEX i ON b.t (x);
    CREATE VIEW b.v AS SELECT 1 AS one;
    CREATE SEQUENCE b.s;
    CREATE TYPE b.e AS ENUM ('one');
    CREATE TYPE b.p AS (x int);
    CREATE DOMAIN b.d AS int CONSTRAINT old CHECK (VALUE > 0);
    CREATE TRIGGER g BEFORE INSERT ON b.t FOR EACH ROW EXECUTE FUNCTION b.f();
    CREATE POLICY q ON b.t;
    CREATE RULE r AS ON UPDATE TO b.t DO ALSO NOTHING;
    CREATE STATISTICS b.st ON x, w FROM b.t;
    CREATE COLLATION b.k FROM \"C\";
    CREATE TEXT SEARCH CONFIGURATION b.ts (COPY = english);
    CREATE FUNCTION b.h(int) RETURNS int LANGUAGE sql AS 'SELECT 1';
";

/// The name may be in `a` instead, or in a schema that may be there.
const PATHS: [&str; 3] = [
    "DO $$ BEGIN IF random() < 0.5 THEN
         CREATE TABLE a.t (x int); CREATE TABLE a.i (x int); CREATE TABLE a.v (x int);
         CREATE TABLE a.s (x int); CREATE TABLE a.e (x int); CREATE TABLE a.p (x int);
         CREATE TABLE a.d (x int); CREATE FUNCTION a.h(int) RETURNS int LANGUAGE sql AS 'SELECT 1';
     END IF; END $$;
     SET search_path = a, b;",
    "DO $$ BEGIN IF random() < 0.5 THEN CREATE SCHEMA maybe; END IF; END $$;
     SET search_path = maybe, b;",
    "DO $$ DECLARE n text; BEGIN FOR n IN SELECT datname FROM pg_database LOOP
         EXECUTE 'CREATE TABLE a.' || quote_ident(n) || ' (x int)'; END LOOP; END $$;
     SET search_path = a, b;",
];

/// A statement that may mean what is in `b`, and statements on `b` that a server may take after it.
const STATEMENTS: &[(&str, &[&str])] = &[
    (
        "DROP TABLE t",
        &[
            "CREATE TABLE b.t (z int)",
            "ALTER TABLE b.t ADD x int",
            "CREATE TABLE b.i ()",
        ],
    ),
    (
        "DROP TABLE t CASCADE",
        &["CREATE TABLE b.t (z int)", "CREATE TABLE b.i ()"],
    ),
    (
        "DROP TABLE IF EXISTS t",
        &["CREATE TABLE b.t (z int)", "SELECT z FROM b.t"],
    ),
    (
        "DROP INDEX i",
        &["CREATE INDEX i ON b.t (x)", "CREATE TABLE b.i ()"],
    ),
    ("DROP VIEW v", &["CREATE VIEW b.v AS SELECT 2 AS two"]),
    ("DROP SEQUENCE s", &["CREATE SEQUENCE b.s"]),
    (
        "DROP TYPE e",
        &["CREATE TYPE b.e AS ENUM ('two')", "CREATE TABLE b.e ()"],
    ),
    ("DROP DOMAIN d", &["CREATE DOMAIN b.d AS text"]),
    (
        "DROP FUNCTION h(int)",
        &["CREATE FUNCTION b.h(int) RETURNS text LANGUAGE sql AS 'SELECT ''a'''"],
    ),
    (
        "DROP TRIGGER g ON t",
        &["CREATE TRIGGER g AFTER INSERT ON b.t EXECUTE FUNCTION b.f()"],
    ),
    ("DROP POLICY q ON t", &["CREATE POLICY q ON b.t"]),
    ("DROP RULE r ON t", &["ALTER TABLE b.t DROP COLUMN x"]),
    (
        "DROP STATISTICS st",
        &["CREATE STATISTICS b.st ON x, w FROM b.t"],
    ),
    ("DROP COLLATION k", &["CREATE COLLATION b.k FROM \"C\""]),
    (
        "DROP TEXT SEARCH CONFIGURATION ts",
        &["CREATE TEXT SEARCH CONFIGURATION b.ts (COPY = english)"],
    ),
    (
        "ALTER TABLE t ADD z int",
        &["ALTER TABLE b.t ADD z int", "ALTER TABLE b.t DROP z"],
    ),
    (
        "ALTER TABLE t DROP x",
        &["ALTER TABLE b.t ADD x int", "CREATE INDEX i ON b.t (w)"],
    ),
    (
        "ALTER TABLE t ADD CONSTRAINT n CHECK (x > 0)",
        &[
            "ALTER TABLE b.t ADD CONSTRAINT n CHECK (w > 1)",
            "ALTER TABLE b.t DROP CONSTRAINT n",
        ],
    ),
    (
        "ALTER TABLE t ADD CONSTRAINT n UNIQUE (x)",
        &[
            "ALTER TABLE b.t DROP CONSTRAINT n",
            "DROP INDEX b.n",
            "CREATE TABLE b.n ()",
        ],
    ),
    (
        "ALTER TABLE t ADD PRIMARY KEY (x)",
        &[
            "ALTER TABLE b.t ADD PRIMARY KEY (w)",
            "CREATE TABLE b.t_pkey ()",
        ],
    ),
    (
        "ALTER TABLE t DROP CONSTRAINT old",
        &["ALTER TABLE b.t ADD CONSTRAINT old CHECK (w > 1)"],
    ),
    (
        "ALTER TABLE t RENAME TO u",
        &[
            "CREATE TABLE b.t (z int)",
            "SELECT x FROM b.u",
            "DROP TABLE b.u",
        ],
    ),
    (
        "ALTER TABLE t RENAME x TO z",
        &["ALTER TABLE b.t ADD x int", "SELECT z FROM b.t"],
    ),
    (
        "ALTER TABLE t RENAME CONSTRAINT old TO new",
        &[
            "ALTER TABLE b.t ADD CONSTRAINT old CHECK (w > 1)",
            "ALTER TABLE b.t DROP CONSTRAINT new",
        ],
    ),
    (
        "ALTER TABLE t SET SCHEMA c",
        &[
            "CREATE TABLE b.t (z int)",
            "SELECT x FROM c.t",
            "CREATE INDEX i ON b.other (x)",
        ],
    ),
    (
        "ALTER INDEX i RENAME TO j",
        &["CREATE INDEX i ON b.t (x)", "DROP INDEX b.j"],
    ),
    (
        "ALTER VIEW v RENAME TO vv",
        &["CREATE VIEW b.v AS SELECT 2 AS two", "DROP VIEW b.vv"],
    ),
    (
        "ALTER VIEW v SET SCHEMA c",
        &["CREATE VIEW b.v AS SELECT 2 AS two", "DROP VIEW c.v"],
    ),
    (
        "ALTER SEQUENCE s RENAME TO ss",
        &["CREATE SEQUENCE b.s", "DROP SEQUENCE b.ss"],
    ),
    (
        "ALTER SEQUENCE s SET SCHEMA c",
        &["CREATE SEQUENCE b.s", "DROP SEQUENCE c.s"],
    ),
    (
        "ALTER SEQUENCE s OWNED BY t.x",
        &["ALTER TABLE b.t DROP x; CREATE SEQUENCE b.s"],
    ),
    (
        "ALTER TYPE e RENAME TO ee",
        &["CREATE TYPE b.e AS ENUM ('two')", "DROP TYPE b.ee"],
    ),
    (
        "ALTER TYPE e ADD VALUE 'two'",
        &[
            "ALTER TYPE b.e ADD VALUE 'two'",
            "CREATE TABLE b.z (x b.e DEFAULT 'two')",
            "ALTER TYPE b.e RENAME VALUE 'two' TO 'three'",
        ],
    ),
    (
        "ALTER TYPE e RENAME VALUE 'one' TO 'two'",
        &[
            "ALTER TYPE b.e ADD VALUE 'one'",
            "CREATE TABLE b.z (x b.e DEFAULT 'two')",
        ],
    ),
    (
        "ALTER TYPE e SET SCHEMA c",
        &["CREATE TYPE b.e AS ENUM ('two')", "DROP TYPE c.e"],
    ),
    (
        "ALTER TYPE p ADD ATTRIBUTE z int",
        &[
            "ALTER TYPE b.p ADD ATTRIBUTE z int",
            "ALTER TYPE b.p DROP ATTRIBUTE z",
        ],
    ),
    (
        "ALTER TYPE p DROP ATTRIBUTE x",
        &["ALTER TYPE b.p ADD ATTRIBUTE x int"],
    ),
    (
        "ALTER TYPE p RENAME ATTRIBUTE x TO z",
        &[
            "ALTER TYPE b.p ADD ATTRIBUTE x int",
            "ALTER TYPE b.p DROP ATTRIBUTE z",
        ],
    ),
    (
        "ALTER DOMAIN d DROP CONSTRAINT old",
        &["ALTER DOMAIN b.d ADD CONSTRAINT old CHECK (VALUE > 1)"],
    ),
    (
        "ALTER DOMAIN d ADD CONSTRAINT new CHECK (VALUE > 1)",
        &[
            "ALTER DOMAIN b.d ADD CONSTRAINT new CHECK (VALUE > 1)",
            "ALTER DOMAIN b.d DROP CONSTRAINT new",
        ],
    ),
    (
        "ALTER DOMAIN d RENAME TO dd",
        &["CREATE DOMAIN b.d AS text", "DROP DOMAIN b.dd"],
    ),
    (
        "ALTER DOMAIN d RENAME CONSTRAINT old TO new",
        &[
            "ALTER DOMAIN b.d ADD CONSTRAINT old CHECK (VALUE > 1)",
            "ALTER DOMAIN b.d DROP CONSTRAINT new",
        ],
    ),
    (
        "ALTER FUNCTION h(int) RENAME TO hh",
        &[
            "CREATE FUNCTION b.h(int) RETURNS text LANGUAGE sql AS 'SELECT ''a'''",
            "DROP FUNCTION b.hh(int)",
        ],
    ),
    (
        "ALTER FUNCTION h(int) SET SCHEMA c",
        &[
            "CREATE FUNCTION b.h(int) RETURNS text LANGUAGE sql AS 'SELECT ''a'''",
            "DROP FUNCTION c.h(int)",
        ],
    ),
    (
        "CREATE INDEX n ON t (x)",
        &["CREATE INDEX n ON b.t (x)", "DROP INDEX b.n"],
    ),
    (
        "CREATE INDEX ON t (w)",
        &["DROP INDEX b.t_w_idx", "CREATE TABLE b.t_w_idx ()"],
    ),
    (
        "CREATE TRIGGER n BEFORE INSERT ON t EXECUTE FUNCTION b.f()",
        &[
            "CREATE TRIGGER n BEFORE INSERT ON b.t EXECUTE FUNCTION b.f()",
            "DROP TRIGGER n ON b.t",
        ],
    ),
    (
        "CREATE POLICY n ON t",
        &["CREATE POLICY n ON b.t", "DROP POLICY n ON b.t"],
    ),
    (
        "CREATE RULE n AS ON DELETE TO t DO INSTEAD NOTHING",
        &["DROP RULE n ON b.t"],
    ),
    (
        "ALTER TRIGGER g ON t RENAME TO n",
        &[
            "CREATE TRIGGER g BEFORE INSERT ON b.t EXECUTE FUNCTION b.f()",
            "DROP TRIGGER n ON b.t",
        ],
    ),
    (
        "ALTER POLICY q ON t RENAME TO n",
        &["CREATE POLICY q ON b.t", "DROP POLICY n ON b.t"],
    ),
    ("ALTER RULE r ON t RENAME TO n", &["DROP RULE n ON b.t"]),
    (
        "ALTER STATISTICS st RENAME TO n",
        &[
            "CREATE STATISTICS b.st ON x, w FROM b.t",
            "DROP STATISTICS b.n",
        ],
    ),
    (
        "ALTER COLLATION k RENAME TO n",
        &["CREATE COLLATION b.k FROM \"C\"", "DROP COLLATION b.n"],
    ),
    (
        "DROP OWNED BY CURRENT_USER",
        &["CREATE TABLE b.t ()", "CREATE TYPE b.e AS ENUM ()"],
    ),
];

#[test]
fn what_a_name_may_mean_is_not_known_after_it_may_have_been_changed() {
    let mut wrong = Vec::new();
    for path in PATHS {
        for (statement, probes) in STATEMENTS {
            for probe in *probes {
                let said = outcome(&format!("{MADE}{path}{statement};{probe}"));
                if said != "ok" {
                    wrong.push(format!("{path}\n{statement}; {probe}: {said}"));
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of them:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
