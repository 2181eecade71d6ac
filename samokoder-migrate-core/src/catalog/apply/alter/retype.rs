//! `ALTER COLUMN … TYPE`.

use super::Reach;
use crate::{
    catalog::{
        Catalog,
        builtin::Context,
        expression::Scope,
        fault::Fault,
        object::{
            ColumnId, Def, Fact, Filled, Key, KeyWhat, Name, Object, Part, RelationKind, Space, Use,
        },
        resolve::quote,
        store::{Lookup, Oid},
        types::{Base, Type},
    },
    tree::{AlterTableCmd, ColumnDef, List, Node, path},
};

impl Catalog {
    /// Examines a change of type before anything runs, as the server does: the column and what USING
    /// names must be there before the statement.
    pub(super) fn foresee_retype(
        &mut self,
        oid: Oid,
        command: &AlterTableCmd,
    ) -> Result<(), Fault> {
        let name = command.name.as_deref().unwrap_or_default();
        self.altered_column(oid, name)?;
        if let Some(Node::ColumnDef(def)) = &command.def
            && let Some(using) = &def.raw_default
        {
            let read = self.expression(using, Scope::Row(oid))?;
            if let Some(written) = &def.typeName {
                let ty = self.ty(written)?;
                if self.never_becomes(&read.ty, &ty, Context::Assignment) {
                    let message = format!(
                        "result of USING clause for column \"{name}\" cannot be cast automatically to type {}",
                        self.message_type(&ty)
                    );
                    return Err(Fault::new("42804", message).at_name(name));
                }
            }
        }
        Ok(())
    }

    pub(super) fn retype(
        &mut self,
        oid: Oid,
        command: &AlterTableCmd,
        reach: Reach,
        done: &mut Vec<ColumnId>,
    ) -> Result<(), Fault> {
        let name = command.name.as_deref().unwrap_or_default();
        let Some(Node::ColumnDef(def)) = &command.def else {
            return Ok(());
        };
        let Some(written) = &def.typeName else {
            return Ok(());
        };
        let Some(id) = self.altered_column(oid, name)? else {
            return Ok(());
        };
        if self
            .certain_column(oid, id)
            .is_some_and(|column| column.inherited > 0)
        {
            return Err(
                Fault::new("42P16", format!("cannot alter inherited column \"{name}\""))
                    .at_name(name),
            );
        }
        self.not_in_partition_key(oid, id, "alter", name)?;
        if done.contains(&id) {
            return Err(Fault::new(
                "0A000",
                format!("cannot alter type of column \"{name}\" twice"),
            )
            .at_name(name));
        }
        done.push(id);
        if reach == Reach::Only && self.has_children(oid) {
            return Err(Fault::new(
                "42P16",
                format!("type of inherited column \"{name}\" must be changed in child tables too"),
            )
            .at_name(name));
        }
        let ty = self.ty(written)?;
        self.can_be_held(oid, name, &ty)?;
        self.collation_schema(def)?;
        self.set_type(oid, id, &ty, def)?;
        self.each_child_column(oid, name, reach, |catalog, child, id| {
            catalog.set_type_of_heir(child, id, &ty, def)
        })
    }

    fn set_type_of_heir(
        &mut self,
        child: Oid,
        id: ColumnId,
        ty: &Type,
        def: &ColumnDef,
    ) -> Result<(), Fault> {
        self.set_type(child, id, ty, def)?;
        let name = self.column_name_of(child, id);
        self.each_child_column(child, &name, Reach::Children, |catalog, child, id| {
            catalog.set_type_of_heir(child, id, ty, def)
        })
    }

