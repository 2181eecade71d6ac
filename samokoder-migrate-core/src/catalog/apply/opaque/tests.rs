//! What is known after a statement whose effect is not in its text.

use crate::{
    catalog::{Catalog, object::Space, store::Lookup, trial},
    check::Options,
    tree::Path,
};

/// Says of types whether each is there, is not, or is unknown: `+`, `-`, `?`.
fn types(sql: &str, names: &[&str]) -> String {
    trial::run(sql, &Options::default(), |catalog: &Catalog, fault| {
        assert_eq!(fault, None, "{sql}");
        let told =
            names.iter().map(
                |name| match catalog.look(Space::Type, Path { schema: None, name }) {
                    Lookup::Found(oid) if catalog.store.is_certain(oid) => '+',
                    Lookup::Absent => '-',
                    _ => '?',
                },
            );
        told.collect()
    })
}

#[test]
fn a_block_without_ddl_changes_nothing() {
    for body in [
        "RAISE NOTICE 'CREATE TYPE a'",
        "INSERT INTO t (a) VALUES (lower('x'))",
        "PERFORM 1 FROM pg_class WHERE relname = 'a'",
        "EXECUTE 'UPDATE t SET a = 1'",
        "EXECUTE format('SELECT %L', 'CREATE TYPE')",
        "SELECT count(*) INTO x FROM t",
        "FOR r IN SELECT 1 LOOP DELETE FROM t; END LOOP",
        "EXECUTE format('COMMENT ON TYPE %I IS NULL', x)",
    ] {
        let sql = format!("CREATE TYPE b AS ENUM (); DO $$ BEGIN {body}; END $$");
        assert_eq!(types(&sql, &["a", "b"]), "-+", "{body}");
    }
}

#[test]
fn a_type_that_is_guarded_against_its_duplicate_is_there_afterwards() {
    let block = "DO $$ BEGIN CREATE TYPE a AS ENUM ('x'); EXCEPTION WHEN duplicate_object THEN NULL; END $$";
    assert_eq!(types(block, &["a"]), "+");
    assert_eq!(types(&format!("{block}; {block}"), &["a"]), "+");
    // It is the older one that stays.
    let older = format!("CREATE TYPE a AS ENUM ('y'); {block}; ALTER TYPE a ADD VALUE 'x'");
    assert_eq!(types(&older, &["a"]), "+");
}

#[test]
fn a_condition_about_a_name_is_followed() {
    let make = |guard: &str| {
        format!("DO $$ BEGIN IF {guard} THEN CREATE TYPE a AS ENUM ('x'); END IF; END $$")
    };
    let asked = make("NOT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'a')");
    assert_eq!(types(&asked, &["a"]), "+");
    assert_eq!(
        types(&format!("CREATE TYPE a AS ENUM (); {asked}"), &["a"]),
        "+"
    );
    let other = make("NOT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'other')");
    assert_eq!(types(&other, &["a", "b"]), "?-");
    assert_eq!(types(&make("x > 1"), &["a", "b"]), "?-");
}

#[test]
fn what_runs_for_certain_is_done() {
    assert_eq!(
        types("DO $$ BEGIN CREATE TYPE a AS ENUM (); END $$", &["a"]),
        "+"
    );
    let returned = "DO $$ BEGIN IF x THEN RETURN; END IF; CREATE TYPE a AS ENUM (); END $$";
    assert_eq!(types(returned, &["a", "b"]), "?-");
    assert_eq!(
        types(
            "DO $$ BEGIN EXECUTE 'CREATE TYPE a AS ENUM ()'; END $$",
            &["a"]
        ),
        "+"
    );
}

