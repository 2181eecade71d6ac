//! INSERT, UPDATE, DELETE and MERGE (chapter "Data Manipulation").

use std::{borrow::Cow, cell::RefCell};

use super::{
    from::differ,
    reader::Reader,
    rough::Rough,
    scope::{Aliased, Hit, Item, Level, Rows, Seen},
    select::is_star,
    value::location,
};
use crate::{
    catalog::{fault::Fault, missing::no_column_of, store::Openness},
    tree::{
        CmdType, DeleteStmt, InsertStmt, List, MergeStmt, MergeWhenClause, Node, RangeVar,
        ResTarget, ReturningClause, SelectStmt, SetOperation, UpdateStmt,
    },
};

/// A column that gets a value.
#[derive(Debug)]
struct Target<'a> {
    name: Cow<'a, str>,
    ty: Rough<'a>,
}

impl<'a> Reader<'a> {
    pub(super) fn insert(
        &mut self,
        insert: &'a InsertStmt,
        outer: Option<&Level<'_, 'a>>,
    ) -> Result<Rows<'a>, Fault> {
        let with = RefCell::new(Vec::new());
        let mut base = Level::within(outer);
        base.with = Some(&with);
        if let Some(clause) = &insert.withClause {
            self.with(clause, &base, &with)?;
        }
        let Some(var) = &insert.relation else {
            return Ok(Rows::unknown());
        };
        let target = self.stored(var)?;
        let table = name_of(var);
        let targets = self.insert_targets(&insert.cols, &target, table)?;
        if let Some(node) = &insert.selectStmt {
            self.source(node, insert, targets.as_deref(), &base)?;
        }
        let items = [target];
        let level = Level::within(Some(&base)).items(&items);
        if let Some(conflict) = &insert.onConflictClause {
            self.on_conflict(conflict, &items, table, &base)?;
        }
        self.returning(insert.returningClause.as_deref(), &level)
    }

    /// Finds the columns that get values; `None` if not all are known.
    fn insert_targets(
        &mut self,
        list: &'a List,
        target: &Item<'a>,
        table: &str,
    ) -> Result<Option<Vec<Target<'a>>>, Fault> {
        if list.is_empty() {
            if target.open == Openness::Open {
                return Ok(None);
            }
            let columns = target.list().into_iter();
            return Ok(Some(
                columns
                    .map(|column| Target {
                        name: column.name,
                        ty: column.ty,
                    })
                    .collect(),
            ));
        }
        let mut targets = Vec::with_capacity(list.len());
        for (index, node) in list.iter().flatten().enumerate() {
            let Node::ResTarget(column) = node else {
                return Ok(None);
            };
            let ty = self.target_column(column, target, table)?;
            if column.indirection.is_empty() {
                let name = column.name.as_deref();
                let twice = list.iter().flatten().take(index).any(
                    |node| matches!(node, Node::ResTarget(other) if other.name.as_deref() == name),
                );
                if twice {
                    let message = format!(
                        "column \"{}\" specified more than once",
                        name.unwrap_or_default()
                    );
                    return Err(Fault::new("42701", message).at(column.location));
                }
                let name = Cow::Borrowed(name.unwrap_or_default());
                targets.push(Target { name, ty });
            } else {
                targets.push(Target {
                    name: "".into(),
                    ty: Rough::Unknown,
                });
            }
        }
        Ok(Some(targets))
    }

    /// Finds a column that gets a value.
    fn target_column(
        &mut self,
        column: &'a ResTarget,
        target: &Item<'a>,
        table: &str,
    ) -> Result<Rough<'a>, Fault> {
        let name = column.name.as_deref().unwrap_or_default();
        match target.find(name) {
            Hit::Found(ty, Some(need)) => {
                self.note(need, column.location);
                Ok(ty)
            }
            Hit::Found(_, None) if target.relation.is_some() => {
                let message = format!("cannot assign to system column \"{name}\"");
                Err(Fault::new("0A000", message).at(column.location))
            }
            Hit::Absent if target.relation.is_some() => {
                let fault = no_column_of(table, name).at(column.location);
                let qualified = !column.indirection.is_empty() && target.name == Some(name);
                Err(if qualified {
                    fault.note("SET target columns cannot be qualified with the relation name.")
                } else {
                    fault
                })
            }
            _ => Ok(Rough::Unknown),
        }
    }

    /// Reads what is inserted: VALUES, where DEFAULT may stand, or a query.
    fn source(
        &mut self,
        node: &'a Node,
        insert: &'a InsertStmt,
        targets: Option<&[Target<'a>]>,
        base: &Level<'_, 'a>,
    ) -> Result<(), Fault> {
        if let Node::SelectStmt(select) = node
            && is_bare_values(select)
        {
            for row in select.valuesLists.iter().flatten() {
                let Node::List(row) = row else { continue };
                self.inserted_row(row, insert, targets, base)?;
            }
            return Ok(());
        }
        let rows = self.rows(node, Some(base))?;
        if rows.open == Openness::Open {
            return Ok(());
        }
        let location = match node {
            Node::SelectStmt(select) => surplus_location(select, targets.map_or(0, <[_]>::len)),
            _ => -1,
        };
        check_count(rows.columns.len(), location, insert, targets)?;
        for (column, target) in rows.columns.iter().zip(targets.unwrap_or_default()) {
            self.storable(&target.name, &target.ty, &column.ty, -1)?;
        }
        // A constant of a plain SELECT becomes a value of the column at once.
        if let (Node::SelectStmt(select), Some(targets)) = (node, targets)
            && select.op == SetOperation::SETOP_NONE
            && select.distinctClause.is_empty()
            && select.sortClause.is_empty()
            && select.groupClause.is_empty()
        {
            for (node, target) in select.targetList.iter().flatten().zip(targets) {
                if let Node::ResTarget(value) = node
                    && let Some(value @ Node::A_Const(_)) = &value.val
                {
                    self.label(&target.ty, value)?;
                }
            }
        }
        Ok(())
    }

    fn inserted_row(
        &mut self,
        row: &'a List,
        insert: &'a InsertStmt,
        targets: Option<&[Target<'a>]>,
        base: &Level<'_, 'a>,
    ) -> Result<(), Fault> {
        let mut stars = false;
        for node in row.iter().flatten() {
            stars |= matches!(node, Node::ColumnRef(column) if is_star(column));
        }
        if stars {
            return self.listed(row, base).map(drop);
        }
        let mut given = Vec::with_capacity(row.len());
        for node in row.iter().flatten() {
            given.push(self.value(node, base)?);
        }
        let surplus = row
            .get(targets.map_or(0, <[_]>::len))
            .and_then(Option::as_ref)
            .map_or(-1, location);
        check_count(row.len(), surplus, insert, targets)?;
        let values = row.iter().flatten().zip(&given);
        for ((node, ty), target) in values.zip(targets.unwrap_or_default()) {
            self.label(&target.ty, node)?;
            self.storable(&target.name, &target.ty, ty, location(node))?;
        }
        Ok(())
    }

    /// Reads SET.
    pub(super) fn assignments(
        &mut self,
        list: &'a List,
        target: &Item<'a>,
        table: &str,
        at: &Level<'_, 'a>,
    ) -> Result<(), Fault> {
        // The server reads all the values first.
        let mut given = Vec::with_capacity(list.len());
        for node in list.iter().flatten() {
            if let Node::ResTarget(column) = node {
                given.push(self.maybe(column.val.as_ref(), at)?);
                if let Some(Node::MultiAssignRef(multi)) = &column.val
                    && multi.colno == 1
                {
                    check_width(multi)?;
                }
            }
        }
        let columns = list.iter().flatten().filter_map(|node| match node {
            Node::ResTarget(column) => Some(column),
            _ => None,
        });
        for (column, given) in columns.zip(&given) {
            let ty = self.target_column(column, target, table)?;
            if column.indirection.is_empty()
                && let Some(value) = &column.val
            {
                self.label(&ty, value)?;
                let name = column.name.as_deref().unwrap_or_default();
                self.storable(name, &ty, given, location(value))?;
            }
        }
        Ok(())
    }

    /// Refuses a value of a type that its column does not take.
    fn storable(
        &self,
        name: &str,
        column: &Rough<'a>,
        value: &Rough<'a>,
        location: i32,
    ) -> Result<(), Fault> {
        let (Some(column), Some(value)) = (column.known(), value.known()) else {
            return Ok(());
        };
        let stored = self
            .catalog
            .can_be_stored(name, &column, "expression", &value);
        stored.map_err(|fault| fault.at(location))
    }

    pub(super) fn update(
        &mut self,
        update: &'a UpdateStmt,
        outer: Option<&Level<'_, 'a>>,
    ) -> Result<Rows<'a>, Fault> {
        let with = RefCell::new(Vec::new());
        let mut base = Level::within(outer);
        base.with = Some(&with);
        if let Some(clause) = &update.withClause {
            self.with(clause, &base, &with)?;
        }
        let Some(var) = &update.relation else {
            return Ok(Rows::unknown());
        };
        let target = self.stored(var)?;
        let mut items = vec![target.clone()];
        self.from(&update.fromClause, &mut items, &base)?;
        let level = Level::within(Some(&base)).items(&items);
        self.condition(update.whereClause.as_ref(), &level, "WHERE")?;
        let rows = self.returning(update.returningClause.as_deref(), &level)?;
        self.assignments(&update.targetList, &target, name_of(var), &level)?;
        Ok(rows)
    }

    pub(super) fn delete(
        &mut self,
        delete: &'a DeleteStmt,
        outer: Option<&Level<'_, 'a>>,
    ) -> Result<Rows<'a>, Fault> {
        let with = RefCell::new(Vec::new());
        let mut base = Level::within(outer);
        base.with = Some(&with);
        if let Some(clause) = &delete.withClause {
            self.with(clause, &base, &with)?;
        }
        let Some(var) = &delete.relation else {
            return Ok(Rows::unknown());
        };
        let mut items = vec![self.stored(var)?];
        self.from(&delete.usingClause, &mut items, &base)?;
        let level = Level::within(Some(&base)).items(&items);
        self.condition(delete.whereClause.as_ref(), &level, "WHERE")?;
        self.returning(delete.returningClause.as_deref(), &level)
    }

    pub(super) fn merge(
        &mut self,
        merge: &'a MergeStmt,
        outer: Option<&Level<'_, 'a>>,
    ) -> Result<Rows<'a>, Fault> {
        let with = RefCell::new(Vec::new());
        let mut base = Level::within(outer);
        base.with = Some(&with);
        if let Some(clause) = &merge.withClause {
            self.with(clause, &base, &with)?;
        }
        let (Some(var), Some(source)) = (&merge.relation, &merge.sourceRelation) else {
            return Ok(Rows::unknown());
        };
        let target = self.stored(var)?;
        let source = {
            let left = Level::within(Some(&base)).lateral();
            self.entry(source, &left)?
        };
        let mut items = vec![target.clone()];
        differ(&items, &source)?;
        items.extend(source);
        let level = Level::within(Some(&base)).items(&items);
        self.maybe(merge.joinCondition.as_ref(), &level)?;
        for node in merge.mergeWhenClauses.iter().flatten() {
            if let Node::MergeWhenClause(when) = node {
                self.when(when, &target, name_of(var), &level)?;
            }
        }
        self.returning(merge.returningClause.as_deref(), &level)
    }

    fn when(
        &mut self,
        when: &'a MergeWhenClause,
        target: &Item<'a>,
        table: &str,
        at: &Level<'_, 'a>,
    ) -> Result<(), Fault> {
        self.maybe(when.condition.as_ref(), at)?;
        if when.commandType == CmdType::CMD_INSERT {
            self.values(&when.values, at)?;
            self.insert_targets(&when.targetList, target, table)?;
            return Ok(());
        }
        self.assignments(&when.targetList, target, table, at)
    }

    fn returning(
        &mut self,
        clause: Option<&'a ReturningClause>,
        at: &Level<'_, 'a>,
    ) -> Result<Rows<'a>, Fault> {
        let Some(clause) = clause else {
            // Nothing to read from: that a query of WITH is read from is refused elsewhere.
            return Ok(Rows::unknown());
        };
        // `old` and `new` of PostgreSQL 18, under these names or others.
        let mut items = at.items.to_vec();
        if let Some(target) = at.items.first() {
            for (name, option) in [("old", 0), ("new", 1)] {
                let given = clause.options.iter().flatten().find_map(|node| match node {
                    Node::ReturningOption(given) if given.option.0 == option => {
                        given.value.as_deref()
                    }
                    _ => None,
                });
                items.push(Item {
                    name: Some(given.unwrap_or(name)),
                    alias: Aliased::Yes,
                    seen: Seen::Name,
                    ..target.clone()
                });
            }
        }
        let level = Level::within(at.outer).items(&items);
        self.targets(&clause.exprs, &level)
    }
}