    /// Indexes and constraints are made again with the new type; a default and a sequence stay.
    fn set_type(
        &mut self,
        oid: Oid,
        id: ColumnId,
        ty: &Type,
        def: &ColumnDef,
    ) -> Result<(), Fault> {
        self.can_retype(oid, id)?;
        self.can_convert(oid, id, ty, def)?;
        let collation = def
            .collClause
            .as_ref()
            .and_then(|clause| self.collation(&clause.collname));
        let before = match self.column_at(oid, id).map(|column| &column.ty.base) {
            Some(Base::Own(before)) => Some(*before),
            _ => None,
        };
        let uses: Vec<Use> = self
            .store
            .get(oid)
            .map(|object| object.uses.clone())
            .unwrap_or_default()
            .into_iter()
            .filter(|r#use| r#use.part != Part::Column(id) || Some(r#use.what) != before)
            .chain(match ty.base {
                Base::Own(needed) => Some(Use::of(needed).by(Part::Column(id))),
                Base::Builtin(_) | Base::Unknown => None,
            })
            .collect();
        self.store.set_uses(oid, uses);
        self.change_column(oid, id, |column| {
            column.ty = ty.clone();
            column.collation = collation;
        });
        self.retype_sequence(oid, id, ty);
        self.reread_keys(oid, id);
        Ok(())
    }

    /// An index is made again from its text, in which a cast to the new type is the column itself.
    fn reread_keys(&mut self, table: Oid, id: ColumnId) {
        for oid in self.indexes(table) {
            let Some(Def::Index(index)) = self.store.get(oid).map(|object| &object.def) else {
                continue;
            };
            let is_alone = |key: &Key| match &key.what {
                KeyWhat::Expression(sql) => {
                    self.expression_alone(table, &self.text(sql)) == Some(id)
                }
                KeyWhat::Column(_) => false,
            };
            let alone: Vec<bool> = index.keys.iter().map(is_alone).collect();
            if !alone.contains(&true) {
                continue;
            }
            if let Some(Def::Index(index)) = self.store.get_mut(oid).map(|object| &mut object.def) {
                for (key, _) in index.keys.iter_mut().zip(alone).filter(|(_, alone)| *alone) {
                    key.what = KeyWhat::Column(id);
                }
            }
        }
    }

    /// Refuses a type that values, or the default, do not become without being told to.
    fn can_convert(&self, oid: Oid, id: ColumnId, ty: &Type, def: &ColumnDef) -> Result<(), Fault> {
        let Some(before) = self.certain_type(oid, id) else {
            return Ok(());
        };
        let name = self.column_name_of(oid, id);
        let refused = |what: String| {
            let message = format!(
                "{what} \"{name}\" cannot be cast automatically to type {}",
                self.message_type(ty)
            );
            Err(Fault::new("42804", message).at_name(&name))
        };
        // What USING gives was read before anything changed.
        if def.raw_default.is_none() && self.never_becomes(before, ty, Context::Assignment) {
            return refused("column".to_owned());
        }
        // The default is of the old type, whatever USING says.
        let filled = self.column_at(oid, id).map(|column| &column.filled);
        if matches!(filled, Some(Filled::Default(_)))
            && self.never_becomes(before, ty, Context::Assignment)
        {
            return refused("default for column".to_owned());
        }
        Ok(())
    }

    /// Refuses where a view, a rule, a policy, a trigger or a generated column reads the column.
    fn can_retype(&self, oid: Oid, id: ColumnId) -> Result<(), Fault> {
        if !self.store.is_certain(oid) {
            return Ok(());
        }
        let column = self.column_name_of(oid, id);
        for (user, r#use) in self.store.users(oid) {
            if r#use.column != Some(id) || !self.store.is_certain(user) {
                continue;
            }
            let Some(object) = self.store.get(user) else {
                continue;
            };
            if let Some((used, detail)) = self.obstacle(oid, object, &r#use, &column) {
                return Err(
                    Fault::new("0A000", format!("cannot alter type of a column {used}"))
                        .at_name(&column)
                        .note(detail),
                );
            }
        }
        Ok(())
    }

    fn obstacle(
        &self,
        oid: Oid,
        user: &Object,
        r#use: &Use,
        column: &str,
    ) -> Option<(&'static str, String)> {
        let on = || self.bare_name(user.within);
        let name = &user.name;
        match &user.def {
            Def::Relation(relation) => match relation.kind {
                RelationKind::View => Some((
                    "used by a view or rule",
                    format!("rule _RETURN on view {name} depends on column \"{column}\""),
                )),
                RelationKind::MaterializedView => Some((
                    "used by a view or rule",
                    format!(
                        "rule _RETURN on materialized view {name} depends on column \"{column}\""
                    ),
                )),
                _ => match r#use.part {
                    Part::Column(generated) | Part::Default(generated) if r#use.what == oid => {
                        let generated = relation.columns.iter().find(|own| own.id == generated)?;
                        // Its own default reads no column.
                        matches!(generated.filled, Filled::Generated(_)).then(|| {
                            (
                                "used by a generated column",
                                format!(
                                    "column \"{column}\" is used by generated column \"{}\"",
                                    generated.name
                                ),
                            )
                        })
                    }
                    _ => None,
                },
            },
            Def::Rule(_) => Some((
                "used by a view or rule",
                format!(
                    "rule {name} on table {} depends on column \"{column}\"",
                    on()
                ),
            )),
            Def::Policy(_) => Some((
                "used in a policy definition",
                format!(
                    "policy {name} on table {} depends on column \"{column}\"",
                    on()
                ),
            )),
            Def::Trigger(_) => Some((
                "used in a trigger definition",
                format!(
                    "trigger {name} on table {} depends on column \"{column}\"",
                    on()
                ),
            )),
            _ => None,
        }
    }

    /// An identity column's sequence follows the column's type.
    fn retype_sequence(&mut self, oid: Oid, id: ColumnId, ty: &Type) {
        let Base::Builtin(name) = &ty.base else {
            return;
        };
        let ty = match &**name {
            "int2" => "smallint",
            "int4" => "integer",
            "int8" => "bigint",
            _ => return,
        };
        if !matches!(
            self.column_at(oid, id).map(|column| &column.filled),
            Some(Filled::Identity(_))
        ) {
            return;
        }
        if let Some(sequence) = self.identity_sequence(oid, id)
            && let Some(Object {
                def: Def::Sequence(sequence),
                ..
            }) = self.store.get_mut(sequence)
        {
            sequence.ty = Fact::Known(ty);
        }
    }

    /// Refuses a collation whose schema is known not to be there.
    ///
    /// # Errors
    ///
    /// 3F000.
    pub(in crate::catalog) fn collation_schema(&self, def: &ColumnDef) -> Result<(), Fault> {
        let clause = def.collClause.as_deref();
        match clause.and_then(|clause| path(&clause.collname)?.schema) {
            Some(schema) => self.required_schema(schema).map(drop),
            None => Ok(()),
        }
    }

    /// Returns a collation as a picture shows it; `None` if it is the type's own.
    pub(in crate::catalog) fn collation(&self, written: &List) -> Option<Name> {
        let path = path(written)?;
        if path.name == "default" {
            return None;
        }
        let lookup = match path.schema {
            Some("pg_catalog") => Lookup::Absent,
            _ => self.look(Space::Collation, path),
        };
        Some(match lookup {
            Lookup::Found(oid) => self.display(oid).into(),
            Lookup::Absent | Lookup::Unknown => quote(path.name).into(),
        })
    }
}
