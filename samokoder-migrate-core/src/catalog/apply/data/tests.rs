//! Statements about rows, as PostgreSQL 15 takes them or not.

use crate::catalog::trial::{outcome, picture};

/// The tables that the tests write.
const TABLES: &str = "
    CREATE TYPE status AS ENUM ('new', 'old');
    CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL, email varchar(100) UNIQUE,
        st status, home text, created_at timestamptz DEFAULT now());
    CREATE TABLE posts (id serial PRIMARY KEY, user_id bigint REFERENCES users, title text, body text);
    CREATE TABLE ident (id int GENERATED ALWAYS AS IDENTITY, v text,
        w int GENERATED ALWAYS AS (1) STORED);
    CREATE VIEW v AS SELECT id, name FROM users;
";

/// Runs a statement after the tables were made.
#[track_caller]
fn says(statement: &str, expected: &str) {
    let told = outcome(&format!("{TABLES}{statement};"));
    let told = told.split("; ").next().unwrap_or_default();
    assert_eq!(told, expected, "{statement}");
}

/// Runs statements that the server takes.
#[track_caller]
fn takes(statements: &[&str]) {
    for statement in statements {
        says(statement, "ok");
    }
}

#[test]
fn finds_the_columns_that_get_values() {
    takes(&["INSERT INTO users (id, name) VALUES (1, 'a')"]);
    says(
        "INSERT INTO users (id, nme) VALUES (1, 'a')",
        "42703 column \"nme\" of relation \"users\" does not exist",
    );
    says(
        "INSERT INTO users (id, id) VALUES (1, 2)",
        "42701 column \"id\" specified more than once",
    );
    says(
        "INSERT INTO nope VALUES (1)",
        "42P01 relation \"nope\" does not exist",
    );
    says(
        "UPDATE users SET nme = 'x'",
        "42703 column \"nme\" of relation \"users\" does not exist",
    );
    says(
        "UPDATE users u SET u.name = 'x'",
        "42703 column \"u\" of relation \"users\" does not exist",
    );
    says(
        "UPDATE users u SET name = users.name",
        "42P01 invalid reference to FROM-clause entry for table \"users\"",
    );
    says(
        "UPDATE users SET name = 'a' FROM users WHERE true",
        "42712 table name \"users\" specified more than once",
    );
    says(
        "DELETE FROM users USING posts p WHERE posts.user_id = users.id",
        "42P01 invalid reference to FROM-clause entry for table \"posts\"",
    );
    says(
        "INSERT INTO users (id, name) VALUES (1, 'a') RETURNING id, nme",
        "42703 column \"nme\" does not exist",
    );
}

#[test]
fn counts_what_is_inserted() {
    takes(&[
        "INSERT INTO users VALUES (1, 'a')",
        "UPDATE users SET (name, email) = (SELECT title, body FROM posts WHERE posts.user_id = users.id LIMIT 1)",
    ]);
    says(
        "INSERT INTO users (id, name) VALUES (1, 'a', 3)",
        "42601 INSERT has more expressions than target columns",
    );
    says(
        "INSERT INTO users (id, name) VALUES (1)",
        "42601 INSERT has more target columns than expressions",
    );
    says(
        "INSERT INTO users VALUES (1, 'a', 'b', 'new', NULL, now(), 7)",
        "42601 INSERT has more expressions than target columns",
    );
    says(
        "INSERT INTO users (id, name) SELECT id, title, body FROM posts",
        "42601 INSERT has more expressions than target columns",
    );
    says(
        "INSERT INTO users (id, name) SELECT id FROM posts",
        "42601 INSERT has more target columns than expressions",
    );
    says(
        "UPDATE users SET (name, email) = ('a', 'b', 'c')",
        "42601 number of columns does not match number of values",
    );
}

