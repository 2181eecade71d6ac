//! From the name of a type as it is written to the type, and back.
//!
//! Rules are those of PostgreSQL's `LookupTypeName` and `format_type`; the names are described in the
//! documentation's chapters "Data Types" and "System Information Functions".

mod modifier;

use super::{
    Catalog,
    apply::ColumnLookup,
    builtin,
    fault::Fault,
    missing::{no_column_of, no_relation, no_schema},
    object::{Column, Def, Object, Space, TypeKind},
    resolve::{SearchPath, quote},
    store::{Lookup, Oid},
    types::{Base, Type},
};
use crate::tree::{Path, TypeName, path, strings};

/// An integer type that fills itself from a sequence: a column's alone, and no type of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Serial {
    /// The type that the column gets, by its internal name: `int4`.
    pub(super) ty: &'static str,
}

/// Returns what `serial`, `bigserial` and their like stand for, where a column's type is written so.
pub(super) fn serial(name: &TypeName) -> Option<Serial> {
    let [Some(only)] = name.names.as_slice() else {
        return None;
    };
    let ty = match crate::tree::string(only)? {
        "smallserial" | "serial2" => "int2",
        "serial" | "serial4" => "int4",
        "bigserial" | "serial8" => "int8",
        _ => return None,
    };
    (!name.pct_type).then_some(Serial { ty })
}

impl Catalog {
    /// Looks for a type; that of `SETOF x` is `x`.
    ///
    /// # Errors
    ///
    /// 42704 if it is known not to be there, 3F000 if its schema is; for `x.y%TYPE` 42P01 and 42703.
    pub(super) fn ty(&self, name: &TypeName) -> Result<Type, Fault> {
        if name.pct_type {
            return self.type_of_column(name);
        }
        let Some(written) = path(&name.names) else {
            return Ok(Type::unknown());
        };
        let named = self.named_type(written);
        let Some(mut ty) = named.map_err(|fault| fault.at(name.location))? else {
            return Err(no_type(name));
        };
        if !name.typmods.is_empty() {
            if !self.may_have_modifier(&ty) {
                return Err(Fault::new(
                    "42601",
                    format!(
                        "type modifier is not allowed for type \"{}\"",
                        type_name_text(name)
                    ),
                )
                .at(name.location));
            }
            match modifier::modifier(&ty.base, &name.typmods) {
                Some(modifier) => ty.modifier = modifier,
                None => return Ok(Type::unknown()),
            }
        }
        ty.array |= !name.arrayBounds.is_empty();
        Ok(ty)
    }

    /// Returns a type as `format_type` prints it under an empty search path: that of a column.
    pub(super) fn type_text(&self, ty: &Type) -> Option<String> {
        let bare = match (&ty.base, &*ty.modifier) {
            // Without a length they are not what the words of the standard mean.
            (Base::Builtin(name), "") if &**name == "bpchar" => "bpchar".to_owned(),
            (Base::Builtin(name), "") if &**name == "bit" => "\"bit\"".to_owned(),
            _ => self.base_text(ty)?,
        };
        Some(arrayed(bare, ty))
    }

    /// Returns a type as `format_type` prints it where it cannot have a modifier: an argument's.
    pub(super) fn argument_text(&self, ty: &Type) -> Option<String> {
        Some(arrayed(self.base_text(ty)?, ty))
    }

    fn base_text(&self, ty: &Type) -> Option<String> {
        match &ty.base {
            Base::Builtin(name) => {
                let display = builtin::type_display(name)?;
                Some(match display.split_once(' ') {
                    // `timestamp(3) without time zone`
                    Some((first, rest)) if rest.ends_with("time zone") => {
                        format!("{first}{} {rest}", ty.modifier)
                    }
                    _ => format!("{display}{}", ty.modifier),
                })
            }
            Base::Own(oid) => Some(format!("{}{}", self.own_text(*oid)?, ty.modifier)),
            Base::Unknown => None,
        }
    }

    fn own_text(&self, oid: Oid) -> Option<String> {
        let object = self.store.get(oid)?;
        let schema = self.store.get(object.within)?;
        (self.store.is_certain(oid) && object.within != self.elsewhere)
            .then(|| format!("{}.{}", quote(&schema.name), quote(&object.name)))
    }

    /// Finds a type by its name alone; `None` if there is none for certain.
    ///
    /// # Errors
    ///
    /// 3F000 if its schema is known not to be there.
    pub(super) fn named_type(&self, written: Path<'_>) -> Result<Option<Type>, Fault> {
        if let Some(schema) = written.schema {
            if schema == "pg_catalog" {
                return Ok(Some(
                    builtin_type(written.name).unwrap_or_else(Type::unknown),
                ));
            }
            return match self.schema(schema) {
                Lookup::Found(_) => Ok(self.user_type(written)),
                Lookup::Unknown => Ok(Some(Type::unknown())),
                Lookup::Absent => Err(no_schema(schema)),
            };
        }
        if let Lookup::Found(oid) = self.store.find(self.temporary, Space::Type, written.name) {
            return Ok(Some(self.own(oid)));
        }
        // Nobody makes a temporary type named as one of the server's out of sight.
        if !self.searches_system_late()
            && let Some(ty) = builtin_type(written.name)
        {
            return Ok(Some(ty));
        }
        Ok(self.user_type(written))
    }

    /// Returns whether the search path names `pg_catalog` itself, which is then not searched first.
    fn searches_system_late(&self) -> bool {
        match &self.search_path {
            SearchPath::Known(schemas) => schemas.iter().any(|name| &**name == "pg_catalog"),
            SearchPath::Unknown => false,
        }
    }

