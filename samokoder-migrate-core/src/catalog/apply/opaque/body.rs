//! Bodies in PL/pgSQL: which of their statements run.

use std::collections::HashMap;

use super::{
    assign::Values,
    catches, ddl, first_word, maybe,
    name::{self, Named, named},
    path,
    plan::{Plan, Step, When},
    run::{Calls, Run},
};
use crate::catalog::{Catalog, object::Space, resolve::SearchPath};

impl When {
    /// Says whether a statement runs, if it is known whether what its condition asks for is there.
    fn runs(&self, exists: Option<bool>) -> Option<bool> {
        match self {
            Self::Always => Some(true),
            Self::Exists(_) => exists,
            Self::NotExists(_) => exists.map(|exists| !exists),
            Self::Maybe => None,
        }
    }
}

impl Catalog {
    /// Runs a body in PL/pgSQL.
    pub(super) fn run_plan(&mut self, plan: &Plan, mut run: Run) {
        let values = Values::new(plan, &run.names);
        if path::may_be_set(plan, &values) {
            // What the names mean then is not known, and may not be afterwards.
            self.run_opaque();
            self.search_path = SearchPath::Unknown;
            return;
        }
        run.names = values.everywhere().clone();
        for expression in &plan.expressions {
            self.run_expression(expression, &run);
        }
        let at_step = |run: &Run, step: &Step| Run {
            names: values.at(step),
            ..run.clone()
        };
        // What each IF that could be answered found, when it was asked.
        let mut answers: HashMap<usize, Option<bool>> = HashMap::new();
        let mut at = 0;
        while let Some(step) = plan.steps.get(at) {
            let answer = step.asked.filter(|_| run.calls == Calls::Once);
            let answer = answer.and_then(|number| {
                let exists = answers
                    .entry(number)
                    .or_insert_with(|| self.answer(&step.when));
                step.when.runs(*exists)
            });
            let certain = Step {
                when: When::Always,
                ..step.clone()
            };
            let step = match answer {
                Some(false) => {
                    at += 1;
                    continue;
                }
                Some(true) => &certain,
                None => step,
            };
            let Some(block) = step.block.filter(|_| run.calls == Calls::Once) else {
                self.run_step(&run.step(step), &at_step(&run, step));
                at += 1;
                continue;
            };
            let rest = plan.steps.get(at..).unwrap_or_default();
            let length = rest
                .iter()
                .take_while(|next| next.block == Some(block))
                .count()
                .max(1);
            let steps = rest.get(..length).unwrap_or_default();
            for step in steps {
                if let Some(number) = step.asked {
                    answers
                        .entry(number)
                        .or_insert_with(|| self.answer(&step.when));
                }
            }
            self.run_guarded(plan, block, steps, &run, &values);
            at += length;
        }
    }

    /// Runs the statements of a block that catches errors: what fails in it is all taken back.
    fn run_guarded(
        &mut self,
        plan: &Plan,
        block: usize,
        steps: &[Step],
        run: &Run,
        values: &Values<'_>,
    ) {
        let caught = plan.caught.get(block).map_or(&[][..], Vec::as_slice);
        let catches_all = caught.iter().any(|name| name == "others");
        let mark = self.store.mark();
        let mut all: Vec<Named> = Vec::new();
        let members = plan.steps.iter().filter(|step| step.block == Some(block));
        let mut is_certain = members.count() == steps.len();
        for step in steps {
            let Some(nodes) = ddl(&step.text) else {
                // What makes it fail is in the data, or in what it runs.
                is_certain &=
                    matches!(first_word(&step.text).as_str(), "null" | "raise" | "return");
                let run = Run {
                    names: values.at(step),
                    ..run.clone()
                };
                self.run_step(&maybe(step), &run);
                continue;
            };
            for node in nodes {
                let Some(named) = named(&node) else {
                    is_certain = false;
                    self.run_node(&node, &When::Maybe, Some(&step.text));
                    continue;
                };
                is_certain &= step.when == When::Always && self.knows(&named);
                all.extend(named);
                if let Err(fault) = self.apply(&node) {
                    if is_certain
                        && (catches_all || caught.iter().any(|name| catches(name, &fault)))
                    {
                        self.store.undo(mark);
                        return;
                    }
                    is_certain = false;
                }
            }
        }
        // Data that does not fit is caught too.
        let is_type = |named: &Named| named.space == Space::Type && named.part == name::Part::Whole;
        is_certain &= !catches_all || all.iter().all(is_type);
        if !is_certain {
            self.may_have_changed(&all);
        }
    }
}
