//! Whether PostgreSQL shares an error.

use postgres::Client;
use samokoder_migrate_core::{Code, Diagnostic, directive::Role, folder::Folder};

use super::truth::{Status, Truth};
use crate::Result;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// A downgrade is missing or has no statement: nothing that a server could refuse.
    Missing,
    /// The server refuses it too, or the folder shows it.
    True,
    /// The server takes it.
    False,
}

/// Judges an error, by what PostgreSQL did with its migration.
///
/// An error of the catalog is true on an upgrade that PostgreSQL refused with the same SQLSTATE, there
/// or, where what it refused before is passed over, in a later statement; and on
/// a downgrade that it refused or that did not lead back; whatever else it says is false.
pub(super) fn judge(
    diagnostic: &Diagnostic,
    truth: Option<&Truth>,
    folder: &Folder,
    server: &mut Client,
) -> Result<Verdict> {
    let is_true = match diagnostic.code() {
        Code::FileName | Code::DuplicateVersion | Code::OrphanDowngrade => {
            names(diagnostic, folder)
        }
        Code::OutsideTransaction => in_a_block(diagnostic, server)?,
        Code::TransactionControl => controls_transaction(diagnostic),
        Code::NoDowngrade | Code::EmptyDowngrade => {
            let is_missing = truth.is_some_and(|truth| match truth.status {
                // Of the way back from an upgrade that failed nothing is known.
                Status::NoDownFile | Status::Applied | Status::UpFailed => true,
                _ => diagnostic.code() == Code::EmptyDowngrade && truth.no_statement_down,
            });
            return Ok(if is_missing {
                Verdict::Missing
            } else {
                Verdict::False
            });
        }
        _ => truth.is_some_and(|truth| {
            let role = if is_downgrade(diagnostic) {
                Role::Downgrade
            } else {
                Role::Upgrade
            };
            let stage = diagnostic.code().as_str().get(2..4);
            is_shared(
                stage.unwrap_or_default(),
                diagnostic.sqlstate_code(),
                role,
                truth,
            )
        }),
    };
    Ok(if is_true {
        Verdict::True
    } else {
        Verdict::False
    })
}

/// Returns whether PostgreSQL refused too, or found that a downgrade does not lead back.
fn is_shared(stage: &str, sqlstate: Option<&str>, role: Role, truth: &Truth) -> bool {
    // What is found before the grammar is asked has no code; the server's is then the grammar's.
    let is_same = match sqlstate {
        Some(code) => code == truth.sqlstate(),
        None => stage == "02" && truth.sqlstate() == "42601",
    };
    match (role, truth.status) {
        (Role::Upgrade, Status::UpFailed) => {
            is_same || sqlstate.is_some_and(|code| truth.refusals.iter().any(|other| other == code))
        }
        (Role::Downgrade, Status::DownFailed | Status::NotRestored) => stage == "04" || is_same,
        _ => false,
    }
}

/// Returns whether a finding is of the catalog.
pub(super) fn is_catalog(diagnostic: &Diagnostic) -> bool {
    diagnostic.code().as_str().starts_with("SM04")
}

/// Returns whether a finding is in a downgrade.
pub(super) fn is_downgrade(diagnostic: &Diagnostic) -> bool {
    diagnostic
        .path()
        .is_some_and(|path| path.ends_with("down.sql"))
}

/// Looks at the folder: is a script neither an upgrade nor a downgrade, are there two upgrades of one
/// version, or is there no upgrade of that stem?
fn names(diagnostic: &Diagnostic, folder: &Folder) -> bool {
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
    match diagnostic.code() {
        Code::FileName => !name.ends_with(".up.sql") && !name.ends_with(".down.sql"),
        Code::DuplicateVersion => upgrades(&|other| other.split('_').next() == Some(version)) > 1,
        _ => upgrades(&|other| other == name.replace(".down.sql", ".up.sql")) == 0,
    }
}

