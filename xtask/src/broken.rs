//! Scripts broken in ten ways: the check must refuse each at the server's position, and none that
//! is valid.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use postgres::{Client, NoTls};
use samokoder_migrate::testing::Server;
use samokoder_migrate_core::{
    Severity, SourceFile,
    check::{Baseline, Judgement, Options, check},
    folder::Folder,
    lexer::{Kind, Token, tokens},
};

use crate::{Result, random::Random};

/// How many scripts are broken in each way, and how many ways there are: 300 in all.
const EACH: usize = 30;
const VALID: usize = 300;
/// How many of the broken ones may be refused elsewhere than where the server stops.
const ALLOWED: usize = 1;

/// Put before a script: the server parses the whole message first, and runs nothing of the script.
const STOP: &str = "SELECT 1/0;\n";

const WAYS: [&str; 10] = [
    "misspelt keyword",
    "dropped token",
    "dropped comma",
    "trailing comma",
    "swapped words",
    "unbalanced parenthesis",
    "stray word",
    "another dialect",
    "psql line",
    "transaction control",
];

const DIALECTS: [&str; 24] = [
    "CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY);",
    "CREATE TABLE t (id int) ENGINE=InnoDB;",
    "CREATE TABLE `t` (id int);",
    "CREATE TABLE t (id int UNSIGNED);",
    "ALTER TABLE t MODIFY COLUMN a int;",
    "ALTER TABLE t CHANGE a b int;",
    "ALTER TABLE t DROP PRIMARY KEY;",
    "DROP INDEX i ON t;",
    "SELECT TOP 1 * FROM t;",
    "SELECT * FROM [t];",
    "CREATE OR REPLACE TABLE t (id int);",
    "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT);",
    "SELECT a FROM t CONNECT BY PRIOR a = b;",
    "INSERT IGNORE INTO t VALUES (1);",
    "REPLACE INTO t VALUES (1);",
    "INSERT INTO t VALUES (1) ON DUPLICATE KEY UPDATE a = 1;",
    "SHOW TABLES;",
    "CREATE TABLE t (a int COMMENT 'x');",
    "ALTER TABLE t ADD INDEX i (a);",
    "EXEC sp_rename 'a', 'b';",
    "MERGE t USING s ON t.a = s.a;",
    "CREATE TABLE t (a int, KEY i (a));",
    "SELECT IFNULL(a, 1) FROM t LIMIT 1, 2 OFFSET 3 ROWS x;",
    "PRAGMA foreign_keys = ON;",
];

const PSQL: [&str; 10] = [
    "\\c other",
    "\\i file.sql",
    "\\restrict abc",
    "\\set ON_ERROR_STOP on",
    "\\echo done",
    "\\timing",
    "\\connect postgres",
    "\\unrestrict abc",
    "\\d users",
    "\\q",
];

const TRANSACTION: [&str; 8] = [
    "BEGIN;",
    "COMMIT;",
    "ROLLBACK;",
    "START TRANSACTION;",
    "END;",
    "ABORT;",
    "BEGIN TRANSACTION ISOLATION LEVEL SERIALIZABLE;",
    "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE;",
];

