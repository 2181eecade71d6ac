use crate::catalog::{apply::told::names, trial::outcome};

const NO_KEY: &str =
    "42830 there is no unique constraint matching given keys for referenced table \"r\"";

#[test]
fn makes_one_index_of_keys_on_the_same_columns() {
    assert_eq!(
        names("create table t (a int primary key unique)"),
        "constraint t.t_pkey\nindex t_pkey"
    );
    assert_eq!(
        names("create table t (a int unique, constraint q unique (a))"),
        "constraint t.q\nindex q"
    );
}

#[test]
fn refuses_a_second_primary_key() {
    let refused = "42P16 multiple primary keys for table \"t\" are not allowed";
    assert_eq!(
        outcome("create table t (a int primary key, b int primary key)"),
        refused
    );
    assert_eq!(
        outcome(
            "create table s (a int primary key);
             create table t (like s including indexes, b int primary key)"
        ),
        refused
    );
}

#[test]
fn refuses_a_key_on_a_column_that_is_not_there() {
    assert_eq!(
        outcome("create table t (a int, unique (zz))"),
        "42703 column \"zz\" named in key does not exist"
    );
    assert_eq!(
        outcome("create table t (a int, unique (a, a))"),
        "42701 column \"a\" appears twice in unique constraint"
    );
}

#[test]
fn refuses_a_name_that_is_taken() {
    assert_eq!(
        outcome("create table t (a int constraint x unique, b int constraint x unique)"),
        "42P07 relation \"x\" already exists"
    );
    assert_eq!(
        outcome("create table t (a int constraint x check (true), b int constraint x unique)"),
        "42710 constraint \"x\" for relation \"t\" already exists"
    );
}

#[test]
fn names_a_foreign_key_after_all_its_columns() {
    assert_eq!(
        names(
            "create table r (a int, b int, primary key (a, b));
             create table t (a int, b int,
                 foreign key (a, b) references r, foreign key (b, a) references r (a, b))"
        ),
        "constraint r.r_pkey\nconstraint t.t_a_b_fkey\nconstraint t.t_b_a_fkey\nindex r_pkey"
    );
}

#[test]
fn refuses_a_foreign_key_that_no_unique_key_is_behind() {
    assert_eq!(
        outcome("create table r (a int); create table t (a int references r (a))"),
        NO_KEY
    );
    assert_eq!(
        outcome("create table r (a int); create table t (a int references r)"),
        "42704 there is no primary key for referenced table \"r\""
    );
    assert_eq!(
        outcome(
            "create table r (a int unique deferrable); create table t (a int references r (a))"
        ),
        "55000 cannot use a deferrable unique constraint for referenced table \"r\""
    );
    assert_eq!(
        outcome(
            "create table r (a int, b int, primary key (a, b));
             create table t (a int references r)"
        ),
        "42830 number of referencing and referenced columns for foreign key disagree"
    );
}

#[test]
fn takes_any_unique_index_without_a_condition_for_a_foreign_key() {
    let with = |index: &str| {
        outcome(&format!(
            "create table r (a int); create unique index on r (a) {index};
             create table t (a int references r (a))"
        ))
    };
    assert_eq!(with(""), "ok");
    assert_eq!(with("where true"), NO_KEY);
}

#[test]
fn refuses_a_foreign_key_to_what_is_no_table() {
    assert_eq!(
        outcome("create sequence s; create table t (a int references s)"),
        "42809 referenced relation \"s\" is not a table"
    );
    assert_eq!(
        outcome("create table t (a int references nope)"),
        "42P01 relation \"nope\" does not exist"
    );
}

#[test]
fn refuses_a_unique_key_without_the_partition_key() {
    assert_eq!(
        outcome("create table t (a int, b int unique) partition by hash (a)"),
        "0A000 unique constraint on partitioned table must include all partitioning columns; \
         UNIQUE constraint on table \"t\" lacks column \"a\" which is part of the partition key"
    );
}
