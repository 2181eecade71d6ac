//! The proof: every upgrade is replayed, and every downgrade is shown to lead back.

mod advice;
mod compare;
mod mend;
mod place;
mod rivals;
mod site;

use std::sync::Arc;

use super::{
    Catalog,
    fault::Fault,
    store::{Mark, Oid},
};
use crate::{
    Code, Diagnostic, Severity, SourceFile,
    allow::Absence,
    check::{Baseline, Opaque, Options, Reach},
    directive::Touch,
    migration::Statement,
    tree::Node,
};
use compare::Difference;
use site::Survey;

/// One script to be replayed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Replayed<'a> {
    pub(crate) file: &'a Arc<SourceFile>,
    pub(crate) statements: &'a [Statement],
    /// What its opaque statements may change.
    pub(crate) touches: &'a [Touch],
}

/// What was found in the two scripts of a migration.
#[derive(Debug, Default)]
pub(crate) struct Proven {
    pub(crate) upgrade: Vec<Diagnostic>,
    pub(crate) downgrade: Vec<Diagnostic>,
    /// Whether something was opaque so far: then a finding that is missing proves nothing.
    pub(crate) opaque: bool,
    /// The opaque statements of both scripts.
    pub(crate) hidden: Vec<Opaque>,
}

impl Proven {
    /// Returns what it says where nothing was found.
    pub(crate) fn absence(&self) -> Absence {
        if self.opaque {
            Absence::ProvesNothing
        } else {
            Absence::Proves
        }
    }

    /// Says nothing of a migration whose place in the history is not known.
    pub(crate) fn unplaced() -> Self {
        Self {
            opaque: true,
            ..Self::default()
        }
    }

    /// Makes the findings in the upgrade warnings.
    pub(crate) fn soften_upgrade(&mut self) {
        for finding in &mut self.upgrade {
            *finding = finding.clone().with_severity(Severity::Warning);
        }
    }
}

/// Replays migrations in order.
#[derive(Debug)]
pub(crate) struct Prover {
    catalog: Catalog,
}

impl Prover {
    /// Begins before the first migration.
    pub(crate) fn new(options: &Options) -> Self {
        Self {
            catalog: Catalog::new(options),
        }
    }

    /// Returns the catalog at this point.
    pub(crate) fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// Replays a migration, and stands after its upgrade then.
    ///
    /// `None` is a script that cannot be read, or, as a downgrade, one that never runs.
    pub(crate) fn migration(
        &mut self,
        upgrade: Option<Replayed<'_>>,
        downgrade: Option<Replayed<'_>>,
    ) -> Proven {
        let mut proven = Proven::default();
        let base = self.catalog.store.mark();
        let Some(up) = upgrade else {
            self.catalog.store.cover();
            self.catalog.store.settle();
            proven.opaque = true;
            return proven;
        };
        let ran = self.run(up);
        if let Some((index, fault)) = &ran.fault {
            proven.upgrade.push(place::in_upgrade(up, *index, fault));
            // What a refused script would have left is anyone's guess.
            self.catalog.store.cover();
        } else if let Some(down) = downgrade.filter(|down| !controls(up) && !controls(*down)) {
            let led = self.lead_back(base, up, &ran.marks, down);
            proven.downgrade = led.findings;
            proven.opaque = led.opaque;
            proven.hidden = led.hidden;
        }
        proven.hidden.extend(ran.hidden);
        self.catalog.store.settle();
        proven.opaque |= self.is_opaque(up);
        proven
    }

    /// Replays a data script: its findings are those of an upgrade.
    pub(crate) fn seed(&mut self, seed: Replayed<'_>) -> Proven {
        let ran = self.run(seed);
        let faults = ran.fault.iter();
        Proven {
            upgrade: faults
                .map(|(index, fault)| place::diagnostic(seed, *index, fault))
                .collect(),
            opaque: self.is_opaque(seed),
            hidden: ran.hidden,
            ..Proven::default()
        }
    }

    /// Returns whether something may be there that is not known, after a script.
    fn is_opaque(&self, script: Replayed<'_>) -> bool {
        self.catalog.store.opacity() != (0, 0)
            || !script.touches.is_empty()
            || self.catalog.options.baseline == Baseline::Unknown
    }

    /// Returns the moment that this is, for [`Self::back_to`].
    pub(crate) fn mark(&self) -> Mark {
        self.catalog.store.mark()
    }

    /// Goes back to a moment.
    pub(crate) fn back_to(&mut self, mark: Mark) {
        self.catalog.store.undo(mark);
    }

    fn run(&mut self, script: Replayed<'_>) -> Ran {
        let mut ran = Ran::default();
        self.catalog.begin_script(script.touches);
        for (index, statement) in script.statements.iter().enumerate() {
            ran.marks.push(self.catalog.store.mark());
            let (covers, parts) = self.catalog.store.opacity();
            let done = if let Some(tree) = &statement.tree {
                self.catalog.apply(&tree.node)
            } else {
                // Rows of data change no schema; what no parser reads may do anything.
                if statement.facts.inserts.is_empty() {
                    self.catalog.store.cover();
                }
                Ok(())
            };
            let reach = match self.catalog.store.opacity() {
                (now, _) if now != covers => Some(Reach::All),
                (_, now) if now != parts => Some(Reach::Part),
                _ => None,
            };
            ran.hidden.extend(reach.map(|reach| Opaque {
                path: script.file.path().to_owned(),
                position: script.file.position(statement.span.start),
                reach,
            }));
            if let Err(mut fault) = done {
                if fault.help.is_none() {
                    let text = script.file.slice(statement.span);
                    fault.help = advice::meant(&self.catalog, text, &fault);
                }
                ran.fault = Some((index, fault));
                break;
            }
        }
        self.catalog.end_script();
        ran
    }

