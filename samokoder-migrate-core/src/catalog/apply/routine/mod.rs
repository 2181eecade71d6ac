//! Functions and procedures.

mod body;
mod find;
mod option;
mod replace;
mod signature;
#[cfg(test)]
mod tests;

use self::option::Attribute;
use crate::{
    catalog::{
        Bodies, Catalog, builtin, expression,
        fault::Fault,
        object::{Def, Name, Object, Persistence, Routine, RoutineKind, Space, Use},
        store::{Lookup, Oid},
    },
    tree::{AlterFunctionStmt, CreateFunctionStmt, DefElem, List, Node, path, string},
};

impl Catalog {
    pub(super) fn create_routine(&mut self, create: &CreateFunctionStmt) -> Result<(), Fault> {
        let Some(written) = path(&create.funcname) else {
            return Ok(());
        };
        let schema = self.creation_schema(written, Persistence::Permanent)?;
        let language = self.routine_language(create)?;
        let signature = self.read_signature(create, &language)?;
        let attributes = option::attributes(options(&create.options));
        let kind = if create.is_procedure {
            RoutineKind::Procedure
        } else if attributes.contains(&Attribute::Window) {
            RoutineKind::Window
        } else {
            RoutineKind::Function
        };
        let body = body::text(&create.options);
        let mut uses = signature.uses.clone();
        if let Some(node) = &create.sql_body {
            let routine = expression::Signature {
                name: written.name,
                arguments: &signature.arguments,
            };
            uses.extend(self.read_tree_body(routine, node)?);
        }
        if let Lookup::Found(language) = self.store.find(Oid::DATABASE, Space::Language, &language)
        {
            uses.push(Use::of(language));
        }
        let changes_schema = match (&create.sql_body, &body) {
            (Some(_), _) | (None, None) => crate::catalog::object::Fact::Known(false),
            (None, Some(body)) => self.body_changes_schema(&language, body),
        };
        let routine = Routine {
            kind,
            arguments: signature.arguments,
            returns: signature.returns,
            returns_set: signature.returns_set,
            language: language.as_str().into(),
            body: body.as_deref().map(Into::into),
            attributes: option::told(&attributes),
            changes_schema,
        };
        let arguments = routine.arguments.clone();
        let known = self.routines_like(schema, written.name, &routine.arguments);
        if let Some(old) = known.same {
            if let Some(before) = self.known_routine(old) {
                replace::allowed(before, &routine, create, self)?;
            }
            self.store.set_uses(old, uses);
            if let Some(object) = self.store.get_mut(old) {
                object.def = Def::Routine(routine);
            }
        } else if let (true, Some(old)) = (create.replace, known.seen) {
            // Whatever became of it, it is this one now.
            self.store.set_uses(old, uses);
            if let Some(object) = self.store.get_mut(old) {
                object.def = Def::Routine(routine);
            }
            self.store.affirm(old);
        } else {
            // Of types that are not known, most likely the same as then.
            if let (true, [old]) = (create.replace, known.maybe.as_slice()) {
                self.store.set_uses(*old, uses);
                if let Some(object) = self.store.get_mut(*old) {
                    object.def = Def::Routine(routine);
                }
            } else {
                let object = Object::new(written.name, schema, Def::Routine(routine));
                self.store.add(object.using(uses));
            }
        }
        if self.bodies == Bodies::Checked && create.sql_body.is_none() && language == "sql" {
            let routine = expression::Signature {
                name: written.name,
                arguments: &arguments,
            };
            let body = body.as_deref().unwrap_or_default();
            self.check_sql_body(routine, &create.options, body)?;
        }
        Ok(())
    }

    pub(super) fn alter_routine(&mut self, alter: &AlterFunctionStmt) -> Result<(), Fault> {
        let Some(written) = &alter.func else {
            return Ok(());
        };
        let Some(oid) = self.required_routine(written, alter.objtype)? else {
            return Ok(());
        };
        if let Some(Object {
            def: Def::Routine(routine),
            ..
        }) = self.store.get_mut(oid)
        {
            routine.attributes = option::altered(&routine.attributes, options(&alter.actions));
        }
        Ok(())
    }

    /// Returns a routine whose definition still holds.
    fn known_routine(&self, oid: Oid) -> Option<&Routine> {
        match &self.store.get(oid)?.def {
            Def::Routine(routine) if self.store.is_certain(oid) => Some(routine),
            _ => None,
        }
    }

    /// Finds the language of a new routine.
    fn routine_language(&self, create: &CreateFunctionStmt) -> Result<String, Fault> {
        let written = options(&create.options)
            .find(|option| option.defname.as_deref() == Some("language"))
            .and_then(|option| string(option.arg.as_ref()?));
        let Some(language) = written else {
            return if create.sql_body.is_some() {
                Ok("sql".to_owned())
            } else {
                Err(Fault::new("42P13", "no language specified"))
            };
        };
        // Procedural languages come with extensions, which may be there.
        let is_known = builtin::is_language(language) || language.starts_with("pl");
        if !is_known && self.store.find(Oid::DATABASE, Space::Language, language) == Lookup::Absent
        {
            let message = format!("language \"{language}\" does not exist");
            return Err(Fault::new("42704", message).at_name(language));
        }
        Ok(language.to_owned())
    }
}

/// Returns the options of a list.
fn options(list: &List) -> impl Iterator<Item = &DefElem> {
    list.iter().flatten().filter_map(|node| match node {
        Node::DefElem(option) => Some(&**option),
        _ => None,
    })
}

/// Returns an argument's name, if it has one.
fn name(written: Option<&str>) -> Option<Name> {
    written.filter(|name| !name.is_empty()).map(Name::from)
}
