//! Arguments and results.

use super::name;
use crate::{
    catalog::{
        Catalog,
        fault::Fault,
        object::{Argument, ArgumentMode, Def, Object, Persistence, TypeDef, TypeKind, Use},
        type_name::type_name_text,
        types::{Base, Type},
    },
    tree::{CreateFunctionStmt, FunctionParameter, FunctionParameterMode, Node, TypeName, path},
};

/// What a routine takes and gives.
#[derive(Debug)]
pub(super) struct Signature {
    pub(super) arguments: Vec<Argument>,
    pub(super) returns: Option<Type>,
    pub(super) returns_set: bool,
    pub(super) uses: Vec<Use>,
}

impl Argument {
    /// Returns whether it is part of the identity: what a caller gives.
    pub(in crate::catalog) fn is_input(&self) -> bool {
        matches!(
            self.mode,
            ArgumentMode::In | ArgumentMode::InOut | ArgumentMode::Variadic
        )
    }

    fn is_output(&self) -> bool {
        matches!(
            self.mode,
            ArgumentMode::Out | ArgumentMode::InOut | ArgumentMode::Table
        )
    }
}

impl Catalog {
    /// Reads what a new routine takes and gives.
    pub(super) fn read_signature(
        &mut self,
        create: &CreateFunctionStmt,
        language: &str,
    ) -> Result<Signature, Fault> {
        let mut uses = Vec::new();
        let mut arguments: Vec<Argument> = Vec::new();
        let mut defaults = false;
        for parameter in parameters(create) {
            let ty = match &parameter.argType {
                Some(written) => self.argument_type(written)?,
                None => Type::unknown(),
            };
            uses.extend(ty.own_type().map(Use::of));
            if let Some(default) = &parameter.defexpr {
                let read = self.expression(default, crate::catalog::expression::Scope::Nothing)?;
                uses.extend(read.needs.iter().map(|need| Use {
                    column: need.column,
                    ..Use::of(need.what)
                }));
            }
            let argument = Argument {
                name: name(parameter.name.as_deref()),
                ty,
                mode: mode(parameter.mode),
                has_default: parameter.defexpr.is_some(),
            };
            if argument.is_input() {
                if defaults && !argument.has_default {
                    return Err(Fault::new(
                        "42P13",
                        "input parameters after one with a default value must also have defaults",
                    ));
                }
                defaults |= argument.has_default;
            }
            arguments.push(argument);
        }
        let outputs: Vec<&Argument> = arguments
            .iter()
            .filter(|argument| argument.is_output())
            .collect();
        let (returns, returns_set) = match (&create.returnType, outputs.as_slice()) {
            (Some(written), _) => (Some(self.result_type(written, language)?), written.setof),
            (None, []) if create.is_procedure => (None, false),
            (None, []) => {
                return Err(Fault::new(
                    "42P13",
                    "function result type must be specified",
                ));
            }
            (None, _) if create.is_procedure => (Some(Type::builtin("record")), false),
            (None, [only]) => (Some(only.ty.clone()), false),
            (None, _) => (Some(Type::builtin("record")), false),
        };
        uses.extend(returns.as_ref().and_then(Type::own_type).map(Use::of));
        Ok(Signature {
            arguments,
            returns,
            returns_set,
            uses,
        })
    }

    /// Finds an argument's type, which has no modifier.
    pub(in crate::catalog) fn argument_type(&self, written: &TypeName) -> Result<Type, Fault> {
        let mut ty = self.ty(written).map_err(|fault| {
            // A new function's arguments have messages of their own.
            if fault.sqlstate == "42704" {
                Fault {
                    message: format!("type {} does not exist", type_name_text(written)),
                    ..fault
                }
            } else {
                fault
            }
        })?;
        strip(&mut ty);
        Ok(ty)
    }

    /// Finds the type of a result; one written in C may name a type that is not there yet.
    fn result_type(&mut self, written: &TypeName, language: &str) -> Result<Type, Fault> {
        let mut ty = match self.ty(written) {
            Err(fault) if fault.sqlstate == "42704" && matches!(language, "c" | "internal") => {
                let Some(name) = path(&written.names) else {
                    return Ok(Type::unknown());
                };
                let schema = self.creation_schema(name, Persistence::Permanent)?;
                let def = Def::Type(TypeDef {
                    kind: TypeKind::Shell,
                });
                Type {
                    base: Base::Own(self.store.add(Object::new(name.name, schema, def))),
                    ..Type::unknown()
                }
            }
            found => found?,
        };
        strip(&mut ty);
        Ok(ty)
    }
}

fn strip(ty: &mut Type) {
    if !ty.modifier.is_empty() {
        ty.modifier = "".into();
    }
}

/// Returns the parameters of a new routine.
pub(super) fn parameters(create: &CreateFunctionStmt) -> impl Iterator<Item = &FunctionParameter> {
    create
        .parameters
        .iter()
        .flatten()
        .filter_map(|node| match node {
            Node::FunctionParameter(parameter) => Some(&**parameter),
            _ => None,
        })
}

fn mode(mode: FunctionParameterMode) -> ArgumentMode {
    match mode {
        FunctionParameterMode::FUNC_PARAM_OUT => ArgumentMode::Out,
        FunctionParameterMode::FUNC_PARAM_INOUT => ArgumentMode::InOut,
        FunctionParameterMode::FUNC_PARAM_VARIADIC => ArgumentMode::Variadic,
        FunctionParameterMode::FUNC_PARAM_TABLE => ArgumentMode::Table,
        _ => ArgumentMode::In,
    }
}
