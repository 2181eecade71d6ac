//! The value expressions (chapter "Value Expressions").

use super::{
    Scope,
    reader::Reader,
    rough::Rough,
    scope::{Item, Level, Rows},
};
use crate::{
    catalog::{
        fault::Fault,
        missing::no_schema,
        object::Space,
        store::{Lookup, Openness},
        types::Type,
    },
    tree::{
        A_Const, A_Indirection, BoolExprType, CaseExpr, List, Node, SQLValueFunctionOp, SortBy,
        SubLink, SubLinkType, WindowDef, path, string,
    },
};

impl<'a> Reader<'a> {
    /// Reads an expression; returns the type of its value.
    pub(super) fn value(&mut self, node: &'a Node, at: &Level<'_, 'a>) -> Result<Rough<'a>, Fault> {
        match node {
            Node::A_Const(constant) => Ok(constant_type(constant)),
            Node::ColumnRef(column) => self.column(column, at),
            Node::ParamRef(parameter) => self.parameter(parameter),
            Node::A_Expr(expr) => self.operator(expr, at),
            Node::BoolExpr(expr) => {
                let what = match expr.boolop {
                    BoolExprType::AND_EXPR => "AND",
                    BoolExprType::OR_EXPR => "OR",
                    _ => "NOT",
                };
                for node in expr.args.iter().flatten() {
                    self.condition(Some(node), at, what)?;
                }
                Ok(Rough::BOOLEAN)
            }
            Node::FuncCall(call) => self.call(call, at),
            Node::TypeCast(cast) => self.cast(cast, at),
            Node::CollateClause(collate) => {
                let ty = self.maybe(collate.arg.as_ref(), at)?;
                self.collation(&collate.collname, collate.location)?;
                Ok(ty)
            }
            Node::NullTest(test) => {
                self.maybe(test.arg.as_ref(), at)?;
                Ok(Rough::BOOLEAN)
            }
            Node::BooleanTest(test) => {
                self.maybe(test.arg.as_ref(), at)?;
                Ok(Rough::BOOLEAN)
            }
            Node::SubLink(link) => self.sublink(link, at),
            Node::CaseExpr(case) => self.case(case, at),
            Node::CoalesceExpr(expr) => self.common(&expr.args, at),
            Node::MinMaxExpr(expr) => self.common(&expr.args, at),
            Node::A_ArrayExpr(array) => {
                let element = self.common(&array.elements, at)?;
                Ok(array_of(element))
            }
            Node::RowExpr(row) => {
                self.listed(&row.args, at)?;
                Ok(Rough::Named("record"))
            }
            Node::A_Indirection(indirection) => self.indirection(indirection, at),
            Node::SQLValueFunction(function) => Ok(Rough::Named(match function.op {
                SQLValueFunctionOp::SVFOP_CURRENT_DATE => "date",
                SQLValueFunctionOp::SVFOP_CURRENT_TIMESTAMP
                | SQLValueFunctionOp::SVFOP_CURRENT_TIMESTAMP_N => "timestamptz",
                SQLValueFunctionOp::SVFOP_CURRENT_TIME
                | SQLValueFunctionOp::SVFOP_CURRENT_TIME_N => "timetz",
                SQLValueFunctionOp::SVFOP_LOCALTIME | SQLValueFunctionOp::SVFOP_LOCALTIME_N => {
                    "time"
                }
                SQLValueFunctionOp::SVFOP_LOCALTIMESTAMP
                | SQLValueFunctionOp::SVFOP_LOCALTIMESTAMP_N => "timestamp",
                _ => "name",
            })),
            Node::GroupingFunc(grouping) => {
                self.values(&grouping.args, at)?;
                Ok(Rough::Named("int4"))
            }
            Node::NamedArgExpr(named) => self.maybe(named.arg.as_ref(), at),
            Node::MultiAssignRef(multi) => {
                // The source is shared by all its columns: it is read with the first.
                if multi.colno != 1 {
                    return Ok(Rough::Unknown);
                }
                match &multi.source {
                    Some(Node::SubLink(link)) => {
                        if let Some(query) = &link.subselect {
                            self.rows(query, Some(at))?;
                        }
                    }
                    source => {
                        self.maybe(source.as_ref(), at)?;
                    }
                }
                Ok(Rough::Unknown)
            }
            Node::List(list) => {
                self.values(list, at)?;
                Ok(Rough::Unknown)
            }
            Node::SortBy(sort) => self.maybe(sort.node.as_ref(), at),
            Node::CurrentOfExpr(_) => Ok(Rough::BOOLEAN),
            Node::SetToDefault(_) => Ok(Rough::Unknown),
            other => self.markup(other, at),
        }
    }

    /// Reads what may not be written.
    pub(super) fn maybe(
        &mut self,
        node: Option<&'a Node>,
        at: &Level<'_, 'a>,
    ) -> Result<Rough<'a>, Fault> {
        node.map_or(Ok(Rough::Unknown), |node| self.value(node, at))
    }

