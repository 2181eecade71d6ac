//! What PostgreSQL 15 says of schemas, extensions, policies, rules, publications and servers.

use crate::{
    catalog::trial::{self, outcome, picture},
    check::{Options, Profile},
};

#[test]
fn refuses_a_schema_that_is_there_or_has_a_reserved_name() {
    for (sql, told) in [
        (
            "create schema public",
            "42P06 schema \"public\" already exists",
        ),
        ("create schema if not exists public", "ok"),
        (
            "create schema pg_x",
            "42939 unacceptable schema name \"pg_x\"; \
             the prefix \"pg_\" is reserved for system schemas",
        ),
        (
            "create schema y create table nos.q (a int)",
            "42P15 CREATE specifies a schema (nos) different from the one being created (y)",
        ),
        (
            "create schema authorization me; create schema me",
            "42P06 schema \"me\" already exists",
        ),
    ] {
        assert_eq!(outcome(sql), told, "{sql}");
    }
}

#[test]
fn makes_what_is_within_a_schema_statement_in_the_schema() {
    assert_eq!(
        picture("create schema z create index on q (a) create table q (a int)"),
        picture("create schema z; create table z.q (a int); create index on z.q (a)")
    );
    assert_eq!(
        outcome("create schema z create table q (a int); drop table q"),
        "42P01 table \"q\" does not exist"
    );
}

#[test]
fn knows_which_extensions_are_there() {
    for (sql, told) in [
        (
            "create extension citext; create extension citext",
            "42710 extension \"citext\" already exists",
        ),
        (
            "create extension citext; create extension if not exists citext schema nos",
            "ok",
        ),
        (
            "create extension citext schema nos",
            "3F000 schema \"nos\" does not exist",
        ),
        (
            "alter extension nx update",
            "42704 extension \"nx\" does not exist",
        ),
        (
            "create schema s; create extension citext schema s; drop schema s",
            "2BP01 cannot drop schema s because other objects depend on it; \
             extension citext depends on schema s",
        ),
        (
            "create extension citext; drop extension citext; create extension citext",
            "ok",
        ),
        (
            "create extension citext; create table t (a int); \
             alter extension citext add table t; drop table t",
            "2BP01 cannot drop table t because extension citext requires it; \
             you can drop extension citext instead",
        ),
        (
            "create extension citext; create table t (a int); \
             alter extension citext add table t; drop extension citext; create table t (a int)",
            "ok",
        ),
    ] {
        assert_eq!(outcome(sql), told, "{sql}");
    }
}

#[test]
fn does_not_say_what_an_extension_of_unknown_contents_brings() {
    assert_eq!(
        outcome("create extension never_heard_of; drop table its_table"),
        "ok"
    );
}

#[test]
fn refuses_policies_that_cannot_be() {
    let table = "create table t (a int); create view v as select 1 as a;";
    for (sql, told) in [
        (
            "create policy p on nx",
            "42P01 relation \"nx\" does not exist",
        ),
        ("create policy p on v", "42809 \"v\" is not a table"),
        (
            "create policy p on t; create policy p on t",
            "42710 policy \"p\" for table \"t\" already exists",
        ),
        (
            "alter policy nx on t using (true)",
            "42704 policy \"nx\" for table \"t\" does not exist",
        ),
        (
            "create policy p on t for insert using (true)",
            "42601 only WITH CHECK expression allowed for INSERT",
        ),
        (
            "create policy p on t for select with check (true)",
            "42601 WITH CHECK cannot be applied to SELECT or DELETE",
        ),
        (
            "create policy p on t for select; alter policy p on t with check (true)",
            "42601 only USING expression allowed for SELECT, DELETE",
        ),
        (
            "create policy p on t; drop policy p on t; create policy p on t",
            "ok",
        ),
    ] {
        assert_eq!(outcome(&format!("{table} {sql}")), told, "{sql}");
    }
}

#[test]
fn refuses_a_second_rule_of_a_name_unless_it_replaces() {
    let rule = "rule r as on insert to t do nothing";
    let table = "create table t (a int);";
    assert_eq!(
        outcome(&format!("{table} create {rule}; create {rule}")),
        "42710 rule \"r\" for relation \"t\" already exists"
    );
    assert_eq!(
        outcome(&format!("{table} create {rule}; create or replace {rule}")),
        "ok"
    );
}

#[test]
fn knows_the_tables_of_a_publication() {
    let tables = "create table t (a int); create table u (a int); create view v as select 1 as a;";
    for (sql, told) in [
        (
            "create publication p; create publication p",
            "42710 publication \"p\" already exists",
        ),
        (
            "create publication p for table v",
            "22023 cannot add relation \"v\" to publication; \
             this operation is not supported for views",
        ),
        (
            "create publication p for table t; alter publication p add table t",
            "42710 relation \"t\" is already member of publication \"p\"",
        ),
        (
            "create publication p for table t; alter publication p drop table u",
            "42704 relation \"u\" is not part of the publication",
        ),
        (
            "create publication p for all tables; alter publication p add table t",
            "55000 publication \"p\" is defined as FOR ALL TABLES; \
             tables cannot be added to or dropped from FOR ALL TABLES publications",
        ),
        (
            "create publication p for table t (zz)",
            "42703 column \"zz\" of relation \"t\" does not exist",
        ),
        ("create publication p for table t; drop table t", "ok"),
    ] {
        assert_eq!(outcome(&format!("{tables} {sql}")), told, "{sql}");
    }
}

