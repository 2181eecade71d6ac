use std::{sync::Arc, time::Duration};

use super::{Directives, ObjectKind, Role, Scope, read};
use crate::{Code, SourceFile, lexer::tokens};

fn run(text: &str, role: Role) -> (Directives, Vec<String>) {
    let file = Arc::new(SourceFile::new("a.sql", text));
    let (directives, findings) = read(&file, &tokens(file.text()), role);
    let findings = findings
        .iter()
        .map(|finding| {
            let (file, span) = finding.source().unwrap();
            format!(
                "{} {} [{}] {} | {}",
                finding.code(),
                finding.position().unwrap(),
                file.slice(span),
                finding.message(),
                finding.help_lines().join(" | ")
            )
        })
        .collect();
    (directives, findings)
}

/// Asserts that a text has directives and nothing wrong with them.
fn good(text: &str) -> Directives {
    let (directives, findings) = run(text, Role::Upgrade);
    assert_eq!(findings, [""; 0], "{text}");
    directives
}

/// Returns the one finding of a text.
fn bad(text: &str) -> String {
    let (_, findings) = run(text, Role::Upgrade);
    assert_eq!(findings.len(), 1, "{text}: {findings:#?}");
    findings[0].clone()
}

#[test]
fn reads_every_directive_at_the_head() {
    let directives = good(
        "-- Rebuilds the index.\n\
         -- samokoder: no-transaction\n\
         --samokoder:lock-timeout 3s\n\
         -- samokoder: statement-timeout 10min\n\
         /* why */ -- samokoder: irreversible \"rows are gone\"\n\n\
         -- samokoder: allow(seed-not-repeatable) \"once\"\n",
    );
    assert!(directives.no_transaction.is_some());
    assert_eq!(directives.lock_timeout, Some(Duration::from_secs(3)));
    assert_eq!(directives.statement_timeout, Some(Duration::from_secs(600)));
    assert_eq!(directives.irreversible.unwrap().reason, "rows are gone");
    assert_eq!(directives.allows[0].codes[0].0, Code::SeedNotRepeatable);
    assert_eq!(directives.allows[0].scope, Scope::Script);
}

#[test]
fn a_directive_above_a_statement_is_about_it() {
    let text = "SELECT 1;\n-- samokoder: allow(SM0501) \"once\"\n-- more\nSELECT 2;";
    let directives = good(text);
    assert_eq!(
        directives.allows[0].scope,
        Scope::Statement(text.find("SELECT 2").unwrap())
    );
}

#[test]
fn reads_what_an_opaque_statement_touches() {
    let directives = good(
        "-- samokoder: touches table app.orders, materialized view \"App\".\"T\"\"x\", function app.f(int, text)\n",
    );
    let touched: Vec<_> = directives
        .touches
        .iter()
        .map(|touch| (touch.kind, touch.name.join("|")))
        .collect();
    assert_eq!(
        touched,
        [
            (ObjectKind::Table, "app|orders".to_owned()),
            (ObjectKind::MaterializedView, "App|T\"x".to_owned()),
            (ObjectKind::Function, "app|f".to_owned()),
        ]
    );
}

#[test]
fn what_is_inside_strings_and_block_comments_is_no_directive() {
    let directives = good(
        "/*\n-- samokoder: no-transaction\n*/ SELECT '\n-- samokoder: nonsense\n', $$\n-- samokoder: nonsense\n$$;",
    );
    assert!(directives.no_transaction.is_none());
}

#[test]
fn prose_that_begins_with_the_word_stays_prose() {
    good(
        "-- samokoder\n-- samokoder's users live here\n-- Samokoder: the first schema\n\
         -- samokoder touches the users here\n-- samokoder allow nobody in\n-- Samokoder-migrate\n\
         -- lock-timeout 3s\n-- the samokoder: directives are described elsewhere\nSELECT 1;",
    );
}

