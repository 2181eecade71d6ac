//! The entries of FROM (chapter "Queries", "Table Expressions").

use std::borrow::Cow;

use super::{
    reader::Reader,
    rough::Rough,
    scope::{Aliased, Certainty, Col, Item, Level, Rows, Seen},
    table_function,
};
use crate::{
    catalog::{
        fault::Fault,
        missing::no_relation,
        object::Def,
        store::{Lookup, Openness},
    },
    tree::{Alias, List, Node, RangeSubselect, RangeVar, relation, strings},
};

impl<'a> Reader<'a> {
    /// Reads FROM; what is there already is seen by LATERAL, and must have other names.
    pub(super) fn from(
        &mut self,
        list: &'a List,
        items: &mut Vec<Item<'a>>,
        base: &Level<'_, 'a>,
    ) -> Result<(), Fault> {
        for node in list.iter().flatten() {
            let new = {
                let left = Level::within(Some(base)).items(items).lateral();
                self.entry(node, &left)?
            };
            differ(items, &new)?;
            items.extend(new);
        }
        Ok(())
    }

    /// Reads an entry of FROM; of a join both sides.
    pub(super) fn entry(
        &mut self,
        node: &'a Node,
        left: &Level<'_, 'a>,
    ) -> Result<Vec<Item<'a>>, Fault> {
        Ok(match node {
            Node::RangeVar(var) => vec![self.table(var, left)?],
            Node::RangeSubselect(subselect) => vec![self.subselect(subselect, left)?],
            Node::RangeFunction(function) => {
                vec![table_function::read(self, function, left)?]
            }
            Node::RangeTableFunc(table) => vec![self.xml_table(table, left)?],
            Node::JsonTable(table) => vec![self.json_table(table, left)?],
            Node::RangeTableSample(sample) => {
                let items = match &sample.relation {
                    Some(node) => self.entry(node, left)?,
                    None => Vec::new(),
                };
                self.values(&sample.args, left)?;
                self.maybe(sample.repeatable.as_ref(), left)?;
                items
            }
            Node::JoinExpr(join) => self.join(join, left)?,
            _ => vec![Item::unknown(None, Aliased::Yes)],
        })
    }

    /// Looks for a table, a view, a query of WITH.
    pub(super) fn table(
        &mut self,
        var: &'a RangeVar,
        at: &Level<'_, 'a>,
    ) -> Result<Item<'a>, Fault> {
        let name = var.relname.as_deref().unwrap_or_default();
        if var.schemaname.is_none()
            && let Some(rows) = with_query(name, at)
        {
            let rows = renamed(var.alias.as_deref(), name, rows)?;
            return Ok(Item::rows(Some(alias(var.alias.as_deref(), name)), rows));
        }
        self.stored(var)
    }

    /// Looks for a table or a view.
    pub(super) fn stored(&mut self, var: &'a RangeVar) -> Result<Item<'a>, Fault> {
        let path = relation(var);
        let aliased = match var.alias {
            Some(_) => Aliased::Yes,
            None => Aliased::No,
        };
        let shown = alias(var.alias.as_deref(), path.name);
        let oid = match self.catalog.relation(var) {
            Lookup::Found(oid) => oid,
            Lookup::Absent => return Err(no_relation(path).at(var.location)),
            Lookup::Unknown => {
                let mut item = Item::unknown(Some(shown), aliased);
                let rows = renamed(var.alias.as_deref(), shown, Rows::unknown())?;
                item.columns = super::scope::Columns::Listed(rows.columns);
                return Ok(item);
            }
        };
        self.note_object(oid, var.location);
        let Some(object) = self.catalog.store.get(oid) else {
            return Ok(Item::unknown(Some(shown), aliased));
        };
        match &object.def {
            Def::Relation(_) => {}
            Def::Sequence(_) => {
                let rows = Rows {
                    columns: ["last_value", "log_cnt", "is_called"]
                        .map(|name| Col {
                            name: Cow::Borrowed(name),
                            ty: Rough::Unknown,
                            need: None,
                        })
                        .into(),
                    open: Openness::Open,
                };
                return Ok(Item {
                    relation: Some(oid),
                    alias: aliased,
                    ..Item::rows(Some(shown), rows)
                });
            }
            Def::Index(_) | Def::Type(_) if self.catalog.store.is_certain(oid) => {
                let what = match object.def {
                    Def::Index(_) => "an index",
                    _ => "a composite type",
                };
                let message = format!("\"{}\" is {what}", object.name);
                return Err(Fault::new("42809", message).at(var.location));
            }
            _ => return Ok(Item::unknown(Some(shown), aliased)),
        }
        let item = self.relation_item(oid, Some(shown), aliased);
        let renames = var
            .alias
            .as_ref()
            .is_some_and(|alias| !alias.colnames.is_empty());
        if !renames {
            return Ok(item);
        }
        let rows = Rows {
            columns: item.list().into(),
            open: item.open,
        };
        let rows = renamed(var.alias.as_deref(), shown, rows)?;
        Ok(Item {
            relation: Some(oid),
            certainty: Certainty::Certain,
            ..Item::rows(Some(shown), rows)
        })
    }

    fn subselect(
        &mut self,
        subselect: &'a RangeSubselect,
        left: &Level<'_, 'a>,
    ) -> Result<Item<'a>, Fault> {
        let Some(query) = &subselect.subquery else {
            return Ok(Item::unknown(None, Aliased::Yes));
        };
        let rows = if subselect.lateral {
            self.rows(query, Some(left))?
        } else {
            let around = Level::within(left.plain()).hiding(left);
            self.rows(query, Some(&around))?
        };
        let name = subselect
            .alias
            .as_deref()
            .and_then(|alias| alias.aliasname.as_deref());
        let rows = renamed(subselect.alias.as_deref(), name.unwrap_or_default(), rows)?;
        let mut item = Item::rows(name, rows);
        if name.is_none() {
            item.seen = Seen::Columns;
        }
        Ok(item)
    }
}

