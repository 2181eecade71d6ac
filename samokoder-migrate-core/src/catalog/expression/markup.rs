//! Expressions of XML and JSON, that have a syntax of their own.

use super::{reader::Reader, rough::Rough, scope::Level};
use crate::{
    catalog::{fault::Fault, types::Base},
    tree::{
        JsonAggConstructor, JsonBehavior, JsonFuncExpr, JsonKeyValue, JsonOutput, JsonValueExpr,
        List, Node, TypeName,
    },
};

impl<'a> Reader<'a> {
    /// Reads an expression of XML or JSON; what is none of them has no names.
    pub(super) fn markup(
        &mut self,
        node: &'a Node,
        at: &Level<'_, 'a>,
    ) -> Result<Rough<'a>, Fault> {
        match node {
            Node::XmlExpr(xml) => {
                for node in xml.named_args.iter().flatten() {
                    if let Node::ResTarget(target) = node {
                        self.maybe(target.val.as_ref(), at)?;
                    }
                }
                self.values(&xml.args, at)?;
                Ok(Rough::Unknown)
            }
            Node::XmlSerialize(xml) => {
                self.maybe(xml.expr.as_ref(), at)?;
                self.cast_to(xml.typeName.as_deref())
            }
            Node::JsonValueExpr(value) => self.json_value(Some(value), at),
            Node::JsonArgument(argument) => self.json_value(argument.val.as_deref(), at),
            Node::JsonKeyValue(pair) => self.json_pair(Some(pair), at),
            Node::JsonParseExpr(json) => {
                self.json_value(json.expr.as_deref(), at)?;
                self.json_output(json.output.as_deref())
            }
            Node::JsonScalarExpr(json) => {
                self.maybe(json.expr.as_ref(), at)?;
                self.json_output(json.output.as_deref())
            }
            Node::JsonSerializeExpr(json) => {
                self.json_value(json.expr.as_deref(), at)?;
                self.json_output(json.output.as_deref())
            }
            Node::JsonObjectConstructor(json) => {
                self.values(&json.exprs, at)?;
                self.json_output(json.output.as_deref())
            }
            Node::JsonArrayConstructor(json) => {
                self.values(&json.exprs, at)?;
                self.json_output(json.output.as_deref())
            }
            Node::JsonArrayQueryConstructor(json) => {
                if let Some(query) = &json.query {
                    self.rows(query, Some(at))?;
                }
                self.json_output(json.output.as_deref())
            }
            Node::JsonObjectAgg(json) => {
                self.json_pair(json.arg.as_deref(), at)?;
                self.json_aggregate(json.constructor.as_deref(), at)
            }
            Node::JsonArrayAgg(json) => {
                self.json_value(json.arg.as_deref(), at)?;
                self.json_aggregate(json.constructor.as_deref(), at)
            }
            Node::JsonFuncExpr(json) => self.json_function(json, at),
            Node::JsonIsPredicate(json) => {
                self.maybe(json.expr.as_ref(), at)?;
                Ok(Rough::BOOLEAN)
            }
            _ => Ok(Rough::Unknown),
        }
    }

    /// Looks for a type that a value is turned into.
    fn cast_to(&mut self, name: Option<&'a TypeName>) -> Result<Rough<'a>, Fault> {
        let Some(name) = name else {
            return Ok(Rough::Unknown);
        };
        let ty = self.catalog.ty(name)?;
        if let Base::Own(oid) = ty.base {
            self.note_object(oid, name.location);
        }
        Ok(Rough::Made(ty))
    }

    /// Reads a value with its format.
    pub(super) fn json_value(
        &mut self,
        value: Option<&'a JsonValueExpr>,
        at: &Level<'_, 'a>,
    ) -> Result<Rough<'a>, Fault> {
        match value {
            Some(value) => self.maybe(value.raw_expr.as_ref(), at),
            None => Ok(Rough::Unknown),
        }
    }

    fn json_pair(
        &mut self,
        pair: Option<&'a JsonKeyValue>,
        at: &Level<'_, 'a>,
    ) -> Result<Rough<'a>, Fault> {
        if let Some(pair) = pair {
            self.maybe(pair.key.as_ref(), at)?;
            self.json_value(pair.value.as_deref(), at)?;
        }
        Ok(Rough::Unknown)
    }

    fn json_output(&mut self, output: Option<&'a JsonOutput>) -> Result<Rough<'a>, Fault> {
        match output {
            Some(output) => self.cast_to(output.typeName.as_deref()),
            None => Ok(Rough::Unknown),
        }
    }

    fn json_aggregate(
        &mut self,
        aggregate: Option<&'a JsonAggConstructor>,
        at: &Level<'_, 'a>,
    ) -> Result<Rough<'a>, Fault> {
        let Some(aggregate) = aggregate else {
            return Ok(Rough::Unknown);
        };
        self.sorted_values(&aggregate.agg_order, at)?;
        self.maybe(aggregate.agg_filter.as_ref(), at)?;
        if let Some(window) = &aggregate.over {
            self.window(window, at)?;
        }
        self.json_output(aggregate.output.as_deref())
    }

    fn json_function(
        &mut self,
        json: &'a JsonFuncExpr,
        at: &Level<'_, 'a>,
    ) -> Result<Rough<'a>, Fault> {
        self.json_value(json.context_item.as_deref(), at)?;
        self.maybe(json.pathspec.as_ref(), at)?;
        self.json_passing(&json.passing, at)?;
        self.json_behavior(json.on_empty.as_deref(), at)?;
        self.json_behavior(json.on_error.as_deref(), at)?;
        self.json_output(json.output.as_deref())
    }

    /// Reads the values that a path is given.
    pub(super) fn json_passing(
        &mut self,
        passing: &'a List,
        at: &Level<'_, 'a>,
    ) -> Result<(), Fault> {
        self.values(passing, at)
    }

    fn json_behavior(
        &mut self,
        behavior: Option<&'a JsonBehavior>,
        at: &Level<'_, 'a>,
    ) -> Result<(), Fault> {
        match behavior {
            Some(behavior) => self.maybe(behavior.expr.as_ref(), at).map(drop),
            None => Ok(()),
        }
    }
}
