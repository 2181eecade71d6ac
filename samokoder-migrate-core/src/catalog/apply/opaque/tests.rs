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
    assert_eq!(types(&other, &["a", "b"]), "+-");
    let there = format!("CREATE TYPE other AS ENUM (); {other}");
    assert_eq!(types(&there, &["a", "other"]), "-+");
    let unknown = make("NOT EXISTS (SELECT 1 FROM pg_type WHERE typname = x)");
    assert_eq!(types(&unknown, &["a", "b"]), "?-");
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

/// Says of relations whether each is there, is not, or is unknown: `+`, `-`, `?`.
fn relations(sql: &str, names: &[&str]) -> String {
    trial::run(sql, &Options::default(), |catalog: &Catalog, fault| {
        assert_eq!(fault, None, "{sql}");
        let told = names.iter().map(|name| {
            match catalog.look(Space::Relation, Path { schema: None, name }) {
                Lookup::Found(oid) if catalog.store.is_certain(oid) => '+',
                Lookup::Absent => '-',
                _ => '?',
            }
        });
        told.collect()
    })
}

#[test]
fn a_table_of_an_unknown_name_has_indexes_with_names_that_the_server_makes() {
    let sql = "CREATE TABLE t (a int PRIMARY KEY) PARTITION BY RANGE (a); DO $$ DECLARE p text; BEGIN \
               FOR p IN SELECT x FROM s LOOP EXECUTE format('CREATE TABLE %I PARTITION OF t DEFAULT', p || '_new'); \
               END LOOP; END $$";
    let names = ["a_new", "a", "a_pkey", "a_idx1", "t", "t_pkey"];
    assert_eq!(
        relations(&format!("CREATE TABLE s (x text); {sql}"), &names),
        "?-??++"
    );
}

#[test]
fn a_loop_over_the_servers_catalog_renames_what_its_condition_says() {
    let body = |condition: &str, made: &str| {
        format!(
            "CREATE TABLE a (id int); CREATE TABLE b_new (id int); DO $$ \
             DECLARE r record; o text; n text; q text; BEGIN \
             FOR r IN SELECT c.relname AS called FROM pg_class c WHERE {condition} LOOP \
             o := r.called; n := {made}; q := format('ALTER TABLE %I RENAME TO %I', o, n); EXECUTE q; \
             END LOOP; \
             FOR r IN SELECT c.relname AS called FROM pg_class c WHERE relkind = 'r' LOOP \
             o := r.called; q := format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', o); EXECUTE q; \
             END LOOP; END $$"
        )
    };
    let names = ["a", "b_new", "b", "c"];
    for (condition, made, told) in [
        (
            "c.relname LIKE '%\\_new'",
            "regexp_replace(o, '_new$', '')",
            "+??-",
        ),
        (
            "c.relname LIKE '%\\_new' AND c.relkind = 'r'",
            "replace(o, '_new', '')",
            "+??-",
        ),
        (
            "c.relname LIKE '%\\_new' OR c.relkind = 'r'",
            "replace(o, '_new', '')",
            "???-",
        ),
        (
            "c.relname NOT LIKE '%\\_new'",
            "replace(o, '_new', '')",
            "???-",
        ),
        ("c.relkind = 'r'", "replace(o, '_new', '')", "???-"),
        ("c.relname LIKE '%\\_new'", "replace(o, '_new', x)", "+???"),
        ("c.relname LIKE '%\\_new'", "x", "+???"),
    ] {
        assert_eq!(
            relations(&body(condition, made), &names),
            told,
            "{condition} {made}"
        );
    }
}

#[test]
fn what_a_query_of_the_servers_catalog_gives_is_a_name() {
    let sql = |constraint: &str| {
        format!(
            "CREATE TABLE t (a int, CONSTRAINT t_check CHECK (a > 0)); CREATE TYPE b AS ENUM (); DO $$ \
             DECLARE v text; BEGIN SELECT concat('ALTER TABLE t DROP CONSTRAINT ', {constraint}) INTO v \
             FROM information_schema.table_constraints WHERE table_name = 't'; \
             IF v IS NOT NULL THEN EXECUTE v; END IF; END $$; ALTER TABLE t DROP CONSTRAINT t_check"
        )
    };
    assert_eq!(
        relations(&sql("constraint_name"), &["t", "t_pkey", "u"]),
        "+--"
    );
    assert_eq!(relations(&sql("any_text"), &["t", "u"]), "+?");
}

#[test]
fn a_setting_of_a_function_or_a_role_sets_no_path() {
    for statement in [
        "EXECUTE 'ALTER USER ' || x || ' SET search_path = \"storage\"'",
        "EXECUTE format('ALTER FUNCTION %I(%s) SET search_path = public', x, y)",
        "RAISE NOTICE 'search_path'",
        "PERFORM current_setting('search_path')",
    ] {
        let sql = format!("CREATE TYPE b AS ENUM (); DO $$ BEGIN {statement}; END $$");
        assert_eq!(types(&sql, &["a", "b"]), "-+", "{statement}");
    }
    for statement in [
        "SET search_path = x",
        "SET LOCAL search_path TO x",
        "EXECUTE 'SET search_path = ' || x",
        "EXECUTE 'SET ' || 'search_path = x'",
        "x := 'SET search_path = y'; EXECUTE x",
        "x := y || 'search_path = y'; EXECUTE x",
    ] {
        let sql = format!("CREATE TYPE b AS ENUM (); DO $$ BEGIN {statement}; END $$");
        assert_eq!(types(&sql, &["a", "b"]), "??", "{statement}");
    }
}

