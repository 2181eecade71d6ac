//! The access method of an index, and the operator classes of its keys (chapter "Operator Classes and
//! Operator Families").

use crate::{
    catalog::{
        Catalog, builtin,
        coercion::Operand,
        fault::Fault,
        object::{Def, Space},
        resolve::SearchPath,
        store::{Lookup, Oid, Openness},
        types::Type,
    },
    tree::{IndexElem, path},
};

impl Catalog {
    /// Refuses an access method that is neither the server's nor, perhaps, somebody's.
    pub(super) fn has_method(&self, name: &str) -> Result<(), Fault> {
        let elsewhere = builtin::is_access_method(name)
            || builtin::extension_with_access_method(name).is_some()
            // The one that was renamed to `gist`.
            || name == "rtree";
        if elsewhere || self.store.find(Oid::DATABASE, Space::AccessMethod, name) != Lookup::Absent
        {
            return Ok(());
        }
        let message = format!("access method \"{name}\" does not exist");
        Err(Fault::new("42704", message).at_name(name))
    }

    /// Refuses a key that the access method cannot hold.
    pub(super) fn can_be_key(
        &self,
        method: &str,
        ty: &Type,
        element: &IndexElem,
    ) -> Result<(), Fault> {
        if let Some(path) = path(&element.opclass) {
            return self.has_class(method, path.name, path.schema.is_some());
        }
        self.has_default_class(method, ty)
    }

    /// Refuses an operator class that is neither the server's nor, perhaps, somebody's.
    fn has_class(&self, method: &str, name: &str, qualified: bool) -> Result<(), Fault> {
        let elsewhere = qualified
            || builtin::access_method(method).is_none()
            || builtin::operator_class(method, name).is_some()
            || builtin::extension_has_class(method, name);
        if elsewhere || self.may_have_class(name) {
            return Ok(());
        }
        Err(Fault::new(
            "42704",
            format!("operator class \"{name}\" does not exist for access method \"{method}\""),
        )
        .at_name(name))
    }

    /// Returns whether an operator class of a name may have been made; any where none is named.
    fn may_have_class(&self, name: &str) -> bool {
        let SearchPath::Known(schemas) = &self.search_path else {
            return true;
        };
        schemas.iter().any(|schema| match self.schema(schema) {
            Lookup::Found(schema) => {
                let (all, openness) = self.store.find_all(schema, Space::OperatorClass, name);
                !all.is_empty() || openness == Openness::Open
            }
            Lookup::Unknown => true,
            Lookup::Absent => false,
        })
    }

    /// Refuses a key of a type that the access method has no operator class for.
    pub(super) fn has_default_class(&self, method: &str, ty: &Type) -> Result<(), Fault> {
        let display = match self.operand(ty) {
            Operand::Builtin(name) => builtin::type_display(name).map(str::to_owned),
            Operand::Enum(_) => Some("anyenum".to_owned()),
            // Whether the elements can be compared is found out when there are some.
            Operand::ArrayOf(_) | Operand::Unknown => None,
        };
        let Some(display) = display else {
            return Ok(());
        };
        let classed = builtin::access_method(method).is_none()
            || builtin::has_default_class(method, &display)
            || !self.knows_classes(method, &display);
        if classed {
            return Ok(());
        }
        Err(Fault::new(
            "42704",
            format!(
                "data type {} has no default operator class for access method \"{method}\"",
                self.message_type(ty)
            ),
        ))
    }

    /// Returns whether no default operator class for a type of the server's was made by an extension
    /// or by a statement.
    fn knows_classes(&self, method: &str, display: &str) -> bool {
        let brought = builtin::extension_has_default_class(method, display);
        let made = self
            .store
            .all()
            .any(|(_, object)| matches!(object.def, Def::Other(Space::OperatorClass)));
        !brought && !made && self.knows_casts()
    }
}
