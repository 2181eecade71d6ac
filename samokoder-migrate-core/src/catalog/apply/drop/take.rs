//! What is dropped is taken out of the catalog.

use super::{
    Target,
    walk::{Doubt, Step},
};
use crate::catalog::{
    Catalog,
    object::{ColumnId, Def, Fact, Filled, Object, Part, RelationKind, TypeKind},
    store::Oid,
};

impl Catalog {
    /// Takes away what goes; what may go is blurred.
    pub(super) fn take(&mut self, step: &Step) {
        match (step.target, step.doubt) {
            (Target::Object(oid), Doubt::None) => self.take_object(oid),
            (Target::Object(oid), Doubt::Presence) => self.forget(oid),
            (Target::Object(oid), Doubt::All) => self.blur_object(oid),
            (Target::Column(oid, column), Doubt::None) => self.take_column(oid, column),
            (Target::Column(oid, _), _) => self.store.blur(oid),
            (Target::Default(oid, column), doubt) => {
                let filled = match doubt {
                    Doubt::None => Filled::Nothing,
                    Doubt::Presence | Doubt::All => Filled::Unknown,
                };
                self.take_default(oid, column, filled);
            }
        }
    }

    fn take_object(&mut self, oid: Oid) {
        let relation = self.store.get(oid).and_then(Object::relation);
        let may_have_parts =
            relation.is_some_and(|relation| relation.kind == RelationKind::PartitionedTable);
        if relation.is_some() {
            self.unpublish(oid);
        }
        self.store.remove(oid);
        if may_have_parts {
            self.doubt_assumed_relations();
        }
    }

    /// A relation that no statement was seen to make may have been a partition of what is dropped.
    fn doubt_assumed_relations(&mut self) {
        let assumed: Vec<Oid> = self
            .store
            .all()
            .filter(|(_, object)| object.assumed && object.relation().is_some())
            .map(|(oid, _)| oid)
            .collect();
        for oid in assumed {
            self.blur_object(oid);
        }
    }

    /// Takes away an object that may already have gone: its name may be another's by now.
    pub(in crate::catalog::apply) fn forget(&mut self, oid: Oid) {
        let Some(object) = self.store.get(oid) else {
            return;
        };
        let (within, name, spaces) = (object.within, object.name.clone(), object.def.spaces());
        self.take_object(oid);
        for space in spaces {
            self.store.blur_name(within, *space, &name);
        }
    }

    /// Records that an object may have gone.
    pub(in crate::catalog::apply) fn blur_object(&mut self, oid: Oid) {
        let Some(object) = self.store.get(oid) else {
            return;
        };
        let (within, name, spaces) = (object.within, object.name.clone(), object.def.spaces());
        self.store.blur(oid);
        for space in spaces {
            self.store.blur_name(within, *space, &name);
        }
    }

    fn unpublish(&mut self, table: Oid) {
        for publication in self.publications() {
            let published = match self.store.get(publication).map(|object| &object.def) {
                Some(Def::Publication(publication)) => publication
                    .tables
                    .known()
                    .is_some_and(|tables| tables.contains(&table)),
                _ => false,
            };
            if published
                && let Some(object) = self.store.get_mut(publication)
                && let Def::Publication(publication) = &mut object.def
                && let Fact::Known(tables) = &mut publication.tables
            {
                tables.retain(|known| *known != table);
            }
        }
    }

    fn take_column(&mut self, oid: Oid, column: ColumnId) {
        let Some(object) = self.store.get_mut(oid) else {
            return;
        };
        let open = object.open;
        match &mut object.def {
            Def::Relation(relation) => {
                if let Some(index) = relation.columns.iter().position(|known| known.id == column) {
                    let gone = relation.columns.remove(index);
                    if open {
                        relation.gone.push(gone.name);
                    }
                }
            }
            Def::Type(def) => {
                if let TypeKind::Composite(columns) = &mut def.kind {
                    columns.retain(|known| known.id != column);
                }
            }
            _ => {}
        }
        object.uses.retain(
            |r#use| !matches!(r#use.part, Part::Column(id) | Part::Default(id) if id == column),
        );
        object.comments.retain(|(of, _)| *of != Some(column));
    }

    fn take_default(&mut self, oid: Oid, column: ColumnId, filled: Filled) {
        let Some(object) = self.store.get_mut(oid) else {
            return;
        };
        object
            .uses
            .retain(|r#use| r#use.part != Part::Default(column));
        if let Some(relation) = object.relation_mut()
            && let Some(known) = relation.columns.iter_mut().find(|known| known.id == column)
        {
            known.filled = filled;
        }
    }
}
