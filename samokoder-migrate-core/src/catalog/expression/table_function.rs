//! Functions in FROM, and what `XMLTABLE` and `JSON_TABLE` make.

use std::borrow::Cow;

use super::{
    Need,
    call::Called,
    from::renamed,
    name::output_name,
    reader::Reader,
    rough::Rough,
    scope::{Aliased, Col, Item, Level, Rows},
    system,
};
use crate::{
    catalog::{
        fault::Fault,
        object::{ArgumentMode, Column, Def, Routine, TypeKind},
        store::{Oid, Openness},
        types::{Base, Type},
    },
    tree::{JsonTable, List, Node, RangeFunction, RangeTableFunc},
};

/// What a function's result is made of.
enum Shape<'a> {
    Scalar,
    Row(Vec<Col<'a>>),
    Unknown,
}

/// Reads functions in FROM.
pub(super) fn read<'a>(
    reader: &mut Reader<'a>,
    function: &'a RangeFunction,
    left: &Level<'_, 'a>,
) -> Result<Item<'a>, Fault> {
    let alias = function.alias.as_deref();
    let aliasname = alias.and_then(|alias| alias.aliasname.as_deref());
    let mut name = aliasname;
    let mut columns = Vec::new();
    let mut open = Openness::Closed;
    for node in function.functions.iter().flatten() {
        let Node::List(parts) = node else { continue };
        let Some(Some(call)) = parts.first() else {
            continue;
        };
        let written = match parts.get(1) {
            Some(Some(Node::List(columns))) if !columns.is_empty() => columns,
            _ => &function.coldeflist,
        };
        let called = output_name(call).unwrap_or_default();
        name = name.or(Some(called));
        let alone = match aliasname {
            Some(alias) if function.functions.len() == 1 => alias,
            _ => called,
        };
        let rows = reader.function_rows(call, written, alone, left)?;
        if rows.open == Openness::Open {
            open = Openness::Open;
        }
        columns.extend(rows.columns.iter().cloned());
    }
    if function.ordinality {
        columns.push(column("ordinality", Rough::Named("int8")));
    }
    let rows = Rows {
        columns: columns.into(),
        open,
    };
    let rows = renamed(alias, name.unwrap_or_default(), rows)?;
    Ok(Item::rows(name, rows))
}

