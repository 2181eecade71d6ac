//! `EXECUTE` in PL/pgSQL: statements that are put together as text.

use super::{Step, ddl, first_word, is_ddl_word};
use crate::{
    catalog::{
        Catalog,
        object::{Def, Space},
        store::Oid,
    },
    lexer::{self, Kind},
};

/// Returns whether a text holds an EXECUTE.
pub(super) fn executes(text: &str) -> bool {
    words(text)
        .iter()
        .any(|(kind, word)| *kind == Kind::Word && word.eq_ignore_ascii_case("execute"))
}

/// Returns whether what an EXECUTE runs is about rows for certain.
pub(super) fn is_data(text: &str) -> bool {
    match beginning(text) {
        Some(literal) => {
            let word = first_word(&literal);
            matches!(
                word.as_str(),
                "select"
                    | "insert"
                    | "update"
                    | "delete"
                    | "truncate"
                    | "analyze"
                    | "vacuum"
                    | "notify"
                    | "copy"
                    | "lock"
                    | "set"
                    | "reindex"
                    | "merge"
                    | "values"
            ) && !literal.contains(';')
        }
        None => false,
    }
}

impl Catalog {
    /// Runs a statement of a body that is not written as DDL.
    pub(super) fn run_other(&mut self, step: &Step) {
        let word = first_word(&step.text);
        if word == "execute" {
            self.run_dynamic(step);
        } else if is_ddl_word(&word) {
            // It could not be read.
            self.run_opaque();
        } else {
            self.run_expression(&step.text);
        }
    }

    fn run_dynamic(&mut self, step: &Step) {
        if is_data(&step.text) {
            return;
        }
        let words = words(&step.text);
        if let [_, (Kind::String | Kind::DollarString, _)] = words.as_slice()
            && let Some(literal) = beginning(&step.text)
        {
            match ddl(&literal) {
                Some(nodes) => {
                    for node in nodes {
                        self.run_node(&node, &step.when);
                    }
                }
                None => self.run_opaque(),
            }
            return;
        }
        let Some(literal) = beginning(&step.text) else {
            self.run_opaque();
            return;
        };
        if !self.run_template(&literal) {
            self.run_opaque();
        }
    }

    /// Runs a statement of which only the beginning is known: `DROP TRIGGER IF EXISTS t ON %I`.
    fn run_template(&mut self, literal: &str) -> bool {
        let words = words(literal);
        if words.iter().any(|(_, word)| *word == ";") {
            return false;
        }
        let word = |at: usize| words.get(at).map_or("", |(_, word)| *word).to_lowercase();
        let (verb, what) = (word(0), word(1));
        if matches!(&*verb, "grant" | "revoke" | "comment" | "security") {
            return true;
        }
        let space = match &*what {
            "trigger" => Space::Trigger,
            "policy" => Space::Policy,
            "rule" => Space::Rule,
            "table" if verb == "alter" => return self.run_alter_template(literal),
            _ => return false,
        };
        let mut at = 2;
        while matches!(&*word(at), "if" | "exists" | "not") {
            at += 1;
        }
        let name = match words.get(at) {
            Some((Kind::Word, name)) => Some(name.to_lowercase()),
            Some((Kind::QuotedName, name)) => Some(name.trim_matches('"').replace("\"\"", "\"")),
            _ => None,
        }
        .filter(|name| !name.contains('%') && word(at + 1) == "on");
        for relation in self.relations() {
            match &name {
                Some(name) => self.store.blur_name(relation, space, name),
                None if verb == "create" => return false,
                None => {
                    for oid in self.store.within(relation, space) {
                        let Some(name) = self.store.get(oid).map(|object| object.name.clone())
                        else {
                            continue;
                        };
                        self.store.blur_name(relation, space, &name);
                    }
                }
            }
        }
        true
    }

    /// `ALTER TABLE %I ENABLE ROW LEVEL SECURITY`, `… OWNER TO …`: what no other statement needs.
    fn run_alter_template(&mut self, literal: &str) -> bool {
        let text = literal.to_lowercase();
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if text.ends_with("row level security") {
            for relation in self.relations() {
                if let Some(relation) = self
                    .store
                    .get_mut(relation)
                    .and_then(|it| it.relation_mut())
                {
                    relation.row_security = crate::catalog::object::Fact::Unknown;
                }
            }
            return true;
        }
        let after_name = text.splitn(4, ' ').nth(3).unwrap_or_default();
        after_name.starts_with("owner to")
    }

    fn relations(&self) -> Vec<Oid> {
        self.store
            .all()
            .filter(|(_, object)| matches!(object.def, Def::Relation(_)))
            .map(|(oid, _)| oid)
            .collect()
    }
}

fn words(text: &str) -> Vec<(Kind, &str)> {
    lexer::tokens(text)
        .iter()
        .filter(|token| !token.kind.is_comment())
        .filter_map(|token| Some((token.kind, text.get(token.span.range())?)))
        .collect()
}

/// Returns the first literal of an EXECUTE, if it is what the statement begins with.
fn beginning(text: &str) -> Option<String> {
    let words = words(text);
    let at = words
        .iter()
        .position(|(kind, word)| *kind == Kind::Word && word.eq_ignore_ascii_case("execute"))?;
    let mut rest = words
        .get(at + 1..)?
        .iter()
        .skip_while(|(_, word)| *word == "(");
    let mut first = rest.next()?;
    if first.0 == Kind::Word && first.1.eq_ignore_ascii_case("format") {
        rest.next().filter(|(_, word)| *word == "(")?;
        first = rest.next()?;
    }
    match first.0 {
        Kind::String => {
            let inside = first.1.strip_prefix('\'')?.strip_suffix('\'')?;
            Some(inside.replace("''", "'"))
        }
        Kind::DollarString => {
            let tag = first.1.get(..first.1.get(1..)?.find('$')? + 2)?;
            Some(first.1.strip_prefix(tag)?.strip_suffix(tag)?.to_owned())
        }
        _ => None,
    }
}