    /// Finds a type that is not the server's own, or the array type `_x` of one.
    fn user_type(&self, written: Path<'_>) -> Option<Type> {
        match self.look(Space::Type, written) {
            Lookup::Found(oid) => return Some(self.own(oid)),
            Lookup::Unknown => return Some(Type::unknown()),
            Lookup::Absent => {}
        }
        if let Some(element) = written.name.strip_prefix('_') {
            let element = Path {
                name: element,
                ..written
            };
            // More underscores are what the server adds where a name is taken.
            if element.name.starts_with('_') || written.name.len() >= 63 {
                return Some(Type::unknown());
            }
            match self.look(Space::Type, element) {
                Lookup::Found(oid) => {
                    let mut ty = self.own(oid);
                    ty.array = true;
                    return Some(ty);
                }
                Lookup::Unknown => return Some(Type::unknown()),
                Lookup::Absent => {}
            }
        }
        // Before PostgreSQL 14 a sequence has a row type.
        match self.look(Space::Relation, written) {
            Lookup::Absent => None,
            Lookup::Found(oid) if self.is_index(oid) => None,
            Lookup::Found(_) | Lookup::Unknown => Some(Type::unknown()),
        }
    }

    fn is_index(&self, oid: Oid) -> bool {
        matches!(
            self.store.get(oid),
            Some(Object {
                def: Def::Index(_),
                ..
            })
        )
    }

    /// Makes the type of an object, unknown if the object may be another by now.
    fn own(&self, oid: Oid) -> Type {
        if !self.store.is_certain(oid) {
            return Type::unknown();
        }
        Type {
            base: Base::Own(oid),
            ..Type::unknown()
        }
    }

    /// Returns whether a modifier may follow: proven not to for what is neither in C nor the server's.
    fn may_have_modifier(&self, ty: &Type) -> bool {
        let Base::Own(oid) = &ty.base else {
            return true;
        };
        match self.store.get(*oid).map(|object| &object.def) {
            Some(Def::Type(def)) => !matches!(
                def.kind,
                TypeKind::Enum(_)
                    | TypeKind::Composite(_)
                    | TypeKind::Domain(_)
                    | TypeKind::Range(_)
                    | TypeKind::Multirange(_)
            ),
            Some(Def::Relation(_)) => false,
            _ => true,
        }
    }

    /// Finds the type of `table.column%TYPE`, which has no modifier.
    fn type_of_column(&self, name: &TypeName) -> Result<Type, Fault> {
        let mut parts = strings(&name.names).rev();
        let (Some(column), Some(relation)) = (parts.next(), parts.next()) else {
            return Ok(Type::unknown());
        };
        let path = Path {
            schema: parts.next(),
            name: relation,
        };
        let oid = match path.schema.map(|schema| self.schema(schema)) {
            Some(Lookup::Absent) => return Err(no_relation(path).at(name.location)),
            _ => match self.look(Space::Relation, path) {
                Lookup::Found(oid) => oid,
                Lookup::Absent => return Err(no_relation(path).at(name.location)),
                Lookup::Unknown => return Ok(Type::unknown()),
            },
        };
        let columns = self.columns_of_type(oid).unwrap_or_default();
        match columns.iter().find(|known| &*known.name == column) {
            Some(found) if self.store.is_certain(oid) => Ok(Type {
                modifier: "".into(),
                array: found.ty.array || !name.arrayBounds.is_empty(),
                ..found.ty.clone()
            }),
            None if self.column(oid, column) == ColumnLookup::Absent => {
                Err(no_column_of(relation, column).at(name.location))
            }
            _ => Ok(Type::unknown()),
        }
    }

    /// Lists the columns of a relation, or the attributes of a composite type.
    pub(super) fn columns_of_type(&self, oid: Oid) -> Option<&[Column]> {
        match &self.store.get(oid)?.def {
            Def::Relation(relation) => Some(&relation.columns),
            Def::Type(def) => match &def.kind {
                TypeKind::Composite(columns) => Some(columns),
                _ => None,
            },
            _ => None,
        }
    }
}

impl Type {
    /// Returns the object that it is the type of, or an array of.
    pub(super) fn own_type(&self) -> Option<Oid> {
        match self.base {
            Base::Own(oid) => Some(oid),
            Base::Builtin(_) | Base::Unknown => None,
        }
    }

    /// Returns whether it is a builtin one of a name, and no array.
    pub(super) fn is_builtin(&self, name: &str) -> bool {
        !self.array && matches!(&self.base, Base::Builtin(known) if &**known == name)
    }
}

/// Makes a type of `pg_catalog`, or of an array type `_x` there.
fn builtin_type(name: &str) -> Option<Type> {
    if builtin::type_display(name).is_some() {
        return Some(Type::builtin(name));
    }
    let element = name.strip_prefix('_')?;
    builtin::type_display(element)?;
    let has_array = builtin::type_kind(element) != Some(builtin::TypeKind::Pseudo)
        || matches!(element, "record" | "cstring");
    has_array.then(|| Type {
        array: true,
        ..Type::builtin(element)
    })
}

fn arrayed(bare: String, ty: &Type) -> String {
    if ty.array { bare + "[]" } else { bare }
}

/// 42704 in PostgreSQL's words.
fn no_type(name: &TypeName) -> Fault {
    Fault::new(
        "42704",
        format!("type \"{}\" does not exist", type_name_text(name)),
    )
    .at(name.location)
}

/// Returns the name of a type as messages show it: `TypeNameToString`.
pub(super) fn type_name_text(name: &TypeName) -> String {
    let mut text = strings(&name.names).collect::<Vec<_>>().join(".");
    if name.pct_type {
        text += "%TYPE";
    }
    if !name.arrayBounds.is_empty() {
        text += "[]";
    }
    text
}

#[cfg(test)]
mod tests;