/// Breaks 300 scripts of the corpora in `dir`, checks them and 300 valid ones.
pub(crate) fn run(dir: &Path) -> Result {
    let database = Server::shared()?.database()?;
    let mut server = Client::connect(&database.url(), NoTls)?;
    let scripts = scripts(dir, &mut server)?;
    let mut random = Random::new(7);
    let mut wrong = Vec::new();
    let mut results: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for way in WAYS {
        let mut made = 0;
        let mut tries = 0;
        while made < EACH {
            tries += 1;
            if tries > EACH * 1_000 {
                return Err(format!("{way}: too few scripts can be broken so").into());
            }
            let Some(script) = random.pick(&scripts) else {
                return Err("no scripts".into());
            };
            let Some(broken) = break_script(script, way, &mut random) else {
                continue;
            };
            let expected = match broken.expected {
                Some(offset) => Some(offset),
                None => refusal(&mut server, &broken.text)?,
            };
            let Some(expected) = expected else { continue };
            made += 1;
            let entry = results.entry(way).or_default();
            entry.1 += 1;
            let place = SourceFile::new("", &broken.text).position(expected);
            let found = errors(&broken.text);
            if found
                .iter()
                .any(|(position, _)| *position == place.to_string())
            {
                entry.0 += 1;
            } else {
                wrong.push(format!(
                    "{way}: the server stops at {place}, the check found {found:?} in:\n{}",
                    broken.text
                ));
            }
        }
    }
    for (way, (right, all)) in &results {
        println!("{way:24} {right} of {all} refused where the server stops");
    }
    let mut refused = Vec::new();
    for _ in 0..VALID {
        let Some(script) = random.pick(&scripts) else {
            break;
        };
        let found = errors(script);
        if !found.is_empty() {
            refused.push(format!("{found:?} in:\n{script}"));
        }
    }
    println!("{} of {VALID} valid scripts pass", VALID - refused.len());
    for text in wrong.iter().chain(&refused) {
        println!("\n{text}");
    }
    if wrong.len() > ALLOWED || !refused.is_empty() {
        return Err(format!(
            "{} broken scripts missed, {} valid ones refused",
            wrong.len(),
            refused.len()
        )
        .into());
    }
    Ok(())
}

struct Broken {
    text: String,
    /// Where it must be refused, in bytes, if the server is not the one to say.
    expected: Option<usize>,
}

fn break_script(script: &str, way: &str, random: &mut Random) -> Option<Broken> {
    let all: Vec<Token> = tokens(script)
        .into_iter()
        .filter(|token| !token.kind.is_comment())
        .collect();
    let text = |token: &Token| script.get(token.span.range()).unwrap_or_default();
    let some = |wanted: &dyn Fn(&Token) -> bool, random: &mut Random| {
        let found: Vec<Token> = all.iter().copied().filter(|token| wanted(token)).collect();
        random.pick(&found).copied()
    };
    let with = |start: usize, end: usize, new: &str| {
        let (before, after) = (script.get(..start)?, script.get(end..)?);
        Some(Broken {
            text: format!("{before}{new}{after}"),
            expected: None,
        })
    };
    let is_word = |token: &Token| token.kind == Kind::Word;
    match way {
        "misspelt keyword" => {
            const KEYWORDS: [&str; 14] = [
                "create",
                "table",
                "alter",
                "column",
                "drop",
                "index",
                "not",
                "null",
                "primary",
                "key",
                "default",
                "references",
                "insert",
                "constraint",
            ];
            let token = some(
                &|token| KEYWORDS.contains(&text(token).to_lowercase().as_str()),
                random,
            )?;
            let cut = 1 + random.below(token.span.end - token.span.start - 1);
            with(token.span.start + cut, token.span.start + cut + 1, "")
        }
        "dropped token" => {
            let token = some(&|_| true, random)?;
            with(token.span.start, token.span.end, "")
        }
        "dropped comma" => {
            let token = some(&|token| text(token) == ",", random)?;
            with(token.span.start, token.span.end, " ")
        }
        "trailing comma" => {
            let token = some(&|token| text(token) == ")", random)?;
            with(token.span.start, token.span.start, ",")
        }
        "swapped words" => {
            let index = random.below(all.len().checked_sub(1)?);
            let (one, two) = (all.get(index)?, all.get(index + 1)?);
            if !is_word(one) || !is_word(two) {
                return None;
            }
            let between = script.get(one.span.end..two.span.start)?;
            with(
                one.span.start,
                two.span.end,
                &format!("{}{between}{}", text(two), text(one)),
            )
        }
        "unbalanced parenthesis" => {
            let token = some(&|token| ["(", ")"].contains(&text(token)), random)?;
            if random.below(2) == 0 {
                with(token.span.start, token.span.end, " ")
            } else {
                with(token.span.start, token.span.end, &text(&token).repeat(2))
            }
        }
        "stray word" => {
            let token = some(&is_word, random)?;
            with(token.span.start, token.span.start, "foo ")
        }
        "another dialect" => insert(script, &all, random.pick(&DIALECTS)?, random, false),
        "psql line" => insert(script, &all, random.pick(&PSQL)?, random, false),
        "transaction control" => insert(script, &all, random.pick(&TRANSACTION)?, random, true),
        _ => None,
    }
}