/// Looks at the statement: the server takes what its tools may send, and the runner may not.
fn controls_transaction(diagnostic: &Diagnostic) -> bool {
    const WORDS: [&str; 8] = [
        "begin", "start", "commit", "end", "rollback", "abort", "prepare", "set",
    ];
    diagnostic.source().is_some_and(|(file, span)| {
        let rest = file.text().get(span.start..).unwrap_or_default();
        let word = rest.split(|c: char| !c.is_alphabetic()).next();
        word.is_some_and(|word| WORDS.contains(&word.to_lowercase().as_str()))
    })
}

/// Asks a server whether it refuses the statement inside a transaction block.
fn in_a_block(diagnostic: &Diagnostic, server: &mut Client) -> Result<bool> {
    let Some((file, span)) = diagnostic.source() else {
        return Ok(false);
    };
    let rest = file.text().get(span.start..).unwrap_or_default();
    let statement = rest.split(';').next().unwrap_or_default();
    let refused = server.batch_execute(&format!("BEGIN; {statement}")).err();
    server.batch_execute("ROLLBACK")?;
    let code = refused
        .as_ref()
        .and_then(|error| error.code())
        .map(postgres::error::SqlState::code);
    Ok(code == Some("25001"))
}

#[cfg(test)]
mod tests {
    use samokoder_migrate_core::directive::Role;

    use super::is_shared;
    use crate::corpora::truth::{Status, Truth};

    fn truth(status: Status, error: &str) -> Truth {
        Truth {
            status,
            error: error.to_owned(),
            diff: String::new(),
            no_statement_down: false,
            again: String::new(),
            refusals: Vec::new(),
        }
    }

    #[test]
    fn an_error_of_the_catalog_on_an_upgrade_needs_the_servers_own_code() {
        let refused = truth(Status::UpFailed, "42P01: relation \"t\" does not exist");
        assert!(is_shared("04", Some("42P01"), Role::Upgrade, &refused));
        assert!(!is_shared("04", Some("42703"), Role::Upgrade, &refused));
        assert!(!is_shared("04", None, Role::Upgrade, &refused));
        for status in [
            Status::Restored,
            Status::DownFailed,
            Status::NotRestored,
            Status::Applied,
        ] {
            let applied = truth(status, "42P01: relation \"t\" does not exist");
            assert!(!is_shared("04", Some("42P01"), Role::Upgrade, &applied));
        }
    }

    #[test]
    fn an_error_behind_another_is_true_where_the_server_comes_to_it() {
        let mut refused = truth(Status::UpFailed, "42704: type \"t\" does not exist");
        refused.refusals = vec!["42704".to_owned(), "42P01".to_owned()];
        assert!(is_shared("04", Some("42P01"), Role::Upgrade, &refused));
        assert!(!is_shared("04", Some("42703"), Role::Upgrade, &refused));
    }

    #[test]
    fn an_error_of_the_catalog_on_a_downgrade_is_true_where_it_fails_or_does_not_lead_back() {
        let shared = |status| is_shared("04", Some("42P01"), Role::Downgrade, &truth(status, ""));
        assert!(shared(Status::DownFailed));
        assert!(shared(Status::NotRestored));
        for status in [
            Status::Restored,
            Status::ColumnOrderOnly,
            Status::NoDownFile,
            Status::UpFailed,
            Status::Applied,
        ] {
            assert!(!shared(status), "{status:?}");
        }
    }

    #[test]
    fn an_error_of_the_text_is_true_where_the_server_stops_at_the_grammar() {
        let grammar = truth(Status::DownFailed, "42601: syntax error at or near \"x\"");
        assert!(is_shared("02", Some("42601"), Role::Downgrade, &grammar));
        assert!(is_shared("02", None, Role::Downgrade, &grammar));
        let other = truth(Status::DownFailed, "42P01: relation \"t\" does not exist");
        assert!(!is_shared("02", Some("42601"), Role::Downgrade, &other));
        assert!(!is_shared("02", None, Role::Downgrade, &other));
    }
}
