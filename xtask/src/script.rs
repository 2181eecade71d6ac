//! Scripts of a folder, as a server is given them, and what it says when it refuses one.

use std::sync::Arc;

use postgres::error::DbError;
use samokoder_migrate_core::{
    SourceFile, Span,
    directive::{self, Role},
    folder::{Content, Folder},
    layout::Found,
    lexer::tokens,
    migration::Transaction,
};

/// One script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Script {
    /// Its path below the folder.
    pub(crate) path: String,
    /// As it runs: without a byte order mark.
    pub(crate) text: String,
    pub(crate) way: Way,
}

/// How a script runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// As one message in a transaction of its own.
    Together,
    /// Statement by statement, outside a transaction.
    Alone,
}

/// What a server said when it refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) sqlstate: String,
    pub(crate) message: String,
    /// How much was sent before: messages that went through, or acts of a trial.
    pub(crate) after: usize,
}

impl Script {
    /// Reads a migration's script, as its folder and its directives want it run; `None` if it is not there.
    pub(crate) fn read(folder: &Folder, found: &Found, role: Role) -> Option<Self> {
        let path = match role {
            Role::Downgrade => &found.downgrade_path,
            _ => &found.upgrade,
        };
        let Content::File(bytes) = &folder.get(path)?.content else {
            return None;
        };
        let file = Arc::new(SourceFile::new(
            path.as_str(),
            &String::from_utf8_lossy(bytes),
        ));
        let (directives, _) = directive::read(&file, &tokens(file.text()), role);
        let is_outside =
            found.transaction == Transaction::Outside || directives.no_transaction.is_some();
        Some(Self {
            path: path.clone(),
            text: file.text().to_owned(),
            way: if is_outside {
                Way::Alone
            } else {
                Way::Together
            },
        })
    }

    /// Returns the statements, each with its `;`.
    pub(crate) fn statements(&self) -> impl Iterator<Item = &str> {
        statements(&self.text)
            .into_iter()
            .filter_map(|span| self.text.get(span.range()))
    }
}

impl Refusal {
    /// Returns what the server said; `None` if the error is not the server's.
    pub(crate) fn of(error: &postgres::Error, after: usize) -> Option<Self> {
        let said: &DbError = error.as_db_error()?;
        Some(Self {
            sqlstate: said.code().code().to_owned(),
            message: said.message().to_owned(),
            after,
        })
    }

    /// Returns the role that is missing, if that is why.
    pub(crate) fn missing_role(&self) -> Option<&str> {
        let name = self.message.strip_prefix("role \"")?;
        let name = name.strip_suffix("\" does not exist")?;
        (self.sqlstate == "42704" && !name.contains('"')).then_some(name)
    }
}

/// Makes a role that a project takes for granted; roles are the cluster's, and no migration's.
pub(crate) fn make_role(name: &str) -> String {
    format!("CREATE ROLE \"{name}\" NOLOGIN;\n")
}

/// Returns whether a statement begins or ends a transaction, which is the runner's to do.
pub(crate) fn controls_transaction(statement: &str) -> bool {
    const WORDS: [&str; 6] = ["begin", "start", "commit", "end", "rollback", "abort"];
    let word = statement.split(|c: char| !c.is_alphabetic()).next();
    word.is_some_and(|word| WORDS.iter().any(|other| word.eq_ignore_ascii_case(other)))
}

/// Splits a text after each `;` that is neither in parentheses nor in the body `BEGIN ATOMIC … END`.
pub(crate) fn statements(text: &str) -> Vec<Span> {
    let mut statements = Vec::new();
    let (mut start, mut end) = (None, 0);
    let (mut parentheses, mut blocks) = (0_usize, 0_usize);
    let mut before = "";
    for token in tokens(text) {
        if token.kind.is_comment() {
            continue;
        }
        let span = token.span;
        let word = text.get(span.range()).unwrap_or_default();
        let is = |other: &str| word.eq_ignore_ascii_case(other);
        match word {
            "(" => parentheses += 1,
            ")" => parentheses = parentheses.saturating_sub(1),
            _ if is("atomic") && before.eq_ignore_ascii_case("begin") => blocks += 1,
            _ if is("case") && blocks > 0 => blocks += 1,
            _ if is("end") => blocks = blocks.saturating_sub(1),
            _ => {}
        }
        before = word;
        end = span.end;
        if word == ";" && parentheses == 0 && blocks == 0 {
            // A stray `;` is no statement.
            statements.extend(start.take().map(|start| Span::new(start, end)));
        } else {
            start = start.or(Some(span.start));
        }
    }
    statements.extend(start.map(|start| Span::new(start, end)));
    statements
}

#[cfg(test)]
mod tests {
    use samokoder_migrate_core::{directive::Role, folder::Folder, layout};

    use super::{Refusal, Script, Way, controls_transaction, statements};

    #[test]
    fn a_script_is_split_where_a_statement_ends_and_nowhere_else() {
        let text = "-- one;\nSELECT ';'; ;\nCREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2);\nCREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END;\nDO $$ BEGIN; END $$ -- no end;";
        let found: Vec<&str> = statements(text)
            .into_iter()
            .map(|span| &text[span.range()])
            .collect();
        assert_eq!(
            found,
            [
                "SELECT ';';",
                "CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2);",
                "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END;",
                "DO $$ BEGIN; END $$"
            ]
        );
    }

    #[test]
    fn a_directive_takes_its_own_script_out_of_the_transaction() {
        let folder = Folder::new("m")
            .file(
                "1_a.up.sql",
                "-- samokoder: no-transaction\nVACUUM;\nVACUUM",
            )
            .file("1_a.down.sql", "SELECT 1;");
        let found = layout::read(&folder).found;
        let up = Script::read(&folder, &found[0], Role::Upgrade).unwrap();
        let down = Script::read(&folder, &found[0], Role::Downgrade).unwrap();
        assert_eq!((up.way, down.way), (Way::Alone, Way::Together));
        assert_eq!(up.statements().collect::<Vec<_>>(), ["VACUUM;", "VACUUM"]);
        assert_eq!((&*up.path, &*down.text), ("1_a.up.sql", "SELECT 1;"));
    }

    #[test]
    fn a_role_is_missing_where_the_server_says_so() {
        let refusal = |sqlstate: &str, message: &str| Refusal {
            sqlstate: sqlstate.to_owned(),
            message: message.to_owned(),
            after: 0,
        };
        let missing = refusal("42704", "role \"web user\" does not exist");
        assert_eq!(missing.missing_role(), Some("web user"));
        let other = refusal("42704", "type \"web user\" does not exist");
        assert_eq!(other.missing_role(), None);
        let other = refusal("42P01", "role \"web user\" does not exist");
        assert_eq!(other.missing_role(), None);
    }

    #[test]
    fn words_that_only_begin_alike_control_no_transaction() {
        assert!(controls_transaction("Begin;"));
        assert!(controls_transaction("END"));
        assert!(!controls_transaction("ENDING"));
        assert!(!controls_transaction("CREATE TABLE commit ()"));
    }
}