/// Puts a line after one of the script's statements, or before the first.
fn insert(
    script: &str,
    all: &[Token],
    line: &str,
    random: &mut Random,
    here: bool,
) -> Option<Broken> {
    let mut ends: Vec<usize> = vec![0];
    let mut depth = 0_usize;
    for token in all {
        match script.get(token.span.range())? {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            ";" if depth == 0 => ends.push(token.span.end),
            _ => {}
        }
    }
    // The text's end may lack its semicolon, so it is not a place.
    let at = *random.pick(&ends)?;
    let (before, after) = (script.get(..at)?, script.get(at..)?);
    Some(Broken {
        text: format!("{before}\n{line}\n{after}"),
        expected: here.then_some(at + 1),
    })
}

/// Returns where the server's parser stops, in bytes of the script, if it does.
fn refusal(server: &mut Client, script: &str) -> Result<Option<usize>> {
    let Err(error) = server.batch_execute(&format!("{STOP}{script}")) else {
        return Err("the stop before the script did not stop".into());
    };
    let Some(error) = error.as_db_error() else {
        return Err(error.into());
    };
    if error.code().code() == "22012" {
        return Ok(None);
    }
    let Some(postgres::error::ErrorPosition::Original(position)) = error.position() else {
        return Err(format!("the server gives no position for {}", error.message()).into());
    };
    let characters = usize::try_from(*position)?.checked_sub(STOP.chars().count() + 1);
    Ok(characters.map(|characters| {
        script
            .char_indices()
            .nth(characters)
            .map_or(script.len(), |(offset, _)| offset)
    }))
}

/// Checks a script as an upgrade; returns each error's position and message.
fn errors(script: &str) -> Vec<(String, String)> {
    let folder = Folder::new("migrations")
        .file("001_a.up.sql", script)
        .file("001_a.down.sql", "SELECT 1;");
    // A script alone names what others of its history make.
    let mut options = Options::default();
    options.baseline = Baseline::Unknown;
    options.catalog = Judgement::Warn;
    check(&folder, None, &options)
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.severity() == Severity::Error)
        .map(|diagnostic| {
            let position = diagnostic
                .position()
                .map(|position| position.to_string())
                .unwrap_or_default();
            (
                position,
                format!("{} {}", diagnostic.code(), diagnostic.message()),
            )
        })
        .collect()
}

/// Reads the scripts of all corpora that the server's parser takes, and that need nothing special.
fn scripts(dir: &Path, server: &mut Client) -> Result<Vec<String>> {
    let mut files = Vec::new();
    collect(dir, &mut files)?;
    files.sort();
    let mut scripts = Vec::new();
    for file in files {
        let Ok(text) = fs::read_to_string(&file) else {
            continue;
        };
        let upper = text.to_uppercase();
        let special = [
            "CONCURRENTLY",
            "BEGIN;",
            "COMMIT;",
            "+GOOSE",
            "+MIGRATE",
            "{{",
            "VACUUM",
            "SAMOKODER",
        ];
        if text.len() > 3_000
            || tokens(&text).len() < 6
            || special.iter().any(|word| upper.contains(word))
        {
            continue;
        }
        let text = SourceFile::new("", &text).text().to_owned();
        if refusal(server, &text)?.is_none() {
            scripts.push(text);
        }
    }
    Ok(scripts)
}

fn collect(dir: &Path, files: &mut Vec<PathBuf>) -> Result {
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "sql") {
            files.push(path);
        }
    }
    Ok(())
}
