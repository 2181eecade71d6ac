//! What is not known is no error; what is needed is kept.

use super::{says, takes};

#[test]
fn takes_any_name_after_what_cannot_be_read() {
    takes(&[
        "DO $$ BEGIN EXECUTE current_setting('a.b'); END $$; SELECT a, b.c FROM nowhere b, users",
        "CREATE FUNCTION mk() RETURNS void LANGUAGE plpgsql AS $$ BEGIN
             EXECUTE current_setting('a.b'); END $$;
         SELECT mk(); SELECT nope FROM nowhere",
    ]);
    says(
        "CREATE FUNCTION rd() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$;
         SELECT rd(); SELECT nope FROM nowhere",
        "42P01 relation \"nowhere\" does not exist",
    );
}

#[test]
fn takes_any_column_where_a_table_of_the_system_is_read() {
    takes(&[
        "SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace",
        "SELECT relname FROM users, pg_class",
        "SELECT table_name FROM information_schema.tables",
    ]);
    says(
        "SELECT users.relname FROM users, pg_class",
        "42703 column users.relname does not exist",
    );
}

#[test]
fn follows_the_search_path_that_a_query_sets() {
    says(
        "SELECT pg_catalog.set_config('search_path', 'other', false); SELECT nick FROM users",
        "ok",
    );
    says(
        "SELECT pg_catalog.set_config('search_path', '', false); SELECT name FROM users",
        "42P01 relation \"users\" does not exist",
    );
}

#[test]
fn keeps_what_a_view_and_a_default_need() {
    says(
        "CREATE TABLE d (a int DEFAULT add(1)); DROP FUNCTION add(int, int)",
        "2BP01 cannot drop function add(integer,integer) because other objects depend on it",
    );
    says(
        "CREATE TABLE d (a bigint DEFAULT nextval('posts_id_seq')); DROP TABLE posts",
        "2BP01 cannot drop table posts because other objects depend on it",
    );
    says(
        "CREATE VIEW w AS SELECT 1 FROM posts; DROP TABLE posts",
        "2BP01 cannot drop table posts because other objects depend on it",
    );
}
