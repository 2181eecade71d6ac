//! Statements whose effect is not in their text: `DO`, `CALL`, functions that change the schema.

mod assign;
mod blur;
mod body;
mod call;
mod condition;
mod dynamic;
mod function;
mod name;
mod path;
mod plan;
mod query;
mod raise;
mod run;
mod template;
#[cfg(test)]
mod tests;
mod text;

use self::{
    name::{Named, named},
    plan::{Step, When},
    run::Run,
};
use crate::{
    catalog::{
        Catalog,
        fault::Fault,
        object::{Fact, Space},
        store::{Oid, Shape},
    },
    directive::{ObjectKind, Touch},
    sql,
    tree::{CallStmt, DoStmt, Node, path as path_of, string},
};

pub(in crate::catalog) use run::Calls;

impl Catalog {
    /// Runs a block.
    ///
    /// # Errors
    ///
    /// P0001 if it raises an exception whatever the data is.
    pub(super) fn run_block(&mut self, block: &DoStmt) -> Result<(), Fault> {
        let option = |name: &str| {
            block.args.iter().flatten().find_map(|node| match node {
                Node::DefElem(option) if option.defname.as_deref() == Some(name) => {
                    string(option.arg.as_ref()?)
                }
                _ => None,
            })
        };
        match option("language").unwrap_or("plpgsql") {
            "plpgsql" => {
                let plan = plan::plan(option("as").unwrap_or_default());
                if let Some(fault) = raise::certain(&plan) {
                    return Err(fault);
                }
                self.run_plan(&plan, Run::default());
            }
            _ => self.run_opaque(),
        }
        Ok(())
    }

    pub(super) fn call(&mut self, call: &CallStmt) {
        let Some(call) = &call.funccall else { return };
        if let Some(name) = path_of(&call.funcname) {
            self.run_call(name, &call.args, Calls::Once);
        }
    }

    /// Runs what may change anything, or only what a `touches` directive names.
    pub(in crate::catalog) fn run_opaque(&mut self) {
        if self.touches.is_empty() {
            self.store.cover();
            return;
        }
        for touch in self.touches.clone() {
            self.may_touch(&touch);
        }
    }

    fn may_touch(&mut self, touch: &Touch) {
        let Some((name, before)) = touch.name.split_last() else {
            return;
        };
        let space = match touch.kind {
            ObjectKind::Schema => Space::Schema,
            ObjectKind::Extension => Space::Extension,
            ObjectKind::Role => return,
            ObjectKind::Type | ObjectKind::Domain => Space::Type,
            ObjectKind::Function | ObjectKind::Procedure => Space::Routine,
            _ => Space::Relation,
        };
        if matches!(space, Space::Schema | Space::Extension) {
            self.store.blur_name(Oid::DATABASE, space, name);
            return;
        }
        self.may_have_changed(&[Named {
            space,
            schema: before.last().cloned(),
            name: name.clone(),
            part: name::Part::Whole,
        }]);
    }

    fn run_step(&mut self, step: &Step, run: &Run) {
        let Some(nodes) = ddl(&step.text) else {
            self.run_other(step, run);
            return;
        };
        for node in nodes {
            self.run_node(&node, &step.when, Some(&step.text));
        }
    }

    /// Runs a statement that is in the text, as far as it is known that it runs; `text` is that of
    /// the statement alone.
    fn run_node(&mut self, node: &Node, when: &When, text: Option<&str>) {
        let Some(named) = named(node) else {
            if *when == When::Always && self.apply(node).is_ok() {
                return;
            }
            let is_followed = self.touches.is_empty()
                && text.is_some_and(|text| self.may_have_run(&Shape::new(text)));
            if !is_followed {
                self.run_opaque();
            }
            return;
        };
        let is_asked_for = |condition: &str| {
            is_about_catalog(condition) && named.iter().any(|named| named.is_asked_for(condition))
        };
        let knows = self.knows(&named);
        let (follows, skips): (bool, &[&str]) = match when {
            When::Always => (true, &[]),
            When::NotExists(condition) => (
                is_asked_for(condition) && knows,
                &["42710", "42P07", "42701", "42723", "42P06"],
            ),
            When::Exists(condition) => (
                is_asked_for(condition) && knows,
                &["42704", "42P01", "42703", "42883", "3F000"],
            ),
            When::Maybe => (false, &[]),
        };
        if !follows {
            self.perhaps(|catalog| catalog.apply(node));
            self.may_have_changed(&named);
            return;
        }
        match self.apply(node) {
            Ok(()) => {}
            Err(fault) if skips.contains(&fault.sqlstate) => {}
            Err(_) => self.may_have_changed(&named),
        }
    }

