//! Whether two texts are the same SQL.
//!
//! A text is printed from PostgreSQL's own tree, read again by sqlparser, and its tree is brought to one
//! form: what the server adds when it prints a stored expression (casts of constants, parentheses,
//! `= ANY (ARRAY[…])` for `IN`, `~~` for `LIKE`) is taken off. This is the only place that knows
//! `sqlparser`.

use std::{mem, ops::ControlFlow, panic::catch_unwind};

use sqlparser::{
    ast::{
        Array, BinaryOperator, DataType, Expr, FunctionArg, FunctionArgExpr, FunctionArguments,
        ObjectName, Statement, UnaryOperator, Value, VisitMut, VisitorMut,
    },
    dialect::PostgreSqlDialect,
    parser::Parser,
};

use super::expression::print;
use crate::{lexer, sql, stack};

/// Returns whether two expressions, or two queries, mean the same after normalisation.
#[must_use]
pub fn same(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    stack::on_large_stack(|| match (printed(a), printed(b)) {
        (Some(a), Some(b)) => {
            a == b || matches!((canonical(&a), canonical(&b)), (Some(a), Some(b)) if a == b)
        }
        _ => words(a) == words(b),
    })
}

/// Prints a text again from its tree; `None` if it is neither an expression nor a query.
fn printed(text: &str) -> Option<String> {
    let tree = sql::tree_of(text).or_else(|| sql::tree_of(&format!("SELECT {text}")));
    tree.as_deref()
        .map(|node| print(node, &[]).text.to_string())
}

/// Cuts a text into its tokens, without the schemas of names: whether the server prints them depends
/// on the search path.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for token in lexer::tokens(text) {
        if token.kind.is_comment() {
            continue;
        }
        let word = text.get(token.span.range()).unwrap_or_default();
        if words.last().is_some_and(|last| last == ".") {
            words.truncate(words.len().saturating_sub(2));
        }
        words.push(if word.starts_with(['\'', '"', '$']) {
            word.to_owned()
        } else {
            word.to_lowercase()
        });
    }
    words
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

fn form(expr: Expr) -> Expr {
    match expr {
        Expr::Nested(inner) => *inner,
        Expr::Value(value) => match value.value {
            Value::Number(digits, _) => text(digits),
            Value::EscapedStringLiteral(content) => text(content),
            other => Expr::value(other),
        },
        Expr::UnaryOp {
            op: UnaryOperator::Minus,
            expr,
        } => match content(&expr) {
            Some(digits) if digits.starts_with(|c: char| c.is_ascii_digit()) => {
                text(format!("-{digits}"))
            }
            _ => Expr::UnaryOp {
                op: UnaryOperator::Minus,
                expr,
            },
        },
        Expr::Cast {
            expr, data_type, ..
        } if is_constant(&expr) || is_text(&data_type) => *expr,
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
            else_result: else_result.filter(
                |other| !matches!(&**other, Expr::Value(value) if value.value == Value::Null),
            ),
        },
        Expr::Function(mut function) => {
            bare(&mut function.name);
            let name = function.name.to_string();
            if matches!(name.as_str(), "nextval" | "currval" | "setval")
                && let FunctionArguments::List(arguments) = &mut function.args
                && let Some(FunctionArg::Unnamed(FunctionArgExpr::Expr(argument))) =
                    arguments.args.first_mut()
                && let Some(path) = content(argument)
            {
                let last = path.rsplit('.').next().unwrap_or_default();
                *argument = text(last.trim_matches('"').to_owned());
            }
            Expr::Function(function)
        }
        other => other,
    }
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

fn is_constant(expr: &Expr) -> bool {
    matches!(expr, Expr::Value(_) | Expr::Array(_))
}

/// Returns whether a cast to a type is one that the server adds by itself between texts.
fn is_text(data_type: &DataType) -> bool {
    match data_type {
        DataType::Text
        | DataType::Varchar(None)
        | DataType::CharacterVarying(None)
        | DataType::Regclass => true,
        DataType::Array(_) => data_type.to_string().eq_ignore_ascii_case("text[]"),
        DataType::Custom(name, _) => name.to_string() == "bpchar",
        _ => false,
    }
}

/// Takes the schema off a name: whether the server prints it depends on the search path.
fn bare(name: &mut ObjectName) {
    if let Some(last) = name.0.pop() {
        name.0 = vec![last];
    }
}

#[cfg(test)]
mod tests {
    use super::same;

    #[test]
    fn takes_off_what_the_server_adds() {
        for (written, stored) in [
            ("'x'", "'x'::character varying"),
            ("'{}'", "'{}'::jsonb"),
            ("-1", "'-1'::integer"),
            ("a > 0 and b", "((a > 0) AND b)"),
            (
                "t.a in ('x', 'y')",
                "(a = ANY (ARRAY['x'::text, 'y'::text]))",
            ),
            ("a IN ('x')", "(a = 'x'::text)"),
            ("a between 1 and 2", "((a >= 1) AND (a <= 2))"),
            ("a like 'x%'", "((a)::text ~~ 'x%'::text)"),
            ("a is not distinct from b", "(NOT (a IS DISTINCT FROM b))"),
            (
                "nextval('t_id_seq')",
                "nextval('public.t_id_seq'::regclass)",
            ),
            (
                "now() at time zone 'utc'",
                "(now() AT TIME ZONE 'utc'::text)",
            ),
            ("lower(email)", "lower((email)::text)"),
            ("a AND (b AND c)", "((a AND b) AND c)"),
            (
                "case when a then 1 end",
                "CASE WHEN a THEN 1 ELSE NULL::integer END",
            ),
            ("current_timestamp", "CURRENT_TIMESTAMP"),
            ("a != 1", "(a <> 1)"),
            (
                "select a, b from t where (a = 1)",
                "SELECT a,\n b FROM public.t WHERE a = 1",
            ),
        ] {
            assert!(same(written, stored), "{written} / {stored}");
        }
    }

    #[test]
    fn takes_the_schema_off_an_operator_class() {
        for (written, stored) in [
            ("id gist_trgm_ops", "id public.gist_trgm_ops"),
            ("a, b public.gin_trgm_ops DESC", "a, b gin_trgm_ops DESC"),
        ] {
            assert!(same(written, stored) && same(stored, written), "{written}");
        }
        assert!(!same("id gist_trgm_ops", "id public.gin_trgm_ops"));
        assert!(!same("id", "id public.gin_trgm_ops"));
    }

    #[test]
    fn tells_apart_what_differs() {
        for (one, other) in [
            ("'x'", "'y'"),
            ("a > 0", "a >= 0"),
            ("a in (1, 2)", "a in (1, 3)"),
            ("lower(a)", "upper(a)"),
            ("a::int", "a::bigint"),
            ("select a from t", "select b from t"),
            ("'X'", "'x'"),
        ] {
            assert!(!same(one, other), "{one} / {other}");
        }
    }
}
