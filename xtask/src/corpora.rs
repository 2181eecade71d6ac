//! Real migrations, and what PostgreSQL did with each: no error of ours may be false.

use std::{collections::BTreeMap, path::Path, time::Instant};

use postgres::{Client, NoTls};
use samokoder_migrate::testing::Server;
use samokoder_migrate_core::{
    Code, Diagnostic, Severity,
    check::{Options, check},
    disk,
    folder::Folder,
};
use serde_json::Value;

use crate::Result;

/// Layouts that are not read in place yet: one file with markers, or forward only.
const LATER: [&str; 4] = ["hatchet", "nakama", "supabase_auth", "supabase_storage"];

/// Checks each corpus in a folder, and fails on an error that PostgreSQL does not share.
pub(crate) fn run(dir: &Path) -> Result {
    let database = Server::shared()?.database()?;
    let mut server = Client::connect(&database.url(), NoTls)?;
    let mut false_errors = 0;
    for entry in sorted(dir)? {
        let folder = dir.join(&entry).join("migrations");
        if !folder.is_dir() {
            continue;
        }
        if LATER.contains(&entry.as_str()) {
            println!("{entry}: its layout is not read yet");
            continue;
        }
        false_errors += corpus(&entry, &folder, &truth(&dir.join(&entry))?, &mut server)?;
    }
    if false_errors > 0 {
        return Err(format!("{false_errors} false errors").into());
    }
    println!("0 false errors");
    Ok(())
}

/// Checks one corpus, lists its errors, and returns how many are false.
fn corpus(
    name: &str,
    folder: &Path,
    truth: &BTreeMap<String, Truth>,
    server: &mut Client,
) -> Result<usize> {
    let begun = Instant::now();
    let folder = disk::read(folder, "migrations").map_err(|_| format!("{name}: no such folder"))?;
    let read = begun.elapsed();
    let checked = check(&folder, None, &Options::default());
    println!(
        "{name}: {} migrations, {} statements, read in {} ms, checked in {} ms",
        checked.migrations,
        checked.statements,
        read.as_millis(),
        begun.elapsed().saturating_sub(read).as_millis()
    );
    let mut downgrades: BTreeMap<Code, usize> = BTreeMap::new();
    let mut false_errors = 0;
    for diagnostic in checked
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.severity() == Severity::Error)
    {
        let verdict = match diagnostic.code() {
            Code::DuplicateVersion | Code::OrphanDowngrade => names(diagnostic, &folder),
            Code::OutsideTransaction => in_a_block(diagnostic, server)?,
            _ => verdict(diagnostic, truth),
        };
        if verdict == Verdict::Missing {
            *downgrades.entry(diagnostic.code()).or_default() += 1;
            continue;
        }
        let place = diagnostic
            .position()
            .map(|position| position.to_string())
            .unwrap_or_default();
        println!(
            "  {} {}:{place}: [{}] {}",
            if verdict == Verdict::False {
                "FALSE"
            } else {
                "true"
            },
            diagnostic.path().unwrap_or_default(),
            diagnostic.code(),
            diagnostic.message()
        );
        false_errors += usize::from(verdict == Verdict::False);
    }
    for (code, count) in downgrades {
        println!("  true {count} × [{code}] {}", code.title());
    }
    Ok(false_errors)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// A downgrade is missing or has no statement: nothing that a server could refuse.
    Missing,
    /// The server refuses it too, or the folder shows it.
    True,
    /// The server takes it.
    False,
}

/// What PostgreSQL did with one migration.
struct Truth {
    status: String,
    error: String,
    no_statement_down: bool,
}

fn verdict(diagnostic: &Diagnostic, truth: &BTreeMap<String, Truth>) -> Verdict {
    let path = diagnostic.path().unwrap_or_default();
    let Some((_, truth)) = truth.iter().find(|(name, _)| path.contains(name.as_str())) else {
        return Verdict::False;
    };
    let down = path.ends_with("down.sql");
    match diagnostic.code() {
        Code::NoDowngrade if truth.status == "no down file" => Verdict::Missing,
        Code::EmptyDowngrade if truth.no_statement_down => Verdict::Missing,
        Code::SyntaxError
            if down && truth.status == "down failed" && truth.error.starts_with("42601") =>
        {
            Verdict::True
        }
        Code::SyntaxError
            if !down && truth.status == "up failed" && truth.error.starts_with("42601") =>
        {
            Verdict::True
        }
        _ => Verdict::False,
    }
}

/// Looks at the folder: are there two upgrades of one version, or is there no upgrade of that stem?
fn names(diagnostic: &Diagnostic, folder: &Folder) -> Verdict {
    let name = diagnostic
        .path()
        .and_then(|path| path.rsplit('/').next())
        .unwrap_or_default();
    let upgrades = |wanted: &dyn Fn(&str) -> bool| {
        folder
            .entries()
            .iter()
            .filter(|entry| entry.name().ends_with(".up.sql") && wanted(entry.name()))
            .count()
    };
    let version = name.split('_').next().unwrap_or_default();
    let right = match diagnostic.code() {
        Code::DuplicateVersion => upgrades(&|other| other.split('_').next() == Some(version)) > 1,
        _ => upgrades(&|other| other == name.replace(".down.sql", ".up.sql")) == 0,
    };
    if right { Verdict::True } else { Verdict::False }
}

/// Asks a server whether it refuses the statement inside a transaction block.
fn in_a_block(diagnostic: &Diagnostic, server: &mut Client) -> Result<Verdict> {
    let Some((file, span)) = diagnostic.source() else {
        return Ok(Verdict::False);
    };
    let rest = file.text().get(span.start..).unwrap_or_default();
    let statement = rest.split(';').next().unwrap_or_default();
    let refused = server.batch_execute(&format!("BEGIN; {statement}")).err();
    server.batch_execute("ROLLBACK")?;
    let code = refused
        .as_ref()
        .and_then(|error| error.code())
        .map(postgres::error::SqlState::code);
    Ok(if code == Some("25001") {
        Verdict::True
    } else {
        Verdict::False
    })
}

fn truth(dir: &Path) -> Result<BTreeMap<String, Truth>> {
    let json: Value = serde_json::from_str(&std::fs::read_to_string(dir.join("truth.json"))?)?;
    let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
    let migrations = json
        .get("migrations")
        .and_then(Value::as_array)
        .ok_or("truth.json has no migrations")?;
    Ok(migrations
        .iter()
        .map(|migration| {
            let name = text(migration.get("name"));
            let truth = Truth {
                status: text(migration.get("status")),
                error: text(migration.get("error")),
                no_statement_down: migration
                    .get("noop_down")
                    .and_then(Value::as_bool)
                    .unwrap_or_default(),
            };
            (name, truth)
        })
        .collect())
}

fn sorted(dir: &Path) -> Result<Vec<String>> {
    let mut names: Vec<String> = std::fs::read_dir(dir)?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect::<Result<_>>()?;
    names.sort();
    Ok(names)
}