#[test]
fn finds_the_key_of_on_conflict() {
    takes(&[
        "INSERT INTO users (id, name) VALUES (1, 'a') ON CONFLICT (id) DO UPDATE SET name = excluded.name",
        "INSERT INTO users (id, name) VALUES (1, 'a') ON CONFLICT (email) DO NOTHING",
        "INSERT INTO users (id, name) VALUES (1, 'a') ON CONFLICT ON CONSTRAINT users_pkey DO NOTHING",
    ]);
    says(
        "INSERT INTO users (id, name) VALUES (1, 'a') ON CONFLICT (id) DO UPDATE SET name = excluded.nme",
        "42703 column excluded.nme does not exist",
    );
    says(
        "INSERT INTO users (id, name) VALUES (1, 'a') ON CONFLICT (name) DO NOTHING",
        "42P10 there is no unique or exclusion constraint matching the ON CONFLICT specification",
    );
    says(
        "INSERT INTO users (id, name) VALUES (1, 'a') ON CONFLICT (emil) DO NOTHING",
        "42703 column \"emil\" does not exist",
    );
    says(
        "INSERT INTO users (id, name) VALUES (1, 'a') ON CONFLICT ON CONSTRAINT nope DO NOTHING",
        "42704 constraint \"nope\" for table \"users\" does not exist",
    );
}

#[test]
fn leaves_to_the_server_the_columns_that_it_fills() {
    takes(&[
        "INSERT INTO ident (id, v) VALUES (DEFAULT, 'a')",
        "INSERT INTO ident (id, v) OVERRIDING SYSTEM VALUE VALUES (1, 'a')",
        "INSERT INTO ident DEFAULT VALUES",
        "UPDATE ident SET id = DEFAULT",
    ]);
    says(
        "INSERT INTO ident (id, v) VALUES (1, 'a')",
        "428C9 cannot insert a non-DEFAULT value into column \"id\"",
    );
    says(
        "INSERT INTO ident (v, w) VALUES ('a', 2)",
        "428C9 cannot insert a non-DEFAULT value into column \"w\"",
    );
    says(
        "INSERT INTO ident SELECT 1, 'a'",
        "428C9 cannot insert a non-DEFAULT value into column \"id\"",
    );
    says(
        "UPDATE ident SET id = 3",
        "428C9 column \"id\" can only be updated to DEFAULT",
    );
    says(
        "UPDATE ident SET w = 3",
        "428C9 column \"w\" can only be updated to DEFAULT",
    );
}

#[test]
fn writes_the_labels_of_an_enum_alone() {
    takes(&[
        "INSERT INTO users (id, name, st) VALUES (1, 'a', NULL)",
        "UPDATE users SET st = 'new' WHERE st::text = 'whatever'",
    ]);
    says(
        "INSERT INTO users VALUES (1, 'a', 'b', 'newx')",
        "22P02 invalid input value for enum status: \"newx\"",
    );
    says(
        "INSERT INTO users (id, name, st) VALUES (1, 'a', 'new'), (2, 'b', 'bad')",
        "22P02 invalid input value for enum status: \"bad\"",
    );
    says(
        "INSERT INTO users (id, name, st) SELECT 1, 'a', 'bad'",
        "22P02 invalid input value for enum status: \"bad\"",
    );
    says(
        "UPDATE users SET st = 'bad'",
        "22P02 invalid input value for enum status: \"bad\"",
    );
}

#[test]
fn truncates_what_nothing_else_points_to() {
    takes(&[
        "TRUNCATE users, posts",
        "TRUNCATE users CASCADE",
        "TRUNCATE posts",
    ]);
    says(
        "TRUNCATE users",
        "0A000 cannot truncate a table referenced in a foreign key constraint",
    );
    says("TRUNCATE nope", "42P01 relation \"nope\" does not exist");
    says("TRUNCATE v", "42809 \"v\" is not a table");
}

