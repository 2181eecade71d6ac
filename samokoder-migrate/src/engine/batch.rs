//! The messages that a plan becomes.

use crate::{
    plan::{Plan, Step},
    script::{
        message::Message,
        step::{Flush, Writer},
    },
    set::Transaction,
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
}

/// Writes a plan as messages; the opening goes before the first.
pub(super) fn batches(writer: &Writer<'_>, plan: &Plan, opening: &str) -> Vec<Batch> {
    let mut batches: Vec<Batch> = Vec::new();
    let mut before = plan.from;
    let mut opened = Message::new();
    opened.ours(None, opening, opening_statements(opening));
    let mut pending: Option<(Message, usize)> = Some((opened, 0));
    for (index, step) in plan.steps.iter().enumerate() {
        if is_outside(writer, step) {
            if let Some((message, first)) = pending.take() {
                batches.push(Batch::Together {
                    message,
                    first,
                    last: index,
                });
            }
            batches.push(Batch::Alone { index });
            before = step.after();
            continue;
        }
        let (mut message, first) = pending.take().unwrap_or_else(|| (Message::new(), index));
        let size = writer.script(step).map_or(0, |script| script.text().len());
        let ends = plan.steps.get(index + 1).is_none_or(|next| {
            is_outside(writer, next)
                || message.sql().len()
                    + size
                    + writer.script(next).map_or(0, |script| script.text().len())
                    > NEAR
        });
        writer.transactional(
            &mut message,
            index,
            step,
            before,
            if ends { Flush::Now } else { Flush::Later },
        );
        before = step.after();
        if ends {
            batches.push(Batch::Together {
                message,
                first,
                last: index + 1,
            });
        } else {
            pending = Some((message, first));
        }
    }
    if let Some(Batch::Together { message, .. }) = batches.last_mut() {
        message.ours(None, &writer.durations(), 1);
    }
    batches
}

/// Returns the messages as they are sent, for printing.
pub(super) fn scripts(writer: &Writer<'_>, plan: &Plan, opening: &str) -> Vec<String> {
    let mut before = plan.from;
    let mut scripts = Vec::new();
    for batch in batches(writer, plan, opening) {
        match batch {
            Batch::Together { message, last, .. } => {
                scripts.push(message.into_sql());
                before = last
                    .checked_sub(1)
                    .and_then(|index| plan.steps.get(index))
                    .map_or(before, Step::after);
            }
            Batch::Alone { index } => {
                let Some(step) = plan.steps.get(index) else {
                    continue;
                };
                let Some(script) = writer.script(step) else {
                    continue;
                };
                for statement in step.resume..script.statements.len() {
                    scripts.push(writer.begun(step, before, statement));
                    scripts.push(format!("{};\n", script.statement(statement)));
                }
                scripts.push(ended(writer, plan, index, step));
                before = step.after();
            }
        }
    }
    scripts
}

/// Returns the message that ends a script outside a transaction, and, after the plan's last step,
/// asks for the durations.
pub(super) fn ended(writer: &Writer<'_>, plan: &Plan, index: usize, step: &Step) -> String {
    let mut sql = writer.ended(step);
    if index + 1 == plan.steps.len() {
        sql.push_str(&writer.durations());
    }
    sql
}

fn is_outside(writer: &Writer<'_>, step: &Step) -> bool {
    writer.script(step).is_some_and(|script| {
        script.transaction == Transaction::Outside && !script.statements.is_empty()
    })
}

/// The opening is BEGIN, a setting, a block, COMMIT.
fn opening_statements(opening: &str) -> usize {
    if opening.is_empty() { 0 } else { 4 }
}
