//! What the proof says of a table of which its two moments have most in common.
#![cfg(feature = "check")]

use samokoder_migrate_core::{
    check::{Options, check},
    folder::Folder,
};

/// Returns the findings of a second migration, after a first that makes what it stands on.
fn findings(base: &str, up: &str, down: &str) -> Vec<String> {
    let folder = Folder::new("migrations")
        .file("001_base.up.sql", base)
        .file(
            "001_base.down.sql",
            "-- samokoder: irreversible \"the beginning\"\n",
        )
        .file("002_change.up.sql", up)
        .file("002_change.down.sql", down);
    let checked = check(&folder, None, &Options::default());
    let mut messages: Vec<String> = checked
        .diagnostics
        .iter()
        .map(|finding| finding.message().to_owned())
        .collect();
    messages.sort();
    messages
}

const BASE: &str = "CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE SEQUENCE numbers;
CREATE TABLE t (a integer, b varchar(20) DEFAULT 'x', c mood, d bigint DEFAULT nextval('numbers'));";

#[test]
fn only_the_column_that_differs_is_told() {
    assert_eq!(
        findings(
            BASE,
            "ALTER TABLE t ALTER COLUMN b TYPE varchar(30), ADD COLUMN e text;",
            "ALTER TABLE t DROP COLUMN e;",
        ),
        [
            "downgrade leaves column public.t.b with type character varying(30) instead of \
             character varying(20)"
        ]
    );
}

#[test]
fn a_column_whose_type_is_renamed_differs_though_nothing_of_it_was_changed() {
    let found = findings(
        BASE,
        "ALTER TABLE t ADD COLUMN e text; ALTER TYPE mood RENAME TO humour;",
        "ALTER TABLE t DROP COLUMN e;",
    );
    assert!(
        found.contains(
            &"downgrade leaves column public.t.c with type public.humour instead of public.mood"
                .to_owned()
        ),
        "{found:#?}"
    );
}

#[test]
fn a_default_whose_sequence_is_renamed_differs_though_nothing_of_it_was_changed() {
    let found = findings(
        BASE,
        "ALTER TABLE t ADD COLUMN e text; ALTER SEQUENCE numbers RENAME TO figures;",
        "ALTER TABLE t DROP COLUMN e;",
    );
    assert!(
        found.iter().any(
            |message| message.contains("public.t.d the default") && message.contains("figures")
        ),
        "{found:#?}"
    );
}

#[test]
fn a_column_that_is_dropped_and_made_again_is_compared() {
    assert_eq!(
        findings(
            BASE,
            "ALTER TABLE t DROP COLUMN b;",
            "ALTER TABLE t ADD COLUMN b varchar(20);",
        ),
        ["downgrade does not restore default 'x' of column public.t.b"]
    );
    assert_eq!(
        findings(
            BASE,
            "ALTER TABLE t DROP COLUMN b;",
            "ALTER TABLE t ADD COLUMN b varchar(20) DEFAULT 'x';",
        ),
        [""; 0]
    );
}

#[test]
fn a_table_that_is_made_again_is_compared_column_by_column() {
    assert_eq!(
        findings(
            "CREATE TABLE t (a integer, b text);",
            "DROP TABLE t;",
            "CREATE TABLE t (a integer, c text);",
        ),
        [
            "downgrade does not restore column public.t.b",
            "downgrade leaves column public.t.c behind"
        ]
    );
}

#[test]
fn another_constant_is_another_default() {
    assert_eq!(
        findings(
            "CREATE TABLE u (a boolean DEFAULT false, b integer DEFAULT 1);",
            "ALTER TABLE u DROP COLUMN a, ALTER COLUMN b DROP DEFAULT;",
            "ALTER TABLE u ADD COLUMN a boolean DEFAULT TRUE, ALTER COLUMN b SET DEFAULT 2;",
        ),
        [
            "downgrade leaves column public.u.a with default true instead of false",
            "downgrade leaves column public.u.b with default 2 instead of 1",
        ]
    );
    assert_eq!(
        findings(
            "CREATE TABLE u (a boolean DEFAULT false, b integer DEFAULT 1);",
            "ALTER TABLE u DROP COLUMN a, ALTER COLUMN b DROP DEFAULT;",
            "ALTER TABLE u ADD COLUMN a boolean DEFAULT FALSE, ALTER COLUMN b SET DEFAULT 1;",
        ),
        [""; 0]
    );
}

/// Returns the findings where a downgrade gives a function a body, of which the upgrade made another.
fn findings_of_body(language: &str, before: &str, after: &str) -> Vec<String> {
    let function = |body: &str| {
        format!(
            "CREATE OR REPLACE FUNCTION f() RETURNS void LANGUAGE {language} AS $body${body}$body$;"
        )
    };
    let other = function("begin perform 2; end");
    let found = findings(&function(before), &other, &function(after));
    found
        .into_iter()
        .map(|finding| {
            finding
                .lines()
                .next()
                .unwrap_or_default()
                .trim_end()
                .to_owned()
        })
        .collect()
}

#[test]
fn a_body_that_is_set_out_otherwise_is_the_same() {
    let before = "BEGIN\n  PERFORM 'a b'; -- why\nEND";
    let same = "\nbegin perform\t'a b'; end\n";
    let told = "downgrade gives function public.f() the body";
    assert_eq!(findings_of_body("plpgsql", before, same), [""; 0]);
    let others = ["begin perform 'a  b'; end", "begin perform 'A b'; end"];
    for other in others {
        let found = findings_of_body("plpgsql", before, other);
        assert_eq!(found.len(), 1, "{other}: {found:?}");
        assert!(
            found.iter().all(|finding| finding.starts_with(told)),
            "{found:?}"
        );
    }
    // Of another language's white space nothing is known.
    assert_eq!(findings_of_body("plpython3u", before, same).len(), 1);
}