    /// Replays a downgrade on top of its upgrade, compares, and takes the downgrade back.
    fn lead_back(
        &mut self,
        base: Mark,
        up: Replayed<'_>,
        marks: &[Mark],
        down: Replayed<'_>,
    ) -> LedBack {
        let top = self.catalog.store.mark();
        let ran = self.run(down);
        let opaque = self.is_opaque(down);
        if let Some((index, fault)) = &ran.fault {
            self.catalog.store.undo(top);
            return LedBack {
                findings: vec![place::in_downgrade(down, *index, fault)],
                opaque,
                hidden: ran.hidden,
            };
        }
        let touched = self.catalog.store.touched(base);
        let mut after = Survey::new(&self.catalog, &touched);
        let downgraded = self.catalog.store.undo(top);
        let upgraded = self.catalog.store.undo(base);
        let mut before = Survey::new(&self.catalog, &touched);
        before.look_for(&self.catalog, &after);
        before.settle(&mut after);
        before.describe(&self.catalog);
        self.catalog.store.redo(upgraded);
        self.catalog.store.redo(downgraded);
        after.look_for(&self.catalog, &before);
        after.describe(&self.catalog);
        let differences = compare::differences(&before, &after);
        let again = if differences.is_empty() && !after.has_left_overs(&before) {
            None
        } else {
            self.again(up, &differences)
        };
        self.catalog.store.undo(top);
        let tell = Tell {
            catalog: &self.catalog,
            up,
            marks,
            down,
            down_marks: &ran.marks,
        };
        let differences = differences.iter();
        LedBack {
            findings: differences
                .map(|difference| tell.difference(difference))
                .chain(again)
                .collect(),
            opaque,
            hidden: ran.hidden,
        }
    }

    /// Replays the upgrade once more after the downgrade; differences tell enough by themselves.
    fn again(&mut self, up: Replayed<'_>, differences: &[Difference]) -> Option<Diagnostic> {
        if differences.iter().any(Difference::is_error) {
            return None;
        }
        let (index, fault) = self.run(up).fault?;
        let diagnostic = place::diagnostic(up, index, &fault);
        let message = format!(
            "the upgrade cannot run again after its downgrade: {}",
            diagnostic.message()
        );
        Some(place::again(up, index, &fault, message))
    }
}

/// Returns whether a script ends transactions itself: then it is not known what of it is kept.
fn controls(script: Replayed<'_>) -> bool {
    script.statements.iter().any(|statement| {
        let node = statement.tree.as_ref().map(|tree| &*tree.node);
        matches!(node, Some(Node::TransactionStmt(_)))
    })
}

/// What a downgrade leads to.
struct LedBack {
    findings: Vec<Diagnostic>,
    /// Whether something in it, or before it, was opaque.
    opaque: bool,
    hidden: Vec<Opaque>,
}

/// How far a script came.
#[derive(Debug, Default)]
struct Ran {
    /// The moment before each statement.
    marks: Vec<Mark>,
    fault: Option<(usize, Fault)>,
    hidden: Vec<Opaque>,
}

/// What is needed to say where a difference comes from.
struct Tell<'a> {
    catalog: &'a Catalog,
    up: Replayed<'a>,
    marks: &'a [Mark],
    down: Replayed<'a>,
    down_marks: &'a [Mark],
}

impl Tell<'_> {
    fn difference(&self, difference: &Difference) -> Diagnostic {
        let _ = self.down_marks;
        let index = self.down.statements.len().saturating_sub(1);
        let mut diagnostic = Diagnostic::new(difference.code(), difference.message())
            .at(
                self.down.file,
                place::statement(self.down, self.nearest(difference).unwrap_or(index)),
            )
            .label(difference.label());
        if let Some(cause) = self.cause(difference.oids()) {
            let span = place::statement(self.up, cause);
            diagnostic = diagnostic.note(format!(
                "the upgrade {} it at {}:{}",
                difference.verb(),
                self.up.file.path(),
                self.up.file.position(span.start)
            ));
        }
        if let Some(help) = difference.help() {
            diagnostic = diagnostic.help(help);
        }
        diagnostic
    }

    /// Finds the statement of the upgrade that first touched one of some objects.
    fn cause(&self, oids: &[Oid]) -> Option<usize> {
        let store = &self.catalog.store;
        (0..self.marks.len()).find(|index| {
            let (Some(from), to) = (self.marks.get(*index), self.marks.get(index + 1)) else {
                return false;
            };
            oids.iter()
                .any(|oid| store.touches(*oid, *from, to.copied()))
        })
    }

    /// Finds the statement of the downgrade that names what differs, or the table that it is in.
    fn nearest(&self, difference: &Difference) -> Option<usize> {
        difference.names().find_map(|name| {
            self.down
                .statements
                .iter()
                .position(|statement| place::name(self.down.file, statement.span, name).is_some())
        })
    }
}

/// The code that a fault has as a finding.
fn code(fault: &Fault) -> Code {
    match fault.sqlstate {
        "42P01" | "42703" | "42704" | "42883" | "3F000" => Code::NameMissing,
        "42P07" | "42701" | "42710" | "42723" | "42P06" | "42712" => Code::NameTaken,
        "2BP01" => Code::StillNeeded,
        _ => Code::DoesNotFit,
    }
}
