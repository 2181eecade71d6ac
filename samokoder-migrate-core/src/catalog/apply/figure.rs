//! The name that an index's column gets from its expression.

use crate::tree::{A_Expr_Kind, List, Node, SubLinkType, string};

/// Returns the name of an expression's value, as a query's column would get it; `expr` if there is none.
///
/// The rule is that of `FigureIndexColname`.
pub(super) fn index_column(expression: &Node) -> &str {
    figure(expression).map_or("expr", |(name, _)| name)
}

/// How good a name is: one of a type or of `CASE` yields to one from within.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Strength {
    Weak,
    Strong,
}

fn figure(node: &Node) -> Option<(&str, Strength)> {
    let strong = |name| Some((name, Strength::Strong));
    match node {
        Node::ColumnRef(column) => strong(last(&column.fields)?),
        Node::A_Indirection(access) => match last(&access.indirection) {
            Some(name) => strong(name),
            None => figure(access.arg.as_ref()?),
        },
        Node::FuncCall(call) => strong(last(&call.funcname)?),
        Node::A_Expr(operation) if operation.kind == A_Expr_Kind::AEXPR_NULLIF => strong("nullif"),
        Node::TypeCast(cast) => match cast.arg.as_ref().and_then(figure) {
            Some(found @ (_, Strength::Strong)) => Some(found),
            weak => cast
                .typeName
                .as_ref()
                .and_then(|name| last(&name.names))
                .map(|name| (name, Strength::Weak))
                .or(weak),
        },
        Node::CollateClause(clause) => figure(clause.arg.as_ref()?),
        Node::SubLink(link) => match link.subLinkType {
            SubLinkType::EXISTS_SUBLINK => strong("exists"),
            SubLinkType::ARRAY_SUBLINK => strong("array"),
            _ => None,
        },
        Node::CaseExpr(case) => match case.defresult.as_ref().and_then(figure) {
            Some(found @ (_, Strength::Strong)) => Some(found),
            _ => Some(("case", Strength::Weak)),
        },
        Node::A_ArrayExpr(_) => strong("array"),
        Node::RowExpr(_) => strong("row"),
        Node::CoalesceExpr(_) => strong("coalesce"),
        Node::MinMaxExpr(expression) => {
            if expression.op == crate::tree::MinMaxOp::IS_GREATEST {
                strong("greatest")
            } else {
                strong("least")
            }
        }
        _ => None,
    }
}

/// Returns the last name of a list, which may hold subscripts and a star.
fn last(list: &List) -> Option<&str> {
    list.iter().flatten().filter_map(string).next_back()
}
