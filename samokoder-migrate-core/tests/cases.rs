//! Each folder in `tests/cases` is a project with one mistake, named by it: what `check` says of it
//! is the snapshot beside the others in `tests/snapshots`.
#![cfg(feature = "check")]
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up fails")]

use std::{fmt::Write as _, fs, path::Path};

use samokoder_migrate_core::{
    check::{Checked, Options, check},
    diagnostic::{Style, render_all},
    disk,
    migration::{Downgrade, Script, Transaction},
};

#[test]
fn each_case_is_told_as_its_snapshot_says() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut names: Vec<String> = fs::read_dir(&cases)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert!(!names.is_empty());
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        for name in names {
            insta::assert_snapshot!(name.clone(), told(&cases.join(name)));
        }
    });
}

fn told(case: &Path) -> String {
    let migrations = disk::read(&case.join("migrations"), "migrations").unwrap();
    let seeds = case.join("seeds");
    let seeds = seeds.exists().then(|| disk::read(&seeds, "seeds").unwrap());
    let checked = check(&migrations, seeds.as_ref(), &Options::default());
    let mut text = render_all(&checked.diagnostics, usize::MAX, Style::Plain);
    if !text.is_empty() {
        text.push_str("\n\n");
    }
    text + &listing(&checked)
}

/// What the history holds, line by line.
fn listing(checked: &Checked) -> String {
    let mut text = format!(
        "{} migrations, {} statements",
        checked.migrations, checked.statements
    );
    let Some(history) = &checked.history else {
        return text + ", no history";
    };
    for migration in history.migrations() {
        let back = match &migration.downgrade {
            Downgrade::Script(script) => self::script(script),
            Downgrade::Irreversible { reason } => format!("irreversible: {reason}"),
            _ => "?".to_owned(),
        };
        let (version, name) = (migration.version, &migration.name);
        write!(
            text,
            "\n{version} {name:?}\n  up   {}",
            script(&migration.upgrade)
        )
        .unwrap();
        write!(text, "\n  down {back}").unwrap();
    }
    for seed in history.seeds() {
        let environment = seed.environment.as_deref().unwrap_or("every environment");
        write!(
            text,
            "\n{} of {environment}\n  run  {}",
            seed.path,
            script(&seed.script)
        )
        .unwrap();
    }
    text
}

fn script(script: &Script) -> String {
    let mut text = format!(
        "{} statements, {}",
        script.statements.len(),
        &script.checksum.to_string()[..8]
    );
    if script.transaction == Transaction::Outside {
        text.push_str(", outside a transaction");
    }
    for (name, timeout) in [
        ("lock", script.lock_timeout),
        ("statement", script.statement_timeout),
    ] {
        if let Some(timeout) = timeout {
            write!(text, ", {name} timeout {timeout:?}").unwrap();
        }
    }
    text
}
