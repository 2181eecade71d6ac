//! One walk through a tree.

use std::rc::Rc;

use super::{
    Expression, Need, Query, Scope,
    print::{Found, print},
    rough::Rough,
    scope::{Aliased, Certainty, Columns, Item, Level, Rows},
};
use crate::{
    catalog::{
        Catalog,
        fault::Fault,
        store::{Oid, Openness},
        types::Type,
    },
    tree::{List, Node, Path},
};

/// Reads a tree, and keeps what was found in it.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    pub(super) catalog: &'a Catalog,
    /// What names mean that no query in the tree explains; `None` outside any query.
    pub(super) scope: Option<Scope<'a>>,
    pub(super) needs: Vec<Need>,
    pub(super) found: Vec<Found>,
    pub(super) effects: Effects<'a>,
}

/// What a statement does beside reading and writing rows.
#[derive(Debug, Default)]
pub(in crate::catalog) struct Effects<'a> {
    /// The functions that it calls, of `pg_catalog` too, with what they are given.
    pub(in crate::catalog) calls: Vec<(Path<'a>, &'a List)>,
    /// What it sets by `set_config`: the name and the value, where they are constants.
    pub(in crate::catalog) settings: Vec<(Option<&'a str>, Option<&'a str>)>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(catalog: &'a Catalog, scope: Option<Scope<'a>>) -> Self {
        Self {
            catalog,
            scope,
            needs: Vec::new(),
            found: Vec::new(),
            effects: Effects::default(),
        }
    }

    /// Reads an expression.
    pub(super) fn expression(mut self, node: &'a Node) -> Result<Expression, Fault> {
        let items = self.base_items();
        let ty = self.value(node, &Level::within(None).items(&items))?;
        let ty = match ty {
            Rough::Literal => Type::unknown(),
            other => other.settled(),
        };
        Ok(Expression {
            sql: print(node, &self.found),
            ty,
            needs: self.needs(),
        })
    }

    /// Reads a statement that may give rows.
    pub(super) fn statement(&mut self, node: &'a Node) -> Result<Rows<'a>, Fault> {
        let items = self.base_items();
        let level = Level::within(None).items(&items);
        self.rows(node, Some(&level))
    }

    /// Reads a query.
    pub(super) fn query(mut self, node: &'a Node) -> Result<Query, Fault> {
        let rows = self.statement(node)?;
        let columns = (rows.open == Openness::Closed).then(|| {
            rows.columns
                .iter()
                .map(|column| (Rc::from(&*column.name), column.ty.settled()))
                .collect()
        });
        Ok(Query {
            sql: print(node, &self.found),
            columns,
            needs: self.needs(),
        })
    }

    /// Returns what was needed, each once.
    fn needs(mut self) -> Vec<Need> {
        self.needs
            .sort_unstable_by_key(|need| (need.what, need.column));
        self.needs.dedup();
        self.needs
    }

    /// Makes the entries that the scope gives.
    fn base_items(&mut self) -> Vec<Item<'a>> {
        match self.scope {
            Some(Scope::Row(oid)) => {
                let name = self.catalog.store.get(oid).map(|object| &*object.name);
                vec![self.relation_item(oid, name, Aliased::No)]
            }
            Some(Scope::NewAndOld(oid)) => vec![
                self.relation_item(oid, Some("new"), Aliased::Yes),
                self.relation_item(oid, Some("old"), Aliased::Yes),
            ],
            _ => Vec::new(),
        }
    }

    /// Makes an entry of a relation.
    pub(super) fn relation_item(
        &self,
        oid: Oid,
        name: Option<&'a str>,
        alias: Aliased,
    ) -> Item<'a> {
        let store = &self.catalog.store;
        let mut item = Item::unknown(name, alias);
        item.relation = Some(oid);
        let Some(relation) = store.get(oid).and_then(|object| object.relation()) else {
            return item;
        };
        item.columns = Columns::Stored(oid, relation);
        if !store.is_open(oid) {
            item.open = Openness::Closed;
        }
        if !store.is_certain(oid) {
            item.certainty = Certainty::Doubtful;
        }
        item
    }

    /// Keeps what a name at a place means.
    pub(super) fn note(&mut self, need: Need, location: i32) {
        if location >= 0 {
            self.found.push(Found { location, need });
        }
        self.need(need);
    }

    /// Keeps what is needed without being named.
    pub(super) fn need(&mut self, need: Need) {
        if self.needs.last() != Some(&need) {
            self.needs.push(need);
        }
    }

    /// Keeps an object that a name at a place means.
    pub(super) fn note_object(&mut self, what: Oid, location: i32) {
        self.note(Need { what, column: None }, location);
    }
}
