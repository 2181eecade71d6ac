//! Operators, and constants that are compared with an enum's labels.

use super::{reader::Reader, rough::Rough, scope::Level, system};
use crate::{
    catalog::{
        fault::Fault,
        object::{Def, Space, TypeKind},
        store::{Lookup, Openness},
    },
    tree::{A_Expr, A_Expr_Kind, Node, Path, SubLinkType, path},
};

impl<'a> Reader<'a> {
    /// Reads an operator and its operands.
    pub(super) fn operator(
        &mut self,
        expr: &'a A_Expr,
        at: &Level<'_, 'a>,
    ) -> Result<Rough<'a>, Fault> {
        let left = self.maybe(expr.lexpr.as_ref(), at)?;
        let right = match (&expr.lexpr, &expr.rexpr) {
            // A row is compared with all the columns of a subquery.
            (Some(Node::RowExpr(_)), Some(Node::SubLink(link)))
                if link.subLinkType == SubLinkType::EXPR_SUBLINK =>
            {
                if let Some(query) = &link.subselect {
                    self.rows(query, Some(at))?;
                }
                Rough::Unknown
            }
            (_, right) => self.maybe(right.as_ref(), at)?,
        };
        let Some(name) = path(&expr.name) else {
            return Ok(Rough::Unknown);
        };
        match expr.kind {
            A_Expr_Kind::AEXPR_OP => {
                let own = self.own_operator(name, expr, &left, &right)?;
                if own == Own::Yes {
                    return Ok(Rough::Unknown);
                }
                self.has_operator(name, expr, &left, &right)?;
                if is_comparison(name.name) {
                    self.labels(&left, expr.rexpr.as_ref())?;
                    self.labels(&right, expr.lexpr.as_ref())?;
                }
                if let Some(exact) = self.exact_result(name.name, &left, &right) {
                    return Ok(Rough::Named(exact));
                }
                Ok(result(name.name, left, &right))
            }
            A_Expr_Kind::AEXPR_LIKE | A_Expr_Kind::AEXPR_ILIKE => {
                self.has_operator(name, expr, &left, &right)?;
                Ok(Rough::BOOLEAN)
            }
            A_Expr_Kind::AEXPR_OP_ANY | A_Expr_Kind::AEXPR_OP_ALL => {
                let element = match right.known() {
                    Some(ty) if ty.array => Rough::Made(crate::catalog::types::Type {
                        array: false,
                        ..ty.into_owned()
                    }),
                    _ => Rough::Unknown,
                };
                self.has_operator(name, expr, &left, &element)?;
                Ok(Rough::BOOLEAN)
            }
            A_Expr_Kind::AEXPR_IN
            | A_Expr_Kind::AEXPR_DISTINCT
            | A_Expr_Kind::AEXPR_NOT_DISTINCT => {
                if self.own_operator(name, expr, &left, &right)? == Own::No {
                    if expr.kind != A_Expr_Kind::AEXPR_IN {
                        self.has_operator(name, expr, &left, &right)?;
                    }
                    self.labels(&left, expr.rexpr.as_ref())?;
                }
                Ok(Rough::BOOLEAN)
            }
            A_Expr_Kind::AEXPR_NULLIF => {
                if self.own_operator(name, expr, &left, &right)? == Own::No {
                    self.labels(&left, expr.rexpr.as_ref())?;
                }
                Ok(left)
            }
            A_Expr_Kind::AEXPR_BETWEEN
            | A_Expr_Kind::AEXPR_NOT_BETWEEN
            | A_Expr_Kind::AEXPR_BETWEEN_SYM
            | A_Expr_Kind::AEXPR_NOT_BETWEEN_SYM => {
                let named = |name| Path { schema: None, name };
                let own = [">=", "<=", "<", ">"]
                    .iter()
                    .any(|name| !self.sharing(Space::Operator, named(name)).0.is_empty());
                if !own {
                    self.labels(&left, expr.rexpr.as_ref())?;
                }
                Ok(Rough::BOOLEAN)
            }
            _ => Ok(Rough::BOOLEAN),
        }
    }

    /// Refuses values that no operator of the name takes.
    fn has_operator(
        &self,
        name: Path<'a>,
        expr: &A_Expr,
        left: &Rough<'a>,
        right: &Rough<'a>,
    ) -> Result<(), Fault> {
        let given = expr.lexpr.is_some().then_some(left);
        if !self.no_operator(name, given, right) {
            return Ok(());
        }
        let shown = |ty| self.shown(ty).unwrap_or_else(|| "unknown".to_owned());
        let message = match given {
            Some(left) => format!("{} {} {}", shown(left), name.name, shown(right)),
            None => format!("{} {}", name.name, shown(right)),
        };
        let fault = Fault::new("42883", format!("operator does not exist: {message}"));
        Err(fault.at(expr.location))
    }

    /// Looks for an operator that is not one of `pg_catalog`'s alone.
    fn own_operator(
        &self,
        name: Path<'a>,
        expr: &A_Expr,
        left: &Rough<'a>,
        right: &Rough<'a>,
    ) -> Result<Own, Fault> {
        let system = system::operator(name.name) != Lookup::Absent;
        if name.schema == Some("pg_catalog") {
            return Ok(Own::No);
        }
        let (own, openness) = self.sharing(Space::Operator, name);
        match (own.is_empty(), openness) {
            // One of an extension that has the name of the server's own is not about enums.
            (true, _) if system => Ok(Own::No),
            (true, Openness::Closed) => {
                let shown = match (&expr.lexpr, self.shown(left), self.shown(right)) {
                    (Some(_), Some(left), Some(right)) => format!("{left} {} {right}", name.name),
                    (None, _, Some(right)) => format!("{} {right}", name.name),
                    _ => name.name.to_owned(),
                };
                let message = format!("operator does not exist: {shown}");
                Err(Fault::new("42883", message).at(expr.location))
            }
            _ => Ok(Own::Yes),
        }
    }

    /// Checks the constants that are compared with a value.
    fn labels(&self, ty: &Rough<'a>, with: Option<&'a Node>) -> Result<(), Fault> {
        match with {
            Some(Node::List(list)) => list
                .iter()
                .flatten()
                .try_for_each(|node| self.label(ty, node)),
            Some(node) => self.label(ty, node),
            None => Ok(()),
        }
    }

    /// Checks a constant that becomes a value of a type: an enum must have it as a label.
    pub(super) fn label(&self, ty: &Rough<'a>, node: &Node) -> Result<(), Fault> {
        let Node::A_Const(constant) = node else {
            return Ok(());
        };
        let Some(Node::String(text)) = &constant.val else {
            return Ok(());
        };
        let Some(oid) = ty.own() else { return Ok(()) };
        let store = &self.catalog.store;
        let Some(Def::Type(def)) = store.get(oid).map(|object| &object.def) else {
            return Ok(());
        };
        let TypeKind::Enum(labels) = &def.kind else {
            return Ok(());
        };
        if store.is_open(oid) || labels.iter().any(|label| **label == **text) {
            return Ok(());
        }
        let message = format!(
            "invalid input value for enum {}: \"{text}\"",
            self.shown_name(oid)
        );
        Err(Fault::new("22P02", message).at(constant.location))
    }
}