#[test]
fn knows_servers_and_their_wrappers_by_name() {
    for (sql, told) in [
        (
            "create server s foreign data wrapper nx",
            "42704 foreign-data wrapper \"nx\" does not exist",
        ),
        (
            "create foreign data wrapper w; create foreign data wrapper w",
            "42710 foreign-data wrapper \"w\" already exists",
        ),
        (
            "create foreign data wrapper w; create server s foreign data wrapper w; \
             drop foreign data wrapper w",
            "2BP01 cannot drop foreign-data wrapper w because other objects depend on it; \
             server s depends on foreign-data wrapper w",
        ),
        (
            "create extension postgres_fdw; create server s foreign data wrapper postgres_fdw",
            "ok",
        ),
        (
            "create user mapping for public server nx",
            "42704 server \"nx\" does not exist",
        ),
    ] {
        assert_eq!(outcome(sql), told, "{sql}");
    }
}

/// What PostgreSQL 15 says where `extensions` is on the search path.
#[test]
fn a_platform_s_schema_of_extensions_holds_no_other_relation() {
    let options = Options {
        profile: Some(Profile::Supabase),
        ..Options::default()
    };
    for (sql, told) in [
        (
            "create table tenants (id int); alter table teants add column x int",
            "42P01 relation \"teants\" does not exist",
        ),
        (
            "create table extensions.own (id int); alter table own add column x int",
            "ok",
        ),
        (
            "create table if not exists extensions.own (id int); alter table own add column x int",
            "ok",
        ),
        ("select * from spatial_ref_sys", "ok"),
        ("select * from hypopg_hidden_indexes", "ok"),
        (
            "do $$ begin execute current_setting('a.b'); end $$; alter table teants add column x int",
            "ok",
        ),
    ] {
        let fault = trial::run(sql, &options, |_, fault| fault);
        let said = fault.map_or_else(
            || "ok".to_owned(),
            |fault| format!("{} {}", fault.sqlstate, fault.message),
        );
        assert_eq!(said, told, "{sql}");
    }
}

/// Returns what is said of the last statement on a platform whose extensions have a schema of their own.
fn on_the_platform(sql: &str) -> String {
    let options = Options {
        profile: Some(Profile::Supabase),
        ..Options::default()
    };
    trial::run(sql, &options, |_, fault| match fault {
        Some(fault) => format!("{} {}", fault.sqlstate, fault.message),
        None => "ok".to_owned(),
    })
}

#[test]
fn a_type_that_no_extension_of_the_platform_has_is_not_there() {
    for (ty, said) in [
        ("jssonb", "42704 type \"jssonb\" does not exist"),
        ("\"Uuid\"", "42704 type \"Uuid\" does not exist"),
        ("vector(3)", "ok"),
        ("halfvec", "ok"),
        ("geography", "ok"),
        ("h3_index", "ok"),
        ("rum_distance_query", "ok"),
        ("plv8_int4array", "ok"),
        ("_citext", "ok"),
        ("extensions.anything", "ok"),
    ] {
        let sql = format!("create table t (x {ty})");
        assert_eq!(on_the_platform(&sql), said, "{ty}");
    }
}

#[test]
fn a_triggers_function_that_no_extension_of_the_platform_has_is_not_there() {
    let made =
        "create table t (a int); create trigger x after insert on t for each row execute function";
    assert_eq!(
        on_the_platform(&format!("{made} f()")),
        "42883 function f() does not exist"
    );
    for function in [
        "moddatetime()",
        "extensions.f()",
        "pgroonga_f()",
        "http_f()",
    ] {
        assert_eq!(
            on_the_platform(&format!("{made} {function}")),
            "ok",
            "{function}"
        );
    }
}

#[test]
fn no_extension_of_the_platform_has_a_function_of_a_tables_row() {
    let made = "create table t (a int); create policy p on t using";
    assert_eq!(
        on_the_platform(&format!(
            "{made} (exists (select from t x where x.b = t.a))"
        )),
        "42703 column x.b does not exist"
    );
    assert_eq!(
        on_the_platform(&format!(
            "create table t (a int); create function b(t) returns int language sql return 1; \
             create policy p on t using (exists (select from t x where x.b = t.a))"
        )),
        "ok"
    );
}

#[test]
fn a_command_says_that_a_schema_is_missing_and_a_query_that_the_relation_is() {
    // As PostgreSQL 15 says.
    let made = "CREATE TABLE t (a int); CREATE SEQUENCE s;";
    for command in [
        "CREATE INDEX ON nope.t (a)",
        "CREATE TABLE u (a int REFERENCES nope.t)",
        "ALTER TABLE nope.t ADD b int",
        "ANALYZE nope.t",
        "CLUSTER nope.t",
        "REINDEX TABLE nope.t",
        "TRUNCATE nope.t",
        "CREATE STATISTICS st ON a, b FROM nope.t",
        "CREATE TABLE u (LIKE nope.t)",
        "ALTER SEQUENCE s OWNED BY nope.t.a",
        "CREATE TABLE u () INHERITS (nope.t)",
        "CREATE TABLE u PARTITION OF nope.t DEFAULT",
        "ALTER TABLE t INHERIT nope.t",
        "ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES nope.t",
        "CREATE POLICY p ON nope.t",
        "CREATE RULE r AS ON DELETE TO nope.t DO NOTHING",
        "DROP TABLE nope.t",
        "ALTER TABLE nope.t RENAME TO x",
    ] {
        let said = outcome(&format!("{made}{command}"));
        assert_eq!(said, "3F000 schema \"nope\" does not exist", "{command}");
    }
    for query in [
        "INSERT INTO nope.t VALUES (1)",
        "UPDATE nope.t SET a = 1",
        "SELECT a FROM nope.t",
    ] {
        let said = outcome(&format!("{made}{query}"));
        assert_eq!(said, "42P01 relation \"nope.t\" does not exist", "{query}");
    }
}
