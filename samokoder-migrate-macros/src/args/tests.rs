use super::{Arguments, parse};
use samokoder_migrate_core::check::{Baseline, Judgement, Profile};

fn read(text: &str) -> (Arguments, Vec<String>) {
    let (arguments, failures) = parse(text.parse().unwrap());
    let failures = failures.iter().map(ToString::to_string).collect();
    (arguments, failures)
}

fn faults(text: &str) -> String {
    read(text).1.join("\n")
}

#[test]
fn nothing_means_the_default_folders() {
    let (arguments, failures) = read("");
    assert_eq!(failures, Vec::<String>::new());
    assert_eq!(arguments.migrations.path(), "migrations");
    assert_eq!(arguments.seeds.path(), "seeds");
    assert_eq!(arguments.module.to_string(), "migrations");
}

#[test]
fn every_argument_is_read() {
    let (arguments, failures) = read(
        r#""db/migrations", seeds = r"db/seeds", module = "billing_db", postgres = 15,
           profile = "supabase", baseline = "unknown", catalog = "warn",
           set = "бил'линг", schema = "my schema","#,
    );
    assert_eq!(failures, Vec::<String>::new());
    assert_eq!(arguments.migrations.path(), "db/migrations");
    assert_eq!(arguments.seeds.path(), "db/seeds");
    assert_eq!(arguments.module.to_string(), "billing_db");
    assert_eq!(arguments.options.postgres, Some(15));
    assert_eq!(arguments.options.profile, Some(Profile::Supabase));
    assert_eq!(arguments.options.baseline, Baseline::Unknown);
    assert_eq!(arguments.options.catalog, Judgement::Warn);
    assert_eq!(arguments.set.as_deref(), Some("бил'линг"));
    assert_eq!(arguments.schema.as_deref(), Some("my schema"));
}

#[test]
fn every_fault_is_told_at_once() {
    insta::assert_snapshot!(faults(
        r#", "a", "b", sedes = "x", timeout = 3, postgres = 9, postgres = 15, set = "", module = "a-b""#
    ),);
    insta::assert_snapshot!(faults(
        r#"db, seeds = db, postgres = "15", profile = "aws", schema = 3, module = "fn", set ="#
    ),);
    insta::assert_snapshot!(faults(r#""a" seeds = "b""#));
    insta::assert_snapshot!(faults(r#"5, seeds = "", set = "a\nb""#));
    insta::assert_snapshot!(faults(r#""a", "b""#));
    let long = format!("set = {:?}", "я".repeat(32));
    insta::assert_snapshot!(faults(&long));
}

#[test]
fn a_name_of_63_bytes_fits() {
    let text = format!("set = {:?}", "x".repeat(63));
    assert_eq!(faults(&text), "");
}

#[test]
fn a_word_that_is_not_known_is_told_with_those_that_are() {
    insta::assert_snapshot!(faults(
        r#"profile = "supabse", baseline = "emtpy", catalog = "wran""#
    ));
    insta::assert_snapshot!(faults(
        r#"profile = "aws", baseline = "v1", catalog = "", seeds = "s""#
    ));
    insta::assert_snapshot!(faults("baseline = 1, catalog = true, baselin = \"empty\""));
    let (arguments, failures) = read(r#"baseline = "empty", catalog = "deny""#);
    assert_eq!(failures, Vec::<String>::new());
    assert_eq!(arguments.options.baseline, Baseline::Empty);
    assert_eq!(arguments.options.catalog, Judgement::Deny);
}
