//! Joins: two sides, and the columns that USING and NATURAL merge.

use std::borrow::Cow;

use super::{
    from::{differ, renamed},
    reader::Reader,
    rough::Rough,
    scope::{Col, Hit, Item, Level, Rows, Seen},
};
use crate::{
    catalog::{fault::Fault, store::Openness},
    tree::{JoinExpr, strings},
};

impl<'a> Reader<'a> {
    /// Reads a join; returns what can be named after it.
    pub(super) fn join(
        &mut self,
        join: &'a JoinExpr,
        before: &Level<'_, 'a>,
    ) -> Result<Vec<Item<'a>>, Fault> {
        let left = match &join.larg {
            Some(node) => self.entry(node, before)?,
            None => Vec::new(),
        };
        let right = match &join.rarg {
            Some(node) => {
                let level = Level::within(Some(before)).items(&left).lateral();
                self.entry(node, &level)?
            }
            None => Vec::new(),
        };
        differ(&left, &right)?;
        let merged = self.merged(join, &left, &right)?;
        let lists_columns = join.isNatural || !join.usingClause.is_empty();
        let columns = if lists_columns || join.alias.is_some() {
            Some(joined(&left, &right, &merged))
        } else {
            None
        };
        let mut items = left;
        items.extend(right);
        if let Some(quals) = &join.quals {
            let around = before.plain();
            let mut level = Level::within(around).items(&items);
            level.hidden = Some(before);
            self.condition(Some(quals), &level, "JOIN/ON")?;
        }
        let Some(rows) = columns else {
            return Ok(items);
        };
        if let Some(alias) = &join.alias {
            let name = alias.aliasname.as_deref();
            let rows = renamed(Some(alias), name.unwrap_or_default(), rows)?;
            // What is joined cannot be named any more.
            for item in &mut items {
                item.seen = Seen::Nothing;
            }
            items.push(Item::rows(name, rows));
            return Ok(items);
        }
        for item in &mut items {
            item.seen = match item.seen {
                Seen::Whole | Seen::Name => Seen::Name,
                Seen::Columns | Seen::Nothing => Seen::Nothing,
            };
        }
        if let Some(alias) = &join.join_using_alias {
            let rows = Rows {
                columns: merged.clone().into(),
                open: Openness::Closed,
            };
            items.push(Item {
                seen: Seen::Name,
                ..Item::rows(alias.aliasname.as_deref(), rows)
            });
        }
        items.push(Item {
            seen: Seen::Columns,
            ..Item::rows(None, rows)
        });
        Ok(items)
    }

    /// Finds the columns that both sides have.
    ///
    /// # Errors
    ///
    /// 42703 if a column of USING is not on a side, 42702 if it is there twice.
    fn merged(
        &mut self,
        join: &'a JoinExpr,
        left: &[Item<'a>],
        right: &[Item<'a>],
    ) -> Result<Vec<Col<'a>>, Fault> {
        let mut merged = Vec::new();
        if join.isNatural {
            let (lefts, _) = side(left);
            for column in lefts {
                if matches!(find(right, &column.name), Hit::Found(..)) {
                    merged.push(self.merge_column(column.name, left, right)?);
                }
            }
            return Ok(merged);
        }
        for name in strings(&join.usingClause) {
            merged.push(self.merge_column(Cow::Borrowed(name), left, right)?);
        }
        Ok(merged)
    }

    fn merge_column(
        &mut self,
        name: Cow<'a, str>,
        left: &[Item<'a>],
        right: &[Item<'a>],
    ) -> Result<Col<'a>, Fault> {
        let mut types = Vec::with_capacity(2);
        for (items, which) in [(left, "left"), (right, "right")] {
            match find(items, &name) {
                Hit::Found(ty, need) => {
                    if let Some(need) = need {
                        self.need(need);
                    }
                    types.push(ty);
                }
                Hit::Unknown => types.push(Rough::Unknown),
                Hit::Many => {
                    let message = format!(
                        "common column name \"{name}\" appears more than once in {which} table"
                    );
                    return Err(Fault::new("42702", message).at_name(&name));
                }
                Hit::Absent => {
                    let message = format!(
                        "column \"{name}\" specified in USING clause does not exist in {which} table"
                    );
                    return Err(Fault::new("42703", message).at_name(&name));
                }
            }
        }
        let ty = types
            .into_iter()
            .reduce(Rough::common)
            .unwrap_or(Rough::Unknown);
        Ok(Col {
            name,
            ty,
            need: None,
        })
    }
}

/// Lists the columns of a join: the merged ones first.
fn joined<'a>(left: &[Item<'a>], right: &[Item<'a>], merged: &[Col<'a>]) -> Rows<'a> {
    let (lefts, left_open) = side(left);
    let (rights, right_open) = side(right);
    let is_merged = |column: &Col<'a>| merged.iter().any(|other| other.name == column.name);
    let open = if left_open == Openness::Open || right_open == Openness::Open {
        Openness::Open
    } else {
        Openness::Closed
    };
    let rest = lefts
        .into_iter()
        .chain(rights)
        .filter(|column| !is_merged(column));
    Rows {
        columns: merged.iter().cloned().chain(rest).collect(),
        open,
    }
}

/// Lists the columns that a side shows.
fn side<'a>(items: &[Item<'a>]) -> (Vec<Col<'a>>, Openness) {
    let shown = || items.iter().filter(|item| item.shows_columns());
    let open = if shown().any(|item| item.open == Openness::Open) {
        Openness::Open
    } else {
        Openness::Closed
    };
    (shown().flat_map(Item::list).collect(), open)
}

fn find<'a>(items: &[Item<'a>], name: &str) -> Hit<'a> {
    let mut hit = Hit::Absent;
    for item in items.iter().filter(|item| item.shows_columns()) {
        hit = match (hit, item.find(name)) {
            (Hit::Absent, other) => other,
            (hit, Hit::Absent) => hit,
            (Hit::Unknown, _) | (_, Hit::Unknown) => Hit::Unknown,
            _ => Hit::Many,
        };
    }
    hit
}
