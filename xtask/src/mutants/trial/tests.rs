use std::sync::Arc;

use samokoder_migrate_core::{Code, Diagnostic, SourceFile, Span, folder::Folder};

use super::{Server, Trial};
use crate::{
    mutants::{
        history::{History, Step},
        kind::Kind,
        sample::{Mutant, Side},
        source::Keywords,
        stage::Stage,
    },
    script::{Script, Way},
};

fn history() -> History {
    let script = |path: &str, text: &str| Script {
        path: path.to_owned(),
        text: text.to_owned(),
        way: Way::Together,
    };
    let step = |number: u8, up, down| Step {
        label: number.to_string(),
        up: script(&format!("{number}.up.sql"), up),
        down: Some(script(&format!("{number}.down.sql"), down)),
        leads_back: true,
    };
    History {
        name: "a".to_owned(),
        folder: Folder::new("m"),
        prelude: String::new(),
        base: None,
        steps: vec![
            step(1, "CREATE TABLE t (a int)", "DROP TABLE t"),
            step(
                2,
                "ALTER TABLE t ADD b int; ALTER TABLE t ADD c int",
                "ALTER TABLE t DROP c; ALTER TABLE t DROP b",
            ),
            step(3, "CREATE INDEX i ON t (a)", "DROP INDEX i"),
        ],
        refused: Vec::new(),
        statements: 4,
        keywords: Keywords::new(),
        names: Vec::new(),
    }
}

fn error(path: &str) -> Diagnostic {
    let file = Arc::new(SourceFile::new(path, "SELECT 1"));
    Diagnostic::new(Code::SyntaxError, "wrong").at(&file, Span::new(0, 6))
}

/// Tries a change of the second migration; returns what the server says, and of which paths the
/// errors are disproved.
fn tried(side: Side, text: Option<&str>, errors: &[&str]) -> (Server, Vec<String>) {
    let history = history();
    let mutant = Mutant {
        number: 1,
        kind: Kind::Misspelt,
        side,
        step: 1,
        text: text.map(str::to_owned),
    };
    let mut stage = Stage::new("").unwrap();
    stage.commit(&history.steps[0].up).unwrap();
    let mut trial = Trial {
        history: &history,
        mutant: &mutant,
        script: mutant.script(&history),
        stage: &mut stage,
    };
    let errors: Vec<Diagnostic> = errors.iter().map(|path| error(path)).collect();
    let (server, disproved) = match side {
        Side::Up => trial.up(&errors).unwrap(),
        Side::Down => trial.down(&errors).unwrap(),
    };
    let paths = disproved
        .iter()
        .filter_map(|error| error.path().map(str::to_owned))
        .collect();
    (server, paths)
}

#[test]
fn what_the_server_takes_disproves_errors_of_upgrades_and_of_downgrades_that_lead_back() {
    let (server, disproved) = tried(
        Side::Up,
        Some("ALTER TABLE t ADD b int"),
        &[
            "m/1.down.sql",
            "m/2.up.sql",
            "m/2.down.sql",
            "m/3.up.sql",
            "m/3.down.sql",
        ],
    );
    assert!(matches!(server, Server::Takes));
    // The second downgrade drops a column that the mutant does not add.
    assert_eq!(
        disproved,
        ["m/1.down.sql", "m/2.up.sql", "m/3.up.sql", "m/3.down.sql"]
    );
}

#[test]
fn nothing_is_disproved_where_the_server_stops_or_behind_it() {
    let (server, disproved) = tried(
        Side::Up,
        Some("ALTER TABLE u ADD b int"),
        &["m/1.up.sql", "m/2.up.sql", "m/2.down.sql", "m/3.up.sql"],
    );
    let Server::Refuses { path, sqlstate, .. } = server else {
        panic!("it is refused");
    };
    assert_eq!((path.as_str(), sqlstate.as_str()), ("2.up.sql", "42P01"));
    assert_eq!(disproved, ["m/1.up.sql"]);
}

#[test]
fn a_refusal_may_come_later_than_the_mutant() {
    let (server, disproved) = tried(
        Side::Up,
        Some("ALTER TABLE t RENAME TO u"),
        &["m/2.up.sql", "m/3.up.sql"],
    );
    assert!(matches!(server, Server::Refuses { path, .. } if path == "3.up.sql"));
    assert_eq!(disproved, ["m/2.up.sql"]);
}

#[test]
fn a_migration_can_be_dropped() {
    let (server, disproved) = tried(Side::Up, None, &["m/3.up.sql"]);
    assert!(matches!(server, Server::Takes));
    assert_eq!(disproved, ["m/3.up.sql"]);
}

#[test]
fn an_error_of_a_downgrade_is_disproved_only_where_it_leads_back() {
    let path = "m/2.down.sql";
    let (server, disproved) = tried(
        Side::Down,
        Some("ALTER TABLE t DROP b; ALTER TABLE t DROP c"),
        &[path],
    );
    assert!(matches!(server, Server::Takes));
    assert_eq!(disproved, [path]);
    let (server, disproved) = tried(Side::Down, Some("ALTER TABLE t DROP b"), &[path]);
    assert!(matches!(server, Server::DoesNotRestore));
    assert!(disproved.is_empty());
    let (server, disproved) = tried(Side::Down, Some("ALTER TABLE t DROP d"), &[path]);
    assert!(matches!(server, Server::Refuses { .. }));
    assert!(disproved.is_empty());
}
