//! `EXECUTE` in PL/pgSQL: statements that are put together as text.

use super::{
    Step, ddl, first_word, is_ddl_word,
    plan::When,
    run::{Calls, Run},
    template,
    text::{Names, Word, value, words},
};
use crate::{
    catalog::{
        Catalog,
        object::{Def, Fact},
        store::{Oid, Shape},
    },
    lexer::Kind,
};

/// Lists the expressions whose text a statement of PL/pgSQL runs.
pub(super) fn executed(text: &str) -> Vec<Vec<Word<'_>>> {
    let words = words(text);
    let starts = words
        .iter()
        .enumerate()
        .filter(|(_, (kind, word))| *kind == Kind::Word && word.eq_ignore_ascii_case("execute"))
        .map(|(at, _)| at + 1);
    starts
        .filter_map(|start| {
            let rest = words.get(start..)?;
            let mut depth = 0usize;
            let end = rest.iter().position(|(kind, word)| {
                match *word {
                    "(" => depth += 1,
                    ")" => depth = depth.saturating_sub(1),
                    _ => {}
                }
                depth == 0
                    && *kind == Kind::Word
                    && ["into", "using", "loop"]
                        .iter()
                        .any(|end| word.eq_ignore_ascii_case(end))
            });
            Some(rest.get(..end.unwrap_or(rest.len()))?.to_vec())
        })
        .collect()
}

/// Returns whether what an EXECUTE runs may change the schema, for what its text alone says.
pub(super) fn is_ddl(text: &str) -> bool {
    executed(text)
        .iter()
        .any(|expression| !is_data(value(expression, &Names::default()).text()))
}

/// Returns whether a statement is about rows for certain.
pub(super) fn is_data(text: &str) -> bool {
    words(text)
        .split(|(_, word)| *word == ";")
        .all(|statement| {
            let first = statement.first().map_or("", |(_, word)| word);
            matches!(
                &*first.to_lowercase(),
                "" | "select"
                    | "insert"
                    | "update"
                    | "delete"
                    | "truncate"
                    | "analyze"
                    | "vacuum"
                    | "notify"
                    | "copy"
                    | "lock"
                    | "reindex"
                    | "merge"
                    | "values"
                    | "with"
            )
        })
}

impl Catalog {
    /// Runs a statement of a body that is not written as DDL.
    pub(super) fn run_other(&mut self, step: &Step, run: &Run) {
        let word = first_word(&step.text);
        if word == "execute" {
            for expression in executed(&step.text) {
                self.run_text(&expression, &step.when, run);
            }
        } else if is_ddl_word(&word) {
            // It could not be read.
            self.run_opaque();
        } else {
            self.run_expression(&step.text, run);
        }
    }

    /// Runs an expression or a statement about rows for what it may do to the schema.
    pub(super) fn run_expression(&mut self, text: &str, run: &Run) {
        for expression in executed(text) {
            self.run_text(&expression, &When::Maybe, run);
        }
        self.run_rows(text, run);
    }

    /// Runs the calls of a statement about rows, and the triggers that it may fire.
    fn run_rows(&mut self, text: &str, run: &Run) {
        self.run_calls(text, run);
        if !matches!(
            first_word(text).as_str(),
            "insert" | "update" | "delete" | "truncate" | "merge" | "copy" | "with"
        ) {
            return;
        }
        let targets = template::changed(text);
        for target in &targets {
            if let Some((schema, name)) = target.exact() {
                self.write_system(schema, name);
            }
        }
        let fired: Vec<Oid> = self
            .store
            .all()
            .filter_map(|(_, object)| match &object.def {
                Def::Trigger(trigger) => match trigger.function {
                    Fact::Known(function) => Some((function, self.store.get(object.within)?)),
                    Fact::Unknown => None,
                },
                _ => None,
            })
            .filter(|(function, table)| {
                let is_meant = targets
                    .iter()
                    .any(|target| target.name.matches(&table.name));
                is_meant && self.may_change_schema(*function)
            })
            .map(|(function, _)| function)
            .collect();
        let run = Run {
            calls: Calls::Any,
            ..run.clone()
        };
        for function in fired {
            self.run_routine(function, &[], &run);
        }
    }

    fn run_text(&mut self, expression: &[Word<'_>], when: &When, run: &Run) {
        let mut values = run.names.all_values(expression);
        if let (Some(shape), true) = (values.pop(), values.is_empty()) {
            self.run_shape(&shape, when, run);
            return;
        }
        for shape in run.names.all_values(expression) {
            self.run_shape(&shape, &When::Maybe, run);
        }
    }

    fn run_shape(&mut self, shape: &Shape, when: &When, run: &Run) {
        if is_data(shape.text()) {
            self.run_rows(shape.text(), run);
        } else if let Some(text) = shape.exact() {
            match ddl(text) {
                Some(nodes) => {
                    for node in nodes {
                        self.run_node(&node, when, None);
                    }
                }
                None => self.run_opaque(),
            }
        } else if !self.touches.is_empty() {
            self.run_opaque();
        } else {
            self.store.note_opaque();
            if !self.may_have_run(shape) {
                self.run_opaque();
            }
        }
    }
}
