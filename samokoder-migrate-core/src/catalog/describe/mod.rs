//! Objects as rows of a picture.

mod code;
mod parts;
mod place;
mod relation;
#[cfg(test)]
mod tests;
mod ty;

pub(in crate::catalog) use code::FROM_CURRENT;

use super::{
    Catalog,
    object::{ColumnId, Def, Object, Space},
    picture::Row,
    resolve::quote,
    store::Oid,
};

impl Catalog {
    /// Adds the rows that an object has in a picture: its own, and those of its columns.
    ///
    /// What may have changed or gone has none; [`Self::open_places`] says where such things are.
    pub(super) fn describe(&self, oid: Oid, rows: &mut Vec<Row>) {
        if self.is_sure(oid) {
            self.describe_as_seen(oid, rows);
        }
    }

    /// Adds the rows that an object has in a picture, of its columns those of some; `None` is all.
    pub(super) fn describe_columns(
        &self,
        oid: Oid,
        columns: Option<&[ColumnId]>,
        rows: &mut Vec<Row>,
    ) {
        if self.is_sure(oid) {
            self.describe_parts(oid, columns, rows);
        }
    }

    /// Adds an object's rows as it was last seen, whatever may have happened to it since.
    pub(super) fn describe_as_seen(&self, oid: Oid, rows: &mut Vec<Row>) {
        self.describe_parts(oid, None, rows);
    }

    fn describe_parts(&self, oid: Oid, columns: Option<&[ColumnId]>, rows: &mut Vec<Row>) {
        let Some(object) = self.store.get(oid) else {
            return;
        };
        if !self.is_shown(object) {
            return;
        }
        match &object.def {
            Def::Database => {}
            Def::Schema => rows.push(Row::new("schema", quote(&object.name))),
            Def::Extension(extension) => rows.push(self.extension_row(object, extension)),
            Def::Relation(_) => self.relation_rows(oid, object, columns, rows),
            Def::Sequence(sequence) => rows.push(self.sequence_row(object, sequence)),
            Def::Index(index) => rows.extend(self.index_row(object, index)),
            Def::Constraint(constraint) => rows.extend(self.constraint_row(object, constraint)),
            Def::Type(def) => rows.extend(self.type_row(object, def)),
            Def::Routine(routine) => rows.extend(self.routine_row(object, routine)),
            Def::Trigger(trigger) => rows.extend(self.trigger_row(object, trigger)),
            Def::Policy(policy) => rows.push(self.policy_row(object, policy)),
            Def::Rule(rule) => rows.push(self.rule_row(object, rule)),
            Def::Publication(publication) => rows.push(self.publication_row(object, publication)),
            Def::Other(space) => rows.push(Row::new(kind_of(*space), self.identity(object))),
        }
    }

    /// Returns whether an object has a place in a picture: not what is temporary, what an extension
    /// brought, and what is in a schema that is not known.
    fn is_shown(&self, object: &Object) -> bool {
        if object.extension.is_some() {
            return false;
        }
        let mut at = object;
        loop {
            if at.within == self.temporary || at.within == self.elsewhere {
                return false;
            }
            match self.store.get(at.within) {
                Some(place) if at.within != Oid::DATABASE => at = place,
                _ => break,
            }
        }
        match object.def {
            Def::Schema => {
                let taken = |oid| self.store.get(oid).map(|schema| &schema.name);
                taken(self.temporary) != Some(&object.name)
                    && taken(self.elsewhere) != Some(&object.name)
            }
            // Every database is made with it.
            Def::Extension(_) => &*object.name != "plpgsql",
            _ => true,
        }
    }

    /// Returns whether an object, and what it is part of, is as its definition says. A schema that
    /// holds a certain object is there, whatever may have happened to it.
    fn is_sure(&self, oid: Oid) -> bool {
        let Some(object) = self.store.get(oid) else {
            return false;
        };
        let part = !matches!(
            self.store.get(object.within).map(|place| &place.def),
            Some(Def::Schema | Def::Database) | None
        );
        self.store.is_certain(oid) && (!part || self.is_sure(object.within))
    }

    /// Returns an object's name with those of all that it is in.
    fn identity(&self, object: &Object) -> String {
        match self.store.get(object.within) {
            Some(place) if object.within != Oid::DATABASE => {
                format!("{}.{}", self.identity(place), quote(&object.name))
            }
            _ => quote(&object.name),
        }
    }

    fn identity_of(&self, oid: Oid) -> Option<String> {
        self.store.get(oid).map(|object| self.identity(object))
    }

    /// Lists columns of a relation: `a, b`; none if one of them is not known.
    fn column_list(&self, relation: Oid, columns: &[ColumnId]) -> Option<String> {
        let names: Option<Vec<String>> = columns
            .iter()
            .map(|id| self.quoted_column(relation, *id))
            .collect();
        names.map(|names| names.join(", "))
    }

    fn quoted_column(&self, relation: Oid, id: ColumnId) -> Option<String> {
        self.store
            .get(relation)?
            .relation()?
            .columns
            .iter()
            .find(|column| column.id == id)
            .map(|column| quote(&column.name))
    }
}

impl Row {
    /// Adds a fact that an object may not have.
    fn maybe(self, name: &'static str, value: Option<impl Into<String>>) -> Self {
        match value {
            Some(value) => self.text(name, value),
            None => self,
        }
    }

    /// Adds a fact that every object of the kind has, and that may not be known.
    fn known(self, name: &'static str, value: Option<impl Into<String>>) -> Self {
        match value {
            Some(value) => self.text(name, value),
            None => self.unknown(name),
        }
    }

    /// Adds SQL that an object may not have.
    fn maybe_expression(self, name: &'static str, value: Option<String>) -> Self {
        match value {
            Some(value) => self.expression(name, value),
            None => self,
        }
    }
}

/// Returns what a picture calls the objects of a space of which only names are known.
fn kind_of(space: Space) -> &'static str {
    match space {
        Space::Statistics => "statistics",
        space => space.word(),
    }
}
