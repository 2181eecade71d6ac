//! How messages name an object.

use super::Target;
use crate::catalog::{
    Catalog,
    object::{ArgumentMode, ColumnId, Def, Object, RelationKind, RoutineKind, Space},
    resolve::{SearchPath, quote},
    store::{Lookup, Oid},
    types::{Base, Type},
};

impl Catalog {
    /// Returns what PostgreSQL's messages call a target: `column email of table users`.
    pub(in crate::catalog::apply) fn wording(&self, target: Target) -> String {
        match target {
            Target::Object(oid) => self.object_wording(oid),
            Target::Column(oid, column) => {
                // Whose attributes are columns is a relation here, and a type elsewhere.
                let composite = match self.store.get(oid).map(|object| &object.def) {
                    Some(Def::Type(_)) => "composite ",
                    _ => "",
                };
                format!(
                    "column {} of {composite}{}",
                    self.own_column_name(oid, column),
                    self.object_wording(oid)
                )
            }
            Target::Default(oid, column) => {
                format!(
                    "default value for {}",
                    self.wording(Target::Column(oid, column))
                )
            }
        }
    }

    /// Returns what messages call a target that another needs: a column of an array type needs the
    /// array's type.
    pub(super) fn wording_for(&self, target: Target, user: Target) -> String {
        let wording = self.wording(target);
        let (Target::Object(oid), Target::Column(table, column)) = (target, user) else {
            return wording;
        };
        let is_array = self
            .columns_of(table)
            .iter()
            .find(|known| known.id == column)
            .is_some_and(|known| known.ty.base == Base::Own(oid) && known.ty.array);
        if is_array {
            format!("{wording}[]")
        } else {
            wording
        }
    }

    fn object_wording(&self, oid: Oid) -> String {
        let Some(object) = self.store.get(oid) else {
            return String::new();
        };
        let name = self.visible_name(oid);
        let kind = match &object.def {
            Def::Constraint(_) | Def::Trigger(_) | Def::Policy(_) | Def::Rule(_) => {
                let kind = match &object.def {
                    Def::Constraint(_) => "constraint",
                    Def::Trigger(_) => "trigger",
                    Def::Policy(_) => "policy",
                    _ => "rule",
                };
                // The names of these are not quoted.
                return match self.store.get(object.within).map(|owner| &owner.def) {
                    Some(Def::Type(_)) => format!("{kind} {}", object.name),
                    _ => format!(
                        "{kind} {} on {}",
                        object.name,
                        self.object_wording(object.within)
                    ),
                };
            }
            Def::Routine(routine) => {
                let arguments: Vec<String> = routine
                    .arguments
                    .iter()
                    .filter(|argument| {
                        !matches!(argument.mode, ArgumentMode::Out | ArgumentMode::Table)
                    })
                    .map(|argument| self.visible_type(&argument.ty))
                    .collect();
                let kind = match routine.kind {
                    RoutineKind::Procedure => "procedure",
                    RoutineKind::Aggregate => "aggregate",
                    RoutineKind::Function | RoutineKind::Window => "function",
                };
                return format!("{kind} {name}({})", arguments.join(","));
            }
            Def::Other(Space::Cast) => return format!("cast from {}", object.name),
            Def::Other(space) => space.word(),
            Def::Database => "database",
            Def::Schema => "schema",
            Def::Extension(_) => "extension",
            Def::Publication(_) => "publication",
            Def::Relation(relation) => relation_kind(relation.kind),
            Def::Sequence(_) => "sequence",
            Def::Index(_) => "index",
            Def::Type(_) => "type",
        };
        if object.within == Oid::DATABASE {
            format!("{kind} {}", object.name)
        } else {
            format!("{kind} {name}")
        }
    }

    /// Returns an object's name, qualified unless the search path finds it.
    pub(in crate::catalog::apply) fn visible_name(&self, oid: Oid) -> String {
        let Some(object) = self.store.get(oid) else {
            return String::new();
        };
        let own = quote(&object.name);
        if object.within == Oid::DATABASE || self.is_visible(oid, object) {
            return own;
        }
        match self.store.get(object.within) {
            Some(schema) => format!("{}.{own}", quote(&schema.name)),
            None => own,
        }
    }

    fn is_visible(&self, oid: Oid, object: &Object) -> bool {
        if object.within == self.temporary {
            return true;
        }
        let SearchPath::Known(schemas) = &self.search_path else {
            return false;
        };
        let Some(space) = object.def.spaces().first() else {
            return false;
        };
        for schema in schemas {
            let Lookup::Found(schema) = self.schema(schema) else {
                continue;
            };
            if schema == object.within {
                return true;
            }
            if space.shares_names() {
                continue;
            }
            match self.store.find(schema, *space, &object.name) {
                Lookup::Found(other) if other != oid => return false,
                _ => {}
            }
        }
        false
    }

    /// Returns a type as messages write it.
    pub(in crate::catalog::apply) fn visible_type(&self, ty: &Type) -> String {
        match &ty.base {
            Base::Own(oid) => {
                let array = if ty.array { "[]" } else { "" };
                format!("{}{array}", self.visible_name(*oid))
            }
            _ => self.argument_text(ty).unwrap_or_else(|| "?".to_owned()),
        }
    }

    /// Returns a column's name; messages do not quote it.
    fn own_column_name(&self, oid: Oid, column: ColumnId) -> &str {
        self.columns_of(oid)
            .iter()
            .find(|known| known.id == column)
            .map_or("", |known| &*known.name)
    }

    /// Lists the columns of a relation, the attributes of a composite type.
    pub(in crate::catalog::apply) fn columns_of(
        &self,
        oid: Oid,
    ) -> &[crate::catalog::object::Column] {
        self.columns_of_type(oid).unwrap_or_default()
    }
}

fn relation_kind(kind: RelationKind) -> &'static str {
    match kind {
        RelationKind::Table | RelationKind::PartitionedTable => "table",
        RelationKind::ForeignTable => "foreign table",
        RelationKind::View => "view",
        RelationKind::MaterializedView => "materialized view",
    }
}
