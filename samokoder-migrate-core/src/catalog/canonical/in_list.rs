//! `IN` with a list.

use std::ops::ControlFlow;

use sqlparser::ast::{BinaryOperator, Expr, visit_expressions};

use super::{binary, form};

/// Returns the comparisons that the server makes of `IN` with a list in which columns are read: one by
/// one, after an array of the rest (`transformAExprIn`). `None` if no column is read.
pub(super) fn with_columns(expr: &Expr, list: &[Expr], negated: bool) -> Option<Expr> {
    let (with, without): (Vec<Expr>, Vec<Expr>) = list.iter().cloned().partition(reads_column);
    if with.is_empty() {
        return None;
    }
    let (op, joined_by) = if negated {
        (BinaryOperator::NotEq, BinaryOperator::And)
    } else {
        (BinaryOperator::Eq, BinaryOperator::Or)
    };
    let (array, one_by_one) = if without.len() > 1 {
        let array = Expr::InList {
            expr: Box::new(expr.clone()),
            list: without,
            negated,
        };
        (Some(form(array)), with)
    } else {
        (None, list.to_vec())
    };
    array
        .into_iter()
        .chain(
            one_by_one
                .into_iter()
                .map(|one| binary(expr.clone(), op.clone(), one)),
        )
        .reduce(|left, right| binary(left, joined_by.clone(), right))
}

fn reads_column(expr: &Expr) -> bool {
    visit_expressions(expr, |expr| match expr {
        Expr::Identifier(_) | Expr::CompoundIdentifier(_) => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    })
    .is_break()
}
