//! By what it is seen whether a statement outside a transaction happened.

use rupg_sql::nodes::{
    AlterTableStmt, DoStmt, DropStmt, IndexStmt, List, Node, ObjectType, RangeVar, SelectStmt,
};

use super::Parsed;
use crate::trace::Trace;

/// Returns by what it is seen whether a statement happened.
///
/// What is repeatable does nothing where it has been done (`IF NOT EXISTS`, `IF EXISTS`, pages of
/// part "SQL Commands"), or the same again.
pub(in crate::sql) fn trace(parsed: &Parsed) -> Trace {
    let Some(node) = parsed.node() else {
        return Trace::None;
    };
    match node {
        Node::IndexStmt(index) => made(index),
        Node::DropStmt(drop) => dropped(drop),
        Node::VariableSetStmt(set) if !set.is_local => Trace::Setting,
        Node::SelectStmt(select) if only_sets(select) => Trace::Setting,
        Node::CallStmt(_) => Trace::Partial,
        Node::DoStmt(block) if may_commit(block) => Trace::Partial,
        Node::AlterTableStmt(alter) if detaches(alter) => Trace::Partial,
        Node::VacuumStmt(_)
        | Node::ReindexStmt(_)
        | Node::RepackStmt(_)
        | Node::RefreshMatViewStmt(_)
        | Node::AlterSystemStmt(_)
        | Node::CheckPointStmt(_)
        | Node::CommentStmt(_) => Trace::Repeatable,
        Node::CreateSchemaStmt(create) if create.if_not_exists => Trace::Repeatable,
        Node::CreateStmt(create) if create.if_not_exists => Trace::Repeatable,
        Node::CreateSeqStmt(create) if create.if_not_exists => Trace::Repeatable,
        Node::CreateExtensionStmt(create) if create.if_not_exists => Trace::Repeatable,
        Node::AlterEnumStmt(alter) if alter.newVal.is_some() && alter.skipIfNewValExists => {
            Trace::Repeatable
        }
        _ => Trace::None,
    }
}

fn made(index: &IndexStmt) -> Trace {
    match index.relation.as_deref() {
        Some(table) if index.concurrent => Trace::IndexMade {
            table: relation(table).into(),
            index: index
                .idxname
                .as_deref()
                .unwrap_or_default()
                .to_owned()
                .into(),
        },
        _ if index.if_not_exists => Trace::Repeatable,
        _ => Trace::None,
    }
}

fn dropped(drop: &DropStmt) -> Trace {
    if drop.missing_ok {
        return Trace::Repeatable;
    }
    if !drop.concurrent || drop.removeType != ObjectType::OBJECT_INDEX {
        return Trace::None;
    }
    match drop.objects.as_slice() {
        [Some(Node::List(name))] => Trace::IndexDropped {
            index: qualified(name).into(),
        },
        _ => Trace::None,
    }
}

/// A procedure that the block calls may commit too.
fn may_commit(block: &DoStmt) -> bool {
    block.args.iter().flatten().any(|option| {
        let Node::DefElem(option) = option else {
            return false;
        };
        let Some(Node::String(body)) = &option.arg else {
            return false;
        };
        let body = body.to_ascii_lowercase();
        ["commit", "call"].iter().any(|word| body.contains(word))
    })
}

/// `DETACH PARTITION … CONCURRENTLY` commits between its two halves.
fn detaches(alter: &AlterTableStmt) -> bool {
    super::act::detaches_concurrently(alter)
}

/// Every column of a query without tables is a call of `set_config`.
fn only_sets(select: &SelectStmt) -> bool {
    select.fromClause.is_empty()
        && !select.targetList.is_empty()
        && select.targetList.iter().flatten().all(|target| {
            let Node::ResTarget(target) = target else {
                return false;
            };
            let Some(Node::FuncCall(call)) = &target.val else {
                return false;
            };
            matches!(call.funcname.last(), Some(Some(Node::String(name))) if &**name == "set_config")
        })
}

fn relation(table: &RangeVar) -> String {
    let name = table.relname.as_deref().unwrap_or_default();
    match table.schemaname.as_deref() {
        Some(schema) => format!("{}.{}", quoted(schema), quoted(name)),
        None => quoted(name),
    }
}

fn qualified(name: &List) -> String {
    let parts = name.iter().flatten().filter_map(|part| match part {
        Node::String(part) => Some(quoted(part)),
        _ => None,
    });
    parts.collect::<Vec<_>>().join(".")
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