#[test]
fn misspelt_directives_are_refused_with_the_right_spelling() {
    let lines: Vec<String> = [
        "-- samokoder: no_transaction",
        "--samokoder:notransaction",
        "-- samokoder: irreversable \"x\"",
        "-- samokoder: frobnicate",
        "-- samokoder:",
        "-- samokoder no-transaction",
        "-- samokoder = no_transaction",
        "-- Samokoder: no-transaction",
        "-- samokodr: irreversible \"x\"",
        "-- samokoder-migrate: lock-timeout 3s",
        "--- samokoder: no-transaction",
        "-- samokoder allow (seed-not-repeatable) \"x\"",
    ]
    .into_iter()
    .map(bad)
    .collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn wrong_arguments_are_refused_where_they_are() {
    let lines: Vec<String> = [
        "-- samokoder: no-transaction please",
        "-- samokoder: irreversible",
        "-- samokoder: irreversible \"  \"",
        "-- samokoder: irreversible rows are gone",
        "-- samokoder: irreversible \"rows are gone",
        "-- samokoder: irreversible \"a\" \"b\"",
        "-- samokoder: allow",
        "-- samokoder: allow()",
        "-- samokoder: allow(seed-not-repeatable",
        "-- samokoder: allow(seed-not-repeatable)",
        "-- samokoder: allow(seed-not-repeatable, SM0501) \"x\"",
        "-- samokoder: allow(seed_not_repeatable) \"x\"",
        "-- samokoder: allow(no-such-rule) \"x\"",
        "-- samokoder: allow(SM0201) \"x\"",
        "-- samokoder: allow(SM9999) \"x\"",
        "-- samokoder: lock-timeout",
        "-- samokoder: lock-timeout 3",
        "-- samokoder: lock-timeout 3 s",
        "-- samokoder: lock-timeout -3s",
        "-- samokoder: lock-timeout 0s",
        "-- samokoder: lock-timeout 600h",
        "-- samokoder: lock-timeout 99999999999999999999h",
        "-- samokoder: touches",
        "-- samokoder: touches tabel app.orders",
        "-- samokoder: touches table",
        "-- samokoder: touches table a b",
        "-- samokoder: touches table a,",
    ]
    .into_iter()
    .map(bad)
    .collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn a_file_of_rows_is_named_with_its_table_and_key() {
    let read = |line: &str| run(&format!("-- samokoder: copy {line}"), Role::Seed);
    let (directives, findings) = read("\"a b.csv\" into app.\"T\" key (id, \"No\")");
    assert_eq!(findings, [""; 0]);
    let copy = directives.copy.unwrap();
    assert_eq!(
        (copy.file.as_str(), copy.table),
        ("a b.csv", vec!["app".to_owned(), "T".to_owned()])
    );
    let key: Vec<_> = copy.key.into_iter().map(|(name, _)| name).collect();
    assert_eq!(key, ["id", "No"]);
    let lines: Vec<String> = [
        "",
        "cities.csv into a key (id)",
        "\"\" into a key (id)",
        "\"../cities.csv\" into a key (id)",
        "\"cities.csv\"",
        "\"cities.csv\" a key (id)",
        "\"cities.csv\" into",
        "\"cities.csv\" into a.b.c key (id)",
        "\"cities.csv\" into a",
        "\"cities.csv\" into a key id",
        "\"cities.csv\" into a key ()",
        "\"cities.csv\" into a key (id",
        "\"cities.csv\" into a key (id, id)",
        "\"cities.csv\" into a key (a.id)",
        "\"cities.csv\" into a key (id) csv",
    ]
    .into_iter()
    .flat_map(|line| read(line).1)
    .chain(
        run(
            "-- samokoder: copy \"a.csv\" into a key (id)",
            Role::Upgrade,
        )
        .1,
    )
    .chain(run("-- samokoder copy \"a.csv\" into a key (id)", Role::Seed).1)
    .collect();
    assert_eq!(lines.len(), 17);
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn misplaced_directives_are_refused() {
    let lines: Vec<String> = [
        "SELECT 1;\n-- samokoder: no-transaction\nSELECT 2;",
        "SELECT 1; -- samokoder: allow(SM0501) \"x\"\nSELECT 2;",
        "SELECT\n-- samokoder: allow(SM0501) \"x\"\n1;",
        "SELECT 1;\n-- samokoder: touches table a\n",
        "SELECT 1;\n-- samokoder: irreversible \"x\"",
    ]
    .into_iter()
    .map(bad)
    .collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn a_seed_is_neither_outside_a_transaction_nor_irreversible() {
    let (_, findings) = run(
        "-- samokoder: no-transaction\n-- samokoder: irreversible \"x\"\n-- samokoder: lock-timeout 1s\n",
        Role::Seed,
    );
    insta::assert_snapshot!(findings.join("\n"));
}

#[test]
fn the_same_directive_twice_is_refused_at_the_second() {
    let lines: Vec<String> = [
        "-- samokoder: no-transaction\n-- samokoder: no-transaction",
        "-- samokoder: irreversible \"a\"\n-- samokoder: irreversible \"b\"",
        "-- samokoder: lock-timeout 1s\n-- samokoder: lock-timeout 2s",
        "-- samokoder: allow(SM0501) \"a\"\n-- samokoder: allow(seed-not-repeatable) \"b\"",
    ]
    .into_iter()
    .map(bad)
    .collect();
    insta::assert_snapshot!(lines.join("\n"));
}
