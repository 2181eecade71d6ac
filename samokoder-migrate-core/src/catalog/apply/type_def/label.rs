//! Enums and their labels, in order.

use crate::{
    catalog::{
        Catalog,
        expression::Sql,
        fault::Fault,
        object::{Def, Filled, Name, Persistence, TypeKind},
        store::{Lookup, Oid},
        types::Base,
    },
    tree::{AlterEnumStmt, CreateEnumStmt, List, path, strings},
};

impl Catalog {
    pub(super) fn create_enum(&mut self, create: &CreateEnumStmt) -> Result<(), Fault> {
        let Some(written) = path(&create.typeName) else {
            return Ok(());
        };
        let schema = self.creation_schema(written, Persistence::Permanent)?;
        self.free_type_name(schema, written.name)?;
        let mut labels: Vec<Name> = Vec::new();
        for label in strings(&create.vals) {
            if has(&labels, label) {
                return Err(Fault::new(
                    "23505",
                    "duplicate key value violates unique constraint \"pg_enum_typid_label_index\"",
                )
                .at_name(written.name)
                .note(format!("the label \"{label}\" is there twice")));
            }
            labels.push(label.into());
        }
        self.add_type(schema, written.name, TypeKind::Enum(labels), Vec::new());
        Ok(())
    }

    pub(super) fn alter_enum(&mut self, alter: &AlterEnumStmt) -> Result<(), Fault> {
        let ty = self.required_named_type(&alter.typeName)?;
        let oid = match ty.own_type() {
            Some(oid) if !ty.array => oid,
            None if !ty.is_known() => {
                self.doubt_types(&alter.typeName);
                return Ok(());
            }
            _ => return self.is_not(&ty, "an enum").map_or(Ok(()), Err),
        };
        let mut labels = match self.type_kind(oid) {
            Some(TypeKind::Enum(labels)) => labels.clone(),
            _ => return self.is_not(&ty, "an enum").map_or(Ok(()), Err),
        };
        let Some(new) = alter.newVal.as_deref() else {
            return Ok(());
        };
        if let Some(old) = alter.oldVal.as_deref() {
            let at = position(&labels, old)?;
            if has(&labels, new) {
                return Err(taken(new));
            }
            if let Some(label) = labels.get_mut(at) {
                *label = new.into();
            }
            self.rename_defaults(oid, old, new);
        } else {
            if has(&labels, new) {
                return if alter.skipIfNewValExists {
                    Ok(())
                } else {
                    Err(taken(new))
                };
            }
            let at = match alter.newValNeighbor.as_deref() {
                Some(neighbor) => position(&labels, neighbor)? + usize::from(alter.newValIsAfter),
                None => labels.len(),
            };
            labels.insert(at.min(labels.len()), new.into());
        }
        self.set_kind(oid, TypeKind::Enum(labels));
        Ok(())
    }

    /// Gives defaults that are a label its new name: what is stored is not the name.
    fn rename_defaults(&mut self, ty: Oid, old: &str, new: &str) {
        let literal = |label: &str| format!("'{}'", label.replace('\'', "''"));
        let (old, new) = (literal(old), literal(new));
        let users = self
            .store
            .users_that(ty, |object| object.relation().is_some());
        let mut relations: Vec<Oid> = users.into_iter().map(|(user, _)| user).collect();
        relations.dedup();
        for relation in relations {
            let Some(columns) = self
                .store
                .get(relation)
                .and_then(|object| object.relation())
                .map(|relation| relation.columns.as_slice())
            else {
                continue;
            };
            let renamed: Vec<_> = columns
                .iter()
                .filter(|column| column.ty.base == Base::Own(ty))
                .filter_map(|column| match &column.filled {
                    Filled::Default(sql) if *sql.text == *old => Some(column.id),
                    _ => None,
                })
                .collect();
            for id in renamed {
                self.change_column(relation, id, |column| {
                    column.filled = Filled::Default(Sql::plain(new.as_str()));
                });
            }
        }
    }

    /// Records that a type that a name may mean is no more what it was.
    fn doubt_types(&mut self, names: &List) {
        let Some(written) = path(names) else {
            return;
        };
        let is_in = |schema: Oid| match written.schema {
            Some(name) => self.schema(name) == Lookup::Found(schema),
            None => true,
        };
        let may_be: Vec<Oid> = self
            .store
            .all()
            .filter(|(_, object)| {
                matches!(object.def, Def::Type(_))
                    && &*object.name == written.name
                    && is_in(object.within)
            })
            .map(|(oid, _)| oid)
            .collect();
        for oid in may_be {
            self.store.blur(oid);
        }
    }
}

fn has(labels: &[Name], label: &str) -> bool {
    labels.iter().any(|known| &**known == label)
}

fn taken(label: &str) -> Fault {
    Fault::new("42710", format!("enum label \"{label}\" already exists"))
}

fn position(labels: &[Name], label: &str) -> Result<usize, Fault> {
    labels
        .iter()
        .position(|known| &**known == label)
        .ok_or_else(|| {
            Fault::new(
                "22023",
                format!("\"{label}\" is not an existing enum label"),
            )
        })
}
