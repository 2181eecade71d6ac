//! Which operators and functions of the server take values of which types (chapter "Type Conversion",
//! "Operators" and "Functions").

use super::{reader::Reader, rough::Rough, value::location};
use crate::{
    catalog::{
        builtin::{self, Context},
        coercion::Operand,
        fault::Fault,
        object::Space,
        resolve::SearchPath,
        store::{Lookup, Openness},
    },
    tree::{Node, Path},
};

impl Reader<'_> {
    /// Returns a type as the rules of conversion see it.
    pub(super) fn operand<'t>(&'t self, ty: &'t Rough<'_>) -> Operand<'t> {
        match ty {
            Rough::Known(ty) => self.catalog.operand(ty),
            Rough::Made(ty) => self.catalog.operand(ty),
            Rough::Named(name) => Operand::builtin(name),
            Rough::Row(_) | Rough::Literal | Rough::Unknown => Operand::Unknown,
        }
    }

    /// Returns whether no operator takes such values, for certain.
    pub(super) fn no_operator(
        &self,
        name: Path<'_>,
        left: Option<&Rough<'_>>,
        right: &Rough<'_>,
    ) -> bool {
        let left = left.map(|left| self.operand(left));
        let right = self.operand(right);
        let is_unknown = |operand| operand == Operand::Unknown;
        if is_unknown(right) && left.is_none_or(is_unknown) {
            return false;
        }
        let is_array = |operand| matches!(operand, Operand::ArrayOf(_));
        let arrays = is_array(right) || left.is_some_and(is_array);
        // Of these names extensions have operators for types of the server's.
        if matches!(name.name, "%" | "<->") || arrays && !is_comparison(name.name) {
            return false;
        }
        let takes = |needed: &str, given: Operand<'_>| given.may_become(needed, Context::Implicit);
        let mut named = false;
        for operator in builtin::operators(name.name) {
            named = true;
            let fits = match (operator.left, left) {
                (Some(needed), Some(given)) => takes(needed, given),
                (None, None) => true,
                _ => false,
            };
            if fits && takes(operator.right, right) {
                return false;
            }
        }
        named && self.is_systems_alone(Space::Operator, name) && self.catalog.knows_casts()
    }

    /// Returns the type of the result of the operator that takes just these types.
    pub(super) fn exact_result(
        &self,
        name: &str,
        left: &Rough<'_>,
        right: &Rough<'_>,
    ) -> Option<&'static str> {
        let (Operand::Builtin(left), Operand::Builtin(right)) =
            (self.operand(left), self.operand(right))
        else {
            return None;
        };
        let exact = builtin::operators(name)
            .find(|operator| operator.left == Some(left) && operator.right == right)?;
        let result = exact.result;
        matches!(Operand::builtin(result), Operand::Builtin(_)).then_some(result)
    }

    /// Returns whether no function of the server takes such values, for certain, and nobody made
    /// another of the name.
    pub(super) fn no_system_function(&self, name: Path<'_>, given: &[Rough<'_>]) -> bool {
        let given: Vec<Operand<'_>> = given.iter().map(|ty| self.operand(ty)).collect();
        if given.iter().all(|operand| *operand == Operand::Unknown) {
            return false;
        }
        let mut named = false;
        for signature in builtin::signatures(name.name) {
            named = true;
            let fits = signature.inputs(given.len()).is_some_and(|mut inputs| {
                given.iter().all(|given| {
                    let needed = inputs.next().unwrap_or("any");
                    given.may_become(needed, Context::Implicit)
                })
            });
            if fits {
                return false;
            }
        }
        named && self.is_systems_alone(Space::Routine, name) && self.catalog.knows_casts()
    }

    /// Returns whether nobody made what is named as one of the server's.
    fn is_systems_alone(&self, space: Space, name: Path<'_>) -> bool {
        if let Some(schema) = name.schema {
            return schema == "pg_catalog";
        }
        let SearchPath::Known(schemas) = &self.catalog.search_path else {
            return false;
        };
        let alone = schemas
            .iter()
            .all(|schema| match self.catalog.schema(schema) {
                Lookup::Found(schema) => {
                    let (all, openness) = self.catalog.store.find_all(schema, space, name.name);
                    all.is_empty() && openness == Openness::Closed
                }
                Lookup::Absent => true,
                Lookup::Unknown => false,
            });
        // One that was made outside the migrations would take types of its own: an operator always, of
        // those that are asked for.
        alone
            && (space == Space::Operator
                || !crate::catalog::Catalog::is_extensions_name(space, name))
    }

    /// Refuses what is no truth value where one is asked for.
    ///
    /// # Errors
    ///
    /// 42804.
    pub(super) fn boolean(&self, ty: &Rough<'_>, node: &Node, what: &str) -> Result<(), Fault> {
        if self.operand(ty).may_become("bool", Context::Assignment) || !self.catalog.knows_casts() {
            return Ok(());
        }
        let Some(shown) = self.shown(ty) else {
            return Ok(());
        };
        let message = format!("argument of {what} must be type boolean, not type {shown}");
        Err(Fault::new("42804", message).at(location(node)))
    }
}

fn is_comparison(name: &str) -> bool {
    matches!(name, "=" | "<>" | "<" | ">" | "<=" | ">=")
}
