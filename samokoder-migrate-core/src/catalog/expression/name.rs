//! The name that PostgreSQL gives a column of a result (`FigureColname`; chapter "SQL Syntax",
//! "Column Labels", says only that one is chosen).

use std::borrow::Cow;

use crate::tree::{
    A_Expr_Kind, Node, SQLValueFunctionOp, SelectStmt, SetOperation, SubLinkType, XmlExprOp,
    string, strings,
};

/// Returns the name of a result's column; `None` if it is that of a `*` whose columns must be known.
pub(super) fn output_name(node: &Node) -> Option<&str> {
    match figure(node) {
        Figured::Nothing => Some("?column?"),
        Figured::Weak(name) | Figured::Strong(name) => Some(name),
        Figured::Unknown => None,
    }
}

/// A name, and whether it gives way to another.
enum Figured<'a> {
    Nothing,
    Weak(&'a str),
    Strong(&'a str),
    Unknown,
}

fn figure(node: &Node) -> Figured<'_> {
    match node {
        Node::ColumnRef(column) => last(&column.fields),
        Node::A_Indirection(indirection) => match last(&indirection.indirection) {
            Figured::Nothing => inner(indirection.arg.as_ref()),
            name => name,
        },
        Node::FuncCall(call) => last(&call.funcname),
        Node::A_Expr(expr) if expr.kind == A_Expr_Kind::AEXPR_NULLIF => Figured::Strong("nullif"),
        Node::TypeCast(cast) => match inner(cast.arg.as_ref()) {
            Figured::Nothing | Figured::Weak(_) => match &cast.typeName {
                Some(name) => match strings(&name.names).next_back() {
                    Some(name) => Figured::Weak(name),
                    None => Figured::Nothing,
                },
                None => Figured::Nothing,
            },
            name => name,
        },
        Node::CollateClause(collate) => inner(collate.arg.as_ref()),
        Node::GroupingFunc(_) => Figured::Strong("grouping"),
        Node::MergeSupportFunc(_) => Figured::Strong("merge_action"),
        Node::SubLink(link) => match link.subLinkType {
            SubLinkType::EXISTS_SUBLINK => Figured::Strong("exists"),
            SubLinkType::ARRAY_SUBLINK => Figured::Strong("array"),
            SubLinkType::EXPR_SUBLINK => match &link.subselect {
                Some(Node::SelectStmt(select)) => first_output(select),
                _ => Figured::Unknown,
            },
            _ => Figured::Nothing,
        },
        Node::CaseExpr(case) => match inner(case.defresult.as_ref()) {
            Figured::Nothing | Figured::Weak(_) => Figured::Weak("case"),
            name => name,
        },
        Node::A_ArrayExpr(_) => Figured::Strong("array"),
        Node::RowExpr(_) => Figured::Strong("row"),
        Node::CoalesceExpr(_) => Figured::Strong("coalesce"),
        Node::MinMaxExpr(expr) if expr.op == crate::tree::MinMaxOp::IS_GREATEST => {
            Figured::Strong("greatest")
        }
        Node::MinMaxExpr(_) => Figured::Strong("least"),
        Node::SQLValueFunction(function) => Figured::Strong(value_function(function.op)),
        Node::XmlExpr(xml) => match xml.op {
            XmlExprOp::IS_XMLCONCAT => Figured::Strong("xmlconcat"),
            XmlExprOp::IS_XMLELEMENT => Figured::Strong("xmlelement"),
            XmlExprOp::IS_XMLFOREST => Figured::Strong("xmlforest"),
            XmlExprOp::IS_XMLPARSE => Figured::Strong("xmlparse"),
            XmlExprOp::IS_XMLPI => Figured::Strong("xmlpi"),
            XmlExprOp::IS_XMLROOT => Figured::Strong("xmlroot"),
            XmlExprOp::IS_XMLSERIALIZE => Figured::Strong("xmlserialize"),
            _ => Figured::Nothing,
        },
        Node::XmlSerialize(_) => Figured::Strong("xmlserialize"),
        Node::JsonParseExpr(_) => Figured::Strong("json"),
        Node::JsonScalarExpr(_) => Figured::Strong("json_scalar"),
        Node::JsonSerializeExpr(_) => Figured::Strong("json_serialize"),
        Node::JsonObjectConstructor(_) => Figured::Strong("json_object"),
        Node::JsonArrayConstructor(_) | Node::JsonArrayQueryConstructor(_) => {
            Figured::Strong("json_array")
        }
        Node::JsonObjectAgg(_) => Figured::Strong("json_objectagg"),
        Node::JsonArrayAgg(_) => Figured::Strong("json_arrayagg"),
        Node::JsonFuncExpr(_) => Figured::Unknown,
        _ => Figured::Nothing,
    }
}