/// Whether an operator may be another's than the server's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Own {
    Yes,
    No,
}

fn is_comparison(name: &str) -> bool {
    matches!(name, "=" | "<>" | "<" | ">" | "<=" | ">=")
}

/// Returns the type of the result of one of `pg_catalog`'s operators.
fn result<'a>(name: &str, left: Rough<'a>, right: &Rough<'a>) -> Rough<'a> {
    let number = |ty: &Rough<'_>| {
        matches!(
            ty.builtin(),
            Some("int2" | "int4" | "int8" | "numeric" | "float4" | "float8")
        )
    };
    match name {
        "=" | "<>" | "<" | ">" | "<=" | ">=" | "~~" | "!~~" | "~~*" | "!~~*" | "~" | "~*"
        | "!~" | "!~*" | "@>" | "<@" | "&&" | "?" | "?|" | "?&" => Rough::BOOLEAN,
        "->>" | "#>>" => Rough::TEXT,
        "->" | "#>" if matches!(left.builtin(), Some("json" | "jsonb")) => left,
        "||" if left.builtin() == Some("text") && right.builtin() == Some("text") => left,
        "+" | "-" | "*" | "/" if number(&left) && left.builtin() == right.builtin() => plain(left),
        _ => Rough::Unknown,
    }
}

/// Without the modifier, which a result does not keep.
fn plain(ty: Rough<'_>) -> Rough<'_> {
    match ty.builtin() {
        Some(name) if matches!(ty, Rough::Known(_) | Rough::Made(_)) => {
            Rough::Made(crate::catalog::types::Type::builtin(name))
        }
        _ => ty,
    }
}