#[test]
fn a_function_that_may_have_been_set_otherwise_still_does_what_its_body_does() {
    let sql = "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END'; \
               DO $$ BEGIN EXECUTE format('ALTER FUNCTION %I(%s) STABLE', x, y); END $$; SELECT f()";
    assert_eq!(types(sql, &["a"]), "-");
}

#[test]
fn a_function_that_is_replaced_is_the_new_one() {
    let make = |body: &str| {
        format!(
            "CREATE OR REPLACE FUNCTION pg_temp.f() RETURNS void LANGUAGE plpgsql AS $f$ BEGIN {body} END $f$;"
        )
    };
    let sql = format!(
        "{} DO $do$ BEGIN IF random() > 2 THEN {} END IF; END $do$; {} CREATE TYPE b AS ENUM (); SELECT pg_temp.f()",
        make("CREATE TYPE a AS ENUM ();"),
        make("DROP TYPE b;"),
        make("RETURN;"),
    );
    assert_eq!(types(&sql, &["a", "b"]), "-+");
}

#[test]
fn a_publication_that_may_have_changed_is_all_that_changes() {
    let sql = "CREATE TYPE b AS ENUM (); DO $$ BEGIN \
               EXECUTE format('ALTER PUBLICATION p ADD TABLE public.%I', x); END $$";
    assert_eq!(types(sql, &["a", "b"]), "-+");
}

#[test]
fn a_condition_that_can_be_answered_is_answered_once() {
    let sql = |condition: &str| {
        format!(
            "CREATE TABLE t (a int); CREATE TYPE c AS ENUM (); DO $$ BEGIN IF {condition} THEN \
             ALTER TABLE t ADD COLUMN b int; CREATE TYPE a AS ENUM (); \
             ELSE CREATE TYPE b AS ENUM (); END IF; END $$"
        )
    };
    for (condition, told) in [
        (
            "NOT EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = 't' AND column_name = 'b')",
            "+-+",
        ),
        (
            "EXISTS (SELECT 1 FROM information_schema.columns WHERE table_schema = 'public' AND table_name = 't' AND column_name = 'b')",
            "-++",
        ),
        (
            "EXISTS (SELECT FROM pg_class AS c WHERE c.relname = 't')",
            "+-+",
        ),
        (
            "EXISTS (SELECT FROM pg_class c WHERE c.relname = 't' AND c.relkind = 'v')",
            "??+",
        ),
        (
            "EXISTS (SELECT 1 FROM pg_class WHERE relname = 't' OR true)",
            "??+",
        ),
        (
            "EXISTS (SELECT count(*) FROM pg_class WHERE relname = 'nothing')",
            "??+",
        ),
        (
            "EXISTS (SELECT 1 FROM pg_class WHERE relname = 'pg_class')",
            "??+",
        ),
        (
            "EXISTS (SELECT 1 FROM pg_policies WHERE tablename = 't' AND policyname = 'p')",
            "-++",
        ),
        (
            "NOT EXISTS (SELECT 1 FROM pg_indexes WHERE indexname = 'i')",
            "+-+",
        ),
        (
            "NOT EXISTS (SELECT 1 FROM information_schema.table_constraints WHERE table_name = 't' AND constraint_name = 'k')",
            "+-+",
        ),
    ] {
        assert_eq!(
            types(&sql(condition), &["a", "b", "c"]),
            told,
            "{condition}"
        );
    }
}

#[test]
fn a_condition_is_asked_before_what_depends_on_it_runs() {
    let sql = "DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'a') THEN \
               BEGIN CREATE TYPE a AS ENUM (); EXCEPTION WHEN duplicate_object THEN NULL; END; \
               CREATE TYPE b AS ENUM (); \
               ELSIF random() > 2 THEN CREATE TYPE c AS ENUM (); ELSE CREATE TYPE d AS ENUM (); \
               END IF; END $$";
    assert_eq!(types(sql, &["b", "c", "d", "e"]), "+??-");
    let older = format!("CREATE TYPE a AS ENUM (); {sql}");
    assert_eq!(types(&older, &["b", "c", "d", "e"]), "-??-");
}

#[test]
fn a_table_that_takes_the_name_of_one_that_was_dropped_may_be_there() {
    let sql = "CREATE TABLE t (a int) PARTITION BY LIST (a); CREATE TABLE p PARTITION OF t DEFAULT; \
               CREATE TABLE u (a int) PARTITION BY LIST (a); DO $$ DECLARE r record; BEGIN \
               FOR r IN SELECT c.relname AS called FROM pg_class c WHERE relkind = 'r' LOOP \
               EXECUTE format('CREATE TABLE %I PARTITION OF u DEFAULT', r.called || '_new'); END LOOP; \
               DROP TABLE t; \
               FOR r IN SELECT c.relname AS called FROM pg_class c WHERE c.relname LIKE '%\\_new' LOOP \
               EXECUTE format('ALTER TABLE %I RENAME TO %I', r.called, regexp_replace(r.called, '_new$', '')); \
               END LOOP; END $$";
    assert_eq!(relations(sql, &["p", "u", "other", "p_new"]), "?+-?");
}