#[test]
fn text_that_is_put_together_may_do_anything_unless_its_beginning_says_otherwise() {
    let block =
        |statement: &str| format!("CREATE TYPE b AS ENUM (); DO $$ BEGIN {statement}; END $$");
    for (statement, told) in [
        ("EXECUTE format('DROP TYPE %I', x)", "-?"),
        ("EXECUTE format('DROP TYPE %I', 'b_' || x)", "-+"),
        ("EXECUTE 'CREATE TYPE ' || x", "?+"),
        (
            "EXECUTE format('CREATE TYPE %I AS ENUM ()', 'a' || x)",
            "?+",
        ),
        ("EXECUTE format('CREATE TABLE c_%s (LIKE b)', x)", "-+"),
        ("EXECUTE format('DROP TABLE %I', x)", "-+"),
        (
            "EXECUTE format('DROP SCHEMA %I CASCADE', 'tenant_' || x)",
            "-+",
        ),
        ("EXECUTE format('DROP SCHEMA %I CASCADE', x)", "??"),
        ("EXECUTE format('ALTER TABLE %I ADD COLUMN c int', x)", "-+"),
        ("EXECUTE format('ALTER TYPE %I RENAME TO a', x)", "??"),
    ] {
        assert_eq!(types(&block(statement), &["a", "b"]), told, "{statement}");
    }
    for statement in [
        "EXECUTE x",
        "FOR r IN EXECUTE x LOOP NULL; END LOOP",
        "PERFORM nosuch(1), query_to_xml('x')",
    ] {
        assert_eq!(types(&block(statement), &["a", "b"]), "??", "{statement}");
    }
    for statement in [
        "EXECUTE format('DROP TRIGGER IF EXISTS touch ON %I', x)",
        "EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', x)",
        "EXECUTE format('GRANT SELECT ON %I TO %I', x, y)",
    ] {
        assert_eq!(types(&block(statement), &["a", "b"]), "-+", "{statement}");
    }
}

#[test]
fn a_function_does_what_its_body_does() {
    for (body, told) in [
        ("BEGIN CREATE TYPE a AS ENUM (); END", "?+"),
        ("BEGIN DROP TYPE b; END", "-?"),
        (
            "BEGIN EXECUTE format('CREATE TYPE %I AS ENUM ()', 'a' || x); END",
            "?+",
        ),
        ("BEGIN EXECUTE x; END", "??"),
        ("BEGIN PERFORM lower(x); RETURN; END", "-+"),
    ] {
        let sql = format!(
            "CREATE TYPE b AS ENUM (); \
             CREATE PROCEDURE p() LANGUAGE plpgsql AS $f$ {body} $f$; \
             CREATE PROCEDURE q() LANGUAGE plpgsql AS $f$ BEGIN CALL p(); END $f$; CALL q()"
        );
        assert_eq!(types(&sql, &["a", "b"]), told, "{body}");
    }
}

#[test]
fn what_others_catch_may_have_failed_for_any_reason() {
    let block = |inside: &str| {
        format!("DO $$ BEGIN {inside} EXCEPTION WHEN OTHERS THEN RAISE NOTICE 'x'; END $$")
    };
    assert_eq!(types(&block("CREATE TYPE a AS ENUM ();"), &["a"]), "+");
    assert_eq!(
        types(
            &block("PERFORM 1 / x; CREATE TYPE a AS ENUM ();"),
            &["a", "b"]
        ),
        "?-"
    );
    let inner = "BEGIN CREATE TYPE a AS ENUM (); EXCEPTION WHEN duplicate_object THEN NULL; END; \
                 PERFORM 1 / x;";
    assert_eq!(types(&block(inner), &["a", "b"]), "?-");
}

#[test]
fn a_function_may_call_one_that_is_made_later() {
    let sql = "CREATE PROCEDURE p() LANGUAGE plpgsql AS $f$ BEGIN PERFORM q(1); END $f$; \
               CREATE FUNCTION q(int) RETURNS void LANGUAGE plpgsql AS $f$ BEGIN CREATE TYPE a AS ENUM (); END $f$; \
               CALL p()";
    assert_eq!(types(sql, &["a"]), "?");
}

#[test]
fn a_condition_about_rows_says_nothing_of_names() {
    let sql = "DO $$ BEGIN IF NOT EXISTS (SELECT FROM kinds WHERE name = 'a') THEN \
               CREATE TYPE a AS ENUM (); END IF; END $$";
    assert_eq!(types(sql, &["a", "b"]), "?-");
}

#[test]
fn what_is_named_without_a_schema_may_be_what_is_known_with_one() {
    for sql in [
        "drop trigger if exists x on t; create trigger x before insert on public.t execute function public.f()",
        "alter type e rename value 'a' to 'b'; alter type public.e add value 'a'",
        "create index i on t (a); drop index public.i",
    ] {
        let before = "create table public.t (a int); create type public.e as enum ('a'); \
            create function public.f() returns trigger language plpgsql as 'begin end'; \
            create trigger x before insert on public.t execute function public.f(); drop index if exists public.i;";
        // A temporary table may have been made.
        let opaque = "do $$ begin execute (select string_agg(a, '') from s); end $$;";
        assert_eq!(
            trial::outcome(&format!("{opaque} {before} {sql}")),
            "ok",
            "{sql}"
        );
    }
}

