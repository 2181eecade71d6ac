//! Statements about rows: what they name must be there, and what they call may change the schema.

mod effect;
mod key;
mod maintain;
mod row;
mod system;
#[cfg(test)]
mod tests;
mod truncate;

use crate::{
    catalog::{
        Catalog,
        apply::{ColumnLookup, opaque::Calls},
        expression::Scope,
        fault::Fault,
        missing::no_column_of,
        object::{Def, Fact, RelationKind},
        store::Oid,
    },
    tree::{CopyStmt, Node, Path, RangeVar, string},
};

/// Returns whether a statement is `SELECT f(…)` and no more: then the function runs once.
fn is_one_call(node: &Node) -> bool {
    let Node::SelectStmt(select) = node else {
        return false;
    };
    let is_alone = select.fromClause.is_empty()
        && select.whereClause.is_none()
        && select.groupClause.is_empty()
        && select.havingClause.is_none()
        && select.limitCount.is_none()
        && select.limitOffset.is_none()
        && select.withClause.is_none()
        && select.larg.is_none();
    let [Some(Node::ResTarget(target))] = select.targetList.as_slice() else {
        return false;
    };
    let Some(Node::FuncCall(call)) = &target.val else {
        return false;
    };
    is_alone
        && call
            .args
            .iter()
            .flatten()
            .all(|argument| matches!(argument, Node::A_Const(_) | Node::TypeCast(_)))
}

impl Catalog {
    pub(super) fn data(&mut self, node: &Node) -> Result<(), Fault> {
        match node {
            Node::SelectStmt(select) if select.intoClause.is_some() => self.select_as_table(select),
            Node::SelectStmt(_)
            | Node::InsertStmt(_)
            | Node::UpdateStmt(_)
            | Node::DeleteStmt(_)
            | Node::MergeStmt(_) => self.rows(node),
            Node::TruncateStmt(truncate) => self.truncate(truncate),
            Node::CopyStmt(copy) => self.copy(copy),
            Node::LockStmt(lock) => self.lock(lock),
            Node::ExplainStmt(explain) => self.explain(explain),
            Node::DeclareCursorStmt(cursor) => match &cursor.query {
                Some(query) => self.rows(query),
                None => Ok(()),
            },
            Node::PrepareStmt(prepare) => match &prepare.query {
                // It is run later, if at all.
                Some(query) => self.effects(query, Some(Scope::Parameters)).map(drop),
                None => Ok(()),
            },
            Node::VacuumStmt(vacuum) => self.vacuum(vacuum),
            Node::ReindexStmt(reindex) => self.reindex(reindex),
            Node::RepackStmt(cluster) => self.cluster(cluster),
            _ => Ok(()),
        }
    }

    /// Runs a statement that reads or writes rows.
    fn rows(&mut self, node: &Node) -> Result<(), Fault> {
        let target = match node {
            Node::InsertStmt(insert) => insert.relation.as_deref(),
            Node::UpdateStmt(update) => update.relation.as_deref(),
            Node::DeleteStmt(delete) => delete.relation.as_deref(),
            Node::MergeStmt(merge) => merge.relation.as_deref(),
            _ => None,
        };
        let table = match target {
            Some(var) => self.required_relation(var)?,
            None => None,
        };
        let effects = self.effects(node, None)?;
        let calls: Vec<_> = effects
            .calls
            .into_iter()
            .filter(|(path, _)| self.call_changes_schema(*path) != Fact::Known(false))
            .map(|(path, arguments)| {
                let schema = path.schema.map(str::to_owned);
                (schema, path.name.to_owned(), arguments.clone())
            })
            .collect();
        let settings: Vec<_> = effects
            .settings
            .into_iter()
            .map(|(name, value)| (name.map(str::to_owned), value.map(str::to_owned)))
            .collect();
        let calls_are = if is_one_call(node) {
            Calls::Once
        } else {
            Calls::Any
        };
        match (node, table) {
            (Node::InsertStmt(insert), Some(table)) => self.inserted(insert, table)?,
            (Node::UpdateStmt(update), Some(table)) => self.updated(update, table)?,
            _ => {}
        }
        for (name, value) in settings {
            self.set_config(name.as_deref(), value.as_deref());
        }
        for var in target.into_iter().chain(system::written_in_with(node)) {
            let path = crate::tree::relation(var);
            self.write_system(path.schema, path.name);
        }
        for (schema, name, arguments) in calls {
            let path = Path {
                schema: schema.as_deref(),
                name: &name,
            };
            self.run_call(path, &arguments, calls_are);
        }
        if let Some(table) = table {
            self.fire(table, node);
        }
        Ok(())
    }

    /// `EXPLAIN ANALYZE` runs the statement; without, it is read alone.
    fn explain(&mut self, explain: &crate::tree::ExplainStmt) -> Result<(), Fault> {
        let Some(query) = &explain.query else {
            return Ok(());
        };
        match query {
            Node::SelectStmt(_)
            | Node::InsertStmt(_)
            | Node::UpdateStmt(_)
            | Node::DeleteStmt(_)
            | Node::MergeStmt(_) => {}
            // EXECUTE, CREATE TABLE AS, DECLARE.
            _ => return Ok(()),
        }
        let analyzes = explain.options.iter().flatten().any(|node| {
            matches!(node, Node::DefElem(option) if option.defname.as_deref() == Some("analyze"))
        });
        if analyzes {
            self.rows(query)
        } else {
            self.effects(query, None).map(drop)
        }
    }

    fn copy(&mut self, copy: &CopyStmt) -> Result<(), Fault> {
        if let Some(query) = &copy.query {
            return self.rows(query);
        }
        let Some(var) = &copy.relation else {
            return Ok(());
        };
        let Some(table) = self.command_relation(var)? else {
            if copy.is_from {
                let path = crate::tree::relation(var);
                self.write_system(path.schema, path.name);
            }
            return Ok(());
        };
        self.named_columns(table, var, &copy.attlist)?;
        if let Some(condition) = &copy.whereClause {
            self.expression(condition, Scope::Row(table))?;
        }
        if copy.is_from {
            self.fire_events(table, effect::Fired::Insert);
        }
        Ok(())
    }

    /// Looks for the columns of a list: of COPY, of ANALYZE.
    fn named_columns(
        &self,
        table: Oid,
        var: &RangeVar,
        list: &crate::tree::List,
    ) -> Result<(), Fault> {
        let names = list.iter().flatten().filter_map(string);
        for name in names {
            if self.column(table, name) == ColumnLookup::Absent {
                let relation = var.relname.as_deref().unwrap_or_default();
                return Err(no_column_of(relation, name));
            }
        }
        Ok(())
    }

    /// Returns what a relation is, if that is certain.
    fn kind_of(&self, oid: Oid) -> Option<RelationKind> {
        let object = self.store.get(oid)?;
        let known = self.store.is_certain(oid) && !object.open;
        match &object.def {
            Def::Relation(relation) if known => Some(relation.kind),
            _ => None,
        }
    }
}
