//! What a statement does, as far as the checks ask.

use rupg_sql::nodes::{
    A_Const, AlterSubscriptionStmt, AlterSubscriptionType, AlterTableCmd, AlterTableStmt,
    AlterTableType, CURSOR_OPT_HOLD, CopyStmt, CreateSubscriptionStmt, DefElem, DiscardMode, List,
    Node, ObjectType, ReindexObjectType, ReindexStmt, RepackStmt, SelectStmt, TransactionStmt,
    TransactionStmtKind, VariableSetKind, VariableSetStmt,
};

use super::{Content, Parsed};
use crate::migration::{Facts, Insert};

/// What a statement does, as far as the checks ask.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::sql) enum Act {
    /// It controls the transaction.
    Control(Control),
    /// The server refuses it inside a transaction block.
    Refused(Refused),
    /// The server refuses it outside a transaction block.
    NeedsTransaction(&'static str),
    /// `COPY … FROM STDIN`.
    CopyFromClient,
    /// `COPY … TO STDOUT`.
    CopyToClient,
    /// It changes these settings for the session.
    Settings(Vec<String>),
    /// `SET LOCAL` of a setting.
    SetLocal,
    /// It does something to rows that tells whether it can be repeated.
    Rows(Facts),
    /// None of these.
    Other,
}

/// How a statement controls the transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sql) enum Control {
    /// `BEGIN`, `START TRANSACTION`.
    Begin,
    /// `COMMIT`, `END`.
    Commit,
    /// `ROLLBACK`, `ABORT`.
    Rollback,
    /// `PREPARE TRANSACTION`.
    Prepare,
    /// `SET TRANSACTION`, which the server refuses after a transaction's first query.
    Set,
    /// `SET TRANSACTION READ ONLY`, after which the runner cannot write to the history.
    ReadOnly,
    /// A savepoint: `SAVEPOINT`, `RELEASE`, `ROLLBACK TO`.
    Savepoint,
}

/// A statement that the server refuses inside a transaction block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sql) struct Refused {
    /// What PostgreSQL calls it in its own message.
    pub(in crate::sql) name: &'static str,
}

/// Returns what a statement does.
pub(in crate::sql) fn act(parsed: &Parsed) -> Act {
    let node = match &parsed.content {
        Content::Tree(node) => &**node,
        Content::Rows(insert) => {
            return Act::Rows(Facts {
                inserts: vec![insert.clone()],
                ..Facts::default()
            });
        }
        Content::Opaque => return Act::Other,
    };
    if let Some(name) = refused(node) {
        return Act::Refused(Refused { name });
    }
    match node {
        Node::TransactionStmt(statement) => control(statement),
        Node::VariableSetStmt(statement) => variable(statement),
        Node::SelectStmt(select) => {
            let mut settings = Vec::new();
            set_config(select, &mut settings);
            if settings.is_empty() {
                rows(node)
            } else {
                Act::Settings(settings)
            }
        }
        Node::LockStmt(_) => Act::NeedsTransaction("LOCK TABLE"),
        Node::DeclareCursorStmt(cursor) if cursor.options & CURSOR_OPT_HOLD == 0 => {
            Act::NeedsTransaction("DECLARE CURSOR")
        }
        Node::CopyStmt(copy) => from_client(copy),
        Node::InsertStmt(_) | Node::DeleteStmt(_) | Node::UpdateStmt(_) | Node::TruncateStmt(_) => {
            rows(node)
        }
        _ => Act::Other,
    }
}

fn control(statement: &TransactionStmt) -> Act {
    Act::Control(match statement.kind {
        TransactionStmtKind::TRANS_STMT_BEGIN | TransactionStmtKind::TRANS_STMT_START => {
            Control::Begin
        }
        TransactionStmtKind::TRANS_STMT_COMMIT => Control::Commit,
        TransactionStmtKind::TRANS_STMT_ROLLBACK => Control::Rollback,
        TransactionStmtKind::TRANS_STMT_PREPARE => Control::Prepare,
        _ => Control::Savepoint,
    })
}

