use super::{addition, clipped, distinct, joined};
use crate::{
    catalog::{apply::told::names, trial::run},
    check::{Baseline, Options},
};

#[test]
fn joins_a_table_its_columns_and_a_label() {
    assert_eq!(joined("t", Some("a_b"), "key"), "t_a_b_key");
    assert_eq!(joined("t", None, "pkey"), "t_pkey");
}

#[test]
fn cuts_the_longer_of_table_and_columns_to_63_bytes() {
    let name = joined(&"t".repeat(60), Some("abc"), "key");
    assert_eq!(name, format!("{}_abc_key", "t".repeat(55)));
    assert_eq!(name.len(), 63);
    let name = joined("abc", Some(&"c".repeat(70)), "idx");
    assert_eq!(name, format!("abc_{}_idx", "c".repeat(55)));
}

#[test]
fn cuts_both_alike_once_they_are_of_one_length() {
    let name = joined(&"a".repeat(40), Some(&"b".repeat(40)), "key");
    assert_eq!(name, format!("{}_{}_key", "a".repeat(29), "b".repeat(29)));
    let name = joined(&"a".repeat(40), Some(&"b".repeat(40)), "idx1");
    assert_eq!(name, format!("{}_{}_idx1", "a".repeat(29), "b".repeat(28)));
}

#[test]
fn cuts_between_characters() {
    assert_eq!(clipped("жжж", 5), "жж");
    assert_eq!(
        joined(&"ж".repeat(20), Some(&"ж".repeat(20)), "key"),
        format!("{}_{}_key", "ж".repeat(14), "ж".repeat(14))
    );
}

#[test]
fn stops_joining_columns_once_a_name_is_full() {
    let long = "c".repeat(40);
    assert_eq!(
        addition([long.as_str(), long.as_str(), "z"]),
        format!("{long}_{long}")
    );
}

#[test]
fn numbers_the_columns_of_an_index_that_have_one_name() {
    let names = distinct(["expr".into(), "expr".into(), "expr1".into(), "a".into()]);
    let names: Vec<&str> = names.iter().map(|name| &**name).collect();
    assert_eq!(names, ["expr", "expr1", "expr11", "a"]);
}

#[test]
fn counts_on_where_a_relation_has_the_name() {
    assert_eq!(
        names("create table t_a_key (z int); create table t (a int unique)"),
        "constraint t.t_a_key1\nindex t_a_key1"
    );
    assert_eq!(
        names("create table t_pkey (z int); create table t (a int primary key)"),
        "constraint t.t_pkey1\nindex t_pkey1"
    );
}

#[test]
fn counts_on_where_a_constraint_of_another_table_has_the_name() {
    assert_eq!(
        names(
            "create table p (a int, constraint t_a_key check (true));
             create table t (a int unique)"
        ),
        "constraint p.t_a_key\nconstraint t.t_a_key1\nindex t_a_key1"
    );
}

#[test]
fn does_not_mind_constraints_when_it_names_a_plain_index() {
    assert_eq!(
        names(
            "create table p (a int, constraint t_a_idx check (true));
             create table t (a int); create index on t (a)"
        ),
        "constraint p.t_a_idx\nindex t_a_idx"
    );
}

#[test]
fn knows_no_name_that_something_unknown_may_have_taken() {
    let options = Options {
        baseline: Baseline::Unknown,
        ..Options::default()
    };
    let sql = "create table t (a int primary key, b int, constraint named unique (b))";
    let certain = run(sql, &options, |catalog, _| {
        let certain = |name: &str| {
            catalog
                .store
                .all()
                .any(|(oid, object)| &*object.name == name && catalog.store.is_certain(oid))
        };
        (certain("named"), certain("t_pkey"))
    });
    assert_eq!(certain, (true, false));
}
