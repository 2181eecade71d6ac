//! What PostgreSQL 15 says of types that do not fit, word for word.

use crate::catalog::trial::outcome;

const GIVEN: &str = "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE DOMAIN small AS int CHECK (VALUE < 9); \
    CREATE TABLE t (id int PRIMARY KEY, n text, c varchar(9), j json, b boolean, m mood, s small, \
    d date, z timestamptz, u uuid, a text[], big bigint UNIQUE, i interval, nm numeric UNIQUE, tm time);";

fn all(cases: &[(&str, &str)]) {
    for (sql, expected) in cases {
        assert_eq!(outcome(&format!("{GIVEN} {sql}")), *expected, "{sql}");
    }
}

#[test]
fn an_operator_that_takes_no_such_types_does_not_exist() {
    all(&[
        (
            "SELECT FROM t WHERE id = n",
            "42883 operator does not exist: integer = text",
        ),
        (
            "SELECT FROM t WHERE b = id",
            "42883 operator does not exist: boolean = integer",
        ),
        (
            "SELECT FROM t WHERE m = n",
            "42883 operator does not exist: mood = text",
        ),
        (
            "SELECT FROM t WHERE id LIKE 'a'",
            "42883 operator does not exist: integer ~~ unknown",
        ),
        (
            "SELECT FROM t WHERE j = j",
            "42883 operator does not exist: json = json",
        ),
        (
            "SELECT FROM t WHERE id = ANY (a)",
            "42883 operator does not exist: integer = text",
        ),
        (
            "SELECT FROM t WHERE a = n",
            "42883 operator does not exist: text[] = text",
        ),
        (
            "ALTER TABLE t ADD CHECK (n > 0)",
            "42883 operator does not exist: text > integer",
        ),
    ]);
}

#[test]
fn what_is_converted_without_a_word_is_no_fault() {
    for sql in [
        "SELECT FROM t WHERE id = big AND big = nm AND nm = 1.5 AND id = '1' AND n = c AND c = 'x'",
        "SELECT FROM t WHERE d = z AND d < now() AND z - d > i AND i = tm AND s = id AND s < big",
        "SELECT FROM t WHERE m = 'ok' AND m > 'sad' AND u = 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'",
        "SELECT FROM t WHERE n = ANY (a) AND a = '{}' AND a = ARRAY['x'] AND c = ANY (a)",
        "SELECT lower(n), lower(c), length(c), upper(n || id), n || c, a || n, abs(s), round(id) FROM t",
        "SELECT coalesce(max(id), max(big)), max(d), sum(id), count(*), string_agg(c, ','), array_agg(m) FROM t",
        "INSERT INTO t (id, n, c, big, nm, z, d) SELECT big, id, m, id, big, d, z FROM t",
        "UPDATE t SET n = id, c = b, big = nm, d = z, tm = z, i = tm",
        "ALTER TABLE t ALTER n SET DEFAULT 1, ALTER big SET DEFAULT 1.5, ALTER d SET DEFAULT now()",
        "ALTER TABLE t ALTER id TYPE bigint, ALTER n TYPE varchar(9), ALTER nm TYPE int, ALTER b TYPE text",
        "CREATE TABLE r (a bigint REFERENCES t, b int REFERENCES t (big), c numeric REFERENCES t (nm))",
        "CREATE TABLE r (a small REFERENCES t, b int REFERENCES t (nm))",
        "CREATE INDEX ON t (n, m, s, d, a); CREATE INDEX ON t USING hash (u); CREATE INDEX ON t USING gin (a)",
        "CREATE FUNCTION lower(int) RETURNS int LANGUAGE sql AS 'SELECT 1'; SELECT lower(id) FROM t",
        "CREATE OPERATOR = (LEFTARG = int, RIGHTARG = text, FUNCTION = f); SELECT FROM t WHERE id = n",
        "CREATE CAST (int AS text) WITH INOUT AS IMPLICIT; SELECT FROM t WHERE id = n",
    ] {
        let told = outcome(&format!(
            "{GIVEN} CREATE FUNCTION f(int, text) RETURNS boolean LANGUAGE sql AS 'SELECT true'; {sql}"
        ));
        assert_eq!(told, "ok", "{sql}");
    }
}

