//! What PostgreSQL 15 says of the same statements.

use crate::catalog::trial::outcome;

fn after(sql: &str) -> String {
    outcome(&format!(
        "create table t (a int primary key, b text); create view v as select 1 as a; \
         create sequence s; create index i on t (b); create type e as enum ('a'); \
         create domain d as text; {sql}"
    ))
}

#[test]
fn refuses_a_comment_on_what_is_not_there() {
    for (sql, told) in [
        (
            "comment on table nos.nx is ''",
            "3F000 schema \"nos\" does not exist",
        ),
        ("comment on table v is ''", "42809 \"v\" is not a table"),
        ("comment on index t is ''", "42809 \"t\" is not an index"),
        (
            "comment on column t.zz is ''",
            "42703 column \"zz\" of relation \"t\" does not exist",
        ),
        (
            "comment on constraint nx on t is ''",
            "42704 constraint \"nx\" for table \"t\" does not exist",
        ),
        ("comment on domain e is ''", "42809 \"e\" is not a domain"),
        (
            "comment on constraint nx on domain d is ''",
            "42704 constraint \"nx\" for domain d does not exist",
        ),
        (
            "comment on function nx() is ''",
            "42883 function nx() does not exist",
        ),
        ("comment on constraint t_pkey on t is 'a'", "ok"),
        ("comment on column t.xmin is 'a'", "ok"),
        ("comment on role nobody is 'a'", "ok"),
    ] {
        assert_eq!(after(sql), told, "{sql}");
    }
}

#[test]
fn refuses_privileges_on_what_is_not_there() {
    for (sql, told) in [
        (
            "grant select on nx to public",
            "42P01 relation \"nx\" does not exist",
        ),
        (
            "grant select on sequence t to public",
            "42809 \"t\" is not a sequence",
        ),
        ("grant select on i to public", "42809 \"i\" is an index"),
        (
            "grant select (zz) on t to public",
            "42703 column \"zz\" of relation \"t\" does not exist",
        ),
        (
            "grant usage on schema nx to public",
            "3F000 schema \"nx\" does not exist",
        ),
        (
            "revoke all on all tables in schema nx from public",
            "3F000 schema \"nx\" does not exist",
        ),
        (
            "alter default privileges in schema nx grant select on tables to public",
            "3F000 schema \"nx\" does not exist",
        ),
        (
            "alter type t owner to me",
            "42809 t is a table's row type; use ALTER TABLE instead",
        ),
        ("grant select on s to nobody", "ok"),
    ] {
        assert_eq!(after(sql), told, "{sql}");
    }
}

#[test]
fn knows_only_the_roles_that_the_history_makes() {
    assert_eq!(
        outcome("create role r; create role r"),
        "42710 role \"r\" already exists"
    );
    assert_eq!(outcome("create role r; drop role r; create role r"), "ok");
    assert_eq!(outcome("drop role nx; grant nx to other"), "ok");
}
