//! Queries and data statements.

use super::Printer;
use crate::tree::{
    DeleteStmt, InsertStmt, List, Node, OnConflictAction, OnConflictClause, RangeFunction,
    ReturningClause, SelectStmt, SetOperation, UpdateStmt,
};

impl Printer<'_> {
    pub(super) fn statement(&mut self, node: &Node) {
        match node {
            Node::SelectStmt(select) => self.select(select),
            Node::InsertStmt(insert) => self.insert(insert),
            Node::UpdateStmt(update) => self.update(update),
            Node::DeleteStmt(delete) => self.delete(delete),
            Node::RangeVar(range) => self.range(range),
            Node::JoinExpr(join) => self.join(join),
            Node::RangeSubselect(range) => {
                if range.lateral {
                    self.push("LATERAL ");
                }
                self.push("(");
                self.optional(range.subquery.as_ref());
                self.push(")");
                self.alias(range.alias.as_deref());
            }
            Node::RangeFunction(range) => self.function(range),
            Node::ResTarget(target) => self.target(target),
            Node::SortBy(sort) => self.sort(sort),
            Node::WindowDef(window) => self.window(window),
            other => self.raw(other),
        }
    }

    /// Prints what has no text of its own here as PostgreSQL prints trees, without locations.
    fn raw(&mut self, node: &Node) {
        let text = node.to_text();
        let mut words = text.split(" :location ");
        let first = words.next().unwrap_or_default().to_owned();
        self.push(&first);
        for word in words {
            let number = word
                .bytes()
                .take_while(|byte| byte.is_ascii_digit() || *byte == b'-')
                .count();
            let rest = word.get(number..).unwrap_or_default().to_owned();
            self.push(&rest);
        }
    }

    fn select(&mut self, select: &SelectStmt) {
        self.with(select.withClause.as_deref());
        if select.op == SetOperation::SETOP_NONE {
            self.simple_select(select);
        } else {
            self.set_operand(select.larg.as_deref());
            self.push(match select.op {
                SetOperation::SETOP_UNION => " UNION ",
                SetOperation::SETOP_INTERSECT => " INTERSECT ",
                _ => " EXCEPT ",
            });
            if select.all {
                self.push("ALL ");
            }
            self.set_operand(select.rarg.as_deref());
        }
        self.clause(" ORDER BY ", &select.sortClause);
        if let Some(limit) = &select.limitCount {
            self.push(" LIMIT ");
            self.node(limit);
        }
        if let Some(offset) = &select.limitOffset {
            self.push(" OFFSET ");
            self.node(offset);
        }
        for locking in select.lockingClause.iter().flatten() {
            self.push(" ");
            self.raw(locking);
        }
    }

    fn set_operand(&mut self, select: Option<&SelectStmt>) {
        if let Some(select) = select {
            let closed = !select.sortClause.is_empty()
                || select.limitCount.is_some()
                || select.withClause.is_some()
                || select.op != SetOperation::SETOP_NONE;
            if closed {
                self.push("(");
            }
            self.select(select);
            if closed {
                self.push(")");
            }
        }
    }

    fn simple_select(&mut self, select: &SelectStmt) {
        if !select.valuesLists.is_empty() {
            self.push("VALUES ");
            self.comma_list(&select.valuesLists);
            return;
        }
        self.push("SELECT ");
        self.distinct(&select.distinctClause);
        self.comma_list(&select.targetList);
        self.clause(" FROM ", &select.fromClause);
        self.condition(" WHERE ", select.whereClause.as_ref());
        self.clause(" GROUP BY ", &select.groupClause);
        self.condition(" HAVING ", select.havingClause.as_ref());
        for (index, window) in select.windowClause.iter().flatten().enumerate() {
            self.push(if index == 0 { " WINDOW " } else { ", " });
            if let Node::WindowDef(window) = window {
                self.name(window.name.as_deref().unwrap_or_default());
                self.push(" AS ");
                self.window(window);
            }
        }
    }

    /// A list of one nothing is plain DISTINCT.
    fn distinct(&mut self, list: &List) {
        if list.is_empty() {
            return;
        }
        self.push("DISTINCT ");
        if list.iter().any(Option::is_some) {
            self.push("ON (");
            self.comma_list(list);
            self.push(") ");
        }
    }

    fn condition(&mut self, word: &str, condition: Option<&Node>) {
        if let Some(condition) = condition {
            self.push(word);
            self.node(condition);
        }
    }

    fn function(&mut self, range: &RangeFunction) {
        if range.lateral {
            self.push("LATERAL ");
        }
        if range.is_rowsfrom {
            self.push("ROWS FROM (");
        }
        for (index, item) in range.functions.iter().flatten().enumerate() {
            if index > 0 {
                self.push(", ");
            }
            // A pair: the call, and its column definitions.
            match item {
                Node::List(pair) => {
                    for part in pair.iter().flatten().take(1) {
                        self.node(part);
                    }
                }
                call => self.node(call),
            }
        }
        if range.is_rowsfrom {
            self.push(")");
        }
        if range.ordinality {
            self.push(" WITH ORDINALITY");
        }
        self.alias(range.alias.as_deref());
        if !range.coldeflist.is_empty() {
            self.push(" AS (");
            for (index, column) in range.coldeflist.iter().flatten().enumerate() {
                if let Node::ColumnDef(column) = column {
                    if index > 0 {
                        self.push(", ");
                    }
                    self.name(column.colname.as_deref().unwrap_or_default());
                    self.push(" ");
                    if let Some(name) = &column.typeName {
                        self.type_name(name);
                    }
                }
            }
            self.push(")");
        }
    }

    fn insert(&mut self, insert: &InsertStmt) {
        self.with(insert.withClause.as_deref());
        self.push("INSERT INTO ");
        if let Some(relation) = &insert.relation {
            self.range(relation);
        }
        if !insert.cols.is_empty() {
            self.push(" (");
            for (index, column) in insert.cols.iter().flatten().enumerate() {
                if let Node::ResTarget(column) = column {
                    if index > 0 {
                        self.push(", ");
                    }
                    self.marked(column.location, |printer| {
                        printer.name(column.name.as_deref().unwrap_or_default());
                    });
                }
            }
            self.push(")");
        }
        match &insert.selectStmt {
            Some(select) => {
                self.push(" ");
                self.node(select);
            }
            None => self.push(" DEFAULT VALUES"),
        }
        if let Some(clause) = &insert.onConflictClause {
            self.on_conflict(clause);
        }
        self.returning(insert.returningClause.as_deref());
    }

    fn on_conflict(&mut self, clause: &OnConflictClause) {
        self.push(" ON CONFLICT");
        if let Some(infer) = &clause.infer {
            if let Some(name) = &infer.conname {
                self.push(" ON CONSTRAINT ");
                self.name(name);
            } else {
                self.push(" (");
                for (index, element) in infer.indexElems.iter().flatten().enumerate() {
                    if let Node::IndexElem(element) = element {
                        if index > 0 {
                            self.push(", ");
                        }
                        match (&element.name, &element.expr) {
                            (Some(name), _) => self.name(name),
                            (None, expression) => self.optional_operand(expression.as_ref()),
                        }
                    }
                }
                self.push(")");
                self.condition(" WHERE ", infer.whereClause.as_ref());
            }
        }
        if clause.action == OnConflictAction::ONCONFLICT_UPDATE {
            self.push(" DO UPDATE SET ");
            self.assignments(&clause.targetList);
            self.condition(" WHERE ", clause.whereClause.as_ref());
        } else {
            self.push(" DO NOTHING");
        }
    }

    fn update(&mut self, update: &UpdateStmt) {
        self.with(update.withClause.as_deref());
        self.push("UPDATE ");
        if let Some(relation) = &update.relation {
            self.range(relation);
        }
        self.push(" SET ");
        self.assignments(&update.targetList);
        self.clause(" FROM ", &update.fromClause);
        self.condition(" WHERE ", update.whereClause.as_ref());
        self.returning(update.returningClause.as_deref());
    }

    fn delete(&mut self, delete: &DeleteStmt) {
        self.with(delete.withClause.as_deref());
        self.push("DELETE FROM ");
        if let Some(relation) = &delete.relation {
            self.range(relation);
        }
        self.clause(" USING ", &delete.usingClause);
        self.condition(" WHERE ", delete.whereClause.as_ref());
        self.returning(delete.returningClause.as_deref());
    }

    fn returning(&mut self, clause: Option<&ReturningClause>) {
        if let Some(clause) = clause {
            self.clause(" RETURNING ", &clause.exprs);
        }
    }
}
