//! Whether two texts are the same SQL.
//!
//! A text is printed from PostgreSQL's own tree, read again by sqlparser, and its tree is brought to one
//! form: what the server adds when it prints a stored expression (casts of constants, parentheses,
//! `= ANY (ARRAY[…])` for `IN`, `~~` for `LIKE`) is taken off. Constants are compared by what they
//! mean in their types. This and what is in it are all that knows `sqlparser`.

mod array;
mod decimal;
mod in_list;
mod interval;
mod json;
mod keys;
mod literal;
mod moment;
mod parts;
#[cfg(test)]
mod tests;
mod wrapped;

use std::{mem, ops::ControlFlow, panic::catch_unwind};

use sqlparser::{
    ast::{
        Array, BinaryOperator, CastKind, DataType, Expr, Function, FunctionArg, FunctionArgExpr,
        FunctionArguments, Ident, ObjectName, Query, SelectItem, SetExpr, Statement, UnaryOperator,
        Value, VisitMut, VisitorMut,
    },
    dialect::PostgreSqlDialect,
    parser::Parser,
};

use super::{builtin, expression::print};
use crate::{lexer, sql, stack};

/// Returns whether two expressions, or two queries, mean the same after normalisation.
#[must_use]
pub fn same(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    stack::on_large_stack(|| match wrapped::read(a, b) {
        Some((a, b)) => wrapped::same(&a, &b, same_text),
        None => {
            same_text(a, b)
                || matches!((keys::columns(a), keys::columns(b)),
                    (Some(a), Some(b)) if same_text(&a, &b))
        }
    })
}

/// Compares two expressions or queries.
fn same_text(a: &str, b: &str) -> bool {
    let (a, b) = (printed(a), printed(b));
    a == b
        || match (canonical(&a), canonical(&b)) {
            (Some(a), Some(b)) => parts::same(a, b),
            _ => false,
        }
}

/// Prints a text again from its tree; what is neither an expression nor a query is cut into tokens.
fn printed(text: &str) -> String {
    let tree = sql::tree_of(text).or_else(|| sql::tree_of(&format!("SELECT {text}")));
    if let Some(node) = tree.as_deref() {
        print(node, &[]).text.to_string()
    } else {
        let tokens = lexer::tokens(text);
        let words: Vec<String> = tokens
            .iter()
            .filter(|token| !token.kind.is_comment())
            .map(|token| text.get(token.span.range()).unwrap_or_default())
            .map(|token| {
                if token.starts_with(['\'', '"', '$']) {
                    token.to_owned()
                } else {
                    token.to_lowercase()
                }
            })
            .collect();
        words.join(" ")
    }
}

/// Reads a query and brings it to the one form; `None` if sqlparser cannot read it.
fn canonical(text: &str) -> Option<Statement> {
    // Text that it cannot read must not end the build, nor must a panic of its own.
    let mut statement = catch_unwind(|| Parser::parse_sql(&PostgreSqlDialect {}, text))
        .ok()?
        .ok()
        .filter(|statements| statements.len() == 1)?
        .pop()?;
    let _ = VisitMut::visit(&mut statement, &mut Form);
    Some(statement)
}

/// Brings a tree to the one form, from the inside out.
struct Form;

impl VisitorMut for Form {
    type Break = ();

    fn post_visit_relation(&mut self, name: &mut ObjectName) -> ControlFlow<()> {
        bare(name);
        ControlFlow::Continue(())
    }

    fn post_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<()> {
        let taken = mem::replace(expr, Expr::value(Value::Null));
        *expr = form(taken);
        ControlFlow::Continue(())
    }
}