    /// Says whether calling a function may change the schema.
    pub(in crate::catalog) fn body_changes_schema(&self, language: &str, body: &str) -> Fact<bool> {
        match language {
            "plpgsql" => {
                let plan = plan::plan(body);
                let texts = plan.steps.iter().map(|step| &step.text);
                self.any_changes(texts.chain(&plan.expressions).map(String::as_str))
            }
            "sql" => self.any_changes(body.split(';')),
            // What is compiled belongs to an extension that says so elsewhere.
            "c" | "internal" => Fact::Known(false),
            _ => Fact::Unknown,
        }
    }

    fn any_changes<'a>(&self, texts: impl Iterator<Item = &'a str>) -> Fact<bool> {
        let mut changes = Fact::Known(false);
        for text in texts {
            let of_text = match first_word(text).as_str() {
                word if is_ddl_word(word) => Fact::Known(true),
                _ if dynamic::is_ddl(text) || template::writes_system(text) => Fact::Known(true),
                _ => self.calls_change_schema(text),
            };
            match of_text {
                Fact::Known(true) => return of_text,
                Fact::Unknown => changes = Fact::Unknown,
                Fact::Known(false) => {}
            }
        }
        changes
    }
}

/// Reads a statement that changes the schema; `None` if it is none, or cannot be read.
fn ddl(text: &str) -> Option<Vec<std::sync::Arc<Node>>> {
    if !is_ddl_word(&first_word(text)) {
        return None;
    }
    Some(
        sql::trees(text)?
            .into_iter()
            .map(|tree| tree.node)
            .collect(),
    )
}

fn first_word(text: &str) -> String {
    crate::lexer::tokens(text)
        .iter()
        .find(|token| !token.kind.is_comment())
        .and_then(|token| text.get(token.span.range()))
        .unwrap_or_default()
        .to_ascii_lowercase()
}

/// Returns whether a statement that begins with a word may change the schema.
fn is_ddl_word(word: &str) -> bool {
    matches!(
        word,
        "create"
            | "alter"
            | "drop"
            | "comment"
            | "grant"
            | "revoke"
            | "security"
            | "reassign"
            | "import"
            | "refresh"
            | "cluster"
    )
}

/// Returns whether a condition asks whether something is there, and of no more.
fn is_about_catalog(condition: &str) -> bool {
    const MORE: [&str; 6] = [
        "data_type",
        "is_nullable",
        "column_default",
        "udt_name",
        "atttypid",
        "attnotnull",
    ];
    let condition = condition.to_ascii_lowercase();
    (condition.contains("pg_") || condition.contains("information_schema"))
        && !MORE.iter().any(|more| condition.contains(more))
}

fn maybe(step: &Step) -> Step {
    Step {
        when: When::Maybe,
        ..step.clone()
    }
}

/// Returns whether a condition of PL/pgSQL catches an error (appendix "PostgreSQL Error Codes").
fn catches(condition: &str, fault: &Fault) -> bool {
    let sqlstate = match condition {
        "duplicate_object" => "42710",
        "duplicate_table" => "42P07",
        "duplicate_column" => "42701",
        "duplicate_function" => "42723",
        "duplicate_schema" => "42P06",
        "undefined_object" => "42704",
        "undefined_table" => "42P01",
        "undefined_column" => "42703",
        "undefined_function" => "42883",
        "invalid_schema_name" => "3F000",
        "invalid_table_definition" => "42P16",
        "dependent_objects_still_exist" => "2BP01",
        "syntax_error_or_access_rule_violation" => "42000",
        other => match other.strip_prefix("sqlstate ") {
            Some(code) => {
                return code
                    .trim()
                    .trim_matches('\'')
                    .eq_ignore_ascii_case(fault.sqlstate);
            }
            None => return false,
        },
    };
    sqlstate == fault.sqlstate
        || sqlstate.ends_with("000") && sqlstate.get(..2) == fault.sqlstate.get(..2)
}
