//! The messages that a plan becomes.

use std::ops::Range;

use crate::{
    plan::{Plan, Step},
    query::Query,
    script::{
        message::Message,
        outside::Sent,
        shared::{Sharing, unshared},
        step::{Flush, Writer},
    },
};

/// The size, in bytes, that a message of several steps stays near: the server holds it whole.
const NEAR: usize = 1 << 20;

/// What is sent for one or more steps of a plan.
#[derive(Clone, Debug)]
pub(super) enum Batch {
    /// One message, each step in a transaction of its own.
    Together {
        message: Message,
        first: usize,
        last: usize,
    },
    /// A script outside a transaction, statement by statement.
    Alone { index: usize },
    /// A file of rows, in a transaction that is open while it is sent.
    Rows { index: usize },
}

/// Writes a plan as messages; the opening goes before the first.
pub(super) fn batches(writer: &Writer<'_>, plan: &Plan, opening: &str) -> Vec<Batch> {
    let mut batches: Vec<Batch> = Vec::new();
    let mut opened = Message::new();
    opened.ours(None, opening, opening_statements(opening));
    let mut pending: Option<(Message, usize)> = Some((opened, 0));
    let sharing = Sharing::of(writer.set, plan.steps.iter());
    let mut is_shared = false;
    for (index, step) in plan.steps.iter().enumerate() {
        if is_apart(writer, step) {
            if let Some((message, first)) = pending.take() {
                batches.push(Batch::Together {
                    message,
                    first,
                    last: index,
                });
            }
            batches.push(if step.is_outside(writer.set) {
                Batch::Alone { index }
            } else {
                Batch::Rows { index }
            });
            continue;
        }
        let (mut message, first) = pending.take().unwrap_or_else(|| (Message::new(), index));
        if sharing == Sharing::Yes && !is_shared {
            writer.share(&mut message);
            is_shared = true;
        }
        let size = writer.script(step).map_or(0, |script| script.text().len());
        let ends = plan.steps.get(index + 1).is_none_or(|next| {
            is_apart(writer, next)
                || message.sql().len()
                    + size
                    + writer.script(next).map_or(0, |script| script.text().len())
                    > NEAR
        });
        let (from, flush) = (
            before(plan, index),
            if ends { Flush::Now } else { Flush::Later },
        );
        if !(is_shared && writer.shared(&mut message, index, step, from, flush)) {
            writer.transactional(&mut message, index, step, from, flush);
        }
        if ends {
            if std::mem::take(&mut is_shared) {
                message.ours(None, &unshared(), 1);
            }
            batches.push(Batch::Together {
                message,
                first,
                last: index + 1,
            });
        } else {
            pending = Some((message, first));
        }
    }
    batches
}

/// Returns the messages as they are sent, for printing.
pub(super) fn scripts(writer: &Writer<'_>, plan: &Plan, opening: &str) -> Vec<String> {
    let mut scripts = Vec::new();
    for batch in batches(writer, plan, opening) {
        match batch {
            Batch::Together {
                message,
                first,
                last,
            } => scripts.push(together(writer, &message, first..last).text().into_owned()),
            Batch::Alone { index } => {
                let sent = alone(writer, plan, index).into_iter();
                scripts.extend(sent.map(|sent| sent.query.text().into_owned()));
            }
            Batch::Rows { index } => {
                scripts.extend(plan.steps.get(index).into_iter().flat_map(|step| {
                    [
                        writer.before_rows(step, before(plan, index)),
                        writer.psql_copy(step),
                        after_rows(writer, step).text().into_owned(),
                    ]
                }));
            }
        }
    }
    scripts
}

/// Asks at the end of a message how long its steps took.
pub(super) fn together(writer: &Writer<'_>, message: &Message, steps: Range<usize>) -> Query {
    Query {
        sql: message.sql().to_owned(),
        question: Some(writer.durations(steps.len())),
    }
}

/// Writes a step outside a transaction as messages; the last asks how long it took.
pub(super) fn alone(writer: &Writer<'_>, plan: &Plan, index: usize) -> Vec<Sent> {
    let Some(step) = plan.steps.get(index) else {
        return Vec::new();
    };
    let mut messages = writer.outside(step, before(plan, index));
    if let Some(last) = messages.last_mut() {
        last.query.question = Some(writer.durations(1));
    }
    messages
}

/// Ends the step of a file of rows, and asks how long it took.
pub(super) fn after_rows(writer: &Writer<'_>, step: &Step) -> Query {
    Query {
        sql: writer.after_rows(step),
        question: Some(writer.durations(1)),
    }
}

/// Returns whether a step has messages of its own.
fn is_apart(writer: &Writer<'_>, step: &Step) -> bool {
    step.is_outside(writer.set) || writer.loaded(step).is_some()
}

/// Returns the position that the database is at before a step of the plan.
pub(super) fn before(plan: &Plan, index: usize) -> usize {
    index
        .checked_sub(1)
        .and_then(|index| plan.steps.get(index))
        .map_or(plan.from, Step::after)
}

/// The opening is BEGIN, a setting, a block, COMMIT.
fn opening_statements(opening: &str) -> usize {
    if opening.is_empty() { 0 } else { 4 }
}