/// The statements whose code in the server calls `PreventInTransactionBlock`, where the tree alone
/// shows that it does. Each was seen to fail on a server with SQLSTATE 25001.
fn refused(node: &Node) -> Option<&'static str> {
    match node {
        Node::IndexStmt(index) if index.concurrent => Some("CREATE INDEX CONCURRENTLY"),
        Node::DropStmt(drop) if drop.concurrent && drop.removeType == ObjectType::OBJECT_INDEX => {
            Some("DROP INDEX CONCURRENTLY")
        }
        Node::ReindexStmt(reindex) => reindex_refused(reindex),
        Node::VacuumStmt(vacuum) if vacuum.is_vacuumcmd => Some("VACUUM"),
        Node::CreatedbStmt(_) => Some("CREATE DATABASE"),
        Node::DropdbStmt(_) => Some("DROP DATABASE"),
        Node::AlterDatabaseStmt(alter) if option(&alter.options, "tablespace").is_some() => {
            Some("ALTER DATABASE SET TABLESPACE")
        }
        Node::CreateTableSpaceStmt(_) => Some("CREATE TABLESPACE"),
        Node::DropTableSpaceStmt(_) => Some("DROP TABLESPACE"),
        Node::AlterSystemStmt(_) => Some("ALTER SYSTEM"),
        Node::RepackStmt(repack) => repack_refused(repack),
        Node::AlterTableStmt(alter) if detaches_concurrently(alter) => {
            Some("ALTER TABLE ... DETACH CONCURRENTLY")
        }
        Node::CreateSubscriptionStmt(create) if creates_slot(create) => {
            Some("CREATE SUBSCRIPTION ... WITH (create_slot = true)")
        }
        Node::AlterSubscriptionStmt(alter) => subscription_refused(alter),
        Node::DiscardStmt(discard) if discard.target == DiscardMode::DISCARD_ALL => {
            Some("DISCARD ALL")
        }
        Node::TransactionStmt(transaction) => match transaction.kind {
            TransactionStmtKind::TRANS_STMT_COMMIT_PREPARED => Some("COMMIT PREPARED"),
            TransactionStmtKind::TRANS_STMT_ROLLBACK_PREPARED => Some("ROLLBACK PREPARED"),
            _ => None,
        },
        _ => None,
    }
}

fn reindex_refused(reindex: &ReindexStmt) -> Option<&'static str> {
    match reindex.kind {
        ReindexObjectType::REINDEX_OBJECT_SCHEMA => Some("REINDEX SCHEMA"),
        ReindexObjectType::REINDEX_OBJECT_SYSTEM => Some("REINDEX SYSTEM"),
        ReindexObjectType::REINDEX_OBJECT_DATABASE => Some("REINDEX DATABASE"),
        _ => option(&reindex.params, "concurrently")
            .is_some_and(|option| !is_false(option))
            .then_some("REINDEX CONCURRENTLY"),
    }
}

fn repack_refused(repack: &RepackStmt) -> Option<&'static str> {
    // `CLUSTER` without a table works through all of them, a transaction for each.
    repack.relation.is_none().then_some("CLUSTER")
}

pub(super) fn detaches_concurrently(alter: &AlterTableStmt) -> bool {
    commands(alter).any(|command| {
        command.subtype == AlterTableType::AT_DetachPartition
            && matches!(&command.def, Some(Node::PartitionCmd(partition)) if partition.concurrent)
    })
}

fn commands(alter: &AlterTableStmt) -> impl Iterator<Item = &AlterTableCmd> {
    alter.cmds.iter().filter_map(|command| match command {
        Some(Node::AlterTableCmd(command)) => Some(&**command),
        _ => None,
    })
}

fn creates_slot(create: &CreateSubscriptionStmt) -> bool {
    let off = |name| option(&create.options, name).is_some_and(is_false);
    !off("create_slot") && !off("connect")
}

