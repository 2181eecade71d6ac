//! What PostgreSQL 15 says of the same statements.

use crate::catalog::trial::{outcome, picture};

#[test]
fn says_what_is_missing_in_the_words_of_each_kind() {
    for (sql, told) in [
        ("drop table nx", "42P01 table \"nx\" does not exist"),
        ("drop table nos.nx", "3F000 schema \"nos\" does not exist"),
        ("drop view nx", "42P01 view \"nx\" does not exist"),
        (
            "drop materialized view nx",
            "42P01 materialized view \"nx\" does not exist",
        ),
        ("drop index nx", "42704 index \"nx\" does not exist"),
        ("drop sequence nx", "42P01 sequence \"nx\" does not exist"),
        (
            "drop foreign table nx",
            "42704 foreign table \"nx\" does not exist",
        ),
        ("drop type nx", "42704 type \"nx\" does not exist"),
        ("drop type nos.nx", "3F000 schema \"nos\" does not exist"),
        ("drop schema nx", "3F000 schema \"nx\" does not exist"),
        ("drop extension nx", "42704 extension \"nx\" does not exist"),
        ("drop function nx()", "42883 function nx() does not exist"),
        (
            "drop procedure nx",
            "42883 could not find a procedure named \"nx\"",
        ),
        (
            "drop trigger x on nt",
            "42P01 relation \"nt\" does not exist",
        ),
        (
            "drop trigger x on nos.nt",
            "3F000 schema \"nos\" does not exist",
        ),
        (
            "drop statistics nx",
            "42704 statistics object \"nx\" does not exist",
        ),
        (
            "drop publication nx",
            "42704 publication \"nx\" does not exist",
        ),
        (
            "drop event trigger nx",
            "42704 event trigger \"nx\" does not exist",
        ),
        ("drop server nx", "42704 server \"nx\" does not exist"),
        (
            "drop foreign data wrapper nx",
            "42704 foreign-data wrapper \"nx\" does not exist",
        ),
        (
            "create table t (a int); drop trigger x on t",
            "42704 trigger \"x\" for table \"t\" does not exist",
        ),
        (
            "create table t (a int); drop policy x on t",
            "42704 policy \"x\" for table \"t\" does not exist",
        ),
        (
            "create table t (a int); drop rule x on t",
            "42704 rule \"x\" for relation \"t\" does not exist",
        ),
    ] {
        assert_eq!(outcome(sql), told, "{sql}");
    }
}

#[test]
fn forgives_what_is_missing_where_it_may_be() {
    for sql in [
        "drop table if exists nx, nos.nx",
        "drop trigger if exists x on nt",
        "drop policy if exists x on nos.nt",
        "drop function if exists nos.f(int)",
        "drop schema if exists nx",
    ] {
        assert_eq!(outcome(sql), "ok", "{sql}");
    }
}

#[test]
fn does_not_forgive_the_wrong_kind() {
    assert_eq!(
        outcome("create table t (a int); drop view if exists t"),
        "42809 \"t\" is not a view; use DROP TABLE to remove a table"
    );
    assert_eq!(
        outcome("create view v as select 1 as a; drop table v"),
        "42809 \"v\" is not a table; use DROP VIEW to remove a view"
    );
    assert_eq!(
        outcome("create table t (a int primary key); drop table t_pkey"),
        "42809 \"t_pkey\" is not a table; use DROP INDEX to remove an index"
    );
    assert_eq!(
        outcome("create type e as enum ('a'); drop domain e"),
        "42809 \"e\" is not a domain"
    );
}

#[test]
fn refuses_to_drop_what_a_foreign_key_needs() {
    let sql = "create table x (a int primary key); create table y (a int references x);";
    assert_eq!(
        outcome(&format!("{sql} drop table x")),
        "2BP01 cannot drop table x because other objects depend on it; \
         constraint y_a_fkey on table y depends on table x"
    );
    assert_eq!(outcome(&format!("{sql} drop table x, y")), "ok");
    assert_eq!(
        picture(&format!("{sql} drop table x cascade")),
        picture("create table y (a int)")
    );
}

