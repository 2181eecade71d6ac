//! What the steps of a long message say alike, said once.
//!
//! The server reads and plans each statement of ours anew for each step, which for a thousand small
//! scripts is a third of its work, and four fifths of the message. So a message of many steps begins
//! with PREPARE, and its steps EXECUTE; it ends with DEALLOCATE. What a message that failed leaves
//! prepared is taken away when it is looked what stands, and by the next such message.
//!
//! A message is one transaction after another on one server, also behind a pooler of transactions, so
//! what it prepares is there for all of it. A script that may deallocate all is seen by its words.

use super::{
    guard::PATIENCE,
    message::Message,
    opening::{BEGIN, MOVED},
    read::ROW_LINE,
    record,
    settings::{self, Scope},
    sqlstate::using,
    step::{Flush, Writer, add_script},
};
use crate::{
    plan::{Kind, Step},
    quote::{dollar, literal},
    set::{Script, Set},
};

/// From how many steps on statements are shared. It pays from three on, but a short message is better read
/// as it is.
const MANY: usize = 16;

/// What our prepared statements are called, before a word for each.
const PREFIX: &str = "samokoder_migrate_shared_";

/// Whether the steps of a plan share their statements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sharing {
    Yes,
    No,
}

impl Sharing {
    /// Decides for a whole plan.
    pub(crate) fn of<'p>(set: &Set, steps: impl Iterator<Item = &'p Step> + Clone) -> Self {
        let many = steps
            .clone()
            .filter(|step| is_plain(set, step))
            .nth(MANY - 1)
            .is_some();
        if many
            && !steps
                .filter_map(|step| step.script(set))
                .any(may_deallocate)
        {
            Self::Yes
        } else {
            Self::No
        }
    }
}

/// Returns whether all that a step's statements of ours differ in are values.
fn is_plain(set: &Set, step: &Step) -> bool {
    matches!(step.kind, Kind::Upgrade | Kind::Downgrade)
        && step.stored.is_none()
        && step.resume.is_none()
        && step.condition.is_empty()
        && step.script(set).is_some_and(|script| {
            script.settings.is_empty()
                && script.lock_timeout.is_none()
                && script.statement_timeout.is_none()
        })
}

/// Returns whether a script may take prepared statements away: DEALLOCATE ALL, DISCARD ALL.
fn may_deallocate(script: &Script) -> bool {
    ["deallocate", "discard"].iter().any(|word| {
        let text = script.text().as_bytes();
        text.windows(word.len())
            .any(|found| found.eq_ignore_ascii_case(word.as_bytes()))
    })
}