fn subscription_refused(alter: &AlterSubscriptionStmt) -> Option<&'static str> {
    match alter.kind {
        AlterSubscriptionType::ALTER_SUBSCRIPTION_REFRESH_PUBLICATION => {
            Some("ALTER SUBSCRIPTION ... REFRESH")
        }
        AlterSubscriptionType::ALTER_SUBSCRIPTION_SET_PUBLICATION
        | AlterSubscriptionType::ALTER_SUBSCRIPTION_ADD_PUBLICATION
        | AlterSubscriptionType::ALTER_SUBSCRIPTION_DROP_PUBLICATION
            if !option(&alter.options, "refresh").is_some_and(is_false) =>
        {
            Some("ALTER SUBSCRIPTION with refresh")
        }
        _ => None,
    }
}

fn variable(set: &VariableSetStmt) -> Act {
    let name = set.name.as_deref().unwrap_or_default();
    if set.kind == VariableSetKind::VAR_RESET_ALL {
        return Act::Settings(vec!["all".to_owned()]);
    }
    if set.kind == VariableSetKind::VAR_SET_MULTI {
        return match name {
            "SESSION CHARACTERISTICS" => Act::Settings(
                options(&set.args)
                    .filter_map(|option| option.defname.as_deref())
                    .map(|name| format!("default_{name}"))
                    .collect(),
            ),
            "TRANSACTION" if options(&set.args).all(keeps_the_transaction) => Act::SetLocal,
            "TRANSACTION"
                if options(&set.args).all(|option| name_of(option) == "transaction_read_only") =>
            {
                Act::Control(Control::ReadOnly)
            }
            _ => Act::Control(Control::Set),
        };
    }
    if set.is_local {
        Act::SetLocal
    } else {
        Act::Settings(vec![name.to_ascii_lowercase()])
    }
}

/// Returns whether a mode of `SET TRANSACTION` is what the runner's `BEGIN` has set already, which
/// the server takes at any time.
fn keeps_the_transaction(option: &DefElem) -> bool {
    match name_of(option) {
        "transaction_isolation" => {
            constant(option).is_some_and(|value| value.eq_ignore_ascii_case("read committed"))
        }
        "transaction_read_only" => is_false(option),
        _ => false,
    }
}

/// Collects the settings that `set_config(name, value, false)` changes in a target list.
fn set_config(select: &SelectStmt, settings: &mut Vec<String>) {
    for side in [&select.larg, &select.rarg].into_iter().flatten() {
        set_config(side, settings);
    }
    for target in select.targetList.iter().flatten() {
        let Node::ResTarget(target) = target else {
            continue;
        };
        let Some(Node::FuncCall(call)) = &target.val else {
            continue;
        };
        let (Some(Some(Node::String(function))), [Some(name), _, Some(local)]) =
            (call.funcname.last(), call.args.as_slice())
        else {
            continue;
        };
        if &**function == "set_config"
            && let Node::A_Const(name) = name
            && let Some(Node::String(name)) = &name.val
            && !is_true(local)
        {
            settings.push(name.to_ascii_lowercase());
        }
    }
}

fn from_client(copy: &CopyStmt) -> Act {
    match (&copy.filename, copy.is_program, copy.is_from) {
        (None, false, true) => Act::CopyFromClient,
        (None, false, false) => Act::CopyToClient,
        _ => Act::Other,
    }
}

fn rows(node: &Node) -> Act {
    let mut facts = Facts::default();
    collect_rows(node, &mut facts);
    if facts == Facts::default() {
        Act::Other
    } else {
        Act::Rows(facts)
    }
}

