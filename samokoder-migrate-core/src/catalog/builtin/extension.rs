//! Extensions: those that come with PostgreSQL whole, others as far as their names are known.

use super::{
    class::OperatorClass,
    lookup::{Line, Table, table},
    relation::Relation,
    routine::Routine,
};

const EXTENSIONS: Table = table!("data/extensions.txt");
const ROUTINES: Table = table!("data/extension_routines.txt");
const PREFIXES: Table = table!("data/extension_prefixes.txt");
const RELATIONS: Table = table!("data/extension_relations.txt");
const TYPES: Table = table!("data/extension_types.txt");
const OPERATORS: Table = table!("data/extension_operators.txt");
const CLASSES: Table = table!("data/extension_operator_classes.txt");
const DEFAULTS: Table = table!("data/extension_default_classes.txt");
const METHODS: Table = table!("data/extension_access_methods.txt");

/// An extension that is known by name, as the union of its versions.
///
/// Unless [`Extension::contents_known`], what it is not said to have it may have all the same.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extension {
    /// Its name.
    pub(crate) name: &'static str,
    line: Line,
}

/// Returns an extension, if it is known.
pub(crate) fn extension(name: &str) -> Option<Extension> {
    let line = EXTENSIONS.find(&[name])?;
    Some(Extension {
        name: line.field(0),
        line,
    })
}

/// Returns an extension that would bring a type.
pub(crate) fn extension_with_type(name: &str) -> Option<&'static str> {
    TYPES.find(&[name]).map(|line| line.field(1))
}

/// Returns an extension that would bring a routine.
pub(crate) fn extension_with_routine(name: &str) -> Option<&'static str> {
    let line = ROUTINES.find(&[name]).or_else(|| {
        let prefix = prefix(name)?;
        PREFIXES.find(&[prefix])
    });
    line.map(|line| line.field(1))
}

/// Returns an extension that would bring a table or view.
pub(crate) fn extension_with_relation(name: &str) -> Option<&'static str> {
    RELATIONS.find(&[name]).map(|line| line.field(1))
}

/// Returns an extension that would bring an operator.
pub(crate) fn extension_with_operator(name: &str) -> Option<&'static str> {
    OPERATORS.find(&[name]).map(|line| line.field(1))
}

/// Returns whether an extension would bring an operator class.
pub(crate) fn extension_has_class(method: &str, name: &str) -> bool {
    CLASSES.has(&[method, name])
}

/// Returns whether an extension would bring a class that is taken where none is named, for a type as
/// `format_type` writes it.
pub(crate) fn extension_has_default_class(method: &str, type_display: &str) -> bool {
    DEFAULTS.has(&[method, type_display])
}

/// Returns an extension that would bring an access method.
pub(crate) fn extension_with_access_method(name: &str) -> Option<&'static str> {
    METHODS.find(&[name]).map(|line| line.field(1))
}

impl Extension {
    /// Returns whether all that it brings is listed.
    pub(crate) fn contents_known(&self) -> bool {
        self.line.field(1) == "everything"
    }

    /// Returns whether all tables and views that it makes in the schema it is made in are listed.
    pub(crate) fn relations_known(&self) -> bool {
        self.contents_known() || self.line.field(1) == "relations"
    }

    /// Returns the schema that its control file fixes, which is made if it is not there.
    pub(crate) fn fixed_schema(&self) -> Option<&'static str> {
        self.line.filled(2)
    }

    /// Returns the schemas that it makes, the fixed one included unless it is the system's.
    ///
    /// Some versions make fewer.
    pub(crate) fn schemas(&self) -> impl Iterator<Item = &'static str> {
        let fixed = self.fixed_schema().filter(|schema| *schema != "pg_catalog");
        fixed.into_iter().chain(self.line.list(3))
    }

    /// Returns the extensions that must be there first, in some version of it.
    pub(crate) fn requires(&self) -> impl Iterator<Item = &'static str> {
        self.line.list(4)
    }

    /// Returns whether a new database has it.
    pub(crate) fn is_preinstalled(&self) -> bool {
        self.line.field(5) == "installed"
    }

    /// Returns the routines of a name that it brings.
    pub(crate) fn routine(&self, name: &str) -> Option<Routine> {
        let line = ROUTINES.find(&[name, self.name])?;
        Some(Routine::read(line, 2))
    }

    /// Returns a table or view that it brings.
    pub(crate) fn relation(&self, name: &str) -> Option<Relation> {
        let line = RELATIONS.find(&[name, self.name])?;
        Some(Relation::of_an_extension(line))
    }

    /// Returns whether it brings a table or view.
    pub(crate) fn has_relation(&self, name: &str) -> bool {
        RELATIONS.has(&[name, self.name])
    }

    /// Returns whether it brings a type.
    pub(crate) fn has_type(&self, name: &str) -> bool {
        TYPES.has(&[name, self.name])
    }

    /// Returns whether it brings an operator.
    pub(crate) fn has_operator(&self, name: &str) -> bool {
        OPERATORS.has(&[name, self.name])
    }

    /// Returns whether it brings an access method.
    pub(crate) fn has_access_method(&self, name: &str) -> bool {
        METHODS.has(&[name, self.name])
    }

    /// Returns an operator class that it brings.
    pub(crate) fn operator_class(&self, method: &str, name: &str) -> Option<OperatorClass> {
        let line = CLASSES.find(&[method, name, self.name])?;
        Some(OperatorClass::read(line, 3))
    }

    /// Returns whether it has a type indexed without an operator class being named.
    ///
    /// A type of its own is written without a schema; else as for the server's own.
    pub(crate) fn has_default_class(&self, method: &str, type_display: &str) -> bool {
        DEFAULTS.has(&[method, type_display, self.name])
    }
}

/// Returns what a name begins with, the first underscore included.
fn prefix(name: &str) -> Option<&str> {
    name.get(..=name.find('_')?)
}
