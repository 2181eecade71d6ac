use crate::{
    catalog::{
        object::Def,
        trial::{outcome, run},
    },
    check::Options,
};

/// Returns what of a sequence is not the default.
fn settings(sql: &str) -> String {
    run(sql, &Options::default(), |catalog, fault| {
        assert_eq!(fault, None);
        let settings: Vec<String> = catalog
            .store
            .all()
            .filter_map(|(_, object)| match &object.def {
                Def::Sequence(sequence) => Some(&sequence.settings),
                _ => None,
            })
            .flatten()
            .map(|(name, value)| format!("{name} {value}"))
            .collect();
        settings.join(", ")
    })
}

#[test]
fn keeps_what_is_not_the_default() {
    assert_eq!(
        settings("create sequence s start 5 minvalue 2 maxvalue 100 cache 4 cycle"),
        "start 5, min 2, max 100, cache 4, cycle yes"
    );
    assert_eq!(
        settings("create sequence s increment -2 no minvalue start -1"),
        "increment -2"
    );
}

#[test]
fn keeps_bounds_and_start_when_the_increment_changes() {
    assert_eq!(
        settings("create sequence s; alter sequence s increment -1"),
        "increment -1, start 1, min 1, max 9223372036854775807"
    );
}

#[test]
fn moves_the_bounds_of_a_type_with_the_type() {
    assert_eq!(
        settings("create sequence s as smallint; alter sequence s as int"),
        ""
    );
    assert_eq!(
        settings("create sequence s as smallint maxvalue 9; alter sequence s as int"),
        "max 9"
    );
}

#[test]
fn refuses_owners_that_are_not_there() {
    assert_eq!(
        outcome("create table t (a int); create sequence s owned by t.zz"),
        "42703 column \"zz\" of relation \"t\" does not exist"
    );
    assert_eq!(
        outcome("create sequence s owned by nope.a"),
        "42P01 relation \"nope\" does not exist"
    );
}

#[test]
fn refuses_to_alter_what_is_no_sequence() {
    assert_eq!(
        outcome("create table t (a int); alter sequence t increment 2"),
        "42809 \"t\" is not a sequence"
    );
    assert_eq!(
        outcome("alter sequence nope increment 2"),
        "42P01 relation \"nope\" does not exist"
    );
    assert_eq!(outcome("alter sequence if exists nope increment 2"), "ok");
}