impl Writer<'_> {
    /// Adds what a message of many steps begins with.
    pub(crate) fn share(&self, message: &mut Message) {
        let mut body = format!("DECLARE\n    statement text;\nBEGIN\n{}", clear());
        for (name, types, sql) in self.statements() {
            let sql = format!(
                "PREPARE {PREFIX}{name}{types} AS {}",
                sql.trim_end().trim_end_matches(';')
            );
            body.push_str(&format!("    EXECUTE {};\n", literal(&sql)));
        }
        body.push_str("END");
        // By EXECUTE, so that each keeps its own text, and not that of the whole message, which
        // every use of it would copy.
        let own_path = settings::own_path();
        message.ours(
            None,
            &format!("{BEGIN}{own_path}DO {};\nCOMMIT;\n", dollar(&body)),
            4,
        );
    }

    /// Adds a step to such a message, and returns whether it can be put so.
    pub(crate) fn shared(
        &self,
        message: &mut Message,
        index: usize,
        step: &Step,
        before: usize,
        flush: Flush,
    ) -> bool {
        let (Some(script), Some(migration), true) = (
            self.script(step),
            self.set.migration(step.position),
            is_plain(self.set, step),
        ) else {
            return false;
        };
        let values = record::values(step.position, migration);
        let at = Some(index);
        let (_, last) = self.last_row(step, before);
        message.ours(at, BEGIN, 1);
        message.ours(at, &format!("EXECUTE {PREFIX}enter;\n"), 1);
        let (lock, expected) = (self.lock(), literal(&last));
        message.ours(
            at,
            &format!("DO {};\n", dollar(&format!("{PATIENCE}{lock}END"))),
            1,
        );
        message.ours(at, &format!("EXECUTE {PREFIX}look ({expected});\n"), 1);
        message.ours(at, &self.go_on(), 1);
        // The last step alone says nothing about when its commit is flushed.
        if flush == Flush::Later {
            let name = literal(&format!("samokoder-migrate {}", step.subject));
            message.ours(at, &format!("EXECUTE {PREFIX}begin ({name});\n"), 1);
        } else {
            message.ours(
                at,
                &self.prepare(step, Some(script), flush, Scope::Transaction),
                1,
            );
        }
        add_script(message, index, script);
        message.ours(at, &settings::own_path(), 1);
        message.ours(at, &format!("EXECUTE {PREFIX}restore;\n"), 1);
        match step.kind {
            Kind::Downgrade => {
                let rows = format!(
                    "EXECUTE {PREFIX}back ({0});\nEXECUTE {PREFIX}forget ({0});\n",
                    step.position
                );
                message.ours(at, &rows, 2);
            }
            _ => {
                message.ours(at, &format!("EXECUTE {PREFIX}apply ({values});\n"), 1);
            }
        }
        let event = format!(
            "EXECUTE {PREFIX}event ('{}', {}, {});\n",
            step.kind.word(),
            step.position,
            literal(&step.subject)
        );
        message.ours(at, &event, 1);
        message.ours(at, &format!("EXECUTE {PREFIX}leave;\n"), 1);
        message.commit(index);
        true
    }

    /// Raises where [`Writer::statements`]' look saw that the history is not as expected.
    fn go_on(&self) -> String {
        let body = format!(
            "BEGIN
    IF pg_catalog.current_setting('samokoder_migrate.moved') <> 'false' THEN
        RAISE EXCEPTION 'the history changed' {};
    END IF;
{}END",
            using(MOVED),
            self.watch_client()
        );
        format!("DO {};\n", dollar(&body))
    }

    /// The statements: a word, the types of the parameters, the text.
    fn statements(&self) -> [(&'static str, &'static str, String); 9] {
        let Self {
            tables, set, run, ..
        } = self;
        let plain = Script::PLAIN;
        let [back, forget] = record::taken_back(tables, set, "$1");
        [
            (
                "look",
                " (text)",
                format!(
                    "SELECT set_config('samokoder_migrate.moved', ({} OR {})::text, true)",
                    self.ends_otherwise(ROW_LINE, "$1"),
                    self.marked_otherwise("''"),
                ),
            ),
            (
                "begin",
                " (text)",
                format!(
                    "SELECT concat({})",
                    self.calls(Some(&plain), "$1", Flush::Later, Scope::Transaction)
                        .join(",\n    ")
                ),
            ),
            // Its names are qualified: it runs under the caller's search path.
            ("enter", "", settings::enter(Scope::Transaction)),
            ("leave", "", settings::LEAVE.to_owned()),
            ("restore", "", settings::restore(&plain, Scope::Transaction)),
            ("apply", "", record::applying(tables, set, run)),
            ("back", " (integer)", back),
            ("forget", " (integer)", forget),
            (
                "event",
                " (text, integer, text)",
                record::happened(tables, set, run),
            ),
        ]
    }
}

/// Returns the statement that takes away what a message left prepared.
pub(crate) fn unshared() -> String {
    let body = format!(
        "DECLARE\n    statement pg_catalog.text;\nBEGIN\n{}END",
        clear()
    );
    format!("DO {};\n", dollar(&body))
}

/// PL/pgSQL that takes away what is prepared of ours, whatever the search path is.
fn clear() -> String {
    format!(
        "    FOR statement IN SELECT p.name FROM pg_catalog.pg_prepared_statements AS p WHERE pg_catalog.starts_with(p.name, '{PREFIX}') LOOP
        EXECUTE pg_catalog.format('DEALLOCATE %I', statement);
    END LOOP;\n"
    )
}
