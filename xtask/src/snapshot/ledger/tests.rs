use std::collections::BTreeSet;

use samokoder_migrate_core::catalog::{Picture, Row};

use super::{Change, Ledger};

fn keyed(rows: &[Row]) -> Vec<Change> {
    rows.iter()
        .map(|row| ((row.kind, row.identity.clone()), Some(row.clone())))
        .collect()
}

fn picture(rows: &[Row], open: &[&str]) -> Picture {
    let mut picture = Picture::default();
    picture.rows = rows.to_vec();
    picture.open = open
        .iter()
        .map(ToString::to_string)
        .collect::<BTreeSet<_>>();
    picture
}

fn step(ledger: &mut Ledger, server: &[Row], replay: &[Row], open: &[&str]) -> Vec<String> {
    ledger
        .step(keyed(server), picture(replay, open))
        .into_iter()
        .map(|(key, found)| format!("{} {}: {} {}", key.0, key.1, found.what, found.values))
        .collect()
}

fn column(kind: &str) -> Row {
    Row::new("column", "public.t.a").text("type", kind)
}

#[test]
fn a_fact_that_disagrees_is_said_once_and_again_when_it_comes_back() {
    let mut ledger = Ledger::default();
    let (long, short) = (column("bigint"), column("integer"));
    let long_only = [long.clone()];
    let said = step(&mut ledger, &long_only, std::slice::from_ref(&short), &[]);
    assert_eq!(
        said,
        ["column public.t.a: type server `bigint`, replay `integer`"]
    );
    assert_eq!(
        step(&mut ledger, &[], std::slice::from_ref(&short), &[]),
        [""; 0]
    );
    assert_eq!(step(&mut ledger, &[], &long_only, &[]), [""; 0]);
    assert_eq!(step(&mut ledger, &[], &[short], &[]).len(), 1);
    assert_eq!(ledger.appeared, 2);
}

#[test]
fn a_fact_that_only_one_has_differs_unless_it_is_unknown() {
    let mut ledger = Ledger::default();
    let with_default = column("bigint").expression("default", "1");
    let said = step(&mut ledger, &[with_default], &[column("bigint")], &[]);
    assert_eq!(said, ["column public.t.a: default server `1`, replay none"]);
    let unknown = column("bigint").unknown("default");
    assert_eq!(step(&mut ledger, &[], &[unknown], &[]), [""; 0]);
    assert_eq!(ledger.unknown.get(&("column", "default")), Some(&1));
}

#[test]
fn a_row_that_only_the_server_has_is_allowed_where_the_replay_says_it_does_not_know() {
    let row = [Row::new("index", "public.i").text("table", "public.\"T.x\"")];
    let ways = [
        "*",
        "schema public",
        "table public.\"T.x\"",
        "index public.i",
    ];
    for open in ways {
        assert_eq!(
            step(&mut Ledger::default(), &row, &[], &[open]),
            [""; 0],
            "{open}"
        );
    }
    for open in ["schema app", "table public.u"] {
        assert_eq!(
            step(&mut Ledger::default(), &row, &[], &[open]).len(),
            1,
            "{open}"
        );
    }
}

#[test]
fn a_row_that_only_the_replay_has_differs_even_where_more_may_be() {
    let said = step(&mut Ledger::default(), &[], &[column("bigint")], &["*"]);
    assert_eq!(
        said,
        ["column public.t.a: only in the replay type `bigint`; "]
    );
}

#[test]
fn what_was_there_before_is_nobodys_until_it_changes() {
    let mut ledger = Ledger::begin(keyed(&[column("bigint")]), Picture::default());
    assert_eq!(step(&mut ledger, &[], &[], &[]), [""; 0]);
    assert_eq!(step(&mut ledger, &[column("integer")], &[], &[]).len(), 1);
}

#[test]
fn what_the_replay_takes_for_granted_is_nobodys_until_it_changes() {
    let assumed = picture(&[column("bigint")], &[]);
    let mut ledger = Ledger::begin(Vec::new(), assumed);
    assert_eq!(step(&mut ledger, &[], &[column("bigint")], &[]), [""; 0]);
    assert_eq!(step(&mut ledger, &[], &[column("integer")], &[]).len(), 1);
}

#[test]
fn a_long_value_is_shown_on_one_line_from_where_it_differs() {
    let body = |end: &str| {
        Row::new("function", "public.f()").text("body", format!("{}\n{end}", "x".repeat(400)))
    };
    let said = step(&mut Ledger::default(), &[body("a 'b'")], &[body("c")], &[]);
    let x = "x".repeat(23);
    assert_eq!(
        said,
        [format!(
            "function public.f(): body server `…{x}\\na 'b'`, replay `…{x}\\nc`"
        )]
    );
}