/// Collects what a statement, and those in its `WITH`, do to rows.
fn collect_rows(node: &Node, facts: &mut Facts) {
    let with = match node {
        Node::InsertStmt(insert) => {
            let table = relation(insert.relation.as_deref());
            let looks = insert.selectStmt.as_ref().is_some_and(|source| {
                let name = insert
                    .relation
                    .as_deref()
                    .and_then(|relation| relation.relname.as_deref())
                    .unwrap_or_default();
                reads(source, name)
            });
            facts
                .inserts
                .push(if insert.onConflictClause.is_some() || looks {
                    Insert::Guarded { table }
                } else {
                    Insert::Plain { table }
                });
            insert.withClause.as_deref()
        }
        Node::DeleteStmt(delete) => {
            facts.empties.push(relation(delete.relation.as_deref()));
            delete.withClause.as_deref()
        }
        Node::TruncateStmt(truncate) => {
            facts
                .empties
                .extend(truncate.relations.iter().filter_map(|table| match table {
                    Some(Node::RangeVar(table)) => Some(relation(Some(&**table))),
                    _ => None,
                }));
            None
        }
        Node::UpdateStmt(update) => update.withClause.as_deref(),
        Node::SelectStmt(select) => select.withClause.as_deref(),
        _ => None,
    };
    for cte in with.into_iter().flat_map(|with| with.ctes.iter().flatten()) {
        if let Node::CommonTableExpr(cte) = cte
            && let Some(query) = &cte.ctequery
        {
            collect_rows(query, facts);
        }
    }
}

/// Returns whether a query reads a table: `INSERT … SELECT … WHERE NOT EXISTS (…)` looks first.
fn reads(query: &Node, table: &str) -> bool {
    if matches!(query, Node::SelectStmt(select) if !select.valuesLists.is_empty()) {
        return false;
    }
    super::tree::of(query).iter().any(|node| {
        node.name == "RANGEVAR" && node.text("relname").is_some_and(|name| name == table)
    })
}

fn relation(table: Option<&rupg_sql::nodes::RangeVar>) -> String {
    let part = |name: &Option<Box<str>>| name.as_deref().unwrap_or_default().to_owned();
    table.map_or_else(String::new, |table| match &table.schemaname {
        Some(schema) => format!("{schema}.{}", part(&table.relname)),
        None => part(&table.relname),
    })
}

fn options(list: &List) -> impl Iterator<Item = &DefElem> {
    list.iter().filter_map(|node| match node {
        Some(Node::DefElem(option)) => Some(&**option),
        _ => None,
    })
}

fn option<'a>(list: &'a List, name: &str) -> Option<&'a DefElem> {
    options(list).find(|option| option.defname.as_deref() == Some(name))
}

fn name_of(option: &DefElem) -> &str {
    option.defname.as_deref().unwrap_or_default()
}

/// Returns an option's constant, as text.
fn constant(option: &DefElem) -> Option<String> {
    value(option.arg.as_ref()?)
}

fn value(node: &Node) -> Option<String> {
    match node {
        Node::String(text) | Node::Float(text) => Some(text.to_string()),
        Node::Integer(number) => Some(number.to_string()),
        Node::Boolean(truth) => Some(truth.to_string()),
        Node::A_Const(constant) => value(constant.val.as_ref()?),
        Node::TypeCast(cast) => value(cast.arg.as_ref()?),
        // `create_slot = off`: a bare word is a type's name to the grammar.
        Node::TypeName(name) => value(name.names.last()?.as_ref()?),
        _ => None,
    }
}

/// Returns whether an option is switched off, in the spellings that the server takes for it.
fn is_false(option: &DefElem) -> bool {
    constant(option).is_some_and(|text| {
        ["false", "off", "0"]
            .iter()
            .any(|off| text.eq_ignore_ascii_case(off))
    })
}

/// Returns whether an expression is a constant that reads as true.
fn is_true(node: &Node) -> bool {
    if let Node::A_Const(constant) = node
        && is_null(constant)
    {
        return false;
    }
    value(node).is_some_and(|text| {
        ["true", "t", "on", "yes", "y", "1"]
            .iter()
            .any(|on| text.eq_ignore_ascii_case(on))
    })
}

fn is_null(constant: &A_Const) -> bool {
    constant.isnull
}