#[test]
fn a_column_that_was_dropped_may_be_there_again_after_a_block_that_may_add_it() {
    for block in [
        "do $$ begin if (select count(*) from s) > 0 then alter table t add column c int; end if; end $$;",
        "do $$ begin if (select count(*) from s) > 0 then execute 'alter table t add column c int'; end if; end $$;",
        "do $$ begin alter table t add column c int; exception when others then null; end $$;",
        "do $$ begin execute (select x from s); end $$;",
    ] {
        for after in [
            "alter table t drop column c",
            "alter table public.t drop column c",
            "create index on public.t (c)",
        ] {
            let sql = format!(
                "create table s (x text); create table t (a int, c int); alter table t drop column c; {block} {after}"
            );
            assert_eq!(trial::outcome(&sql), "ok", "{sql}");
        }
    }
}

#[test]
fn a_function_that_is_selected_alone_runs_once() {
    let sql = |body: &str, call: &str| {
        format!(
            "CREATE TYPE b AS ENUM (); CREATE FUNCTION make(name text) RETURNS void \
             LANGUAGE plpgsql AS $f$ {body} $f$; {call}"
        )
    };
    let make = "BEGIN CREATE TYPE a AS ENUM (); DROP TYPE b; END";
    assert_eq!(types(&sql(make, "SELECT make('x')"), &["a", "b"]), "+-");
    for call in [
        "SELECT make(n) FROM (VALUES ('x')) AS v (n)",
        "SELECT CASE WHEN random() > 2 THEN make('x') END",
    ] {
        assert_eq!(types(&sql(make, call), &["a", "b"]), "??", "{call}");
    }
    let named = "DECLARE t text; BEGIN t := lower(format('%s_%s', name, now())); \
                 EXECUTE format('CREATE TYPE %s AS ENUM ()', t); END";
    assert_eq!(
        types(&sql(named, "SELECT make('A')"), &["a_1", "a", "b_1", "b"]),
        "?--+"
    );
}

#[test]
fn a_statement_that_may_run_may_take_what_goes_with_what_it_names() {
    let sql = "CREATE TYPE b AS ENUM (); CREATE TABLE t (a int, c b); CREATE INDEX i ON t (a); \
               DO $$ BEGIN IF random() > 2 THEN DROP TABLE t; END IF; END $$; DROP INDEX i; DROP TYPE b CASCADE";
    assert_eq!(types(sql, &["b"]), "-");
}

#[test]
fn names_mean_what_is_not_known_after_a_body_sets_the_path() {
    let sql = "CREATE TYPE b AS ENUM (); DO $$ BEGIN \
               PERFORM set_config('search_path', 'other', true); CREATE TYPE a AS ENUM (); END $$";
    assert_eq!(types(sql, &["a", "b"]), "??");
}

#[test]
fn an_index_on_a_table_that_is_not_known_has_its_name() {
    let sql = "CREATE TABLE t (a int); CREATE INDEX i ON t (a); \
               DO $$ DECLARE r record; BEGIN FOR r IN SELECT 1 LOOP \
               EXECUTE format('ALTER TABLE %I RENAME TO %I', r.old, r.new); END LOOP; END $$; \
               DROP INDEX i; CREATE UNIQUE INDEX i ON t (a); DROP INDEX i; CREATE INDEX ON t (a); \
               DROP INDEX t_a_idx; CREATE TYPE b AS ENUM ()";
    assert_eq!(types(sql, &["b"]), "+");
}

#[test]
fn a_table_that_a_statement_needs_is_where_alone_it_can_be() {
    let sql = "CREATE TABLE t (a int); DO $$ DECLARE r record; BEGIN FOR r IN SELECT 1 LOOP \
               EXECUTE format('ALTER TABLE %I RENAME TO %I', r.old, r.new); END LOOP; END $$; \
               CREATE TYPE b AS ENUM (); ALTER TABLE t ADD COLUMN b b; DROP TYPE b";
    let told = trial::run(sql, &Options::default(), |_: &Catalog, fault| {
        fault.map(|fault| fault.message)
    });
    assert!(told.is_some_and(|told| told.contains("other objects depend on it")));
}
