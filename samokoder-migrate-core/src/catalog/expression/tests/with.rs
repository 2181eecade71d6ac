//! WITH.

use super::{says, takes};

#[test]
fn keeps_a_query_of_with_to_those_that_see_it() {
    takes(&[
        "WITH a AS (SELECT 1 AS x) SELECT x FROM a",
        "WITH RECURSIVE a AS (SELECT * FROM b), b AS (SELECT 1 AS q) SELECT q FROM a",
        "WITH users AS (SELECT 1 AS one) SELECT one FROM users",
        "WITH users AS (SELECT 1 AS one) SELECT name FROM public.users",
    ]);
    says(
        "WITH a AS (SELECT 1 AS x) SELECT y FROM a",
        "42703 column \"y\" does not exist",
    );
    says(
        "WITH a(z) AS (SELECT 1 AS x) SELECT x FROM a",
        "42703 column \"x\" does not exist",
    );
    says(
        "WITH a AS (SELECT * FROM b), b AS (SELECT 1) SELECT * FROM a",
        "42P01 relation \"b\" does not exist",
    );
    says(
        "WITH users AS (SELECT 1 AS one) SELECT name FROM users",
        "42703 column \"name\" does not exist",
    );
    says(
        "WITH a(z,q) AS (SELECT 1 AS x) SELECT z FROM a",
        "42P10 WITH query \"a\" has 1 columns available but 2 columns specified",
    );
    says(
        "WITH a AS (SELECT 1), a AS (SELECT 2) SELECT 1",
        "42712 WITH query name \"a\" specified more than once",
    );
}

#[test]
fn knows_the_columns_of_a_recursive_query_from_its_first_part() {
    takes(&[
        "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 5) SELECT n FROM t",
        "WITH RECURSIVE t(id) AS (SELECT id FROM posts UNION SELECT p.id FROM posts p, t WHERE p.user_id = t.id) CYCLE id SET is_cycle USING cpath SELECT id, is_cycle, cpath FROM t",
    ]);
    says(
        "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT m + 1 FROM t WHERE n < 5) SELECT n FROM t",
        "42703 column \"m\" does not exist",
    );
    says(
        "WITH RECURSIVE t AS (SELECT id FROM posts UNION ALL SELECT p.id FROM posts p JOIN t ON p.user_id = t.idd) SELECT id FROM t",
        "42703 column t.idd does not exist",
    );
}

#[test]
fn reads_what_a_changing_query_returns() {
    takes(&[
        "WITH d AS (DELETE FROM posts RETURNING id) SELECT id FROM d",
        "WITH x AS (UPDATE users SET name = 'a' RETURNING users.id AS uid, name) SELECT uid, name FROM x",
        "WITH moved AS (DELETE FROM posts WHERE id < 10 RETURNING *) INSERT INTO posts SELECT * FROM moved",
    ]);
    says(
        "WITH d AS (DELETE FROM posts RETURNING id) SELECT title FROM d",
        "42703 column \"title\" does not exist",
    );
}