fn inner(node: Option<&Node>) -> Figured<'_> {
    node.map_or(Figured::Nothing, figure)
}

fn last(names: &[Option<Node>]) -> Figured<'_> {
    match names.iter().flatten().filter_map(string).next_back() {
        Some(name) => Figured::Strong(name),
        None => Figured::Nothing,
    }
}

/// A subquery's value is called what its only column is called.
fn first_output(select: &SelectStmt) -> Figured<'_> {
    if select.op != SetOperation::SETOP_NONE {
        return match &select.larg {
            Some(left) => first_output(left),
            None => Figured::Unknown,
        };
    }
    if !select.valuesLists.is_empty() {
        return Figured::Strong("column1");
    }
    match select.targetList.iter().flatten().next() {
        Some(Node::ResTarget(target)) => match (&target.name, &target.val) {
            (Some(name), _) => Figured::Strong(name),
            (None, Some(Node::ColumnRef(column)))
                if matches!(column.fields.last(), Some(Some(Node::A_Star(_)))) =>
            {
                Figured::Unknown
            }
            (None, Some(value)) => match output_name(value) {
                Some(name) => Figured::Strong(name),
                None => Figured::Unknown,
            },
            (None, None) => Figured::Unknown,
        },
        _ => Figured::Unknown,
    }
}

fn value_function(op: SQLValueFunctionOp) -> &'static str {
    match op {
        SQLValueFunctionOp::SVFOP_CURRENT_DATE => "current_date",
        SQLValueFunctionOp::SVFOP_CURRENT_TIME | SQLValueFunctionOp::SVFOP_CURRENT_TIME_N => {
            "current_time"
        }
        SQLValueFunctionOp::SVFOP_CURRENT_TIMESTAMP
        | SQLValueFunctionOp::SVFOP_CURRENT_TIMESTAMP_N => "current_timestamp",
        SQLValueFunctionOp::SVFOP_LOCALTIME | SQLValueFunctionOp::SVFOP_LOCALTIME_N => "localtime",
        SQLValueFunctionOp::SVFOP_LOCALTIMESTAMP | SQLValueFunctionOp::SVFOP_LOCALTIMESTAMP_N => {
            "localtimestamp"
        }
        SQLValueFunctionOp::SVFOP_CURRENT_ROLE => "current_role",
        SQLValueFunctionOp::SVFOP_CURRENT_USER => "current_user",
        SQLValueFunctionOp::SVFOP_USER => "user",
        SQLValueFunctionOp::SVFOP_SESSION_USER => "session_user",
        SQLValueFunctionOp::SVFOP_CURRENT_CATALOG => "current_catalog",
        _ => "current_schema",
    }
}

/// Returns `column1`, `column2`, …: what VALUES calls its columns.
pub(super) fn values_name(index: usize) -> Cow<'static, str> {
    match index {
        0 => Cow::Borrowed("column1"),
        1 => Cow::Borrowed("column2"),
        2 => Cow::Borrowed("column3"),
        _ => Cow::Owned(format!("column{}", index + 1)),
    }
}