#[test]
fn merges_into_columns_that_are_there() {
    takes(&[
        "MERGE INTO users u USING posts p ON u.id = p.user_id WHEN MATCHED THEN UPDATE SET name = p.title WHEN NOT MATCHED THEN INSERT (id, name) VALUES (p.id, p.title)",
    ]);
    says(
        "MERGE INTO users u USING posts p ON u.id = p.user_id WHEN MATCHED THEN UPDATE SET nme = p.title",
        "42703 column \"nme\" of relation \"users\" does not exist",
    );
    says(
        "MERGE INTO users u USING posts p ON u.id = p.uid WHEN MATCHED THEN DELETE",
        "42703 column p.uid does not exist",
    );
}

#[test]
fn maintains_what_is_there() {
    takes(&["REINDEX INDEX users_pkey"]);
    says(
        "ANALYZE users (nme)",
        "42703 column \"nme\" of relation \"users\" does not exist",
    );
    says("REINDEX INDEX users", "42809 \"users\" is not an index");
    says(
        "REINDEX INDEX nope",
        "42P01 relation \"nope\" does not exist",
    );
    says(
        "REINDEX SCHEMA nope",
        "3F000 schema \"nope\" does not exist",
    );
    says(
        "CLUSTER users USING nope",
        "42704 index \"nope\" for table \"users\" does not exist",
    );
    says(
        "EXPLAIN ANALYZE DELETE FROM users WHERE nme = 'a'",
        "42703 column \"nme\" does not exist",
    );
}

#[test]
fn an_update_on_conflict_says_which_conflict() {
    says(
        "INSERT INTO users (id, name) VALUES (1, 'a') ON CONFLICT DO UPDATE SET name = 'b'",
        "42601 ON CONFLICT DO UPDATE requires inference specification or constraint name",
    );
    takes(&[
        "INSERT INTO users (id, name) VALUES (1, 'a') ON CONFLICT DO NOTHING",
        "INSERT INTO users (id, name) VALUES (1, 'a') ON CONFLICT (id) DO UPDATE SET name = 'b'",
    ]);
}

#[test]
fn what_is_written_into_a_system_catalog_is_not_followed() {
    let is_open = |sql: &str| picture(sql).contains("open *\n");
    let table = "CREATE TABLE t (a int);";
    for write in [
        "UPDATE pg_attribute SET attnotnull = true WHERE attname = 'a'",
        "DELETE FROM pg_catalog.pg_constraint WHERE conname = 'c'",
        "DO $$ BEGIN UPDATE pg_class SET relname = 'u' WHERE relname = 't'; END $$",
        "WITH gone AS (DELETE FROM pg_trigger RETURNING oid) SELECT count(*) FROM gone",
        "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS 'DELETE FROM pg_proc'; SELECT f()",
    ] {
        assert!(is_open(&format!("{table} {write}")), "{write}");
    }
    for harmless in [
        "DELETE FROM pg_largeobject",
        "SELECT count(*) FROM pg_class",
        "CREATE SCHEMA s; CREATE TABLE s.pg_mine (a int); DELETE FROM s.pg_mine",
    ] {
        assert!(!is_open(&format!("{table} {harmless}")), "{harmless}");
    }
}

#[test]
fn labels_that_are_deleted_from_the_system_catalog_may_be_any() {
    let made = "CREATE TYPE status AS ENUM ('a', 'b'); \
         DELETE FROM pg_enum WHERE enumlabel = 'b' AND enumtypid = 'status'::regtype;";
    assert!(!picture(made).contains("labels"), "{}", picture(made));
    for sql in [
        "ALTER TYPE status ADD VALUE 'b'",
        "CREATE TABLE t (s status DEFAULT 'c')",
        "ALTER TYPE status RENAME VALUE 'c' TO 'd'",
        "CREATE TABLE t (a int, a status)",
    ] {
        let said = outcome(&format!("{made} {sql}"));
        let is_taken = sql.contains("a int, a");
        assert_eq!(said == "ok", !is_taken, "{sql}: {said}");
    }
}