/// Gives columns the names of an alias: `AS a(x, y)`.
///
/// # Errors
///
/// 42P10 if there are more names than columns.
pub(super) fn renamed<'a>(
    alias: Option<&'a Alias>,
    table: &str,
    rows: Rows<'a>,
) -> Result<Rows<'a>, Fault> {
    let Some(alias) = alias.filter(|alias| !alias.colnames.is_empty()) else {
        return Ok(rows);
    };
    let shown = alias.aliasname.as_deref().unwrap_or(table);
    let (available, given) = (rows.columns.len(), alias.colnames.len());
    if rows.open == Openness::Closed && given > available {
        let message = format!(
            "table \"{shown}\" has {available} columns available but {given} columns specified"
        );
        return Err(Fault::new("42P10", message));
    }
    if rows.open == Openness::Open {
        // Which column each name goes to is not known.
        return Ok(Rows {
            columns: strings(&alias.colnames)
                .map(|name| Col {
                    name: Cow::Borrowed(name),
                    ty: Rough::Unknown,
                    need: None,
                })
                .collect(),
            open: Openness::Open,
        });
    }
    let mut names = strings(&alias.colnames);
    Ok(Rows {
        columns: rows
            .columns
            .iter()
            .map(|column| Col {
                name: names
                    .next()
                    .map_or_else(|| column.name.clone(), Cow::Borrowed),
                ..column.clone()
            })
            .collect(),
        open: rows.open,
    })
}

/// Refuses entries of one name.
///
/// # Errors
///
/// 42712; two tables of different schemas may have one name.
pub(super) fn differ(one: &[Item<'_>], other: &[Item<'_>]) -> Result<(), Fault> {
    for item in other.iter().filter(|item| item.shows_name()) {
        let Some(name) = item.name else { continue };
        for before in one.iter().filter(|item| item.shows_name()) {
            if before.name != Some(name) {
                continue;
            }
            let plain = item.alias == Aliased::No && before.alias == Aliased::No;
            let same = item.relation.is_some() && item.relation == before.relation;
            if !plain || same {
                let message = format!("table name \"{name}\" specified more than once");
                return Err(Fault::new("42712", message).at_name(name));
            }
        }
    }
    Ok(())
}

/// Returns the name that an entry goes by.
pub(super) fn alias<'a>(alias: Option<&'a Alias>, name: &'a str) -> &'a str {
    alias
        .and_then(|alias| alias.aliasname.as_deref())
        .unwrap_or(name)
}

/// Looks for a query of WITH, from the inside out.
fn with_query<'a>(name: &str, at: &Level<'_, 'a>) -> Option<Rows<'a>> {
    at.chain().find_map(|level| {
        let with = level.with?.borrow();
        let query = with.iter().rev().find(|query| query.name == name)?;
        Some(query.rows.clone().unwrap_or_else(Rows::unknown))
    })
}
