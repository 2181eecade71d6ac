//! What PostgreSQL 15 says of each.

use crate::catalog::trial;

#[test]
fn a_body_in_sql_is_read_with_its_arguments() {
    for (sql, said) in [
        (
            "create function f(a int) returns bigint language sql as 'select count(*) from t where id = a'",
            "ok",
        ),
        (
            "create function f(a int) returns bigint language sql as 'select count(*) from t where id = aa'",
            "42703 column \"aa\" does not exist",
        ),
        (
            "create function f(a int) returns bigint language sql as 'select count(*) from t where id = $1'",
            "ok",
        ),
        (
            "create function f(a int) returns bigint language sql as 'select count(*) from t where id = $2'",
            "42P02 there is no parameter $2",
        ),
        (
            "create function f(a int) returns bigint language sql as 'select count(*) from t where id = f.a'",
            "ok",
        ),
        (
            "create function f(a int) returns bigint language sql as 'select count(*) from t where idd = a'",
            "42703 column \"idd\" does not exist",
        ),
        (
            "create function f(a int) returns bigint language sql as 'select count(*) from tt where id = a'",
            "42P01 relation \"tt\" does not exist",
        ),
        (
            "create function f(a t) returns int language sql as 'select a.id'",
            "ok",
        ),
        (
            "create function f(a t) returns int language sql as 'select (a).id'",
            "ok",
        ),
        (
            "create function f(a anyelement) returns int language sql as 'select idd from t'",
            "ok",
        ),
        (
            "create function f(a int, out b int) language sql as 'select id from t where b = 1'",
            "42703 column \"b\" does not exist",
        ),
        (
            "create function f(a int) returns table (b int) language sql as 'select id from t where b = 1'",
            "42703 column \"b\" does not exist",
        ),
        (
            "create function f(a int) returns void language sql as 'insert into t (id, c) values (a, ''x'')'",
            "ok",
        ),
        (
            "create function f(a int) returns void language sql as 'insert into t (id, d) values (a, ''x'')'",
            "42703 column \"d\" of relation \"t\" does not exist",
        ),
        (
            "create function f(a int) returns void language sql as 'update t set id = a where c = ''x''; delete from t where id = b'",
            "42703 column \"b\" does not exist",
        ),
        (
            "create function f(a int) returns void language sql as 'update t set d = a'",
            "42703 column \"d\" of relation \"t\" does not exist",
        ),
        (
            "create function f(a int) returns int language sql begin atomic select id from t where id = a; end",
            "ok",
        ),
        (
            "create function f(a int) returns int language sql begin atomic select id from t where id = b; end",
            "42703 column \"b\" does not exist",
        ),
        (
            "create function f(a int) returns int language sql return a + 1",
            "ok",
        ),
        (
            "create function f(a int) returns int language sql return b + 1",
            "42703 column \"b\" does not exist",
        ),
        (
            "create function f(a int) returns int language sql return g(a)",
            "42883 function g(integer) does not exist",
        ),
        (
            "create function f(a int) returns int language sql set search_path = '' as 'select id from t'",
            "42P01 relation \"t\" does not exist",
        ),
        (
            "create function f(a int) returns int language sql set search_path = '' as 'select id from public.t'",
            "ok",
        ),
        (
            "create function f(a int) returns int language sql set search_path to public as 'select id from t'",
            "ok",
        ),
        (
            "create function f(a int) returns int language sql as 'select g(a)'",
            "42883 function g(integer) does not exist",
        ),
        (
            "create function f(a int) returns int language sql as 'select f(a)'",
            "ok",
        ),
        (
            "create function f(a int[]) returns setof t language sql as 'select * from t where id = any(a)'",
            "ok",
        ),
        (
            "create function f(a int[]) returns setof t language sql as 'select t.* from t where t.id = any(a) and t.x = 1'",
            "42703 column t.x does not exist",
        ),
        (
            "create function f(t int) returns setof int language sql as 'select t.id from t where t.id = f.t'",
            "ok",
        ),
        (
            "create function f(a int) returns int language plpgsql as 'begin return (select nope from t); end'",
            "ok",
        ),
        (
            "create procedure f(a int) language sql as 'delete from t where id = nope'",
            "42703 column \"nope\" does not exist",
        ),
        (
            "create function f(a text) returns int language sql as 'select id from t where id = a'",
            "42883 operator does not exist: integer = text",
        ),
        (
            "set check_function_bodies = off; create function f(a int) returns int language sql as 'select nope'",
            "ok",
        ),
        (
            "create function f(a int) returns int language sql as $$ with x as (select id from t) select y from x $$",
            "42703 column \"y\" does not exist",
        ),
    ] {
        let sql = format!("create table t (id int, c text); {sql}");
        let told = trial::outcome(&sql);
        // What else is worth saying follows.
        assert_eq!(told.split("; ").next(), Some(said), "{sql}");
    }
}
