//! FROM, and what follows it.

use super::{says, takes};

#[test]
fn finds_columns_where_they_are() {
    takes(&[
        "SELECT id, name FROM users",
        "SELECT public.users.id FROM users",
        "SELECT ctid, xmin, tableoid FROM users",
        "SELECT * FROM users u WHERE EXISTS (SELECT 1 FROM posts p WHERE p.user_id = u.id)",
    ]);
    says(
        "SELECT nam FROM users",
        "42703 column \"nam\" does not exist",
    );
    says(
        "SELECT u.nam FROM users u",
        "42703 column u.nam does not exist",
    );
    says(
        "SELECT id FROM users, posts",
        "42702 column reference \"id\" is ambiguous",
    );
    says("SELECT ctid FROM v", "42703 column \"ctid\" does not exist");
    says(
        "SELECT * FROM nope",
        "42P01 relation \"nope\" does not exist",
    );
    says(
        "SELECT * FROM nope.users",
        "42P01 relation \"nope.users\" does not exist",
    );
    says(
        "SELECT * FROM users u WHERE EXISTS (SELECT 1 FROM posts p WHERE p.user_id = x.id)",
        "42P01 missing FROM-clause entry for table \"x\"",
    );
}

#[test]
fn hides_a_table_behind_its_alias() {
    takes(&[
        "SELECT public.users.id, other.users.id FROM users, other.users",
        "SELECT created_at FROM users AS u(a, b)",
    ]);
    says(
        "SELECT users.id FROM users u",
        "42P01 invalid reference to FROM-clause entry for table \"users\"",
    );
    says(
        "SELECT users.id FROM users, users",
        "42712 table name \"users\" specified more than once",
    );
    says(
        "SELECT 1 FROM users u, posts u",
        "42712 table name \"u\" specified more than once",
    );
    says(
        "SELECT users.id FROM users, other.users",
        "42P09 table reference \"users\" is ambiguous",
    );
    says(
        "SELECT id FROM users AS u(a, b)",
        "42703 column \"id\" does not exist",
    );
    says(
        "SELECT 1 FROM users AS u(a, b, c, d, e, f, g)",
        "42P10 table \"u\" has 6 columns available but 7 columns specified",
    );
}

#[test]
fn lets_only_lateral_look_to_the_left() {
    takes(&[
        "SELECT * FROM users u, LATERAL (SELECT p.title FROM posts p WHERE p.user_id = u.id) q",
        "SELECT * FROM users u, generate_series(1, u.id) g",
    ]);
    says(
        "SELECT * FROM users u, (SELECT p.title FROM posts p WHERE p.user_id = u.id) q",
        "42P01 invalid reference to FROM-clause entry for table \"u\"",
    );
    says(
        "SELECT * FROM users u JOIN (SELECT p.title FROM posts p WHERE p.user_id = u.id) q ON true",
        "42P01 invalid reference to FROM-clause entry for table \"u\"",
    );
    says(
        "SELECT * FROM users u, posts p JOIN users z ON z.id = u.id",
        "42P01 invalid reference to FROM-clause entry for table \"u\"",
    );
}

#[test]
fn merges_the_columns_of_using() {
    takes(&[
        "SELECT id, title, users.id, posts.id FROM users JOIN posts USING (id)",
        "SELECT name, title FROM users NATURAL JOIN posts",
        "SELECT j.a, j.b FROM (users JOIN posts USING (id)) AS j(a, b)",
    ]);
    says(
        "SELECT * FROM users JOIN posts USING (user_id)",
        "42703 column \"user_id\" specified in USING clause does not exist in left table",
    );
    says(
        "SELECT * FROM users JOIN posts USING (name)",
        "42703 column \"name\" specified in USING clause does not exist in right table",
    );
    says(
        "SELECT ju.name FROM users JOIN posts USING (id) AS ju",
        "42703 column ju.name does not exist",
    );
    says(
        "SELECT users.id FROM (users JOIN posts USING (id)) AS j",
        "42P01 invalid reference to FROM-clause entry for table \"users\"",
    );
}

#[test]
fn knows_the_columns_of_functions() {
    takes(&[
        "SELECT x, y FROM tf()",
        "SELECT name, email FROM su()",
        "SELECT q.q FROM add(1) AS q",
        "SELECT value, ordinality FROM jsonb_array_elements('[]') WITH ORDINALITY",
        "SELECT s.a, s.b FROM unnest(ARRAY[1], ARRAY[2]) AS s(a, b)",
    ]);
    says("SELECT z FROM tf()", "42703 column \"z\" does not exist");
    says(
        "SELECT su.nme FROM su()",
        "42703 column su.nme does not exist",
    );
    says(
        "SELECT w FROM add(1) AS q(z)",
        "42703 column \"w\" does not exist",
    );
    says(
        "SELECT h FROM generate_series(1, 3) g",
        "42703 column \"h\" does not exist",
    );
    says(
        "SELECT c FROM json_to_record('{}') AS x(a int, b text)",
        "42703 column \"c\" does not exist",
    );
}

#[test]
fn orders_and_groups_by_columns_of_the_result() {
    takes(&[
        "SELECT name AS n FROM users ORDER BY n",
        "SELECT name AS n, count(*) FROM users GROUP BY n",
        "SELECT DISTINCT ON (n) id, name AS n FROM users ORDER BY n",
    ]);
    says(
        "SELECT name AS n FROM users ORDER BY n || 'a'",
        "42703 column \"n\" does not exist",
    );
    says(
        "SELECT name AS n FROM users ORDER BY 2",
        "42P10 ORDER BY position 2 is not in select list",
    );
    says(
        "SELECT max(id) AS m FROM users HAVING m > 1",
        "42703 column \"m\" does not exist",
    );
    says(
        "SELECT name FROM users UNION SELECT title FROM posts ORDER BY title",
        "42703 column \"title\" does not exist",
    );
    says(
        "SELECT name FROM users UNION SELECT title, id FROM posts",
        "42601 each UNION query must have the same number of columns",
    );
}

#[test]
fn locks_entries_of_from() {
    takes(&["SELECT * FROM users FOR UPDATE OF users"]);
    says(
        "SELECT * FROM users u FOR UPDATE OF users",
        "42P01 relation \"users\" in FOR UPDATE clause not found in FROM clause",
    );
    says(
        "SELECT * FROM users u FOR SHARE OF x",
        "42P01 relation \"x\" in FOR SHARE clause not found in FROM clause",
    );
}
