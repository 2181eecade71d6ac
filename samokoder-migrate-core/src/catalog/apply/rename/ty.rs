//! Types, domains and their constraints.

use super::object_path;
use crate::{
    catalog::{
        Catalog,
        apply::claim::Guard as Unless,
        fault::Fault,
        missing::no_type,
        object::{Def, Space, TypeKind},
        resolve::quote,
        store::{Lookup, Oid},
    },
    tree::{Node, ObjectType as Kind, Path, RenameStmt},
};

impl Catalog {
    pub(super) fn rename_type(&mut self, rename: &RenameStmt, new: &str) -> Result<(), Fault> {
        let Some(path) = object_path(rename.object.as_ref()) else {
            return Ok(());
        };
        let Some(oid) = self.altered_type(rename.object.as_ref(), rename.renameType)? else {
            self.blur_names(Space::Type, path.schema, &[path.name, new]);
            return Ok(());
        };
        let Some(object) = self.store.get(oid) else {
            return Ok(());
        };
        let schema = object.within;
        if object.def.spaces().contains(&Space::Relation) {
            self.claim_relation(schema, new, Unless::None)?;
        }
        self.type_name_free(schema, new)?;
        self.store.rename(oid, schema, &new.into());
        Ok(())
    }

    /// Looks for the type that a statement is about; `None` if it is not known.
    ///
    /// # Errors
    ///
    /// 3F000, 42704, and 42809 for what is not a type of its own, or no domain.
    pub(super) fn altered_type(
        &self,
        object: Option<&Node>,
        kind: Kind,
    ) -> Result<Option<Oid>, Fault> {
        let Some(path) = object_path(object) else {
            return Ok(None);
        };
        if let Some(schema) = path.schema {
            self.required_schema(schema)?;
        }
        let oid = match self.look(Space::Type, path) {
            Lookup::Found(oid) => oid,
            // An array's type is not modelled.
            Lookup::Absent if !path.name.starts_with('_') => return Err(no_type(path)),
            Lookup::Absent | Lookup::Unknown => return Ok(None),
        };
        if !self.store.is_certain(oid) {
            return Ok(Some(oid));
        }
        let name = || self.named_as(oid, path);
        match self.store.get(oid).map(|object| &object.def) {
            Some(Def::Relation(_)) if kind == Kind::OBJECT_TYPE => Err(Fault::new(
                "42809",
                format!("{} is a table's row type", name()),
            )
            .at_name(path.name)),
            Some(Def::Type(def))
                if kind == Kind::OBJECT_DOMAIN
                    && !matches!(def.kind, TypeKind::Domain(_) | TypeKind::Unknown) =>
            {
                Err(Fault::new("42809", format!("{} is not a domain", name())).at_name(path.name))
            }
            _ => Ok(Some(oid)),
        }
    }

    /// Returns a type's name as `format_type` shows it: without a schema that is searched.
    fn named_as(&self, oid: Oid, path: Path<'_>) -> String {
        let bare = Path {
            schema: None,
            name: path.name,
        };
        if self.look(Space::Type, bare) == Lookup::Found(oid) {
            quote(path.name)
        } else {
            self.display(oid)
        }
    }

    pub(super) fn rename_domain_constraint(
        &mut self,
        rename: &RenameStmt,
        new: &str,
    ) -> Result<(), Fault> {
        let object = rename.object.as_ref();
        let (Some(path), Some(domain)) = (
            object_path(object),
            self.altered_type(object, Kind::OBJECT_DOMAIN)?,
        ) else {
            return Ok(());
        };
        let old = rename.subname.as_deref().unwrap_or_default();
        match self.constraint_named(domain, old) {
            Lookup::Found(constraint) => {
                if let Lookup::Found(taken) = self.store.find(domain, Space::Constraint, new)
                    && self.store.is_certain(taken)
                {
                    return Err(Fault::new(
                        "42710",
                        format!(
                            "constraint \"{new}\" for domain {} already exists",
                            self.named_as(domain, path)
                        ),
                    )
                    .at_name(new));
                }
                self.store.rename(constraint, domain, &new.into());
                Ok(())
            }
            Lookup::Absent => Err(Fault::new(
                "42704",
                format!(
                    "constraint \"{old}\" for domain {} does not exist",
                    self.named_as(domain, path)
                ),
            )
            .at_name(old)),
            Lookup::Unknown => {
                self.store.clear_name(domain, Space::Constraint, old);
                self.blur_names_in(domain, Space::Constraint, &[new]);
                Ok(())
            }
        }
    }
}
