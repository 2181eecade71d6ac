//! Types: composite types, ranges, shells, and what they have in common with enums and domains.

mod domain;
mod label;
mod range;
#[cfg(test)]
mod tests;

pub(super) use domain::clip;

use crate::{
    catalog::{
        Catalog,
        fault::Fault,
        missing::no_type,
        object::{
            Column, ColumnId, Def, Fact, Filled, Name, Object, Part, Persistence, Space, TypeDef,
            TypeKind, Use,
        },
        resolve::quote,
        store::{Lookup, Oid},
        types::{Base, Type},
    },
    tree::{CompositeTypeStmt, List, Node, Path, path, relation},
};

impl Catalog {
    pub(super) fn define_type(&mut self, node: &Node) -> Result<(), Fault> {
        match node {
            Node::CreateEnumStmt(create) => self.create_enum(create),
            Node::AlterEnumStmt(alter) => self.alter_enum(alter),
            Node::CompositeTypeStmt(create) => self.create_composite(create),
            Node::CreateDomainStmt(create) => self.create_domain(create),
            Node::AlterDomainStmt(alter) => self.alter_domain(alter),
            Node::CreateRangeStmt(create) => self.create_range(create),
            // Only what a type written in C does changes.
            Node::AlterTypeStmt(alter) => self.required_type(&alter.typeName).map(|_| ()),
            _ => Ok(()),
        }
    }

    /// `CREATE TYPE x`, and what gives a shell its definition: `CREATE TYPE x (INPUT = …)`.
    pub(super) fn define_base_type(
        &mut self,
        names: &List,
        is_shell: IsShell,
    ) -> Result<(), Fault> {
        let Some(written) = path(names) else {
            return Ok(());
        };
        let kind = match is_shell {
            IsShell::Yes => TypeKind::Shell,
            IsShell::No => TypeKind::Base,
        };
        let schema = self.creation_schema(written, Persistence::Permanent)?;
        match self.shell(schema, written.name) {
            Some(shell) if is_shell == IsShell::No => self.set_kind(shell, kind),
            _ => {
                self.free_type_name(schema, written.name)?;
                self.add_type(schema, written.name, kind, Vec::new());
            }
        }
        Ok(())
    }

    fn create_composite(&mut self, create: &CompositeTypeStmt) -> Result<(), Fault> {
        let Some(var) = &create.typevar else {
            return Ok(());
        };
        let written = relation(var);
        let schema = self.creation_schema(written, Persistence::Permanent)?;
        self.free_type_name(schema, written.name)?;
        let (mut columns, mut uses): (Vec<Column>, Vec<Use>) = (Vec::new(), Vec::new());
        for (node, id) in create.coldeflist.iter().flatten().zip(1..) {
            let Node::ColumnDef(def) = node else {
                continue;
            };
            let name: Name = def.colname.as_deref().unwrap_or_default().into();
            if columns.iter().any(|column| column.name == name) {
                let message = format!("column \"{name}\" specified more than once");
                return Err(Fault::new("42701", message).at_name(&name));
            }
            let ty = match &def.typeName {
                Some(written) => self.ty(written)?,
                None => Type::unknown(),
            };
            self.can_be_held(Oid::DATABASE, &name, &ty)?;
            self.collation_schema(def)?;
            let id = ColumnId(id);
            uses.extend(ty.own_type().map(|oid| Use::of(oid).by(Part::Column(id))));
            columns.push(Column {
                id,
                name,
                ty,
                not_null: Fact::Known(false),
                filled: Filled::Nothing,
                collation: def
                    .collClause
                    .as_ref()
                    .and_then(|clause| self.collation(&clause.collname)),
                inherited: 0,
                local: true,
            });
        }
        if self.is_taken(schema, Space::Relation, written.name) {
            let message = format!("relation \"{}\" already exists", written.name);
            return Err(Fault::new("42P07", message).at(var.location));
        }
        self.add_type(schema, written.name, TypeKind::Composite(columns), uses);
        Ok(())
    }

    fn add_type(&mut self, schema: Oid, name: &str, kind: TypeKind, uses: Vec<Use>) -> Oid {
        let def = Def::Type(TypeDef { kind });
        self.store.add(Object::new(name, schema, def).using(uses))
    }

    fn set_kind(&mut self, oid: Oid, kind: TypeKind) {
        if let Some(Object {
            def: Def::Type(def),
            ..
        }) = self.store.get_mut(oid)
        {
            def.kind = kind;
        }
    }

    /// Returns the shell that has a name.
    fn shell(&self, schema: Oid, name: &str) -> Option<Oid> {
        match self.store.find(schema, Space::Type, name) {
            Lookup::Found(oid) if matches!(self.type_kind(oid), Some(TypeKind::Shell)) => Some(oid),
            _ => None,
        }
    }

    /// Makes sure that a new type may have a name; the row type of a relation has that of the relation.
    fn free_type_name(&self, schema: Oid, name: &str) -> Result<(), Fault> {
        if self.is_taken(schema, Space::Type, name) {
            let message = format!("type \"{name}\" already exists");
            return Err(Fault::new("42710", message).at_name(name));
        }
        Ok(())
    }

    /// Returns whether something has a name for certain.
    pub(in crate::catalog) fn is_taken(&self, within: Oid, space: Space, name: &str) -> bool {
        match self.store.find(within, space, name) {
            Lookup::Found(oid) => self.store.get(oid).is_some_and(|object| !object.blurred),
            Lookup::Absent | Lookup::Unknown => false,
        }
    }

    /// Looks for a user's type that a statement cannot do without; `None` if it is not known, or
    /// another's.
    ///
    /// # Errors
    ///
    /// 42704 if it is known not to be there, 3F000 if its schema is.
    pub(in crate::catalog) fn required_type(&self, names: &List) -> Result<Option<Oid>, Fault> {
        Ok(self.required_named_type(names)?.own_type())
    }

    /// As [`Self::required_type`], with the type as it is.
    fn required_named_type(&self, names: &List) -> Result<Type, Fault> {
        let Some(written) = path(names) else {
            return Ok(Type::unknown());
        };
        self.named_type(written)?.ok_or_else(|| no_type(written))
    }

    pub(in crate::catalog) fn type_kind(&self, oid: Oid) -> Option<&TypeKind> {
        match &self.store.get(oid)?.def {
            Def::Type(def) => Some(&def.kind),
            _ => None,
        }
    }

    /// Returns a type as messages show it: without its schema where it is found without.
    pub(in crate::catalog) fn shown_type(&self, ty: &Type) -> String {
        let own = ty.own_type().and_then(|oid| {
            let name = &self.store.get(oid)?.name;
            let bare = Path { schema: None, name };
            (self.look(Space::Type, bare) == Lookup::Found(oid)).then(|| quote(name))
        });
        match own {
            Some(name) if ty.array => name + "[]",
            Some(name) => name,
            None => self.argument_text(ty).unwrap_or_else(|| "unknown".into()),
        }
    }

    /// Says what a type is not; `None` if that is not known.
    fn is_not(&self, ty: &Type, what: &str) -> Option<Fault> {
        let proven = match &ty.base {
            Base::Builtin(_) => true,
            Base::Own(oid) => ty.array || self.store.is_certain(*oid),
            Base::Unknown => false,
        };
        proven.then(|| Fault::new("42809", format!("{} is not {what}", self.shown_type(ty))))
    }
}

/// Whether a type is declared only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum IsShell {
    Yes,
    No,
}