impl<'a> Reader<'a> {
    fn function_rows(
        &mut self,
        node: &'a Node,
        written: &'a List,
        alone: &'a str,
        left: &Level<'_, 'a>,
    ) -> Result<Rows<'a>, Fault> {
        let closed = |columns: Vec<Col<'a>>| Rows {
            columns: columns.into(),
            open: Openness::Closed,
        };
        let called = match node {
            // It spreads several arrays side by side.
            Node::FuncCall(call)
                if call.args.len() > 1
                    && matches!(call.funcname.as_slice(), [Some(Node::String(name))] if &**name == "unnest") =>
            {
                self.values(&call.args, left)?;
                return Ok(Rows::unknown());
            }
            Node::FuncCall(call) => self.called(call, left)?,
            other => {
                let ty = self.value(other, left)?;
                return Ok(if ty.is_no_row() {
                    closed(vec![column(alone, ty)])
                } else {
                    Rows::unknown()
                });
            }
        };
        if !written.is_empty() {
            return Ok(closed(self.written_columns(written)?));
        }
        Ok(match called {
            Called::One(routine) => match self.routine_columns(routine, alone) {
                Some(columns) => closed(columns),
                None => Rows::unknown(),
            },
            Called::System(name) => match system::table_columns(name) {
                Some([]) => closed(vec![column(alone, Rough::Unknown)]),
                Some(names) => closed(
                    names
                        .iter()
                        .map(|name| column(name, Rough::Unknown))
                        .collect(),
                ),
                None => {
                    let ty = system::returns(name);
                    if ty.is_no_row() {
                        closed(vec![column(alone, ty)])
                    } else {
                        Rows::unknown()
                    }
                }
            },
            Called::Unknown => Rows::unknown(),
        })
    }

    /// Reads the columns that are written for a function: `AS t(a integer)`.
    fn written_columns(&mut self, list: &'a List) -> Result<Vec<Col<'a>>, Fault> {
        let mut columns = Vec::with_capacity(list.len());
        for node in list.iter().flatten() {
            let Node::ColumnDef(def) = node else { continue };
            let ty = match &def.typeName {
                Some(name) => {
                    let ty = self.catalog.ty(name)?;
                    if let Base::Own(oid) = ty.base {
                        self.note_object(oid, name.location);
                    }
                    Rough::Made(ty)
                }
                None => Rough::Unknown,
            };
            columns.push(column(def.colname.as_deref().unwrap_or_default(), ty));
        }
        Ok(columns)
    }

    /// Returns the columns of a function's result; `None` if they are not known.
    fn routine_columns(&self, routine: &'a Routine, alone: &'a str) -> Option<Vec<Col<'a>>> {
        let mut outputs = routine.arguments.iter().filter(|argument| {
            matches!(
                argument.mode,
                ArgumentMode::Out | ArgumentMode::InOut | ArgumentMode::Table
            )
        });
        if outputs.clone().next().is_some() {
            if let (Some(only), None) = (outputs.clone().next(), outputs.clone().nth(1)) {
                // Of a composite type it gives that type's columns.
                if let Base::Own(oid) = only.ty.base
                    && !only.ty.array
                {
                    match self.type_columns(oid) {
                        Shape::Row(columns) => return Some(columns),
                        Shape::Unknown => return None,
                        Shape::Scalar => {}
                    }
                }
                if !only.ty.is_known() {
                    return None;
                }
                let name = only.name.as_deref().unwrap_or(alone);
                return Some(vec![column(name, Rough::Known(&only.ty))]);
            }
            return outputs
                .by_ref()
                .map(|argument| {
                    let name = argument.name.as_deref()?;
                    Some(column(name, Rough::Known(&argument.ty)))
                })
                .collect();
        }
        let returns = routine.returns.as_ref()?;
        match returns {
            Type { array: true, .. } => {}
            Type {
                base: Base::Own(oid),
                ..
            } => match self.type_columns(*oid) {
                Shape::Row(columns) => return Some(columns),
                Shape::Unknown => return None,
                Shape::Scalar => {}
            },
            Type {
                base: Base::Builtin(name),
                ..
            } if is_scalar(name) => {}
            _ => return None,
        }
        Some(vec![column(alone, Rough::Known(returns))])
    }

    /// Returns the columns of a composite type or a relation.
    fn type_columns(&self, oid: Oid) -> Shape<'a> {
        let store = &self.catalog.store;
        let columns = match store.get(oid).map(|object| &object.def) {
            Some(Def::Relation(relation)) => &relation.columns,
            Some(Def::Type(def)) => match &def.kind {
                TypeKind::Composite(columns) => columns,
                TypeKind::Enum(_) | TypeKind::Range(_) | TypeKind::Multirange => {
                    return Shape::Scalar;
                }
                // A domain may be one over a composite type.
                _ => return Shape::Unknown,
            },
            _ => return Shape::Unknown,
        };
        if store.is_open(oid) {
            return Shape::Unknown;
        }
        let listed = columns.iter().map(|found: &'a Column| Col {
            name: Cow::Borrowed(&*found.name),
            ty: Rough::Known(&found.ty),
            need: Some(Need {
                what: oid,
                column: Some(found.id),
            }),
        });
        Shape::Row(listed.collect())
    }

    pub(super) fn xml_table(
        &mut self,
        table: &'a RangeTableFunc,
        left: &Level<'_, 'a>,
    ) -> Result<Item<'a>, Fault> {
        self.maybe(table.docexpr.as_ref(), left)?;
        self.maybe(table.rowexpr.as_ref(), left)?;
        for node in table.namespaces.iter().flatten() {
            if let Node::ResTarget(target) = node {
                self.maybe(target.val.as_ref(), left)?;
            }
        }
        let mut columns = Vec::with_capacity(table.columns.len());
        for node in table.columns.iter().flatten() {
            let Node::RangeTableFuncCol(col) = node else {
                continue;
            };
            self.maybe(col.colexpr.as_ref(), left)?;
            self.maybe(col.coldefexpr.as_ref(), left)?;
            let ty = match &col.typeName {
                Some(name) => Rough::Made(self.catalog.ty(name)?),
                None => Rough::Unknown,
            };
            columns.push(column(col.colname.as_deref().unwrap_or_default(), ty));
        }
        let rows = Rows {
            columns: columns.into(),
            open: Openness::Closed,
        };
        let name = super::from::alias(table.alias.as_deref(), "xmltable");
        let rows = renamed(table.alias.as_deref(), name, rows)?;
        Ok(Item::rows(Some(name), rows))
    }

    pub(super) fn json_table(
        &mut self,
        table: &'a JsonTable,
        left: &Level<'_, 'a>,
    ) -> Result<Item<'a>, Fault> {
        self.json_value(table.context_item.as_deref(), left)?;
        self.json_passing(&table.passing, left)?;
        let name = super::from::alias(table.alias.as_deref(), "json_table");
        Ok(Item::unknown(Some(name), Aliased::Yes))
    }
}

fn column<'a>(name: &'a str, ty: Rough<'a>) -> Col<'a> {
    Col {
        name: Cow::Borrowed(name),
        ty,
        need: None,
    }
}

fn is_scalar(name: &str) -> bool {
    name != "record" && !name.starts_with("any")
}
