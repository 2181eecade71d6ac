//! Aggregates.

use crate::{
    catalog::{
        Catalog,
        fault::Fault,
        object::{
            Argument, ArgumentMode, Def, Fact, Object, Persistence, Routine, RoutineKind, Use,
        },
        types::Type,
    },
    tree::{DefElem, DefineStmt, Node, TypeName, path},
};

impl Catalog {
    pub(super) fn create_aggregate(&mut self, define: &DefineStmt) -> Result<(), Fault> {
        let Some(written) = path(&define.defnames) else {
            return Ok(());
        };
        let schema = self.creation_schema(written, Persistence::Permanent)?;
        let types: Vec<&TypeName> = if define.oldstyle {
            option(define, "basetype").into_iter().collect()
        } else {
            arguments(define)
        };
        let mut arguments = Vec::new();
        for written in types {
            // The old style's word for no argument.
            if define.oldstyle && path(&written.names).is_some_and(|path| path.name == "any") {
                continue;
            }
            arguments.push(Argument {
                name: None,
                ty: self.argument_type(written)?,
                mode: ArgumentMode::In,
                has_default: false,
            });
        }
        let state = match option(define, "stype").or_else(|| option(define, "stype1")) {
            Some(written) => self.ty(written)?,
            None => Type::unknown(),
        };
        let has_final = options(define)
            .any(|option| matches!(option.defname.as_deref(), Some("finalfunc" | "finalfunc1")));
        let uses: Vec<Use> = arguments
            .iter()
            .map(|argument| &argument.ty)
            .chain([&state])
            .filter_map(|ty| ty.own_type().map(Use::of))
            .chain(self.functions(define))
            .collect();
        let routine = Routine {
            kind: RoutineKind::Aggregate,
            arguments,
            returns: Some(if has_final { Type::unknown() } else { state }),
            returns_set: false,
            language: "internal".into(),
            body: None,
            attributes: Vec::new(),
            changes_schema: Fact::Known(false),
        };
        let known = self.routines_like(schema, written.name, &routine.arguments);
        if let Some(same) = known.same {
            if !define.replace && self.store.is_certain(same) {
                let message = format!(
                    "function \"{}\" already exists with same argument types",
                    written.name
                );
                return Err(Fault::new("42723", message).at_name(written.name));
            }
            self.store.set_uses(same, uses);
            if let Some(object) = self.store.get_mut(same) {
                object.def = Def::Routine(routine);
            }
            return Ok(());
        }
        let object = Object::new(written.name, schema, Def::Routine(routine));
        self.store.add(object.using(uses));
        Ok(())
    }

    /// Lists the functions that it is made of; which overload is meant is known where there is one.
    fn functions(&self, define: &DefineStmt) -> Vec<Use> {
        options(define)
            .filter(|option| {
                matches!(
                    option.defname.as_deref(),
                    Some("sfunc" | "sfunc1" | "finalfunc" | "finalfunc1" | "combinefunc")
                )
            })
            .filter_map(|option| match option.arg.as_ref()? {
                Node::TypeName(name) => path(&name.names),
                Node::List(list) => path(list),
                _ => None,
            })
            .filter_map(|name| match self.routines_named(name).0.as_slice() {
                [only] => Some(Use::of(*only)),
                _ => None,
            })
            .collect()
    }
}

fn options(define: &DefineStmt) -> impl Iterator<Item = &DefElem> {
    define
        .definition
        .iter()
        .flatten()
        .filter_map(|node| match node {
            Node::DefElem(option) => Some(&**option),
            _ => None,
        })
}

fn option<'a>(define: &'a DefineStmt, name: &str) -> Option<&'a TypeName> {
    options(define)
        .find(|option| option.defname.as_deref() == Some(name))
        .and_then(|option| match option.arg.as_ref()? {
            Node::TypeName(name) => Some(&**name),
            _ => None,
        })
}

/// Returns the types between the parentheses, those of `ORDER BY` too.
fn arguments(define: &DefineStmt) -> Vec<&TypeName> {
    let Some(Some(Node::List(list))) = define.args.first() else {
        return Vec::new();
    };
    list.iter()
        .flatten()
        .filter_map(|node| match node {
            Node::FunctionParameter(parameter) => parameter.argType.as_deref(),
            _ => None,
        })
        .collect()
}