#[expect(clippy::too_many_lines, reason = "one arm for each form")]
fn form(expr: Expr) -> Expr {
    match expr {
        Expr::Nested(inner) => *inner,
        Expr::Value(value) => match value.value {
            Value::Number(digits, _) => number(digits),
            Value::EscapedStringLiteral(content) => text(content),
            other => Expr::value(other),
        },
        Expr::UnaryOp {
            op: UnaryOperator::Minus,
            expr,
        } => match digits(&expr) {
            Some(digits) if !digits.starts_with('-') => number(format!("-{digits}")),
            _ => Expr::UnaryOp {
                op: UnaryOperator::Minus,
                expr,
            },
        },
        Expr::Cast {
            expr, data_type, ..
        } if is_array(&expr) || is_text(&data_type) && !is_typed(&expr, &data_type) => *expr,
        // An element of a document is of its type already.
        Expr::Cast {
            expr, data_type, ..
        } if parts::name(&data_type) == "jsonb" && is_element(&expr) => *expr,
        Expr::TypedString(typed) => form(Expr::Value(typed.value)),
        Expr::Interval(interval) if interval.leading_field.is_none() => *interval.value,
        // A column is known by its own name: the server qualifies only where it must.
        Expr::CompoundIdentifier(mut parts) => match parts.pop() {
            Some(last) => Expr::Identifier(last),
            None => Expr::CompoundIdentifier(parts),
        },
        Expr::InList {
            expr,
            mut list,
            negated,
        } => {
            if let Some(compared) = in_list::with_columns(&expr, &list, negated) {
                return compared;
            }
            let op = if negated {
                BinaryOperator::NotEq
            } else {
                BinaryOperator::Eq
            };
            if list.len() == 1
                && let Some(only) = list.pop()
            {
                return binary(*expr, op, only);
            }
            let array = Expr::Array(Array {
                elem: list,
                named: true,
            });
            if negated {
                Expr::AllOp {
                    left: expr,
                    compare_op: op,
                    right: Box::new(array),
                }
            } else {
                any(*expr, op, array)
            }
        }
        Expr::AnyOp {
            left,
            compare_op,
            right,
            ..
        } => any(*left, compare_op, *right),
        Expr::Between {
            expr,
            negated,
            low,
            high,
        } => {
            let (first, second, both) = if negated {
                (BinaryOperator::Lt, BinaryOperator::Gt, BinaryOperator::Or)
            } else {
                (
                    BinaryOperator::GtEq,
                    BinaryOperator::LtEq,
                    BinaryOperator::And,
                )
            };
            binary(
                binary((*expr).clone(), first, *low),
                both,
                binary(*expr, second, *high),
            )
        }
        Expr::Like {
            negated,
            any: false,
            expr,
            pattern,
            escape_char: None,
        } => {
            let op = if negated {
                BinaryOperator::PGNotLikeMatch
            } else {
                BinaryOperator::PGLikeMatch
            };
            binary(*expr, op, *pattern)
        }
        Expr::ILike {
            negated,
            any: false,
            expr,
            pattern,
            escape_char: None,
        } => {
            let op = if negated {
                BinaryOperator::PGNotILikeMatch
            } else {
                BinaryOperator::PGILikeMatch
            };
            binary(*expr, op, *pattern)
        }
        Expr::IsNotDistinctFrom(a, b) => Expr::UnaryOp {
            op: UnaryOperator::Not,
            expr: Box::new(Expr::IsDistinctFrom(a, b)),
        },
        Expr::BinaryOp { left, op, right }
            if matches!(op, BinaryOperator::And | BinaryOperator::Or) =>
        {
            let mut parts = Vec::new();
            flatten(*left, &op, &mut parts);
            flatten(*right, &op, &mut parts);
            let joined = parts
                .into_iter()
                .reduce(|left, right| binary(left, op.clone(), right));
            joined.unwrap_or_else(|| Expr::value(Value::Null))
        }
        Expr::Case {
            case_token,
            end_token,
            operand,
            conditions,
            else_result,
        } => Expr::Case {
            case_token,
            end_token,
            operand,
            conditions,
            else_result: else_result.filter(|other| !is_null(other)),
        },
        Expr::Subquery(query) => Expr::Subquery(unnamed(query)),
        Expr::InSubquery {
            expr,
            subquery,
            negated,
        } => Expr::InSubquery {
            expr,
            subquery: unnamed(subquery),
            negated,
        },
        Expr::Exists { subquery, negated } => Expr::Exists {
            subquery: unnamed(subquery),
            negated,
        },
        Expr::Function(mut function) => {
            bare(&mut function.name);
            let name = function.name.to_string();
            // PostgreSQL 13 stores EXTRACT as this function.
            if name == "\"extract\"" {
                function.name = ObjectName::from(vec![Ident::new("date_part")]);
            }
            if matches!(name.as_str(), "nextval" | "currval" | "setval")
                && let FunctionArguments::List(arguments) = &mut function.args
                && let Some(FunctionArg::Unnamed(FunctionArgExpr::Expr(argument))) =
                    arguments.args.first_mut()
                && let Some(path) = content(argument)
            {
                let last = path.rsplit('.').next().unwrap_or_default();
                *argument = text(last.trim_matches('"').to_owned());
            }
            cast_by_name(function)
        }
        other => other,
    }
}

