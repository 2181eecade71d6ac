//! A column that is added to a relation.

use super::{
    needs::{type_use, uses_by},
    written::Written,
};
use crate::{
    catalog::{
        Catalog,
        expression::Scope,
        fault::Fault,
        missing::is_system_column,
        object::{Column, ColumnId, Fact, Filled, Name, Part, Use},
        store::Oid,
        types::{Base, Type},
    },
    tree::{ColumnDef, ConstrType, Constraint, Node},
};

/// What a column's name means in a relation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::catalog) enum ColumnLookup {
    Found(ColumnId),
    /// It has no such column, for certain.
    Absent,
    Unknown,
}

impl Catalog {
    /// Adds a column to a relation: its type, default, identity or serial sequence, NOT NULL; its
    /// other constraints are left to `add_constraint` (the server adds them in a later pass).
    ///
    /// # Errors
    ///
    /// 42701 if it is there, 42704 if its type is known not to be, and those of its default.
    pub(super) fn add_column(&mut self, relation: Oid, def: &ColumnDef) -> Result<ColumnId, Fault> {
        let name = def.colname.as_deref().unwrap_or_default();
        if matches!(self.column(relation, name), ColumnLookup::Found(_))
            && self.store.is_certain(relation)
        {
            let table = self.name_of(relation);
            return Err(Fault::new(
                "42701",
                format!("column \"{name}\" of relation \"{table}\" already exists"),
            )
            .at(def.location));
        }
        let id = self.place_column(relation, def)?;
        self.fill_column(relation, id, def)?;
        Ok(id)
    }

    /// Looks for a column of a relation, an attribute of a composite type; one that an open one does
    /// not list is unknown.
    pub(in crate::catalog) fn column(&self, relation: Oid, name: &str) -> ColumnLookup {
        let Some(columns) = self.columns_of_type(relation) else {
            return ColumnLookup::Unknown;
        };
        if let Some(column) = columns.iter().find(|column| &*column.name == name) {
            return ColumnLookup::Found(column.id);
        }
        if is_system_column(name) {
            return ColumnLookup::Unknown;
        }
        let gone = || {
            self.relation_of(relation)
                .is_some_and(|(_, found)| found.gone.iter().any(|gone| &**gone == name))
        };
        // What is gone from a relation may be back if something opaque ran since.
        if !self.store.is_open(relation) || (self.store.is_certain(relation) && gone()) {
            ColumnLookup::Absent
        } else {
            ColumnLookup::Unknown
        }
    }

    /// Looks for a column that a statement cannot do without; one that is not known is recorded as a
    /// column of which nothing else is known. `None` if it is known not to be there.
    pub(in crate::catalog) fn needed_column(
        &mut self,
        relation: Oid,
        name: &str,
    ) -> Option<ColumnId> {
        match self.column(relation, name) {
            ColumnLookup::Found(id) => Some(id),
            ColumnLookup::Absent => None,
            ColumnLookup::Unknown => Some(self.push_column(
                relation,
                Column {
                    not_null: Fact::Unknown,
                    filled: Filled::Unknown,
                    ..plain(name.into(), Type::unknown())
                },
            )),
        }
    }

    /// Adds a column's type, NOT NULL and sequence, and leaves its default, which may read columns
    /// that come later.
    pub(super) fn place_column(
        &mut self,
        relation: Oid,
        def: &ColumnDef,
    ) -> Result<ColumnId, Fault> {
        let name = def.colname.as_deref().unwrap_or_default();
        if is_system_column(name) {
            return Err(Fault::new(
                "42701",
                format!("column name \"{name}\" conflicts with a system column name"),
            )
            .at(def.location));
        }
        let (ty, serial) = self.column_type(def)?;
        self.can_be_held(relation, name, &ty)?;
        self.collation_schema(def)?;
        let written = Written::read(def, &self.name_of(relation), serial.is_some())?;
        let id = self.push_column(
            relation,
            Column {
                not_null: Fact::Known(written.not_null),
                collation: def
                    .collClause
                    .as_ref()
                    .and_then(|clause| self.collation(&clause.collname)),
                ..plain(name.into(), ty.clone())
            },
        );
        if let Some(width) = serial {
            self.add_serial(relation, id, width);
        }
        if let Some(identity) = written.identity {
            self.add_identity(relation, id, &ty, identity)?;
        }
        Ok(id)
    }