    /// Reads what must be true or false, and may not be written.
    pub(super) fn condition(
        &mut self,
        node: Option<&'a Node>,
        at: &Level<'_, 'a>,
        what: &str,
    ) -> Result<(), Fault> {
        let Some(node) = node else { return Ok(()) };
        let ty = self.value(node, at)?;
        self.boolean(&ty, node, what)
    }

    /// Reads expressions.
    pub(super) fn values(&mut self, list: &'a List, at: &Level<'_, 'a>) -> Result<(), Fault> {
        for node in list.iter().flatten() {
            self.value(node, at)?;
        }
        Ok(())
    }

    /// Reads expressions of a list in which `t.*` stands for columns; returns how many there are.
    pub(super) fn listed(
        &mut self,
        list: &'a List,
        at: &Level<'_, 'a>,
    ) -> Result<Option<usize>, Fault> {
        let mut count = Some(0);
        for node in list.iter().flatten() {
            let width = match node {
                Node::ColumnRef(column)
                    if matches!(column.fields.last(), Some(Some(Node::A_Star(_)))) =>
                {
                    let rows = self.star(column, at)?;
                    (rows.open == Openness::Closed).then_some(rows.columns.len())
                }
                other => {
                    self.value(other, at)?;
                    match other {
                        Node::A_Indirection(indirection)
                            if matches!(
                                indirection.indirection.last(),
                                Some(Some(Node::A_Star(_)))
                            ) =>
                        {
                            None
                        }
                        _ => Some(1),
                    }
                }
            };
            count = count.zip(width).map(|(count, width)| count + width);
        }
        Ok(count)
    }