#[test]
fn refuses_to_drop_a_part_alone() {
    assert_eq!(
        outcome("create table t (a int primary key); drop index t_pkey"),
        "2BP01 cannot drop index t_pkey because constraint t_pkey on table t requires it; \
         you can drop constraint t_pkey on table t instead"
    );
    assert_eq!(
        outcome("create table t (id int generated always as identity); drop sequence t_id_seq"),
        "2BP01 cannot drop sequence t_id_seq because column id of table t requires it; \
         you can drop column id of table t instead"
    );
    assert_eq!(
        outcome("create table t (a int); drop type t"),
        "2BP01 cannot drop type t because table t requires it; you can drop table t instead"
    );
}

#[test]
fn takes_an_owned_sequence_with_its_table_and_a_default_with_its_sequence() {
    assert_eq!(
        outcome("create table t (s serial); drop sequence t_s_seq"),
        "2BP01 cannot drop sequence t_s_seq because other objects depend on it; \
         default value for column s of table t depends on sequence t_s_seq"
    );
    assert_eq!(
        picture("create table t (s serial); drop sequence t_s_seq cascade"),
        picture("create table t (s int not null)")
    );
    assert_eq!(
        picture("create table t (s serial); drop table t"),
        picture("")
    );
}

#[test]
fn takes_the_columns_of_a_dropped_type() {
    let sql = "create domain dm as int; create table t (a dm, b dm[], c int);";
    assert_eq!(
        picture(&format!("{sql} drop domain dm cascade")),
        picture("create table t (c int)")
    );
    assert_eq!(
        outcome("create type e as enum ('a'); create table t (a e); drop type e"),
        "2BP01 cannot drop type e because other objects depend on it; \
         column a of table t depends on type e"
    );
}

#[test]
fn drops_a_schema_with_what_is_in_it_only_by_cascade() {
    let sql = "create schema k; create table k.t (a serial);";
    assert_eq!(
        outcome(&format!("{sql} drop schema k")),
        "2BP01 cannot drop schema k because other objects depend on it; \
         table k.t depends on schema k"
    );
    assert_eq!(
        picture(&format!("{sql} drop schema k cascade")),
        picture("")
    );
}

#[test]
fn refuses_to_drop_a_function_that_a_trigger_calls() {
    let sql = "create table t (a int); \
               create function f() returns trigger language plpgsql as 'begin return new; end'; \
               create trigger g before insert on t for each row execute function f();";
    assert_eq!(
        outcome(&format!("{sql} drop function f()")),
        "2BP01 cannot drop function f() because other objects depend on it; \
         trigger g on table t depends on function f()"
    );
    assert_eq!(
        outcome(&format!("{sql} drop table t; drop function f()")),
        "ok"
    );
    assert_eq!(
        outcome(&format!(
            "{sql} drop function f() cascade; drop trigger g on t"
        )),
        "42704 trigger \"g\" for table \"t\" does not exist"
    );
}

#[test]
fn drops_one_index_at_a_time_without_a_lock() {
    let sql = "create table t (a int, b int); create index i on t (a); create index j on t (b);";
    assert_eq!(
        outcome(&format!("{sql} drop index concurrently i, j")),
        "0A000 DROP INDEX CONCURRENTLY does not support dropping multiple objects"
    );
    assert_eq!(
        outcome(&format!("{sql} drop index concurrently i cascade")),
        "0A000 DROP INDEX CONCURRENTLY does not support CASCADE"
    );
    assert_eq!(outcome(&format!("{sql} drop index concurrently i")), "ok");
}

#[test]
fn knows_that_a_name_is_free_once_it_was_dropped_from_an_unknown_place() {
    assert_eq!(
        outcome("drop owned by me; drop table if exists t; create table t (a int); drop table t"),
        "ok"
    );
}

