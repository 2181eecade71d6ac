//! Expressions.

use super::Printer;
use crate::{
    catalog::resolve::quote,
    tree::{
        A_Const, A_Expr, A_Expr_Kind, A_Indirection, BoolExpr, BoolExprType, BoolTestType,
        CaseExpr, ColumnRef, FuncCall, List, MinMaxOp, Node, NullTestType, SQLValueFunction,
        SQLValueFunctionOp, SubLink, SubLinkType, TypeName, strings,
    },
};

impl Printer<'_> {
    pub(super) fn node(&mut self, node: &Node) {
        match node {
            Node::A_Const(constant) => self.constant(constant),
            Node::ColumnRef(column) => self.column(column),
            Node::A_Expr(expression) => self.expression(expression),
            Node::BoolExpr(expression) => self.boolean(expression),
            Node::NullTest(test) => {
                self.optional_operand(test.arg.as_ref());
                self.push(match test.nulltesttype {
                    NullTestType::IS_NULL => " IS NULL",
                    _ => " IS NOT NULL",
                });
            }
            Node::BooleanTest(test) => {
                self.optional_operand(test.arg.as_ref());
                self.push(match test.booltesttype {
                    BoolTestType::IS_TRUE => " IS TRUE",
                    BoolTestType::IS_NOT_TRUE => " IS NOT TRUE",
                    BoolTestType::IS_FALSE => " IS FALSE",
                    BoolTestType::IS_NOT_FALSE => " IS NOT FALSE",
                    BoolTestType::IS_UNKNOWN => " IS UNKNOWN",
                    _ => " IS NOT UNKNOWN",
                });
            }
            Node::FuncCall(call) => self.call(call),
            Node::TypeCast(cast) => {
                self.optional_operand(cast.arg.as_ref());
                self.push("::");
                if let Some(name) = &cast.typeName {
                    self.type_name(name);
                }
            }
            Node::CollateClause(clause) => {
                self.optional_operand(clause.arg.as_ref());
                self.push(" COLLATE ");
                self.qualified(&clause.collname);
            }
            Node::CaseExpr(case) => self.case(case),
            Node::CoalesceExpr(call) => self.call_like("COALESCE", &call.args),
            Node::MinMaxExpr(call) => self.call_like(
                match call.op {
                    MinMaxOp::IS_GREATEST => "GREATEST",
                    _ => "LEAST",
                },
                &call.args,
            ),
            Node::A_ArrayExpr(array) => {
                self.push("ARRAY[");
                self.comma_list(&array.elements);
                self.push("]");
            }
            Node::RowExpr(row) => self.call_like("ROW", &row.args),
            Node::GroupingFunc(call) => self.call_like("GROUPING", &call.args),
            Node::SubLink(link) => self.sub_link(link),
            Node::A_Indirection(indirection) => self.indirection(indirection),
            Node::SQLValueFunction(function) => self.value_function(function),
            Node::NamedArgExpr(argument) => {
                self.name(argument.name.as_deref().unwrap_or_default());
                self.push(" => ");
                self.optional(argument.arg.as_ref());
            }
            Node::ParamRef(parameter) => {
                let number = parameter.number.to_string();
                self.push("$");
                self.push(&number);
            }
            Node::SetToDefault(_) => self.push("DEFAULT"),
            Node::A_Star(_) => self.push("*"),
            Node::TypeName(name) => self.type_name(name),
            Node::String(text) => self.name(text),
            Node::Integer(value) => {
                let value = value.to_string();
                self.push(&value);
            }
            Node::Float(text) => self.push(text),
            Node::Boolean(value) => self.push(if *value { "true" } else { "false" }),
            Node::List(list) => {
                self.push("(");
                self.comma_list(list);
                self.push(")");
            }
            other => self.statement(other),
        }
    }

    fn constant(&mut self, constant: &A_Const) {
        match &constant.val {
            None => self.push("NULL"),
            Some(Node::String(text)) => self.marked(constant.location, |printer| {
                printer.literal(text);
            }),
            Some(Node::BitString(text)) => {
                let (kind, digits) = text.split_at_checked(1).unwrap_or(("b", text));
                self.push(if kind == "x" { "X'" } else { "B'" });
                self.push(digits);
                self.push("'");
            }
            Some(value) => self.node(value),
        }
    }

    pub(super) fn literal(&mut self, text: &str) {
        if text.contains('\\') {
            self.push("E");
        }
        self.push("'");
        let quoted = text.replace('\\', "\\\\").replace('\'', "''");
        self.push(&quoted);
        self.push("'");
    }

    fn column(&mut self, column: &ColumnRef) {
        let last = column.fields.len().saturating_sub(1);
        for (index, field) in column.fields.iter().flatten().enumerate() {
            if index > 0 {
                self.push(".");
            }
            if index == last {
                self.marked(column.location, |printer| printer.node(field));
            } else {
                self.node(field);
            }
        }
    }

    fn expression(&mut self, expression: &A_Expr) {
        let (left, right) = (expression.lexpr.as_ref(), expression.rexpr.as_ref());
        let operator = strings(&expression.name).last().unwrap_or_default();
        let binary = |printer: &mut Self, word: &str| {
            if left.is_some() {
                printer.optional_operand(left);
                printer.push(" ");
            }
            printer.push(word);
            if left.is_some() || word.bytes().next().is_some_and(|b| b.is_ascii_alphabetic()) {
                printer.push(" ");
            }
            printer.optional_operand(right);
        };
        match expression.kind {
            A_Expr_Kind::AEXPR_OP_ANY => self.quantified(left, operator, "ANY", right),
            A_Expr_Kind::AEXPR_OP_ALL => self.quantified(left, operator, "ALL", right),
            A_Expr_Kind::AEXPR_DISTINCT => binary(self, "IS DISTINCT FROM"),
            A_Expr_Kind::AEXPR_NOT_DISTINCT => binary(self, "IS NOT DISTINCT FROM"),
            A_Expr_Kind::AEXPR_NULLIF => {
                self.push("NULLIF(");
                self.optional(left);
                self.push(", ");
                self.optional(right);
                self.push(")");
            }
            A_Expr_Kind::AEXPR_IN if operator == "<>" => binary(self, "NOT IN"),
            A_Expr_Kind::AEXPR_IN => binary(self, "IN"),
            A_Expr_Kind::AEXPR_BETWEEN => self.between(left, "BETWEEN", right),
            A_Expr_Kind::AEXPR_NOT_BETWEEN => self.between(left, "NOT BETWEEN", right),
            A_Expr_Kind::AEXPR_BETWEEN_SYM => self.between(left, "BETWEEN SYMMETRIC", right),
            A_Expr_Kind::AEXPR_NOT_BETWEEN_SYM => {
                self.between(left, "NOT BETWEEN SYMMETRIC", right);
            }
            A_Expr_Kind::AEXPR_LIKE if operator == "~~" => binary(self, "LIKE"),
            A_Expr_Kind::AEXPR_LIKE => binary(self, "NOT LIKE"),
            A_Expr_Kind::AEXPR_ILIKE if operator == "~~*" => binary(self, "ILIKE"),
            A_Expr_Kind::AEXPR_ILIKE => binary(self, "NOT ILIKE"),
            _ => {
                let schema = strings(&expression.name)
                    .rev()
                    .nth(1)
                    .filter(|schema| *schema != "pg_catalog");
                match schema {
                    Some(schema) => {
                        let word = format!("OPERATOR({}.{operator})", quote(schema));
                        binary(self, &word);
                    }
                    None => binary(self, operator),
                }
            }
        }
    }

    fn quantified(
        &mut self,
        left: Option<&Node>,
        operator: &str,
        word: &str,
        right: Option<&Node>,
    ) {
        self.optional_operand(left);
        self.push(" ");
        self.push(operator);
        self.push(" ");
        self.push(word);
        self.push(" (");
        self.optional(right);
        self.push(")");
    }

    fn between(&mut self, left: Option<&Node>, word: &str, right: Option<&Node>) {
        self.optional_operand(left);
        self.push(" ");
        self.push(word);
        self.push(" ");
        if let Some(Node::List(bounds)) = right {
            for (index, bound) in bounds.iter().flatten().enumerate() {
                if index > 0 {
                    self.push(" AND ");
                }
                self.operand(bound);
            }
        }
    }

    fn boolean(&mut self, expression: &BoolExpr) {
        let word = match expression.boolop {
            BoolExprType::AND_EXPR => " AND ",
            BoolExprType::OR_EXPR => " OR ",
            _ => {
                self.push("NOT ");
                for argument in expression.args.iter().flatten() {
                    self.operand(argument);
                }
                return;
            }
        };
        for (index, argument) in expression.args.iter().flatten().enumerate() {
            if index > 0 {
                self.push(word);
            }
            self.operand(argument);
        }
    }

    fn call(&mut self, call: &FuncCall) {
        self.marked(call.location, |printer| printer.qualified(&call.funcname));
        self.push("(");
        if call.agg_distinct {
            self.push("DISTINCT ");
        }
        if call.agg_star {
            self.push("*");
        }
        let last = call.args.len().saturating_sub(1);
        for (index, argument) in call.args.iter().flatten().enumerate() {
            if index > 0 {
                self.push(", ");
            }
            if call.func_variadic && index == last {
                self.push("VARIADIC ");
            }
            self.node(argument);
        }
        if !call.agg_within_group {
            self.clause(" ORDER BY ", &call.agg_order);
        }
        self.push(")");
        if call.agg_within_group {
            self.push(" WITHIN GROUP (");
            self.clause("ORDER BY ", &call.agg_order);
            self.push(")");
        }
        if let Some(filter) = &call.agg_filter {
            self.push(" FILTER (WHERE ");
            self.node(filter);
            self.push(")");
        }
        if let Some(window) = &call.over {
            self.push(" OVER ");
            self.window(window);
        }
    }

    fn call_like(&mut self, word: &str, arguments: &List) {
        self.push(word);
        self.push("(");
        self.comma_list(arguments);
        self.push(")");
    }

    fn case(&mut self, case: &CaseExpr) {
        self.push("CASE");
        if let Some(argument) = &case.arg {
            self.push(" ");
            self.operand(argument);
        }
        for when in case.args.iter().flatten() {
            if let Node::CaseWhen(when) = when {
                self.push(" WHEN ");
                self.optional(when.expr.as_ref());
                self.push(" THEN ");
                self.optional(when.result.as_ref());
            }
        }
        if let Some(otherwise) = &case.defresult {
            self.push(" ELSE ");
            self.node(otherwise);
        }
        self.push(" END");
    }

    fn sub_link(&mut self, link: &SubLink) {
        let operator = strings(&link.operName).last();
        match link.subLinkType {
            SubLinkType::EXISTS_SUBLINK => self.push("EXISTS "),
            SubLinkType::ARRAY_SUBLINK => self.push("ARRAY"),
            SubLinkType::ANY_SUBLINK => {
                self.optional_operand(link.testexpr.as_ref());
                match operator {
                    None => self.push(" IN "),
                    Some(operator) => {
                        self.push(" ");
                        self.push(operator);
                        self.push(" ANY ");
                    }
                }
            }
            SubLinkType::ALL_SUBLINK => {
                self.optional_operand(link.testexpr.as_ref());
                self.push(" ");
                self.push(operator.unwrap_or_default());
                self.push(" ALL ");
            }
            _ => {}
        }
        self.push("(");
        self.optional(link.subselect.as_ref());
        self.push(")");
    }

    fn indirection(&mut self, indirection: &A_Indirection) {
        if let Some(argument) = &indirection.arg {
            let is_plain = matches!(argument, Node::ColumnRef(_) | Node::ParamRef(_));
            if is_plain {
                self.node(argument);
            } else {
                self.push("(");
                self.node(argument);
                self.push(")");
            }
        }
        for step in indirection.indirection.iter().flatten() {
            match step {
                Node::A_Indices(indices) => {
                    self.push("[");
                    self.optional(indices.lidx.as_ref());
                    if indices.is_slice {
                        self.push(":");
                    }
                    self.optional(indices.uidx.as_ref());
                    self.push("]");
                }
                field => {
                    self.push(".");
                    self.node(field);
                }
            }
        }
    }

    fn value_function(&mut self, function: &SQLValueFunction) {
        self.push(match function.op {
            SQLValueFunctionOp::SVFOP_CURRENT_DATE => "CURRENT_DATE",
            SQLValueFunctionOp::SVFOP_CURRENT_TIME | SQLValueFunctionOp::SVFOP_CURRENT_TIME_N => {
                "CURRENT_TIME"
            }
            SQLValueFunctionOp::SVFOP_CURRENT_TIMESTAMP
            | SQLValueFunctionOp::SVFOP_CURRENT_TIMESTAMP_N => "CURRENT_TIMESTAMP",
            SQLValueFunctionOp::SVFOP_LOCALTIME | SQLValueFunctionOp::SVFOP_LOCALTIME_N => {
                "LOCALTIME"
            }
            SQLValueFunctionOp::SVFOP_LOCALTIMESTAMP
            | SQLValueFunctionOp::SVFOP_LOCALTIMESTAMP_N => "LOCALTIMESTAMP",
            SQLValueFunctionOp::SVFOP_CURRENT_ROLE => "CURRENT_ROLE",
            SQLValueFunctionOp::SVFOP_CURRENT_USER => "CURRENT_USER",
            SQLValueFunctionOp::SVFOP_USER => "USER",
            SQLValueFunctionOp::SVFOP_SESSION_USER => "SESSION_USER",
            SQLValueFunctionOp::SVFOP_CURRENT_CATALOG => "CURRENT_CATALOG",
            _ => "CURRENT_SCHEMA",
        });
        if function.typmod >= 0 {
            let precision = format!("({})", function.typmod);
            self.push(&precision);
        }
    }

    /// Prints a name of parts, without `pg_catalog`.
    pub(super) fn qualified(&mut self, parts: &List) {
        let skip = usize::from(strings(parts).next() == Some("pg_catalog") && parts.len() > 1);
        for (index, part) in strings(parts).skip(skip).enumerate() {
            if index > 0 {
                self.push(".");
            }
            self.name(part);
        }
    }

    pub(super) fn type_name(&mut self, name: &TypeName) {
        if name.setof {
            self.push("SETOF ");
        }
        self.marked(name.location, |printer| printer.qualified(&name.names));
        if name.pct_type {
            self.push("%TYPE");
        }
        if !name.typmods.is_empty() {
            self.push("(");
            self.comma_list(&name.typmods);
            self.push(")");
        }
        if !name.arrayBounds.is_empty() {
            self.push("[]");
        }
    }
}