fn name_of(var: &RangeVar) -> &str {
    var.relname.as_deref().unwrap_or_default()
}

/// `VALUES` with nothing around it: DEFAULT may stand in it, and each row becomes the columns at once.
fn is_bare_values(select: &SelectStmt) -> bool {
    !select.valuesLists.is_empty()
        && select.sortClause.is_empty()
        && select.limitCount.is_none()
        && select.limitOffset.is_none()
        && select.lockingClause.is_empty()
        && select.withClause.is_none()
}

fn surplus_location(select: &SelectStmt, count: usize) -> i32 {
    match select.targetList.get(count) {
        Some(Some(Node::ResTarget(target))) => target.val.as_ref().map_or(-1, location),
        _ => -1,
    }
}

/// Compares how many values there are with how many columns get one.
fn check_count(
    values: usize,
    surplus: i32,
    insert: &InsertStmt,
    targets: Option<&[Target<'_>]>,
) -> Result<(), Fault> {
    let Some(targets) = targets else {
        return Ok(());
    };
    if values > targets.len() {
        let message = "INSERT has more expressions than target columns";
        return Err(Fault::new("42601", message).at(surplus));
    }
    if values < targets.len() && !insert.cols.is_empty() {
        let message = "INSERT has more target columns than expressions";
        let at = match insert.cols.get(values) {
            Some(Some(Node::ResTarget(target))) => target.location,
            _ => -1,
        };
        return Err(Fault::new("42601", message).at(at));
    }
    Ok(())
}

/// `SET (a, b) = (1, 2)`: as many values as columns.
fn check_width(multi: &crate::tree::MultiAssignRef) -> Result<(), Fault> {
    let Some(Node::RowExpr(row)) = &multi.source else {
        return Ok(());
    };
    let stars = row
        .args
        .iter()
        .flatten()
        .any(|node| matches!(node, Node::ColumnRef(column) if is_star(column)));
    if !stars && usize::try_from(multi.ncolumns).is_ok_and(|count| count != row.args.len()) {
        let message = "number of columns does not match number of values";
        return Err(Fault::new("42601", message).at(row.location));
    }
    Ok(())
}