#[test]
fn refuses_to_drop_what_a_view_reads() {
    let sql = "create table t (a int, b int); create view v as select a from t;";
    assert_eq!(
        outcome(&format!("{sql} drop table t")),
        "2BP01 cannot drop table t because other objects depend on it; view v depends on table t"
    );
    assert_eq!(
        outcome(&format!(
            "{sql} create view w as select * from v; drop view v"
        )),
        "2BP01 cannot drop view v because other objects depend on it; view w depends on view v"
    );
    assert_eq!(
        outcome(&format!(
            "{sql} create view w as select * from v; create view x as select * from w; \
             drop view v, x"
        )),
        "2BP01 cannot drop desired object(s) because other objects depend on them; \
         view w depends on view v"
    );
    assert_eq!(
        outcome(&format!(
            "{sql} drop table t cascade; create view v as select 1 as a"
        )),
        "ok"
    );
    assert_eq!(outcome(&format!("{sql} drop view v; drop table t")), "ok");
}

#[test]
fn takes_defaults_checks_and_indexes_with_a_function() {
    let sql = "create function f() returns int immutable language sql as 'select 1'; \
               create table t (a int default f(), check (f() > 0)); create index on t ((f() + a));";
    assert_eq!(
        picture(&format!("{sql} drop function f() cascade")),
        picture("create table t (a int)")
    );
}

#[test]
fn refuses_to_drop_a_table_that_another_tables_policy_reads() {
    assert_eq!(
        outcome(
            "create table t (a int); create table u (a int); \
             create policy o on u using (exists (select 1 from t where t.a = u.a)); drop table t"
        ),
        "2BP01 cannot drop table t because other objects depend on it; \
         policy o on table u depends on table t"
    );
}

#[test]
fn what_a_dropped_cast_or_operator_used_is_free() {
    let made = "create type a as (x int); create type b as (y int); \
        create function f(a) returns b language sql immutable as 'select row(($1).x)::b'; \
        create cast (a as b) with function f(a) as implicit; ";
    assert_eq!(
        outcome(&format!("{made} drop function f(a)")),
        "2BP01 cannot drop function f(a) because other objects depend on it; cast from a to type b depends on function f(a)"
    );
    assert_eq!(
        outcome(&format!(
            "{made} drop cast (a as b); drop function f(a); drop type a; alter type b rename to a; drop type a"
        )),
        "ok"
    );
    // The cast is between the types, whatever they are called.
    assert_eq!(
        outcome(&format!(
            "{made} alter type b rename to c; create type b as (z int); \
             create cast (a as b) with inout; drop cast (a as c); drop function f(a)"
        )),
        "ok"
    );
    assert_eq!(
        outcome(
            "create schema s; create operator s.=== (leftarg = int, rightarg = int, function = int4eq); \
             drop operator s.=== (int, int); drop schema s"
        ),
        "ok"
    );
}

#[test]
fn a_partition_that_was_never_seen_to_be_made_may_go_with_its_table() {
    let made = "create table p (a int) partition by list (a);
        do $$ begin execute format('create table public.p_%s partition of p default', now()); end $$;
        create index on public.p_x (a);";
    assert_eq!(
        outcome(&format!("{made} create table public.p_x (b int)")),
        "42P07 relation \"p_x\" already exists"
    );
    assert_eq!(
        outcome(&format!(
            "{made} drop table p; create table public.p_x (b int)"
        )),
        "ok"
    );
}

#[test]
fn a_trigger_on_a_table_that_may_have_gone_does_not_keep_its_function() {
    let made = "create table p (a int) partition by list (a);
        do $$ begin execute format('create table public.p_%s partition of p default', now()); end $$;
        create function f() returns trigger language plpgsql as 'begin return null; end';
        create trigger t after insert on public.p_x for each row execute function f();";
    assert!(outcome(&format!("{made} drop function f()")).starts_with("2BP01"));
    assert_eq!(
        outcome(&format!(
            "{made} drop table p; drop trigger t on public.p_x; drop function f()"
        )),
        "ok"
    );
}
