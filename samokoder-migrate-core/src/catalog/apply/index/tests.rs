use crate::catalog::{
    apply::told::names,
    trial::{outcome, picture},
};

#[test]
fn names_an_index_after_its_columns_and_those_included() {
    assert_eq!(
        names("create table t (a int, b int); create index on t (b, a) include (a)"),
        "index t_b_a_a1_idx"
    );
}

#[test]
fn names_an_expression_as_a_query_would() {
    let named = |expression: &str| {
        names(&format!(
            "create table t (a int, b int); create index on t ({expression})"
        ))
    };
    assert_eq!(named("lower(a::text)"), "index t_lower_idx");
    assert_eq!(named("(a + b), (a * b)"), "index t_expr_expr1_idx");
    assert_eq!(named("(a::text)"), "index t_a_idx");
    assert_eq!(named("((a + b)::bigint)"), "index t_int8_idx");
    assert_eq!(named("(case when a > 0 then 1 end)"), "index t_case_idx");
    assert_eq!(named("(coalesce(a, b))"), "index t_coalesce_idx");
}

#[test]
fn numbers_indexes_on_the_same_columns() {
    assert_eq!(
        names("create table t (a int); create index on t (a); create index on t (a)"),
        "index t_a_idx\nindex t_a_idx1"
    );
}

#[test]
fn refuses_a_column_that_is_not_there() {
    let refused = "42703 column \"zz\" does not exist";
    let with = |index: &str| outcome(&format!("create table t (a int); {index}"));
    assert_eq!(with("create index on t (zz)"), refused);
    assert_eq!(with("create index on t (a) include (zz)"), refused);
    assert_eq!(
        with("create index i on t (a); create index if not exists i on t (zz)"),
        refused
    );
}

#[test]
fn skips_a_guarded_index_where_any_relation_has_the_name() {
    assert_eq!(
        names("create table t (a int); create index if not exists t on t (a)"),
        ""
    );
}

#[test]
fn refuses_an_index_on_a_sequence() {
    assert_eq!(
        outcome("create sequence s; create index on s (a)"),
        "42809 cannot create index on relation \"s\"; \
         this operation is not supported for sequences"
    );
}

#[test]
fn makes_an_index_on_only_a_partitioned_table_invalid() {
    let picture = picture(
        "create table p (a int) partition by list (a); create table p1 partition of p default;
         create index i on only p (a)",
    );
    assert!(
        picture.contains("index public.i: table public.p, method btree, keys a, valid no"),
        "{picture}"
    );
}

/// As PostgreSQL 15 prints them.
#[test]
fn leaves_out_the_operator_class_that_a_type_has_anyway() {
    let keys = |column: &str, key: &str| {
        let made = picture(&format!(
            "create type e as enum ('a'); create domain d as int; create table t (c {column}); create index i on t using {key}"
        ));
        let line = made.lines().find(|line| line.starts_with("index "));
        let keys = line.and_then(|line| line.split_once("keys "));
        keys.map(|(_, keys)| keys.to_owned()).unwrap_or(made)
    };
    for (column, key) in [
        ("text[]", "gin (c array_ops)"),
        ("int", "btree (c int4_ops)"),
        ("int", "btree (c pg_catalog.int4_ops)"),
        ("boolean", "btree (c bool_ops)"),
        ("timestamptz", "brin (c timestamptz_minmax_ops)"),
        ("varchar(5)", "btree (c text_ops)"),
        ("cidr", "btree (c inet_ops)"),
        ("e", "btree (c enum_ops)"),
        ("d", "btree (c int4_ops)"),
        ("int4range", "gist (c range_ops)"),
        ("jsonb", "gin (c jsonb_ops)"),
    ] {
        assert_eq!(keys(column, key), "c", "{column} {key}");
    }
    assert_eq!(keys("jsonb", "gin (c jsonb_path_ops)"), "c jsonb_path_ops");
    assert_eq!(keys("varchar", "btree (c varchar_ops)"), "c varchar_ops");
    assert_eq!(keys("inet", "gist (c inet_ops)"), "c inet_ops");
    assert_eq!(
        keys("text", "btree (c text_pattern_ops)"),
        "c text_pattern_ops"
    );
}
