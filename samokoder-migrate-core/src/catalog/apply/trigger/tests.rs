//! What PostgreSQL 15 says of the same statements.

use crate::catalog::trial::outcome;

fn after(sql: &str) -> String {
    outcome(&format!(
        "create table t (a int, b text); create view v as select 1 as a; \
         create function f() returns trigger language plpgsql as 'begin return new; end'; \
         create function n() returns int language sql as 'select 1'; {sql}"
    ))
}

#[test]
fn refuses_a_trigger_without_its_table_its_function_or_its_column() {
    for (sql, told) in [
        (
            "create trigger x before insert on nx execute function f()",
            "42P01 relation \"nx\" does not exist",
        ),
        (
            "create trigger x before insert on nos.nx execute function f()",
            "3F000 schema \"nos\" does not exist",
        ),
        (
            "create trigger x before insert on t execute function nof()",
            "42883 function nof() does not exist",
        ),
        (
            "create trigger x before insert on t execute function n()",
            "42P17 function n must return type trigger",
        ),
        (
            "create trigger x before update of zz on t execute function f()",
            "42703 column \"zz\" of relation \"t\" does not exist",
        ),
        (
            "create trigger x before update of a, a on t execute function f()",
            "42701 column \"a\" specified more than once",
        ),
    ] {
        assert_eq!(after(sql), told, "{sql}");
    }
}

#[test]
fn refuses_a_second_trigger_of_a_name_unless_it_replaces() {
    let first = "create trigger x before insert on t for each row execute function f();";
    assert_eq!(
        after(&format!("{first} {first}")),
        "42710 trigger \"x\" for relation \"t\" already exists"
    );
    assert_eq!(
        after(&format!(
            "{first} create or replace trigger x after delete on t execute function f()"
        )),
        "ok"
    );
    assert_eq!(
        after(
            "create constraint trigger x after insert on t for each row execute function f(); \
             create or replace trigger x after insert on t for each row execute function f()"
        ),
        "42710 trigger \"x\" for relation \"t\" is a constraint trigger"
    );
}

#[test]
fn refuses_triggers_that_a_relation_of_the_kind_cannot_have() {
    for (sql, told) in [
        (
            "create trigger x instead of insert on t for each row execute function f()",
            "42809 \"t\" is a table; tables cannot have INSTEAD OF triggers",
        ),
        (
            "create trigger x before insert on v for each row execute function f()",
            "42809 \"v\" is a view; views cannot have row-level BEFORE or AFTER triggers",
        ),
        (
            "create trigger x instead of insert on v execute function f()",
            "0A000 INSTEAD OF triggers must be FOR EACH ROW",
        ),
        (
            "create trigger x after truncate on t for each row execute function f()",
            "0A000 TRUNCATE FOR EACH ROW triggers are not supported",
        ),
        (
            "create sequence s; create trigger x before insert on s execute function f()",
            "42809 relation \"s\" cannot have triggers; \
             this operation is not supported for sequences",
        ),
    ] {
        assert_eq!(after(sql), told, "{sql}");
    }
}

#[test]
fn gives_partitions_copies_that_cannot_be_dropped_alone() {
    let sql = "create table p (a int) partition by range (a); \
               create table p1 partition of p for values from (1) to (2); \
               create trigger x after insert on p for each row execute function f();";
    assert_eq!(
        after(&format!("{sql} drop trigger x on p1")),
        "2BP01 cannot drop trigger x on table p1 because trigger x on table p requires it; \
         you can drop trigger x on table p instead"
    );
    assert_eq!(after(&format!("{sql} drop trigger x on p")), "ok");
    assert_eq!(after(&format!("{sql} drop table p1; drop table p")), "ok");
}
