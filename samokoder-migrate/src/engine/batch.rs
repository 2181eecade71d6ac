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
        steps: Range<usize>,
    },
    /// A script outside a transaction, statement by statement.
    Alone { index: usize },
    /// A file of rows, in a transaction that is open while it is sent.
    Rows { index: usize },
}

/// Writes a plan as messages; the opening goes before the first.
pub(super) fn batches(
    writer: &Writer<'_>,
    plan: &Plan,
    opening: &str,
    sharing: Sharing,
) -> Vec<Batch> {
    let mut batches: Vec<Batch> = Vec::new();
    let room = room(writer, plan);
    let mut opened = Message::with_capacity(room);
    opened.ours(None, opening, opening_statements(opening));
    let mut pending: Option<(Message, usize)> = Some((opened, 0));
    let mut is_shared = false;
    for (index, step) in plan.steps.iter().enumerate() {
        if is_apart(writer, step) {
            if let Some((message, first)) = pending.take() {
                batches.push(together(writer, message, first..index));
            }
            batches.push(if step.is_outside(writer.set) {
                Batch::Alone { index }
            } else {
                Batch::Rows { index }
            });
            continue;
        }
        let (mut message, first) = pending
            .take()
            .unwrap_or_else(|| (Message::with_capacity(room), index));
        if sharing == Sharing::Yes && !is_shared {
            writer.share(&mut message);
            is_shared = true;
        }
        let ends = plan.steps.get(index + 1).is_none_or(|next| {
            is_apart(writer, next)
                || message.query().text().len() + size(writer, step) + size(writer, next) > NEAR
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
            batches.push(together(writer, message, first..index + 1));
        } else {
            pending = Some((message, first));
        }
    }
    batches
}

/// Returns about how many bytes a message of the plan may come to: room that is never used costs
/// nothing, and a text that grows is copied.
fn room(writer: &Writer<'_>, plan: &Plan) -> usize {
    /// What is said around a script, and the way back.
    const AROUND: usize = 1500;
    let all = plan.steps.iter().map(|step| size(writer, step) + AROUND);
    all.sum::<usize>().min(NEAR + NEAR / 8)
}

fn size(writer: &Writer<'_>, step: &Step) -> usize {
    writer.script(step).map_or(0, |script| script.text().len())
}

/// Returns the messages as they are sent, for printing.
pub(super) fn scripts(
    writer: &Writer<'_>,
    plan: &Plan,
    opening: &str,
    sharing: Sharing,
) -> Vec<String> {
    let mut scripts = Vec::new();
    for batch in batches(writer, plan, opening, sharing) {
        match batch {
            Batch::Together { message, .. } => scripts.push(message.query().text().to_owned()),
            Batch::Alone { index } => {
                let sent = alone(writer, plan, index).into_iter();
                scripts.extend(sent.map(|sent| sent.query.text().to_owned()));
            }
            Batch::Rows { index } => {
                scripts.extend(plan.steps.get(index).into_iter().flat_map(|step| {
                    [
                        writer.before_rows(step, before(plan, index)),
                        writer.psql_copy(step),
                        after_rows(writer, step).text().to_owned(),
                    ]
                }));
            }
        }
    }
    scripts
}

/// Ends a message by the question how long its steps took.
fn together(writer: &Writer<'_>, message: Message, steps: Range<usize>) -> Batch {
    Batch::Together {
        message: message.asking(&writer.durations(steps.len())),
        steps,
    }
}

/// Writes a step outside a transaction as messages; the last asks how long it took.
pub(super) fn alone(writer: &Writer<'_>, plan: &Plan, index: usize) -> Vec<Sent> {
    let Some(step) = plan.steps.get(index) else {
        return Vec::new();
    };
    let mut messages = writer.outside(step, before(plan, index));
    if let Some(last) = messages.last_mut() {
        last.query = std::mem::take(&mut last.query).asking(&writer.durations(1));
    }
    messages
}

/// Ends the step of a file of rows, and asks how long it took.
pub(super) fn after_rows(writer: &Writer<'_>, step: &Step) -> Query {
    Query::from(writer.after_rows(step)).asking(&writer.durations(1))
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