    /// Returns a column's type, and for a serial one that of its sequence.
    fn column_type(&self, def: &ColumnDef) -> Result<(Type, Option<&'static str>), Fault> {
        let Some(name) = &def.typeName else {
            return Ok((Type::unknown(), None));
        };
        let Some((internal, width)) = super::serial::width(name) else {
            return Ok((self.ty(name)?, None));
        };
        if !name.arrayBounds.is_empty() {
            return Err(Fault::new("0A000", "array of serial is not implemented").at(name.location));
        }
        Ok((Type::builtin(internal), Some(width)))
    }

    /// Sets a column's default or generation expression.
    pub(super) fn fill_column(
        &mut self,
        relation: Oid,
        id: ColumnId,
        def: &ColumnDef,
    ) -> Result<(), Fault> {
        if let Some(default) = &def.raw_default {
            self.set_column_default(relation, id, default)?;
        }
        for constraint in constraints(def) {
            match (constraint.contype, &constraint.raw_expr) {
                (ConstrType::CONSTR_DEFAULT, Some(default)) => {
                    self.set_column_default(relation, id, default)?;
                }
                (ConstrType::CONSTR_GENERATED, Some(expression)) => {
                    self.set_generated(relation, id, expression)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Sets a column's default; `NULL` is none, unless it must be cut to the column's type.
    ///
    /// # Errors
    ///
    /// Those of the expression.
    pub(in crate::catalog) fn set_column_default(
        &mut self,
        relation: Oid,
        id: ColumnId,
        default: &Node,
    ) -> Result<(), Fault> {
        let expression = self.expression(default, Scope::Nothing)?;
        self.can_fill(relation, id, "default expression", &expression.ty)?;
        if let Some(ty) = self.certain_type(relation, id) {
            self.check_constant(ty, default)?;
        }
        let filled = match self.stored_null(relation, id, default)? {
            Fact::Known(false) => Filled::Nothing,
            Fact::Known(true) => Filled::Default(expression.sql),
            Fact::Unknown => Filled::Unknown,
        };
        self.set_filled(
            relation,
            id,
            filled,
            uses_by(&expression.needs, Part::Default(id)),
        );
        Ok(())
    }

    /// Returns the type of a column, if it is certain.
    pub(in crate::catalog) fn certain_type(&self, relation: Oid, id: ColumnId) -> Option<&Type> {
        let (_, found) = self.relation_of(relation)?;
        let column = found.column_by_id(id)?;
        self.store.is_certain(relation).then_some(&column.ty)
    }

    /// Refuses an expression of a type that a column does not take.
    fn can_fill(&self, relation: Oid, id: ColumnId, what: &str, given: &Type) -> Result<(), Fault> {
        let Some(ty) = self.certain_type(relation, id) else {
            return Ok(());
        };
        let name = self
            .name_of_column(relation, id)
            .unwrap_or_else(|| "".into());
        self.can_be_stored(&name, ty, what, given)
            .map_err(|fault| fault.at_name(&name))
    }

    /// Says whether a default is stored: a plain NULL is not, if nothing is left to do to it.
    fn stored_null(
        &self,
        relation: Oid,
        id: ColumnId,
        default: &Node,
    ) -> Result<Fact<bool>, Fault> {
        let cast = match default {
            Node::A_Const(value) if value.isnull => None,
            Node::TypeCast(cast) => match (&cast.arg, &cast.typeName) {
                (Some(Node::A_Const(value)), Some(name)) if value.isnull => Some(self.ty(name)?),
                _ => return Ok(Fact::Known(true)),
            },
            _ => return Ok(Fact::Known(true)),
        };
        let Some(column) = self
            .relation_of(relation)
            .and_then(|(_, relation)| relation.column_by_id(id))
        else {
            return Ok(Fact::Unknown);
        };
        let ty = &column.ty;
        if cast
            .as_ref()
            .is_some_and(|cast| cast.is_known() && ty.is_known() && cast != ty)
        {
            return Ok(Fact::Known(true));
        }
        Ok(match &ty.base {
            Base::Unknown => Fact::Unknown,
            Base::Builtin(_) => Fact::Known(!ty.modifier.is_empty()),
            // An array of a domain's values is no domain: nothing looks at a NULL of it.
            Base::Own(_) if ty.array => Fact::Known(false),
            Base::Own(oid) => match self.store.get(*oid).map(|object| &object.def) {
                Some(crate::catalog::object::Def::Type(def)) => match def.kind {
                    crate::catalog::object::TypeKind::Domain(_) => Fact::Known(true),
                    _ => Fact::Known(false),
                },
                _ => Fact::Known(false),
            },
        })
    }

    /// Sets a column's generation expression. Since PostgreSQL 15 the column needs the columns that
    /// it is generated from.
    fn set_generated(
        &mut self,
        relation: Oid,
        id: ColumnId,
        expression: &Node,
    ) -> Result<(), Fault> {
        let expression = self.expression(expression, Scope::Row(relation))?;
        self.can_fill(relation, id, "default expression", &expression.ty)?;
        self.set_filled(
            relation,
            id,
            Filled::Generated(expression.sql),
            uses_by(&expression.needs, Part::Column(id)),
        );
        Ok(())
    }

    /// Sets what fills a column, and what that uses, in place of what it was.
    pub(in crate::catalog) fn set_filled(
        &mut self,
        relation: Oid,
        id: ColumnId,
        filled: Filled,
        uses: impl Iterator<Item = Use>,
    ) {
        let mut all: Vec<Use> = self
            .store
            .get(relation)
            .map(|object| object.uses.clone())
            .unwrap_or_default();
        let before = all.len();
        all.retain(|r#use| r#use.part != Part::Default(id));
        let kept = all.len();
        all.extend(uses);
        if before != kept || all.len() != kept {
            self.store.set_uses(relation, all);
        }
        if let Some(column) = self.column_mut(relation, id) {
            column.filled = filled;
        }
    }

    /// Returns a column to change it.
    pub(in crate::catalog) fn column_mut(
        &mut self,
        relation: Oid,
        id: ColumnId,
    ) -> Option<&mut Column> {
        self.store
            .get_mut(relation)?
            .relation_mut()?
            .columns
            .iter_mut()
            .find(|column| column.id == id)
    }

    /// Adds a column under the next number, whatever number it has.
    pub(super) fn push_column(&mut self, relation: Oid, mut column: Column) -> ColumnId {
        let Some(found) = self
            .store
            .get_mut(relation)
            .and_then(|object| object.relation_mut())
        else {
            return column.id;
        };
        let id = ColumnId(found.next_column);
        found.next_column = found.next_column.saturating_add(1);
        column.id = id;
        found.gone.retain(|gone| *gone != column.name);
        let r#use = type_use(&column.ty, id);
        found.columns.push(column);
        self.store.add_uses(relation, r#use);
        id
    }

    /// Marks a column NOT NULL, and those of the tables that inherit it.
    pub(in crate::catalog) fn mark_not_null(&mut self, relation: Oid, id: ColumnId) {
        let Some(column) = self.column_mut(relation, id) else {
            return;
        };
        column.not_null = Fact::Known(true);
        for child in self.children(relation) {
            if let Some(same) = self.same_column(relation, id, child) {
                self.mark_not_null(child, same);
            }
        }
    }
}

/// Makes a column that may be null and gets nothing.
pub(super) fn plain(name: Name, ty: Type) -> Column {
    Column {
        id: ColumnId(0),
        name,
        ty,
        not_null: Fact::Known(false),
        filled: Filled::Nothing,
        collation: None,
        inherited: 0,
        local: true,
    }
}

/// Lists the constraints that are written at a column.
pub(super) fn constraints(def: &ColumnDef) -> impl Iterator<Item = &Constraint> {
    def.constraints
        .iter()
        .flatten()
        .filter_map(|node| match node {
            Node::Constraint(constraint) => Some(&**constraint),
            _ => None,
        })
}
