use crate::catalog::{
    apply::told::{columns, names},
    trial::outcome,
};

#[test]
fn refuses_a_table_that_exists() {
    let refused = "42P07 relation \"t\" already exists";
    assert_eq!(
        outcome("create table t (a int); create table t (b int)"),
        refused
    );
    assert_eq!(
        outcome("create sequence t; create table t (b int)"),
        refused
    );
}

#[test]
fn skips_a_guarded_table_whole_where_any_relation_has_the_name() {
    assert_eq!(
        names("create sequence s; create table if not exists s (id serial primary key)"),
        "sequence s"
    );
}

#[test]
fn makes_a_table_beside_a_temporary_one_of_its_name() {
    assert_eq!(
        outcome("create temp table t (a int); create table t (a int)"),
        "ok"
    );
}

#[test]
fn refuses_a_column_that_is_written_twice() {
    assert_eq!(
        outcome("create table t (a int, a text)"),
        "42701 column \"a\" specified more than once"
    );
    assert_eq!(
        outcome("create table s (id int); create table t (like s, id int)"),
        "42701 column \"id\" specified more than once"
    );
}

#[test]
fn refuses_the_name_of_a_system_column() {
    assert_eq!(
        outcome("create table t (xmin int)"),
        "42701 column name \"xmin\" conflicts with a system column name"
    );
}

#[test]
fn refuses_what_contradicts_itself() {
    assert_eq!(
        outcome("create table t (a serial default 2)"),
        "42601 multiple default values specified for column \"a\" of table \"t\""
    );
    assert_eq!(
        outcome("create table t (a int null not null)"),
        "42601 conflicting NULL/NOT NULL declarations for column \"a\" of table \"t\""
    );
    assert_eq!(
        outcome("create table t (a int default 1 generated always as identity)"),
        "42601 both default and identity specified for column \"a\" of table \"t\""
    );
    assert_eq!(
        outcome("create table t (a int not null deferrable)"),
        "42601 misplaced DEFERRABLE clause"
    );
}

#[test]
fn makes_a_sequence_for_a_serial_column_which_is_not_null() {
    let sql = "create table t (id bigserial, n int)";
    assert_eq!(names(sql), "sequence t_id_seq");
    assert_eq!(columns("t", sql), "id not null, n");
}

#[test]
fn makes_the_columns_of_a_primary_key_not_null() {
    assert_eq!(
        columns(
            "t",
            "create table t (a int, b int, c int, primary key (a, b))"
        ),
        "a not null, b not null, c"
    );
}

#[test]
fn refuses_a_schema_that_does_not_exist() {
    assert_eq!(
        outcome("create table nope.t (a int)"),
        "3F000 schema \"nope\" does not exist"
    );
}

#[test]
fn a_table_may_be_called_as_a_serial_type_is() {
    // As PostgreSQL 15 says.
    assert_eq!(outcome("create table bigserial (id bigserial)"), "ok");
    assert_eq!(
        outcome("create table status (s status)"),
        "42704 type \"status\" does not exist"
    );
}
