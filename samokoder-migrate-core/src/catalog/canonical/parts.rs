//! Two trees, compared part by part.
//!
//! A server evaluates a constant when it stores it, and casts the arguments of what it calls. Both
//! are taken out of the tree, in its order, and compared by rules of their own.

use std::ops::ControlFlow;

use sqlparser::ast::{DataType, Expr, Query, Statement, Value, VisitMut, VisitorMut};

use super::literal::{self, Constant, Content};

/// Returns whether two trees are the same but for what a server may have added or evaluated.
pub(super) fn same(mut a: Statement, mut b: Statement) -> bool {
    let (ours, theirs) = (Parts::of(&mut a), Parts::of(&mut b));
    a == b
        && ours.taken.len() == theirs.taken.len()
        && ours.taken.iter().zip(&theirs.taken).all(|(a, b)| {
            let casts = a.casts.ends_with(&b.casts) || b.casts.ends_with(&a.casts);
            casts
                && match (&a.constant, &b.constant) {
                    (Some(a), Some(b)) => literal::same(a, b),
                    (None, None) => true,
                    _ => false,
                }
        })
}

/// What is taken out of a tree: one for each expression in it.
#[derive(Default)]
struct Parts {
    taken: Vec<Taken>,
    /// In how many expressions of its query the walk is, for each query that it is in.
    depths: Vec<usize>,
}

#[derive(Default)]
struct Taken {
    /// The types that an argument or an operand is cast to, from the outside in.
    casts: Vec<String>,
    constant: Option<Constant>,
}

impl Parts {
    fn of(statement: &mut Statement) -> Self {
        let mut parts = Self::default();
        let _ = VisitMut::visit(statement, &mut parts);
        parts
    }
}

impl VisitorMut for Parts {
    type Break = ();

    fn pre_visit_query(&mut self, _: &mut Query) -> ControlFlow<()> {
        self.depths.push(0);
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, _: &mut Query) -> ControlFlow<()> {
        self.depths.pop();
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<()> {
        let is_argument = self.depths.last().is_some_and(|depth| *depth > 0);
        let mut taken = Taken::default();
        let mut constant = None;
        loop {
            match expr {
                Expr::Cast {
                    expr: inner,
                    data_type,
                    ..
                } => {
                    if let Expr::Value(value) = &**inner {
                        constant = Some((value.value.clone(), Some(name(data_type))));
                        break;
                    }
                    let name = name(data_type);
                    if !is_argument || !is_implicit(&name) {
                        break;
                    }
                    taken.casts.push(name);
                    let inner = std::mem::replace(&mut **inner, Expr::value(Value::Null));
                    *expr = inner;
                }
                Expr::Value(value) => {
                    constant = Some((value.value.clone(), None));
                    break;
                }
                _ => break,
            }
        }
        if let Some((value, ty)) = constant {
            *expr = Expr::value(Value::Placeholder(String::new()));
            let content = content(value);
            taken.constant = Some(Constant { content, ty });
        }
        self.taken.push(taken);
        if let Some(depth) = self.depths.last_mut() {
            *depth += 1;
        }
        ControlFlow::Continue(())
    }

    fn post_visit_expr(&mut self, _: &mut Expr) -> ControlFlow<()> {
        if let Some(depth) = self.depths.last_mut() {
            *depth = depth.saturating_sub(1);
        }
        ControlFlow::Continue(())
    }
}

fn content(value: Value) -> Content {
    match value {
        Value::SingleQuotedString(text) => Content::Text(text),
        Value::Number(digits, _) => Content::Number(digits),
        Value::Boolean(value) => Content::Boolean(value),
        Value::Null => Content::Null,
        Value::SingleQuotedByteStringLiteral(bits) => Content::Bits(bits),
        other => Content::Other(other.to_string()),
    }
}

/// Returns a type's name as the grammar has it, without its schema: `int4`, `interval(8)`, `text[]`.
pub(super) fn name(data_type: &DataType) -> String {
    let text = data_type.to_string().to_lowercase().replace('"', "");
    let start = text.find('(').unwrap_or(text.len());
    let (path, rest) = text.split_at_checked(start).unwrap_or((&text, ""));
    format!("{}{rest}", path.rsplit('.').next().unwrap_or_default())
}

/// Returns whether something is cast to a type without being asked: `pg_cast` has a cast whose
/// context is `i`.
fn is_implicit(ty: &str) -> bool {
    matches!(
        ty,
        "int4"
            | "int8"
            | "numeric"
            | "float4"
            | "float8"
            | "money"
            | "timestamp"
            | "timestamptz"
            | "timetz"
            | "interval"
            | "name"
            | "oid"
            | "inet"
            | "bit"
            | "varbit"
    )
}
