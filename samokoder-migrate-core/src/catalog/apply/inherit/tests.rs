use crate::catalog::{
    apply::told::{columns, names},
    trial::outcome,
};

#[test]
fn merges_columns_of_parents_and_its_own() {
    assert_eq!(
        columns(
            "c",
            "create table p (a int, b int not null);
             create table c (a int not null, d int) inherits (p)"
        ),
        "a not null, b not null inherited, d"
    );
}

#[test]
fn refuses_a_column_of_another_type_than_the_parents() {
    assert_eq!(
        outcome("create table p (a text); create table c (a int) inherits (p)"),
        "42804 column \"a\" has a type conflict; text versus integer"
    );
    assert_eq!(
        outcome(
            "create table p (a text); create table q (a int); create table c () inherits (p, q)"
        ),
        "42804 inherited column \"a\" has a type conflict; text versus integer"
    );
}

#[test]
fn refuses_parents_that_cannot_be() {
    assert_eq!(
        outcome("create table p (a int) partition by list (a); create table c () inherits (p)"),
        "42809 cannot inherit from partitioned table \"p\""
    );
    assert_eq!(
        outcome("create table p (a int); create table c partition of p default"),
        "42P17 \"p\" is not partitioned"
    );
    assert_eq!(
        outcome("create table p (a int); create table c () inherits (p, p)"),
        "42P07 relation \"p\" would be inherited from more than once"
    );
}

#[test]
fn gives_children_the_checks_but_not_the_keys() {
    assert_eq!(
        names(
            "create table p (a int primary key,
                 constraint x check (true), constraint y check (true) no inherit);
             create table c () inherits (p)"
        ),
        "constraint c.x\nconstraint p.p_pkey\nconstraint p.x\nconstraint p.y\nindex p_pkey"
    );
}

#[test]
fn names_a_partitions_keys_after_the_partition_and_foreign_keys_after_the_table() {
    assert_eq!(
        names(
            "create table r (id int primary key);
             create table p (a int, b int references r, primary key (a)) partition by list (a);
             create index special on p (b);
             create table p1 partition of p default"
        ),
        "constraint p.p_b_fkey\nconstraint p.p_pkey\nconstraint p1.p1_pkey\nconstraint p1.p_b_fkey\n\
         constraint r.r_pkey\nindex p1_b_idx\nindex p1_pkey\nindex p_pkey\nindex r_pkey\nindex special"
    );
}

#[test]
fn takes_an_index_that_a_partition_has_into_a_new_one_of_its_table() {
    assert_eq!(
        names(
            "create table p (a int) partition by list (a);
             create table p1 partition of p default;
             create index mine on p1 (a); create index on p (a)"
        ),
        "index mine\nindex p_a_idx"
    );
}

#[test]
fn copies_checks_under_their_names_and_indexes_under_new_ones() {
    assert_eq!(
        names(
            "create table s (id int primary key, d text unique, constraint ck check (true));
             create index special on s (d) include (id);
             create table l (like s including all)"
        ),
        "constraint l.ck\nconstraint l.l_d_key\nconstraint l.l_pkey\nconstraint s.ck\n\
         constraint s.s_d_key\nconstraint s.s_pkey\nindex l_d_id_idx\nindex l_d_key\nindex l_pkey\n\
         index s_d_key\nindex s_pkey\nindex special"
    );
}

#[test]
fn copies_not_null_without_being_asked() {
    assert_eq!(
        columns(
            "l",
            "create table s (id int primary key, n int); create table l (like s)"
        ),
        "id not null, n"
    );
}

#[test]
fn refuses_to_be_like_a_sequence() {
    assert_eq!(
        outcome("create sequence s; create table t (like s)"),
        "42809 relation \"s\" is invalid in LIKE clause"
    );
}
