//! What PostgreSQL 15 says of the same statements.

use crate::catalog::trial::outcome;

#[test]
fn refuses_a_view_where_its_name_is_taken() {
    assert_eq!(
        outcome("create table t (a int); create view t as select 1 as a"),
        "42P07 relation \"t\" already exists"
    );
    assert_eq!(
        outcome("create table t (a int); create or replace view t as select 1 as a"),
        "42809 \"t\" is not a view"
    );
    assert_eq!(
        outcome("create type e as enum ('a'); create view e as select 1 as a"),
        "42710 type \"e\" already exists; a relation has an associated type of the same name, so \
         you must use a name that doesn't conflict with any existing type"
    );
    assert_eq!(
        outcome("create view nos.v as select 1 as a"),
        "3F000 schema \"nos\" does not exist"
    );
}

#[test]
fn refuses_to_refresh_what_is_not_materialized() {
    assert_eq!(
        outcome("refresh materialized view nx"),
        "42P01 relation \"nx\" does not exist"
    );
    assert_eq!(
        outcome("create table t (a int); refresh materialized view t"),
        "0A000 \"t\" is not a materialized view"
    );
    assert_eq!(
        outcome("create view v as select 1 as a; refresh materialized view v"),
        "42809 \"v\" is not a table or materialized view"
    );
}

#[test]
fn needs_a_unique_index_to_refresh_without_a_lock() {
    assert_eq!(
        outcome(
            "create materialized view \"M x\" as select 1 as x; \
             refresh materialized view concurrently \"M x\""
        ),
        "55000 cannot refresh materialized view \"public.\"M x\"\" concurrently; \
         create a unique index with no WHERE clause on one or more columns of the materialized view"
    );
}

#[test]
fn keeps_the_columns_of_a_replaced_view() {
    let sql = "create table t (a int, b text); create view v as select a from t; \
               create or replace view v as";
    for (query, told) in [
        (
            "select a as z from t",
            "42P16 cannot change name of view column \"a\" to \"z\"; \
             use ALTER VIEW ... RENAME COLUMN ... to change name of view column instead",
        ),
        (
            "select a::bigint as a from t",
            "42P16 cannot change data type of view column \"a\" from integer to bigint",
        ),
        ("select a, b from t", "ok"),
        (
            "select a, b from t; create or replace view v as select a from t",
            "42P16 cannot drop columns from view",
        ),
    ] {
        assert_eq!(outcome(&format!("{sql} {query}")), told, "{query}");
    }
}

#[test]
fn refuses_a_column_twice_and_more_names_than_columns() {
    assert_eq!(
        outcome("create view v as select 1 as a, 2 as a"),
        "42701 column \"a\" specified more than once"
    );
    assert_eq!(
        outcome("create view v (a, b, c) as select 1"),
        "42601 CREATE VIEW specifies more column names than columns"
    );
}
