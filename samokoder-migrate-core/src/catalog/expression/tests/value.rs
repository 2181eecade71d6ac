//! Values, functions and constants.

use super::{says, takes};

#[test]
fn names_the_columns_of_a_result_as_the_server_does() {
    takes(&[
        "SELECT x.count, x.max, x.case, x.coalesce, x.int4, x.exists FROM (SELECT count(*), max(id), CASE WHEN true THEN 1 END, coalesce(1, 2), '1'::int, EXISTS (SELECT 1) FROM users) x",
        "SELECT x.array, x.row, x.greatest, x.nullif, x.current_date, x.id FROM (SELECT ARRAY[1], ROW(1), greatest(1), nullif(1, 2), current_date, (SELECT id FROM users LIMIT 1)) x",
        "SELECT x.extract, x.timezone, x.substring, x.btrim FROM (SELECT extract(year from created_at), created_at AT TIME ZONE 'x', substring(name from 1), trim(name) FROM users) x",
        "SELECT x.\"?column?\" FROM (SELECT 1) AS x",
        "SELECT x.varchar FROM (SELECT NULL::varchar(3)) x",
    ]);
    says(
        "SELECT a.id FROM (SELECT id AS x FROM users) a",
        "42703 column a.id does not exist",
    );
}

#[test]
fn finds_a_function_by_name_and_arguments() {
    takes(&[
        "SELECT add(1)",
        "SELECT add(b => 1, a => 2)",
        "SELECT vf(1, 2, 3)",
        "SELECT vf(VARIADIC ARRAY[1])",
        "SELECT make_interval(days => 1, hours => 2)",
    ]);
    says(
        "SELECT add(1, 2, 3)",
        "42883 function add(integer, integer, integer) does not exist",
    );
    says(
        "SELECT add(b => 1)",
        "42883 function add(b => integer) does not exist",
    );
    says(
        "SELECT add(1, c => 3)",
        "42883 function add(integer, c => integer) does not exist",
    );
    says(
        "SELECT ad('x', name, id) FROM users",
        "42883 function ad(unknown, text, bigint) does not exist",
    );
    says(
        "SELECT ad(st, created_at, email) FROM users",
        "42883 function ad(status, timestamp with time zone, character varying) does not exist",
    );
    says(
        "SELECT public.ad(1)",
        "42883 function public.ad(integer) does not exist",
    );
    says("SELECT nope.ad(1)", "3F000 schema \"nope\" does not exist");
    says("SELECT vf()", "42883 function vf() does not exist");
    says(
        "SELECT lower('A', 'b', 'c')",
        "42883 function lower(unknown, unknown, unknown) does not exist",
    );
}

#[test]
fn takes_a_field_for_a_function_and_a_function_for_a_field() {
    takes(&[
        "SELECT u.fullname FROM users u",
        "SELECT u.count FROM users u",
        "SELECT name(u) FROM users u",
        "SELECT status('new')",
        "SELECT (u.home).zip FROM users u",
    ]);
    says(
        "SELECT nope(u) FROM users u",
        "42883 function nope(users) does not exist",
    );
    says(
        "SELECT (home).city FROM users",
        "42703 column \"city\" not found in data type addr",
    );
    says(
        "SELECT posts.name FROM posts",
        "42703 column posts.name does not exist",
    );
}

#[test]
fn finds_the_relation_that_a_constant_names() {
    takes(&["SELECT 'users'::regclass", "SELECT to_regclass('nope')"]);
    says(
        "SELECT nextval('s2')",
        "42P01 relation \"s2\" does not exist",
    );
    says(
        "SELECT nextval('public.s2')",
        "42P01 relation \"public.s2\" does not exist",
    );
    says(
        "SELECT 'nope'::regclass",
        "42P01 relation \"nope\" does not exist",
    );
}

#[test]
fn compares_an_enum_with_its_labels_alone() {
    takes(&[
        "SELECT * FROM users WHERE st = 'new'",
        "SELECT id FROM users WHERE st::text IN ('whatever')",
    ]);
    says(
        "SELECT * FROM users WHERE st = 'neww'",
        "22P02 invalid input value for enum status: \"neww\"",
    );
    says(
        "SELECT * FROM users WHERE 'neww' = st",
        "22P02 invalid input value for enum status: \"neww\"",
    );
    says(
        "SELECT * FROM users WHERE st IN ('new', 'x')",
        "22P02 invalid input value for enum status: \"x\"",
    );
    says(
        "SELECT id FROM users WHERE st BETWEEN 'bad' AND 'new'",
        "22P02 invalid input value for enum status: \"bad\"",
    );
    says(
        "SELECT id FROM users WHERE coalesce(st, 'bad') = 'new'",
        "22P02 invalid input value for enum status: \"bad\"",
    );
    says(
        "SELECT CASE st WHEN 'x' THEN 1 END FROM users",
        "22P02 invalid input value for enum status: \"x\"",
    );
    says(
        "SELECT 'neww'::status",
        "22P02 invalid input value for enum status: \"neww\"",
    );
}

#[test]
fn counts_the_columns_of_a_subquery() {
    takes(&[
        "SELECT id FROM users WHERE (id, name) = (SELECT id, title FROM posts LIMIT 1)",
        "SELECT id FROM users WHERE (id, name) IN (SELECT id, title FROM posts)",
    ]);
    says(
        "SELECT * FROM users WHERE id IN (SELECT id, user_id FROM posts)",
        "42601 subquery has too many columns",
    );
    says(
        "SELECT * FROM users WHERE id = (SELECT id, user_id FROM posts)",
        "42601 subquery must return only one column",
    );
}

#[test]
fn finds_windows_and_parameters() {
    takes(&[
        "SELECT row_number() OVER w FROM users WINDOW w AS (PARTITION BY name ORDER BY id)",
        "PREPARE p AS SELECT * FROM users WHERE id = $1",
    ]);
    says(
        "SELECT row_number() OVER w2 FROM users WINDOW w AS (PARTITION BY name)",
        "42704 window \"w2\" does not exist",
    );
    says("SELECT $1", "42P02 there is no parameter $1");
    says(
        "SELECT 1 <=>> 2",
        "42883 operator does not exist: integer <=>> integer",
    );
    says(
        "PREPARE p (bigint) AS SELECT * FROM users WHERE idd = $1",
        "42703 column \"idd\" does not exist",
    );
}

#[test]
fn asks_nothing_of_a_default_but_values() {
    says(
        "CREATE TABLE d1 (a int DEFAULT b, b int)",
        "0A000 cannot use column reference in DEFAULT expression",
    );
    says(
        "CREATE TABLE w1 (a int DEFAULT (SELECT 1))",
        "0A000 cannot use subquery in DEFAULT expression",
    );
    says(
        "CREATE TABLE d1 (a int DEFAULT nope())",
        "42883 function nope() does not exist",
    );
    says(
        "CREATE TABLE d1 (a int CHECK (b > 0))",
        "42703 column \"b\" does not exist",
    );
    says(
        "CREATE TABLE w1 (a int, CHECK (w2.a > 0))",
        "42P01 missing FROM-clause entry for table \"w2\"",
    );
    says(
        "CREATE TABLE d1 (a int DEFAULT nextval('nope'))",
        "42P01 relation \"nope\" does not exist",
    );
}
