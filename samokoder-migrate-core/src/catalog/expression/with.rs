//! WITH (chapter "Queries", "WITH Queries").

use std::{borrow::Cow, cell::RefCell};

use super::{
    reader::Reader,
    rough::Rough,
    scope::{Col, Cte, Level, Rows},
};
use crate::{
    catalog::{fault::Fault, store::Openness},
    tree::{CommonTableExpr, Node, SelectStmt, SetOperation, WithClause, strings},
};

impl<'a> Reader<'a> {
    /// Reads the queries of WITH into `with`, that `base` sees.
    pub(super) fn with(
        &mut self,
        clause: &'a WithClause,
        base: &Level<'_, 'a>,
        with: &RefCell<Vec<Cte<'a>>>,
    ) -> Result<(), Fault> {
        let queries = || {
            clause.ctes.iter().flatten().filter_map(|node| match node {
                Node::CommonTableExpr(query) => Some(&**query),
                _ => None,
            })
        };
        for (index, query) in queries().enumerate() {
            let name = name_of(query);
            if queries().take(index).any(|other| name_of(other) == name) {
                let message = format!("WITH query name \"{name}\" specified more than once");
                return Err(Fault::new("42712", message).at(query.location));
            }
        }
        if clause.recursive {
            // Each is seen by all.
            let pending = queries().map(|query| Cte {
                name: name_of(query),
                rows: None,
            });
            with.borrow_mut().extend(pending);
        }
        for query in queries() {
            let rows = if clause.recursive {
                self.recursive(query, base, with)?
            } else {
                self.with_query(query, base)?
            };
            set(with, name_of(query), rows);
        }
        Ok(())
    }

    fn with_query(
        &mut self,
        query: &'a CommonTableExpr,
        base: &Level<'_, 'a>,
    ) -> Result<Rows<'a>, Fault> {
        let Some(node) = &query.ctequery else {
            return Ok(Rows::unknown());
        };
        let rows = self.rows(node, Some(base))?;
        named(query, rows)
    }

    fn recursive(
        &mut self,
        query: &'a CommonTableExpr,
        base: &Level<'_, 'a>,
        with: &RefCell<Vec<Cte<'a>>>,
    ) -> Result<Rows<'a>, Fault> {
        let union = match &query.ctequery {
            Some(Node::SelectStmt(select)) => combined(select),
            _ => None,
        };
        let Some(select) = union else {
            return self.with_query(query, base);
        };
        let first = |left: &Rows<'a>| {
            // Too many names are found when the whole is known.
            if let Ok(rows) = named(query, left.clone()) {
                set(with, name_of(query), rows);
            }
        };
        let rows = self.select(select, Some(base), Some(&first))?;
        named(query, rows)
    }
}

fn combined(select: &SelectStmt) -> Option<&SelectStmt> {
    (select.op != SetOperation::SETOP_NONE).then_some(select)
}

fn set<'a>(with: &RefCell<Vec<Cte<'a>>>, name: &'a str, rows: Rows<'a>) {
    let mut with = with.borrow_mut();
    match with.iter_mut().find(|query| query.name == name) {
        Some(query) => query.rows = Some(rows),
        None => with.push(Cte {
            name,
            rows: Some(rows),
        }),
    }
}

fn name_of(query: &CommonTableExpr) -> &str {
    query.ctename.as_deref().unwrap_or_default()
}

/// Gives a query's columns the names that WITH gives them, and adds those of SEARCH and CYCLE.
fn named<'a>(query: &'a CommonTableExpr, rows: Rows<'a>) -> Result<Rows<'a>, Fault> {
    let (available, given) = (rows.columns.len(), query.aliascolnames.len());
    if rows.open == Openness::Closed && given > available {
        let message = format!(
            "WITH query \"{}\" has {available} columns available but {given} columns specified",
            name_of(query)
        );
        return Err(Fault::new("42P10", message).at(query.location));
    }
    let plain = given == 0 && query.search_clause.is_none() && query.cycle_clause.is_none();
    if plain {
        return Ok(rows);
    }
    let mut names = strings(&query.aliascolnames);
    let mut columns: Vec<Col<'a>> = if rows.open == Openness::Open && given > 0 {
        names.map(|name| added(name)).collect()
    } else {
        rows.columns
            .iter()
            .map(|column| Col {
                name: names
                    .next()
                    .map_or_else(|| column.name.clone(), Cow::Borrowed),
                ..column.clone()
            })
            .collect()
    };
    if let Some(search) = &query.search_clause {
        columns.extend(search.search_seq_column.as_deref().map(added));
    }
    if let Some(cycle) = &query.cycle_clause {
        columns.extend(cycle.cycle_mark_column.as_deref().map(added));
        columns.extend(cycle.cycle_path_column.as_deref().map(added));
    }
    Ok(Rows {
        columns: columns.into(),
        open: rows.open,
    })
}

fn added(name: &str) -> Col<'_> {
    Col {
        name: Cow::Borrowed(name),
        ty: Rough::Unknown,
        need: None,
    }
}
