use crate::{
    catalog::{
        apply::told::names,
        expression::Need,
        object::{ColumnId, Space},
        store::Lookup,
        trial::{outcome, run},
    },
    check::Options,
};

/// Returns the name of a check on a table `t (a, b)` that reads columns; the whole row is `None`.
fn name(reads: &[Option<u16>]) -> String {
    let sql = "create table t (a int, b int)";
    run(sql, &Options::default(), |catalog, _| {
        let Lookup::Found(table) = catalog.store.find(catalog.public, Space::Relation, "t") else {
            return String::new();
        };
        let needs: Vec<Need> = reads
            .iter()
            .map(|column| Need {
                what: table,
                column: column.map(ColumnId),
            })
            .collect();
        catalog.check_name(table, &needs).likely().to_string()
    })
}

#[test]
fn names_a_check_after_the_one_column_that_it_reads() {
    assert_eq!(name(&[Some(2)]), "t_b_check");
    assert_eq!(name(&[Some(1), Some(1)]), "t_a_check");
}

#[test]
fn names_a_check_of_several_columns_or_none_after_the_table() {
    assert_eq!(name(&[Some(1), Some(2)]), "t_check");
    assert_eq!(name(&[]), "t_check");
    assert_eq!(name(&[None]), "t_check");
}

#[test]
fn refuses_a_check_of_a_name_that_is_taken() {
    assert_eq!(
        outcome("create table t (a int, constraint x check (true), constraint x check (true))"),
        "42710 check constraint \"x\" already exists"
    );
}

#[test]
fn numbers_checks_of_one_statement_in_the_order_they_are_written() {
    assert_eq!(
        names(
            "create table t (a int check (a > 0), b int check (a > b), check (a > 1),
                 check (t.a is not null and a > 0), check (t is not null))"
        ),
        "constraint t.t_a_check\nconstraint t.t_a_check1\nconstraint t.t_a_check2\n\
         constraint t.t_check\nconstraint t.t_check1"
    );
}
