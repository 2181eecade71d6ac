//! The function that a trigger calls.

use crate::{
    catalog::{
        Catalog,
        fault::Fault,
        missing::written,
        object::{Def, Fact},
        store::Oid,
        types::{Base, Type},
    },
    tree::{List, path},
};

impl Catalog {
    /// Looks for the function of a trigger: it takes no arguments and returns `trigger`.
    ///
    /// # Errors
    ///
    /// 42883 if it is known not to be there, 3F000 if its schema is, 42P17 if it returns something
    /// else.
    pub(super) fn called_function(&self, names: &List) -> Result<Fact<Oid>, Fault> {
        let Some(oid) = self.trigger_function(names)? else {
            return Ok(Fact::Unknown);
        };
        if let Some(path) = path(names)
            && self.store.is_certain(oid)
            && self.returns_other(oid)
        {
            return Err(Fault::new(
                "42P17",
                format!("function {} must return type trigger", written(path)),
            )
            .at_name(path.name));
        }
        Ok(Fact::Known(oid))
    }

    fn returns_other(&self, oid: Oid) -> bool {
        match self.store.get(oid).map(|object| &object.def) {
            Some(Def::Routine(routine)) => matches!(
                &routine.returns,
                Some(Type { base: Base::Builtin(name), .. }) if &**name != "trigger"
            ),
            _ => false,
        }
    }
}
