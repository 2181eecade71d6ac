//! ORDER BY, GROUP BY and DISTINCT ON: positions and names of the result, or expressions.

use super::{
    reader::Reader,
    scope::{Hit, Level, Rows},
};
use crate::{
    catalog::{fault::Fault, store::Openness},
    tree::{List, Node, string},
};

impl<'a> Reader<'a> {
    /// Reads ORDER BY.
    pub(super) fn order(
        &mut self,
        list: &'a List,
        rows: &Rows<'a>,
        at: &Level<'_, 'a>,
    ) -> Result<(), Fault> {
        for node in list.iter().flatten() {
            if let Node::SortBy(sort) = node
                && let Some(value) = &sort.node
            {
                self.output_or_value(value, "ORDER BY", rows, at)?;
            }
        }
        Ok(())
    }

    /// Reads DISTINCT ON.
    pub(super) fn distinct(
        &mut self,
        list: &'a List,
        rows: &Rows<'a>,
        at: &Level<'_, 'a>,
    ) -> Result<(), Fault> {
        for node in list.iter().flatten() {
            self.output_or_value(node, "DISTINCT ON", rows, at)?;
        }
        Ok(())
    }

    /// Reads GROUP BY: here a column of FROM goes before one of the result.
    pub(super) fn group(
        &mut self,
        list: &'a List,
        rows: &Rows<'a>,
        at: &Level<'_, 'a>,
    ) -> Result<(), Fault> {
        for node in list.iter().flatten() {
            match node {
                Node::GroupingSet(set) => self.group(&set.content, rows, at)?,
                Node::RowExpr(row) => self.group(&row.args, rows, at)?,
                Node::ColumnRef(column) => match column.fields.as_slice() {
                    [Some(Node::String(name))]
                        if !has_column(name, at) && has_output(name, rows) => {}
                    _ => {
                        self.value(node, at)?;
                    }
                },
                Node::A_Const(_) => position(node, "GROUP BY", rows)?,
                _ => {
                    self.value(node, at)?;
                }
            }
        }
        Ok(())
    }

    fn output_or_value(
        &mut self,
        node: &'a Node,
        clause: &str,
        rows: &Rows<'a>,
        at: &Level<'_, 'a>,
    ) -> Result<(), Fault> {
        match node {
            Node::A_Const(_) => position(node, clause, rows),
            Node::ColumnRef(column) => {
                if let [Some(only)] = column.fields.as_slice()
                    && let Some(name) = string(only)
                    && (has_output(name, rows) || rows.open == Openness::Open)
                {
                    return Ok(());
                }
                self.value(node, at).map(drop)
            }
            _ => self.value(node, at).map(drop),
        }
    }
}

/// Checks a position.
fn position(node: &Node, clause: &str, rows: &Rows<'_>) -> Result<(), Fault> {
    let Node::A_Const(constant) = node else {
        return Ok(());
    };
    let Some(Node::Integer(position)) = &constant.val else {
        return Ok(());
    };
    let there = usize::try_from(*position)
        .is_ok_and(|position| (1..=rows.columns.len()).contains(&position));
    if there || rows.open == Openness::Open {
        return Ok(());
    }
    let message = format!("{clause} position {position} is not in select list");
    Err(Fault::new("42P10", message).at(constant.location))
}

fn has_output(name: &str, rows: &Rows<'_>) -> bool {
    rows.columns.iter().any(|column| column.name == name)
}

/// Returns whether a name may be a column of FROM.
fn has_column(name: &str, at: &Level<'_, '_>) -> bool {
    at.items
        .iter()
        .any(|item| item.shows_columns() && !matches!(item.find(name), Hit::Absent))
}
