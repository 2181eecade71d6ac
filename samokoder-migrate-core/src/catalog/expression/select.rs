//! SELECT, VALUES, and what UNION, INTERSECT and EXCEPT make of them (chapter "Queries").

use std::{borrow::Cow, cell::RefCell, rc::Rc};

use super::{
    name::{output_name, values_name},
    reader::Reader,
    rough::Rough,
    scope::{Col, Item, Level, Rows},
    value::location,
};
use crate::{
    catalog::{fault::Fault, store::Openness},
    tree::{
        ColumnRef, List, LockClauseStrength, LockingClause, Node, SelectStmt, SetOperation, string,
    },
};

/// What is done with the rows of a recursive query's first part, before the second is read.
pub(super) type First<'f, 'a> = &'f dyn Fn(&Rows<'a>);

impl<'a> Reader<'a> {
    /// Reads a query, or a statement with RETURNING; returns its columns.
    pub(super) fn rows(
        &mut self,
        node: &'a Node,
        outer: Option<&Level<'_, 'a>>,
    ) -> Result<Rows<'a>, Fault> {
        match node {
            Node::SelectStmt(select) => self.select(select, outer, None),
            Node::InsertStmt(insert) => self.insert(insert, outer),
            Node::UpdateStmt(update) => self.update(update, outer),
            Node::DeleteStmt(delete) => self.delete(delete, outer),
            Node::MergeStmt(merge) => self.merge(merge, outer),
            _ => Ok(Rows::unknown()),
        }
    }

    /// Reads a SELECT of any form; `first` sees the rows of the left part of a UNION.
    pub(super) fn select(
        &mut self,
        select: &'a SelectStmt,
        outer: Option<&Level<'_, 'a>>,
        first: Option<First<'_, 'a>>,
    ) -> Result<Rows<'a>, Fault> {
        let with = RefCell::new(Vec::new());
        let mut base = Level::within(outer);
        base.with = Some(&with);
        if let Some(clause) = &select.withClause {
            self.with(clause, &base, &with)?;
        }
        if select.op != SetOperation::SETOP_NONE {
            self.combined(select, &base, first)
        } else if !select.valuesLists.is_empty() {
            self.values_rows(select, &base)
        } else {
            self.plain_select(select, &base)
        }
    }

    fn plain_select(
        &mut self,
        select: &'a SelectStmt,
        base: &Level<'_, 'a>,
    ) -> Result<Rows<'a>, Fault> {
        let mut items = Vec::new();
        self.from(&select.fromClause, &mut items, base)?;
        let mut level = Level::within(Some(base)).items(&items);
        level.windows = Some(&select.windowClause);
        let rows = self.targets(&select.targetList, &level)?;
        self.condition(select.whereClause.as_ref(), &level, "WHERE")?;
        self.condition(select.havingClause.as_ref(), &level, "HAVING")?;
        self.order(&select.sortClause, &rows, &level)?;
        self.group(&select.groupClause, &rows, &level)?;
        self.distinct(&select.distinctClause, &rows, &level)?;
        self.limits(select, &level)?;
        for node in select.windowClause.iter().flatten() {
            if let Node::WindowDef(window) = node {
                self.window(window, &level)?;
            }
        }
        locking(&select.lockingClause, &items)?;
        Ok(rows)
    }

    fn limits(&mut self, select: &'a SelectStmt, at: &Level<'_, 'a>) -> Result<(), Fault> {
        self.maybe(select.limitOffset.as_ref(), at)?;
        self.maybe(select.limitCount.as_ref(), at)?;
        Ok(())
    }

    /// Reads the list of a SELECT or of RETURNING.
    pub(super) fn targets(
        &mut self,
        list: &'a List,
        at: &Level<'_, 'a>,
    ) -> Result<Rows<'a>, Fault> {
        let mut columns = Vec::with_capacity(list.len());
        let mut open = Openness::Closed;
        for node in list.iter().flatten() {
            let Node::ResTarget(target) = node else {
                continue;
            };
            let Some(value) = &target.val else { continue };
            if let Node::ColumnRef(column) = value
                && is_star(column)
            {
                let rows = self.star(column, at)?;
                if rows.open == Openness::Open {
                    open = Openness::Open;
                }
                columns.extend(rows.columns.iter().cloned());
                continue;
            }
            let ty = self.value(value, at)?;
            let composite = matches!(
                value,
                Node::A_Indirection(part)
                    if matches!(part.indirection.last(), Some(Some(Node::A_Star(_))))
            );
            let name = match &target.name {
                Some(name) => Some(&**name),
                None => output_name(value),
            };
            match name {
                Some(name) if !composite => columns.push(Col {
                    name: Cow::Borrowed(name),
                    ty,
                    need: None,
                }),
                _ => open = Openness::Open,
            }
        }
        Ok(Rows {
            columns: columns.into(),
            open,
        })
    }

    /// Reads `*` or `t.*`: every column that it stands for is needed.
    pub(super) fn star(
        &mut self,
        column: &'a ColumnRef,
        at: &Level<'_, 'a>,
    ) -> Result<Rows<'a>, Fault> {
        let mut names = column.fields.iter().flatten().filter_map(string).rev();
        let Some(table) = names.next() else {
            let Some(level) = at.chain().next() else {
                return Ok(Rows::unknown());
            };
            let items: Vec<&Item<'a>> = level
                .items
                .iter()
                .filter(|item| item.shows_columns())
                .collect();
            if level.items.is_empty() {
                let message = "SELECT * with no tables specified is not valid";
                return Err(Fault::new("42601", message).at(column.location));
            }
            return Ok(self.all_of(items.into_iter()));
        };
        let schema = names.next();
        match self.qualifier(schema, table, at)? {
            super::column::Qualified::Item(item) => Ok(self.all_of(std::iter::once(item))),
            super::column::Qualified::Unknown => Ok(Rows::unknown()),
            super::column::Qualified::Absent => {
                self.no_entry(schema, table, column.location, at)?;
                Ok(Rows::unknown())
            }
        }
    }

    fn all_of<'s>(&mut self, items: impl Iterator<Item = &'s Item<'a>>) -> Rows<'a>
    where
        'a: 's,
    {
        let mut columns = Vec::new();
        let mut open = Openness::Closed;
        for item in items {
            if item.open == Openness::Open {
                open = Openness::Open;
            }
            columns.extend(item.list());
        }
        for column in &columns {
            if let Some(need) = column.need {
                self.need(need);
            }
        }
        // From here on they are the query's own.
        for column in &mut columns {
            column.need = None;
        }
        Rows {
            columns: columns.into(),
            open,
        }
    }

    fn values_rows(
        &mut self,
        select: &'a SelectStmt,
        base: &Level<'_, 'a>,
    ) -> Result<Rows<'a>, Fault> {
        let mut types: Option<Vec<Rough<'a>>> = None;
        let mut open = Openness::Closed;
        for node in select.valuesLists.iter().flatten() {
            let Node::List(list) = node else { continue };
            let mut row = Vec::with_capacity(list.len());
            for value in list.iter().flatten() {
                match value {
                    Node::ColumnRef(column) if is_star(column) => {
                        self.star(column, base)?;
                        open = Openness::Open;
                    }
                    value => row.push(self.value(value, base)?),
                }
            }
            types = Some(match types.take() {
                None => row,
                Some(types) => {
                    if types.len() != row.len() && open == Openness::Closed {
                        let at = list.iter().flatten().next().map_or(-1, location);
                        let message = "VALUES lists must all be the same length";
                        return Err(Fault::new("42601", message).at(at));
                    }
                    types
                        .into_iter()
                        .zip(row)
                        .map(|(one, other)| one.common(other))
                        .collect()
                }
            });
        }
        let columns: Rc<[Col<'a>]> = types
            .into_iter()
            .flatten()
            .enumerate()
            .map(|(index, ty)| Col {
                name: values_name(index),
                ty,
                need: None,
            })
            .collect();
        let rows = Rows { columns, open };
        self.finish(select, &rows, base)?;
        Ok(rows)
    }

    /// Reads what follows VALUES or UNION: it sees the result's columns alone.
    fn finish(
        &mut self,
        select: &'a SelectStmt,
        rows: &Rows<'a>,
        base: &Level<'_, 'a>,
    ) -> Result<(), Fault> {
        if !select.sortClause.is_empty() {
            let items = [Self::output_item(rows)];
            let level = Level::within(Some(base)).items(&items);
            self.order(&select.sortClause, rows, &level)?;
        }
        self.limits(select, base)
    }

    fn combined(
        &mut self,
        select: &'a SelectStmt,
        base: &Level<'_, 'a>,
        first: Option<First<'_, 'a>>,
    ) -> Result<Rows<'a>, Fault> {
        let (Some(left), Some(right)) = (&select.larg, &select.rarg) else {
            return Ok(Rows::unknown());
        };
        let left = self.select(left, Some(base), None)?;
        if let Some(first) = first {
            first(&left);
        }
        let right_rows = self.select(right, Some(base), None)?;
        let closed = left.open == Openness::Closed && right_rows.open == Openness::Closed;
        if closed && left.columns.len() != right_rows.columns.len() {
            let operation = match select.op {
                SetOperation::SETOP_UNION => "UNION",
                SetOperation::SETOP_INTERSECT => "INTERSECT",
                _ => "EXCEPT",
            };
            let message = format!("each {operation} query must have the same number of columns");
            return Err(Fault::new("42601", message).at(first_location(right)));
        }
        let columns = left.columns.iter().enumerate().map(|(index, column)| {
            let other = right_rows
                .columns
                .get(index)
                .map(|column| column.ty.clone());
            let ty = column.ty.clone();
            Col {
                name: column.name.clone(),
                ty: match other {
                    Some(other) if closed => ty.common(other),
                    _ => Rough::Unknown,
                },
                need: None,
            }
        });
        let rows = Rows {
            columns: columns.collect(),
            open: left.open,
        };
        self.finish(select, &rows, base)?;
        Ok(rows)
    }
}