    /// Reads values of which one is the result.
    fn common(&mut self, list: &'a List, at: &Level<'_, 'a>) -> Result<Rough<'a>, Fault> {
        let mut ty = Rough::Literal;
        for node in list.iter().flatten() {
            ty = ty.common(self.value(node, at)?);
        }
        if ty.own().is_some() {
            list.iter()
                .flatten()
                .try_for_each(|node| self.label(&ty, node))?;
        }
        Ok(ty)
    }

    fn case(&mut self, case: &'a CaseExpr, at: &Level<'_, 'a>) -> Result<Rough<'a>, Fault> {
        let tested = match &case.arg {
            Some(arg) => Some(self.value(arg, at)?),
            None => None,
        };
        let mut ty = Rough::Literal;
        for node in case.args.iter().flatten() {
            let Node::CaseWhen(when) = node else { continue };
            if tested.is_some() {
                self.maybe(when.expr.as_ref(), at)?;
            } else {
                self.condition(when.expr.as_ref(), at, "CASE/WHEN")?;
            }
            if let (Some(tested), Some(expr)) = (&tested, &when.expr) {
                self.label(tested, expr)?;
            }
            ty = ty.common(self.maybe(when.result.as_ref(), at)?);
        }
        match &case.defresult {
            Some(node) => Ok(ty.common(self.value(node, at)?)),
            None => Ok(ty),
        }
    }

    fn sublink(&mut self, link: &'a SubLink, at: &Level<'_, 'a>) -> Result<Rough<'a>, Fault> {
        if matches!(self.scope, Some(Scope::Nothing)) && at.outer.is_none() {
            let fault = Fault::new("0A000", "cannot use subquery in DEFAULT expression");
            return Err(fault.at(link.location));
        }
        let tested = self.maybe(link.testexpr.as_ref(), at)?;
        let Some(query) = &link.subselect else {
            return Ok(Rough::Unknown);
        };
        let rows = self.rows(query, Some(at))?;
        let alone = match (&*rows.columns, rows.open) {
            ([column], Openness::Closed) => column.ty.clone(),
            _ => Rough::Unknown,
        };
        let one = matches!(
            link.subLinkType,
            SubLinkType::EXPR_SUBLINK | SubLinkType::ARRAY_SUBLINK
        );
        if one && rows.open == Openness::Closed && rows.columns.len() > 1 {
            let fault = Fault::new("42601", "subquery must return only one column");
            return Err(fault.at(link.location));
        }
        subquery_width(link, &tested, &rows)?;
        Ok(match link.subLinkType {
            SubLinkType::EXPR_SUBLINK => match alone {
                Rough::Literal => Rough::TEXT,
                other => other,
            },
            SubLinkType::ARRAY_SUBLINK => array_of(alone),
            SubLinkType::EXISTS_SUBLINK | SubLinkType::ALL_SUBLINK | SubLinkType::ANY_SUBLINK => {
                Rough::BOOLEAN
            }
            _ => Rough::Unknown,
        })
    }

    fn indirection(
        &mut self,
        indirection: &'a A_Indirection,
        at: &Level<'_, 'a>,
    ) -> Result<Rough<'a>, Fault> {
        let Some(arg) = &indirection.arg else {
            return Ok(Rough::Unknown);
        };
        let location = location(arg);
        let mut ty = self.value(arg, at)?;
        for part in indirection.indirection.iter().flatten() {
            ty = match part {
                Node::A_Indices(indices) => {
                    self.maybe(indices.lidx.as_ref(), at)?;
                    self.maybe(indices.uidx.as_ref(), at)?;
                    match ty.known() {
                        Some(of) if of.array && !indices.is_slice => Rough::Made(Type {
                            array: false,
                            ..of.into_owned()
                        }),
                        _ => Rough::Unknown,
                    }
                }
                Node::A_Star(_) => Rough::Unknown,
                other => match string(other) {
                    Some(name) => self.field(&ty, name, location)?,
                    None => Rough::Unknown,
                },
            };
        }
        Ok(ty)
    }

    /// Looks for a collation.
    /// Which collations the system has depends on where the server runs.
    ///
    /// # Errors
    ///
    /// 3F000 if its schema is known not to be there.
    fn collation(&mut self, name: &'a List, location: i32) -> Result<(), Fault> {
        let Some(path) = path(name) else {
            return Ok(());
        };
        if let Some(schema) = path.schema
            && self.catalog.schema(schema) == Lookup::Absent
        {
            return Err(no_schema(schema).at(location));
        }
        if let Lookup::Found(oid) = self.catalog.look(Space::Collation, path) {
            self.note_object(oid, location);
        }
        Ok(())
    }

    /// Reads `OVER (…)`, or a window of the WINDOW clause.
    pub(super) fn window(
        &mut self,
        window: &'a WindowDef,
        at: &Level<'_, 'a>,
    ) -> Result<(), Fault> {
        let base = window.refname.as_deref();
        let named = match window.name.as_deref() {
            // `OVER w`
            Some(name) if at.windows.is_some() => Some(name),
            _ => base,
        };
        if let (Some(name), Some(windows)) = (named, at.windows) {
            let there = windows.iter().flatten().any(
                |node| matches!(node, Node::WindowDef(def) if def.name.as_deref() == Some(name)),
            );
            if !there {
                let message = format!("window \"{name}\" does not exist");
                return Err(Fault::new("42704", message).at(window.location));
            }
        }
        self.values(&window.partitionClause, at)?;
        self.values(&window.orderClause, at)?;
        self.maybe(window.startOffset.as_ref(), at)?;
        self.maybe(window.endOffset.as_ref(), at)?;
        Ok(())
    }

    /// Reads `ORDER BY` within an aggregate or a window.
    pub(super) fn sorted_values(
        &mut self,
        list: &'a List,
        at: &Level<'_, 'a>,
    ) -> Result<(), Fault> {
        for node in list.iter().flatten() {
            if let Node::SortBy(sort) = node {
                self.sort_value(sort, at)?;
            }
        }
        Ok(())
    }

    fn sort_value(&mut self, sort: &'a SortBy, at: &Level<'_, 'a>) -> Result<(), Fault> {
        self.maybe(sort.node.as_ref(), at).map(drop)
    }

    /// Makes an entry out of a query's rows, that only ORDER BY sees.
    pub(super) fn output_item(rows: &Rows<'a>) -> Item<'a> {
        Item::rows(None, rows.clone())
    }
}

/// `x IN (SELECT …)` compares as many values as there are columns.
fn subquery_width(link: &SubLink, tested: &Rough<'_>, rows: &Rows<'_>) -> Result<(), Fault> {
    let compares = matches!(
        link.subLinkType,
        SubLinkType::ANY_SUBLINK | SubLinkType::ALL_SUBLINK
    );
    let single = !matches!(&link.testexpr, Some(Node::RowExpr(_)) | None) && tested.is_no_row();
    if compares && single && rows.open == Openness::Closed && rows.columns.len() > 1 {
        let fault = Fault::new("42601", "subquery has too many columns");
        return Err(fault.at(link.location));
    }
    Ok(())
}

/// Returns where an expression begins, as far as its outermost node says.
pub(super) fn location(node: &Node) -> i32 {
    match node {
        Node::A_Const(node) => node.location,
        Node::ColumnRef(node) => node.location,
        Node::ParamRef(node) => node.location,
        Node::FuncCall(node) => node.location,
        Node::TypeCast(node) => node.arg.as_ref().map_or(node.location, location),
        Node::A_Expr(node) => node.lexpr.as_ref().map_or(node.location, location),
        Node::BoolExpr(node) => node.location,
        Node::SubLink(node) => node.location,
        Node::CaseExpr(node) => node.location,
        Node::CoalesceExpr(node) => node.location,
        Node::MinMaxExpr(node) => node.location,
        Node::A_ArrayExpr(node) => node.location,
        Node::RowExpr(node) => node.location,
        Node::SQLValueFunction(node) => node.location,
        Node::SetToDefault(node) => node.location,
        Node::A_Indirection(node) => node.arg.as_ref().map_or(-1, location),
        _ => -1,
    }
}

/// Returns the type of a constant (chapter "Lexical Structure", "Constants").
fn constant_type(constant: &A_Const) -> Rough<'static> {
    match &constant.val {
        Some(Node::Integer(_)) => Rough::Named("int4"),
        Some(Node::Float(digits)) if digits.parse::<i64>().is_ok() => Rough::Named("int8"),
        Some(Node::Float(_)) => Rough::Named("numeric"),
        Some(Node::Boolean(_)) => Rough::BOOLEAN,
        Some(Node::BitString(_)) => Rough::Named("bit"),
        _ => Rough::Literal,
    }
}

fn array_of(element: Rough<'_>) -> Rough<'_> {
    let ty = match element {
        Rough::Literal => Type::builtin("text"),
        other => match other.known() {
            Some(ty) if !ty.array => ty.into_owned(),
            _ => return Rough::Unknown,
        },
    };
    Rough::Made(Type {
        modifier: "".into(),
        array: true,
        ..ty
    })
}