/// `status('new')` is `'new'::status` where no function is called so.
fn cast_by_name(function: Function) -> Expr {
    let is_builtin = builtin::routine(&function.name.to_string()).is_some();
    let constant = match &function.args {
        FunctionArguments::List(list) => match list.args.as_slice() {
            [FunctionArg::Unnamed(FunctionArgExpr::Expr(only))] if content(only).is_some() => {
                Some(only.clone())
            }
            _ => None,
        },
        _ => None,
    };
    match constant {
        Some(constant) if !is_builtin => Expr::Cast {
            kind: CastKind::DoubleColon,
            expr: Box::new(constant),
            data_type: DataType::Custom(function.name, Vec::new()),
            format: None,
        },
        _ => Expr::Function(function),
    }
}

fn is_element(expr: &Expr) -> bool {
    matches!(
        expr,
        Expr::BinaryOp {
            op: BinaryOperator::Arrow | BinaryOperator::HashArrow,
            ..
        }
    )
}

fn binary(left: Expr, op: BinaryOperator, right: Expr) -> Expr {
    Expr::BinaryOp {
        left: Box::new(left),
        op,
        right: Box::new(right),
    }
}

fn any(left: Expr, compare_op: BinaryOperator, right: Expr) -> Expr {
    Expr::AnyOp {
        left: Box::new(left),
        compare_op,
        right: Box::new(right),
        is_some: false,
    }
}

fn flatten(expr: Expr, joined_by: &BinaryOperator, parts: &mut Vec<Expr>) {
    match expr {
        Expr::BinaryOp { left, op, right } if op == *joined_by => {
            flatten(*left, joined_by, parts);
            flatten(*right, joined_by, parts);
        }
        other => parts.push(other),
    }
}

/// A constant: the server prints one as a string with a cast where its type asks for it.
fn text(content: String) -> Expr {
    Expr::value(Value::SingleQuotedString(content))
}

fn content(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Value(value) => match &value.value {
            Value::SingleQuotedString(content) => Some(content),
            _ => None,
        },
        _ => None,
    }
}

/// A number as it is written.
fn number(digits: String) -> Expr {
    Expr::value(Value::Number(digits, false))
}

fn digits(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Value(value) => match &value.value {
            Value::Number(digits, _) => Some(digits),
            _ => None,
        },
        _ => None,
    }
}

fn is_null(expr: &Expr) -> bool {
    match expr {
        Expr::Value(value) => value.value == Value::Null,
        Expr::Cast { expr, .. } => is_null(expr),
        _ => false,
    }
}

/// Takes off the names of what a query within an expression gives: nobody can use them.
fn unnamed(mut query: Box<Query>) -> Box<Query> {
    if query.order_by.is_none()
        && let SetExpr::Select(select) = &mut *query.body
    {
        for item in &mut select.projection {
            if let SelectItem::ExprWithAlias { expr, .. } = item {
                *item = SelectItem::UnnamedExpr(expr.clone());
            }
        }
    }
    query
}

fn is_array(expr: &Expr) -> bool {
    matches!(expr, Expr::Array(_))
}

/// Returns whether a cast says what a constant is: a sequence's name is known without it.
fn is_typed(expr: &Expr, data_type: &DataType) -> bool {
    matches!(expr, Expr::Value(_)) && parts::name(data_type) != "regclass"
}

/// Returns whether a cast to a type is one that the server adds by itself between texts.
fn is_text(data_type: &DataType) -> bool {
    matches!(
        parts::name(data_type).as_str(),
        "text" | "varchar" | "bpchar" | "regclass" | "text[]" | "varchar[]"
    )
}

/// Takes the schema off a name: whether the server prints it depends on the search path.
fn bare(name: &mut ObjectName) {
    if let Some(last) = name.0.pop() {
        name.0 = vec![last];
    }
}