#[test]
fn a_function_that_takes_no_such_types_does_not_exist() {
    all(&[
        (
            "SELECT lower(id) FROM t",
            "42883 function lower(integer) does not exist",
        ),
        (
            "SELECT sum(n) FROM t",
            "42883 function sum(text) does not exist",
        ),
        (
            "CREATE INDEX ON t (lower(b))",
            "42883 function lower(boolean) does not exist",
        ),
        (
            "SELECT date_trunc('day', n) FROM t",
            "42883 function date_trunc(unknown, text) does not exist",
        ),
    ]);
}

#[test]
fn a_condition_must_be_true_or_false() {
    all(&[
        (
            "SELECT FROM t WHERE n",
            "42804 argument of WHERE must be type boolean, not type text",
        ),
        (
            "SELECT FROM t WHERE b AND id",
            "42804 argument of AND must be type boolean, not type integer",
        ),
        (
            "ALTER TABLE t ADD CHECK (length(n))",
            "42804 argument of CHECK must be type boolean, not type integer",
        ),
        (
            "CREATE INDEX ON t (id) WHERE m",
            "42804 argument of WHERE must be type boolean, not type mood",
        ),
    ]);
}

#[test]
fn what_is_stored_must_become_the_type_of_its_column() {
    all(&[
        (
            "INSERT INTO t (id) SELECT n FROM t",
            "42804 column \"id\" is of type integer but expression is of type text",
        ),
        (
            "UPDATE t SET b = id",
            "42804 column \"b\" is of type boolean but expression is of type integer",
        ),
        (
            "UPDATE t SET m = n",
            "42804 column \"m\" is of type mood but expression is of type text",
        ),
        (
            "ALTER TABLE t ALTER id SET DEFAULT now()",
            "42804 column \"id\" is of type integer but default expression is of type timestamp with time zone",
        ),
        (
            "CREATE TABLE x (a int DEFAULT true)",
            "42804 column \"a\" is of type integer but default expression is of type boolean",
        ),
        (
            "ALTER TABLE t ALTER n TYPE int",
            "42804 column \"n\" cannot be cast automatically to type integer",
        ),
        (
            "ALTER TABLE t ALTER b SET DEFAULT true; ALTER TABLE t ALTER b TYPE int USING b::int",
            "42804 default for column \"b\" cannot be cast automatically to type integer",
        ),
        (
            "ALTER TABLE t ALTER n TYPE int USING n",
            "42804 result of USING clause for column \"n\" cannot be cast automatically to type integer",
        ),
    ]);
}

#[test]
fn a_foreign_key_must_be_comparable_with_what_it_references() {
    all(&[
        (
            "CREATE TABLE r (a text REFERENCES t)",
            "42804 foreign key constraint \"r_a_fkey\" cannot be implemented; \
             Key columns \"a\" and \"id\" are of incompatible types: text and integer.",
        ),
        (
            "ALTER TABLE t ADD FOREIGN KEY (u) REFERENCES t (big)",
            "42804 foreign key constraint \"t_u_fkey\" cannot be implemented; \
             Key columns \"u\" and \"big\" are of incompatible types: uuid and bigint.",
        ),
    ]);
}

#[test]
fn an_index_needs_a_method_and_a_class_that_exist() {
    all(&[
        (
            "CREATE INDEX ON t (j)",
            "42704 data type json has no default operator class for access method \"btree\"",
        ),
        (
            "ALTER TABLE t ADD UNIQUE (j)",
            "42704 data type json has no default operator class for access method \"btree\"",
        ),
        (
            "CREATE INDEX ON t USING btrree (id)",
            "42704 access method \"btrree\" does not exist",
        ),
        (
            "CREATE INDEX ON t (n text_patern_ops)",
            "42704 operator class \"text_patern_ops\" does not exist for access method \"btree\"",
        ),
        ("CREATE TABLE x (a x)", "42704 type \"x\" does not exist"),
        (
            "COMMENT ON COLUMN id IS 'x'",
            "42601 column name must be qualified",
        ),
    ]);
}
