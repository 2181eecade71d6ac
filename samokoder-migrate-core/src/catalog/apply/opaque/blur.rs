//! What is left of what a statement names if the statement may have run.

use super::name::{Named, Part, looked_for};
use crate::{
    catalog::{
        Catalog,
        object::{Name, Space, Tie},
        resolve::SearchPath,
        store::{Lookup, Oid},
    },
    tree::{Node, Path},
};

impl Catalog {
    /// Records what a statement may change that names something without a schema, where it cannot be
    /// said which schema that is in: whatever has the name may be what is meant.
    pub(in crate::catalog::apply) fn doubt(&mut self, node: &Node) {
        if !self.store.is_covered() && self.search_path != SearchPath::Unknown {
            return;
        }
        if let Node::IndexStmt(create) = node {
            let is_unknown = create.relation.as_deref().is_some_and(|table| {
                table.schemaname.is_none() && self.relation(table) == Lookup::Unknown
            });
            if let Some(name) = create.idxname.as_deref().filter(|_| is_unknown) {
                for schema in self.store.within(Oid::DATABASE, Space::Schema) {
                    self.store.blur_name(schema, Space::Relation, name);
                }
            }
            return;
        }
        if matches!(node, Node::AlterTableStmt(_)) {
            // It sees to itself, as `alter_in_the_dark`.
            return;
        }
        let looks_for_it = matches!(
            node,
            Node::DropStmt(_) | Node::RenameStmt(_) | Node::AlterObjectSchemaStmt(_)
        );
        for named in looked_for(node) {
            if named.schema.is_some()
                || named.part == Part::Whole && !looks_for_it
                || !matches!(named.space, Space::Relation | Space::Type)
                || self.place_of_named(&named).0 != Lookup::Unknown
            {
                continue;
            }
            match &named.part {
                Part::Member(space @ (Space::Trigger | Space::Policy | Space::Rule), name) => {
                    for table in self.all_named(&named) {
                        self.store.blur_name(table, *space, name);
                    }
                }
                _ => self.blur_path(&named),
            }
        }
    }

    /// Lists what is known of a name in any schema.
    fn all_named(&self, named: &Named) -> Vec<Oid> {
        let schemas = self.store.within(Oid::DATABASE, Space::Schema).into_iter();
        schemas
            .flat_map(|schema| {
                let (found, _) = self.store.find_all(schema, named.space, &named.name);
                found.to_vec()
            })
            .collect()
    }

    /// Returns whether all that is named is known to be there or not.
    pub(super) fn knows(&self, named: &[Named]) -> bool {
        named.iter().all(|named| match self.place_of_named(named) {
            (Lookup::Unknown, _) => false,
            (Lookup::Found(oid), Part::Member(space, name)) => {
                self.store.find(oid, *space, name) != Lookup::Unknown
            }
            (Lookup::Found(oid), Part::NewColumn(_) | Part::Inside) => !self.store.is_open(oid),
            (Lookup::Found(oid), Part::Whole) => self.store.is_certain(oid),
            (Lookup::Absent, _) => true,
        })
    }

    fn place_of_named<'a>(&self, named: &'a Named) -> (Lookup, &'a Part) {
        let path = Path {
            schema: named.schema.as_deref(),
            name: &named.name,
        };
        let lookup = match named.space {
            Space::Schema => self.schema(&named.name),
            space @ (Space::Publication | Space::Extension) => {
                self.store.find(Oid::DATABASE, space, &named.name)
            }

            Space::Routine => Lookup::Unknown,
            space => self.look(space, path),
        };
        (lookup, &named.part)
    }

    /// Records that what is named may have been made, changed or dropped.
    pub(super) fn may_have_changed(&mut self, named: &[Named]) {
        for named in named {
            if matches!(
                named.space,
                Space::Schema | Space::Publication | Space::Extension
            ) {
                self.store
                    .blur_name(Oid::DATABASE, named.space, &named.name);
                continue;
            }
            let found = match self.place_of_named(named).0 {
                Lookup::Found(oid) => Some(oid),
                _ => None,
            };
            match (&named.part, found) {
                (Part::Whole, _) => self.blur_path(named),
                (Part::Inside, Some(oid)) => self.blur_inside(oid, &mut Vec::new()),
                (Part::NewColumn(_), Some(oid)) => {
                    if let Some(object) = self.store.get_mut(oid) {
                        object.open = true;
                    }
                }
                (Part::Member(space, name), Some(oid)) => self.store.blur_name(oid, *space, name),
                (_, None) => {}
            }
        }
    }

    /// Records that a name may be anything's in the schemas where it could be.
    fn blur_path(&mut self, named: &Named) {
        let schemas = match &named.schema {
            Some(schema) => match self.schema(schema) {
                Lookup::Found(oid) => vec![oid],
                _ => Vec::new(),
            },
            // It is in one of the search path, which one is seldom worth following.
            None => self.store.within(Oid::DATABASE, Space::Schema),
        };
        let name: Name = named.name.as_str().into();
        for schema in schemas {
            let is_public = schema == self.public || named.schema.is_some();
            let is_there = self.store.find(schema, named.space, &name) != Lookup::Absent;
            if !is_public && !is_there && !self.is_searched(schema) {
                continue;
            }
            for oid in self.store.find_all(schema, named.space, &name).0.to_vec() {
                self.blur_inside(oid, &mut Vec::new());
            }
            self.store.blur_name(schema, named.space, &name);
            match named.space {
                Space::Relation => self.store.blur_name(schema, Space::Type, &name),
                Space::Type => self.store.blur_name(schema, Space::Relation, &name),
                _ => {}
            }
        }
    }

    /// Records that temporary objects are gone unless the session goes on, as it may from one script
    /// to the next.
    pub(in crate::catalog) fn blur_temporary(&mut self) {
        for space in [Space::Relation, Space::Type, Space::Routine] {
            for oid in self.store.within(self.temporary, space) {
                let name = self.store.get(oid).map(|object| object.name.clone());
                self.blur_inside(oid, &mut Vec::new());
                if let Some(name) = name {
                    self.store.blur_name(self.temporary, space, &name);
                }
            }
        }
    }

    /// Records that an object may have changed or gone, with what would go with it.
    pub(in crate::catalog::apply) fn blur_inside(&mut self, oid: Oid, seen: &mut Vec<Oid>) {
        if seen.contains(&oid) {
            return;
        }
        seen.push(oid);
        self.store.blur(oid);
        let parts: Vec<Oid> = [
            Space::Constraint,
            Space::Trigger,
            Space::Policy,
            Space::Rule,
        ]
        .into_iter()
        .flat_map(|space| self.store.within(oid, space))
        .collect();
        let users = self.store.users(oid);
        let users = users
            .into_iter()
            .filter(|(_, r#use)| r#use.tie != Tie::Normal)
            .map(|(user, _)| user);
        for with_it in parts.into_iter().chain(users) {
            let Some(object) = self.store.get(with_it) else {
                continue;
            };
            let (within, name, spaces) = (object.within, object.name.clone(), object.def.spaces());
            self.blur_inside(with_it, seen);
            for space in spaces {
                self.store.blur_name(within, *space, &name);
            }
        }
    }

    fn is_searched(&self, schema: Oid) -> bool {
        match &self.search_path {
            SearchPath::Unknown => true,
            SearchPath::Known(names) => names
                .iter()
                .any(|name| self.schema(name) == Lookup::Found(schema)),
        }
    }
}
