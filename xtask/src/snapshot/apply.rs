//! Upgrades, as a server is given them.

use std::sync::Arc;

use postgres::{Client, error::DbError};
use samokoder_migrate_core::{
    SourceFile, Span,
    directive::{self, Role},
    folder::{Content, Folder},
    layout::{self, Found},
    lexer::tokens,
    migration::Transaction,
};

use crate::{Result, folder::Project};

/// One upgrade.
#[derive(Debug)]
pub(crate) struct Upgrade {
    pub(crate) label: String,
    /// One message each.
    messages: Vec<String>,
}

/// What a server said when it refused.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    pub(crate) sqlstate: String,
    pub(crate) message: String,
    /// How many messages had gone through and stand: not 0 only outside a transaction.
    pub(crate) stands: usize,
}

/// Returns a project's upgrades, in order.
pub(crate) fn upgrades(project: &Project) -> Vec<Upgrade> {
    layout::read(&project.folder)
        .found
        .iter()
        .map(|found| Upgrade {
            label: found.label.clone(),
            messages: messages(&project.folder, found),
        })
        .collect()
}

impl Upgrade {
    /// Applies it, and puts the session back to what it was. Roles that are missing are made: they
    /// are the cluster's, and none of them is a row. Returns why the server refused, if it did.
    pub(crate) fn apply(&self, client: &mut Client) -> Result<Option<Refusal>> {
        let refusal = self.send(client)?;
        // What a script leaves open or set is not the next one's.
        client.batch_execute(if refusal.is_some() {
            "ROLLBACK"
        } else {
            "COMMIT"
        })?;
        client.batch_execute("DISCARD ALL")?;
        Ok(refusal)
    }

    fn send(&self, client: &mut Client) -> Result<Option<Refusal>> {
        for (stands, message) in self.messages.iter().enumerate() {
            while let Err(error) = client.batch_execute(message) {
                let Some(said) = error.as_db_error() else {
                    return Err(error.into());
                };
                client.batch_execute("ROLLBACK")?;
                if let Some(role) = missing_role(said) {
                    client.batch_execute(&format!("CREATE ROLE \"{role}\" NOLOGIN"))?;
                    continue;
                }
                return Ok(Some(Refusal {
                    sqlstate: said.code().code().to_owned(),
                    message: said.message().to_owned(),
                    stands,
                }));
            }
        }
        Ok(None)
    }
}

fn missing_role(error: &DbError) -> Option<&str> {
    let name = error.message().strip_prefix("role \"")?;
    let name = name.strip_suffix("\" does not exist")?;
    (error.code().code() == "42704" && !name.contains('"')).then_some(name)
}

/// A script is one message; outside a transaction each statement is one.
fn messages(folder: &Folder, found: &Found) -> Vec<String> {
    let Some(Content::File(bytes)) = folder.get(&found.upgrade).map(|entry| &entry.content) else {
        return Vec::new();
    };
    let file = SourceFile::new(&*found.upgrade, &String::from_utf8_lossy(bytes));
    let file = Arc::new(file);
    let text = file.text();
    let (directives, _) = directive::read(&file, &tokens(text), Role::Upgrade);
    let is_outside =
        found.transaction == Transaction::Outside || directives.no_transaction.is_some();
    if is_outside {
        return statements(text);
    }
    let statements = statements(text);
    if statements
        .iter()
        .any(|statement| controls_transaction(statement))
    {
        // The project's own runner sends it so; in one message the server would know no end of it.
        return [vec!["BEGIN".to_owned()], statements].concat();
    }
    vec![text.to_owned()]
}

fn controls_transaction(statement: &str) -> bool {
    let word = statement.split(|c: char| !c.is_alphabetic()).next();
    word.is_some_and(|word| {
        ["begin", "commit", "rollback", "end", "start"].contains(&word.to_lowercase().as_str())
    })
}

/// Splits a script at each `;` that is neither in parentheses nor in the body `BEGIN ATOMIC … END`.
fn statements(text: &str) -> Vec<String> {
    let tokens = tokens(text);
    let tokens: Vec<(&str, Span)> = tokens
        .iter()
        .filter(|token| !token.kind.is_comment())
        .map(|token| (text.get(token.span.range()).unwrap_or_default(), token.span))
        .collect();
    let mut statements = Vec::new();
    let (mut start, mut end) = (None, 0);
    let (mut parentheses, mut blocks) = (0_usize, 0_usize);
    let mut before = "";
    for (word, span) in &tokens {
        let is = |other: &str| word.eq_ignore_ascii_case(other);
        match *word {
            "(" => parentheses += 1,
            ")" => parentheses = parentheses.saturating_sub(1),
            _ if is("atomic") && before.eq_ignore_ascii_case("begin") => blocks += 1,
            _ if is("case") && blocks > 0 => blocks += 1,
            _ if is("end") => blocks = blocks.saturating_sub(1),
            _ => {}
        }
        before = word;
        if *word == ";" && parentheses == 0 && blocks == 0 {
            let whole = start.take().and_then(|start| text.get(start..end));
            statements.extend(whole.map(str::to_owned));
        } else {
            start = start.or(Some(span.start));
            end = span.end;
        }
    }
    let last = start.and_then(|start| text.get(start..end));
    statements.extend(last.map(str::to_owned));
    statements
}

#[cfg(test)]
mod tests {
    use super::statements;

    #[test]
    fn a_script_is_split_where_a_statement_ends_and_nowhere_else() {
        let text = "-- one;\nSELECT ';'; ;\nCREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2);\nCREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END;\nDO $$ BEGIN; END $$";
        let found = statements(text);
        let starts: Vec<&str> = found.iter().map(|found| &found[..6]).collect();
        assert_eq!(starts, ["SELECT", "CREATE", "CREATE", "DO $$ "]);
        assert_eq!(found[0], "SELECT ';'");
        assert!(found[2].ends_with("SELECT 2; END"));
    }
}
