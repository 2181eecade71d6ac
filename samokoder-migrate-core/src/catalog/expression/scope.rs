//! What is visible at a place in a query: the entries of FROM, level by level, and WITH's queries.

use std::{borrow::Cow, cell::RefCell, rc::Rc};

use super::{Need, rough::Rough};
use crate::{
    catalog::{
        object::{Column, Relation, RelationKind},
        store::{Oid, Openness},
    },
    tree::List,
};

/// An entry of FROM.
#[derive(Clone, Debug)]
pub(super) struct Item<'a> {
    /// Its alias, or the name of what it is.
    pub(super) name: Option<&'a str>,
    /// The relation that it is.
    pub(super) relation: Option<Oid>,
    pub(super) alias: Aliased,
    pub(super) columns: Columns<'a>,
    /// Whether it may have more columns than are known.
    pub(super) open: Openness,
    /// Whether the columns that are known are there for certain.
    pub(super) certainty: Certainty,
    pub(super) seen: Seen,
}

/// Whether a relation goes by another name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Aliased {
    No,
    Yes,
}

/// Whether what is known of an entry still holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Certainty {
    Certain,
    Doubtful,
}

/// What of an entry can be named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// `t`, `t.c` and `c`.
    Whole,
    /// `t` and `t.c`: its columns are part of a join with merged ones.
    Name,
    /// `c` alone: a join without an alias.
    Columns,
    /// It is part of another entry.
    Nothing,
}

/// The columns of an entry.
#[derive(Clone, Debug)]
pub(super) enum Columns<'a> {
    /// Those of a relation, under their own names.
    Stored(Oid, &'a Relation),
    /// A list.
    Listed(Rc<[Col<'a>]>),
}

/// A column of a query, of a join, of a function.
#[derive(Clone, Debug)]
pub(super) struct Col<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) ty: Rough<'a>,
    /// The relation's column that it is.
    pub(super) need: Option<Need>,
}

/// The columns of a query's result.
#[derive(Clone, Debug)]
pub(super) struct Rows<'a> {
    pub(super) columns: Rc<[Col<'a>]>,
    pub(super) open: Openness,
}

/// A query of WITH; `None` while its columns are not known.
#[derive(Clone, Debug)]
pub(super) struct Cte<'a> {
    pub(super) name: &'a str,
    pub(super) rows: Option<Rows<'a>>,
}

/// What a query sees by itself, and around it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Level<'s, 'a> {
    pub(super) kind: LevelKind,
    pub(super) items: &'s [Item<'a>],
    pub(super) with: Option<&'s RefCell<Vec<Cte<'a>>>>,
    pub(super) windows: Option<&'a List>,
    pub(super) outer: Option<&'s Level<'s, 'a>>,
    /// What stands there but cannot be named from here.
    pub(super) hidden: Option<&'s Level<'s, 'a>>,
}

/// How a level is seen from within FROM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LevelKind {
    Query,
    /// The entries of FROM to the left: LATERAL and functions see them.
    Lateral,
}

/// What an entry says about a name.
#[derive(Debug)]
pub(super) enum Hit<'a> {
    Found(Rough<'a>, Option<Need>),
    /// It has several columns of that name.
    Many,
    Absent,
    /// It may have one.
    Unknown,
}

impl<'s, 'a> Level<'s, 'a> {
    /// Makes a level that sees nothing by itself.
    pub(super) fn within(outer: Option<&'s Level<'s, 'a>>) -> Self {
        Self {
            kind: LevelKind::Query,
            items: &[],
            with: None,
            windows: None,
            outer,
            hidden: None,
        }
    }

