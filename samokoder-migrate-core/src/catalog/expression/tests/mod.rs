//! Names in expressions and queries, as PostgreSQL 15 takes them or not.

mod from;
mod unknown;
mod value;
mod with;

use crate::catalog::trial::outcome;

/// The tables that the tests read.
const TABLES: &str = "
    CREATE SCHEMA other;
    CREATE TYPE status AS ENUM ('new', 'old');
    CREATE TYPE addr AS (street text, zip int);
    CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL, email varchar(100) UNIQUE,
        st status, home addr, created_at timestamptz DEFAULT now());
    CREATE TABLE posts (id serial PRIMARY KEY, user_id bigint REFERENCES users, title text);
    CREATE TABLE other.users (id int, nick text);
    CREATE VIEW v AS SELECT id, name FROM users;
    CREATE FUNCTION add(a int, b int DEFAULT 1) RETURNS int LANGUAGE sql AS 'SELECT a + b';
    CREATE FUNCTION tf() RETURNS TABLE (x int, y text) LANGUAGE sql AS 'SELECT 1, ''a''::text';
    CREATE FUNCTION su() RETURNS SETOF users LANGUAGE sql AS 'SELECT * FROM users';
    CREATE FUNCTION vf(VARIADIC a int[]) RETURNS int LANGUAGE sql AS 'SELECT 1';
    CREATE FUNCTION fullname(u users) RETURNS text LANGUAGE sql AS 'SELECT ''a''::text';
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