/// `FOR UPDATE OF t`: `t` is an entry of FROM.
fn locking(clauses: &List, items: &[Item<'_>]) -> Result<(), Fault> {
    for node in clauses.iter().flatten() {
        let Node::LockingClause(clause) = node else {
            continue;
        };
        for node in clause.lockedRels.iter().flatten() {
            let Node::RangeVar(var) = node else { continue };
            let name = var.relname.as_deref();
            if items.iter().any(|item| item.name == name) {
                continue;
            }
            let message = format!(
                "relation \"{}\" in {} clause not found in FROM clause",
                name.unwrap_or_default(),
                strength(clause)
            );
            return Err(Fault::new("42P01", message).at(var.location));
        }
    }
    Ok(())
}

/// Returns whether it is `*` or `t.*`.
pub(super) fn is_star(column: &ColumnRef) -> bool {
    matches!(column.fields.last(), Some(Some(Node::A_Star(_))))
}

fn strength(clause: &LockingClause) -> &'static str {
    match clause.strength {
        LockClauseStrength::LCS_FORKEYSHARE => "FOR KEY SHARE",
        LockClauseStrength::LCS_FORSHARE => "FOR SHARE",
        LockClauseStrength::LCS_FORNOKEYUPDATE => "FOR NO KEY UPDATE",
        _ => "FOR UPDATE",
    }
}

fn first_location(select: &SelectStmt) -> i32 {
    if let Some(left) = &select.larg {
        return first_location(left);
    }
    let first = match select.valuesLists.first() {
        Some(Some(Node::List(list))) => list.first(),
        _ => select.targetList.first(),
    };
    match first {
        Some(Some(Node::ResTarget(target))) => target.val.as_ref().map_or(-1, location),
        Some(Some(node)) => location(node),
        _ => -1,
    }
}