    /// With entries of FROM.
    pub(super) fn items(mut self, items: &'s [Item<'a>]) -> Self {
        self.items = items;
        self
    }

    /// Seen by LATERAL alone.
    pub(super) fn lateral(mut self) -> Self {
        self.kind = LevelKind::Lateral;
        self
    }

    /// Beside what cannot be named.
    pub(super) fn hiding(mut self, hidden: &'s Level<'s, 'a>) -> Self {
        self.hidden = Some(hidden);
        self
    }

    /// Returns what is seen without LATERAL.
    pub(super) fn plain(&'s self) -> Option<&'s Level<'s, 'a>> {
        self.chain().find(|level| level.kind == LevelKind::Query)
    }

    /// Lists the levels from here outwards.
    pub(super) fn chain(&'s self) -> impl Iterator<Item = &'s Level<'s, 'a>> {
        std::iter::successors(Some(self), |level| level.outer)
    }
}

impl<'a> Item<'a> {
    /// Makes an entry of which nothing but its name is known.
    pub(super) fn unknown(name: Option<&'a str>, alias: Aliased) -> Self {
        Self {
            name,
            relation: None,
            alias,
            columns: Columns::Listed(Rc::new([])),
            open: Openness::Open,
            certainty: Certainty::Certain,
            seen: Seen::Whole,
        }
    }

    /// Makes an entry out of a query's result.
    pub(super) fn rows(name: Option<&'a str>, rows: Rows<'a>) -> Self {
        Self {
            columns: Columns::Listed(rows.columns),
            open: rows.open,
            ..Self::unknown(name, Aliased::Yes)
        }
    }

    /// Returns whether its columns can be named alone.
    pub(super) fn shows_columns(&self) -> bool {
        matches!(self.seen, Seen::Whole | Seen::Columns)
    }

    /// Returns whether it can be named.
    pub(super) fn shows_name(&self) -> bool {
        matches!(self.seen, Seen::Whole | Seen::Name)
    }

    /// Looks for a column.
    pub(super) fn find(&self, name: &str) -> Hit<'a> {
        match &self.columns {
            Columns::Stored(oid, relation) => {
                if let Some(column) = relation.columns.iter().find(|column| &*column.name == name) {
                    // What may have been changed out of sight may have another type.
                    let ty = match self.certainty {
                        Certainty::Certain => Rough::Known(&column.ty),
                        Certainty::Doubtful => Rough::Unknown,
                    };
                    return Hit::Found(ty, Some(of(*oid, column)));
                }
                if has_system_columns(relation.kind)
                    && let Some(ty) = system_column(name)
                {
                    return Hit::Found(Rough::Named(ty), None);
                }
                if self.open == Openness::Open && relation.gone.iter().all(|gone| &**gone != name) {
                    return Hit::Unknown;
                }
                Hit::Absent
            }
            Columns::Listed(columns) => {
                let mut hits = columns.iter().filter(|column| column.name == name);
                match (hits.next(), hits.next()) {
                    (Some(column), None) => Hit::Found(column.ty.clone(), column.need),
                    (Some(_), Some(_)) => Hit::Many,
                    (None, _) if self.open == Openness::Open => Hit::Unknown,
                    (None, _) => Hit::Absent,
                }
            }
        }
    }

    /// Lists its columns as `*` shows them.
    pub(super) fn list(&self) -> Vec<Col<'a>> {
        match &self.columns {
            Columns::Stored(oid, relation) => relation
                .columns
                .iter()
                .map(|column| Col {
                    name: Cow::Borrowed(&*column.name),
                    ty: match self.certainty {
                        Certainty::Certain => Rough::Known(&column.ty),
                        Certainty::Doubtful => Rough::Unknown,
                    },
                    need: Some(of(*oid, column)),
                })
                .collect(),
            Columns::Listed(columns) => columns.to_vec(),
        }
    }

    /// Lists the names of its columns.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let (stored, listed) = match &self.columns {
            Columns::Stored(_, relation) => (Some(&relation.columns), None),
            Columns::Listed(columns) => (None, Some(columns)),
        };
        let stored = stored.into_iter().flatten().map(|column| &*column.name);
        let listed = listed
            .into_iter()
            .flat_map(|columns| columns.iter().map(|column| &*column.name));
        stored.chain(listed)
    }
}

impl Rows<'_> {
    /// A result of which nothing is known.
    pub(super) fn unknown() -> Self {
        Self {
            columns: Rc::new([]),
            open: Openness::Open,
        }
    }
}

fn of(relation: Oid, column: &Column) -> Need {
    Need {
        what: relation,
        column: Some(column.id),
    }
}

fn has_system_columns(kind: RelationKind) -> bool {
    kind != RelationKind::View
}

/// Returns the type of a column that every table has (chapter "Data Definition", "System Columns").
fn system_column(name: &str) -> Option<&'static str> {
    match name {
        "tableoid" => Some("oid"),
        "ctid" => Some("tid"),
        "xmin" | "xmax" => Some("xid"),
        "cmin" | "cmax" => Some("cid"),
        _ => None,
    }
}
