//! Names of columns (chapter "Value Expressions", "Column References").

use super::{
    Scope, Signature,
    reader::Reader,
    rough::Rough,
    scope::{Aliased, Certainty, Hit, Item, Level},
    system,
};
use crate::{
    catalog::{
        fault::Fault,
        missing::no_column,
        object::{Argument, ArgumentMode, Space},
        store::{Lookup, Openness},
    },
    near,
    tree::{ColumnRef, Node, ParamRef, Path, string},
};

/// What a qualifier means.
pub(super) enum Qualified<'s, 'a> {
    Item(&'s Item<'a>),
    /// It is no entry of FROM.
    Absent,
    Unknown,
}

impl<'a> Reader<'a> {
    /// Reads a reference to a column.
    pub(super) fn column(
        &mut self,
        column: &'a ColumnRef,
        at: &Level<'_, 'a>,
    ) -> Result<Rough<'a>, Fault> {
        self.refuse_where_none_is_allowed(column, at)?;
        let mut parts = column.fields.iter().flatten();
        let first = parts.next().and_then(string);
        let (second, third, fourth) = (parts.next(), parts.next(), parts.next());
        match (first, second, third, fourth) {
            (Some(name), None, _, _) => self.plain_column(name, column.location, at),
            (Some(table), Some(field), None, _) => {
                self.qualified_column(None, table, field, column.location, at)
            }
            (Some(schema), Some(table), Some(field), None) => match string(table) {
                Some(table) => {
                    self.qualified_column(Some(schema), table, field, column.location, at)
                }
                None => Ok(Rough::Unknown),
            },
            // Of another database, or not a name at all.
            _ => Ok(Rough::Unknown),
        }
    }

    fn refuse_where_none_is_allowed(
        &self,
        column: &ColumnRef,
        at: &Level<'_, 'a>,
    ) -> Result<(), Fault> {
        if !matches!(self.scope, Some(Scope::Nothing)) || at.outer.is_some() {
            return Ok(());
        }
        // MINVALUE and MAXVALUE of a partition's bound are columns to the grammar.
        if let [Some(Node::String(name))] = column.fields.as_slice()
            && matches!(&**name, "minvalue" | "maxvalue")
        {
            return Ok(());
        }
        let fault = Fault::new("0A000", "cannot use column reference in DEFAULT expression");
        Err(fault.at(column.location))
    }

    fn plain_column(
        &mut self,
        name: &'a str,
        location: i32,
        at: &Level<'_, 'a>,
    ) -> Result<Rough<'a>, Fault> {
        for level in at.chain() {
            let mut found = None;
            let mut maybe = false;
            for item in level.items.iter().filter(|item| item.shows_columns()) {
                match item.find(name) {
                    Hit::Found(ty, need) => {
                        if found.replace((ty, need, item.certainty)).is_some() {
                            return self.ambiguous(name, location, level);
                        }
                    }
                    Hit::Many => return self.ambiguous(name, location, level),
                    Hit::Unknown => maybe = true,
                    Hit::Absent => {}
                }
            }
            if let Some((ty, need, _)) = found {
                if let Some(need) = need {
                    self.note(need, location);
                }
                return Ok(ty);
            }
            if maybe {
                return Ok(Rough::Unknown);
            }
        }
        self.other_name(name, location, at)
    }

    /// 42702, unless one of those that have the name may not have it any more, or a scope gives two.
    fn ambiguous(
        &self,
        name: &str,
        location: i32,
        level: &Level<'_, 'a>,
    ) -> Result<Rough<'a>, Fault> {
        let doubtful = level
            .items
            .iter()
            .any(|item| item.certainty == Certainty::Doubtful);
        let scope = level.outer.is_none() && matches!(self.scope, Some(Scope::NewAndOld(_)));
        if doubtful || scope {
            return Ok(Rough::Unknown);
        }
        let message = format!("column reference \"{name}\" is ambiguous");
        Err(Fault::new("42702", message).at(location))
    }

    /// A name that no entry has as a column: an entry itself, an argument, `VALUE`.
    fn other_name(
        &mut self,
        name: &'a str,
        location: i32,
        at: &Level<'_, 'a>,
    ) -> Result<Rough<'a>, Fault> {
        match self.qualifier(None, name, at)? {
            Qualified::Item(item) => return Ok(item.relation.map_or(Rough::Unknown, Rough::Row)),
            Qualified::Unknown => return Ok(Rough::Unknown),
            Qualified::Absent => {}
        }
        match self.scope {
            Some(Scope::Value(ty)) if name == "value" => return Ok(Rough::Known(ty)),
            Some(Scope::Arguments(routine)) => {
                if let Some(argument) = routine.named(name) {
                    return Ok(Rough::Known(&argument.ty));
                }
            }
            _ => {}
        }
        let fault = no_column(name).at(location);
        Err(match likeness(name, at) {
            Some(meant) => fault.note(meant),
            None => fault,
        })
    }

    fn qualified_column(
        &mut self,
        schema: Option<&'a str>,
        table: &'a str,
        field: &'a Node,
        location: i32,
        at: &Level<'_, 'a>,
    ) -> Result<Rough<'a>, Fault> {
        let item = match self.qualifier(schema, table, at)? {
            Qualified::Item(item) => item,
            Qualified::Unknown => return Ok(Rough::Unknown),
            Qualified::Absent => {
                self.no_entry(schema, table, location, at)?;
                return Ok(Rough::Unknown);
            }
        };
        let Some(name) = string(field) else {
            // `t.*` as a value is the whole row.
            return Ok(item.relation.map_or(Rough::Unknown, Rough::Row));
        };
        match item.find(name) {
            Hit::Found(ty, need) => {
                if let Some(need) = need {
                    self.note(need, location);
                }
                Ok(ty)
            }
            Hit::Unknown => Ok(Rough::Unknown),
            Hit::Many => {
                let message = format!("column reference \"{name}\" is ambiguous");
                Err(Fault::new("42702", message).at(location))
            }
            // `t.f` may be `f(t)`.
            Hit::Absent if self.may_take_a_row(name) => Ok(Rough::Unknown),
            Hit::Absent if self.qualifies_arguments(schema, table) => Ok(Rough::Unknown),
            Hit::Absent => {
                let message = format!("column {table}.{name} does not exist");
                let fault = Fault::new("42703", message).at(location);
                Err(match near::closest(name, item.names()) {
                    Some(meant) => fault.note(format!(
                        "Perhaps you meant to reference the column \"{table}.{meant}\"."
                    )),
                    None => fault,
                })
            }
        }
    }

    /// Returns whether there may be a function of a name that takes a row.
    pub(super) fn may_take_a_row(&self, name: &str) -> bool {
        let path = Path { schema: None, name };
        let (routines, openness) = self.made_here(Space::Routine, path);
        !routines.is_empty()
            || openness == Openness::Open
            || self.may_be_a_cast(path)
            || system::takes_any_row(name)
    }

    /// Returns whether a row may be cast to a type of a name; to another's row it cannot.
    fn may_be_a_cast(&self, path: Path<'_>) -> bool {
        match self.made_here(Space::Type, path) {
            (_, Openness::Open) => true,
            (types, Openness::Closed) => types.iter().any(|oid| {
                let object = self.catalog.store.get(*oid);
                object.is_none_or(|object| object.relation().is_none())
            }),
        }
    }

    /// Looks for the entry of FROM that a qualifier names, from the inside out.
    ///
    /// # Errors
    ///
    /// 42P09 if two have the name.
    pub(super) fn qualifier<'s>(
        &self,
        schema: Option<&str>,
        name: &str,
        at: &'s Level<'s, 'a>,
    ) -> Result<Qualified<'s, 'a>, Fault> {
        let wanted = schema.map(|schema| {
            let path = Path {
                schema: Some(schema),
                name,
            };
            self.catalog.look(Space::Relation, path)
        });
        for level in at.chain() {
            let mut found = None;
            for item in level.items.iter().filter(|item| item.shows_name()) {
                if item.name != Some(name) {
                    continue;
                }
                let matches = match wanted {
                    Some(_) if item.alias == Aliased::Yes => false,
                    Some(Lookup::Found(oid)) => item.relation.is_none_or(|own| own == oid),
                    Some(Lookup::Absent) => false,
                    None | Some(Lookup::Unknown) => true,
                };
                if !matches {
                    continue;
                }
                let before = found.replace(item);
                match before {
                    None => {}
                    Some(_) if schema.is_some() => return Ok(Qualified::Unknown),
                    Some(_) => {
                        let message = format!("table reference \"{name}\" is ambiguous");
                        return Err(Fault::new("42P09", message).at_name(name));
                    }
                }
            }
            if let Some(item) = found {
                return Ok(Qualified::Item(item));
            }
        }
        if wanted == Some(Lookup::Unknown) {
            return Ok(Qualified::Unknown);
        }
        Ok(Qualified::Absent)
    }

    /// 42P01 for a qualifier that is no entry of FROM.
    ///
    /// # Errors
    ///
    /// Always, unless it may be the routine whose body this is, that qualifies its arguments, or an
    /// argument that qualifies its fields.
    pub(super) fn no_entry(
        &self,
        schema: Option<&str>,
        table: &str,
        location: i32,
        at: &Level<'_, 'a>,
    ) -> Result<(), Fault> {
        if self.qualifies_arguments(schema, table) {
            return Ok(());
        }
        Err(self.missing_entry(schema, table, location, at))
    }

    /// Returns whether a qualifier may be the routine's, of its arguments, or an argument's, of its
    /// fields.
    fn qualifies_arguments(&self, schema: Option<&str>, table: &str) -> bool {
        match self.scope {
            Some(Scope::Arguments(routine)) => [schema, Some(table)]
                .into_iter()
                .flatten()
                .any(|name| name == routine.name || routine.named(name).is_some()),
            _ => false,
        }
    }

    fn missing_entry(
        &self,
        schema: Option<&str>,
        table: &str,
        location: i32,
        at: &Level<'_, 'a>,
    ) -> Fault {
        let path = Path {
            schema,
            name: table,
        };
        let meant = match self.catalog.look(Space::Relation, path) {
            Lookup::Found(oid) => Some(oid),
            Lookup::Absent | Lookup::Unknown => None,
        };
        for level in at.chain() {
            for item in level.items {
                let same = meant.is_some() && item.relation == meant;
                if same || item.name == Some(table) {
                    return Self::hidden_by(item, table, location);
                }
            }
        }
        let hidden = std::iter::successors(Some(at), |level| level.outer)
            .filter_map(|level| level.hidden)
            .flat_map(Level::chain)
            .flat_map(|level| level.items);
        for item in hidden {
            if item.name == Some(table) || (meant.is_some() && item.relation == meant) {
                return invalid(table, location).note(format!(
                    "There is an entry for table \"{table}\", but it cannot be referenced from this \
                     part of the query."
                ));
            }
        }
        let message = format!("missing FROM-clause entry for table \"{table}\"");
        Fault::new("42P01", message).at(location)
    }

    fn hidden_by(item: &Item<'a>, table: &str, location: i32) -> Fault {
        let fault = invalid(table, location);
        match item.name {
            Some(alias) if alias != table => fault.note(format!(
                "Perhaps you meant to reference the table alias \"{alias}\"."
            )),
            _ => fault,
        }
    }

    /// Reads `$1`.
    pub(super) fn parameter(&self, parameter: &ParamRef) -> Result<Rough<'a>, Fault> {
        match self.scope {
            Some(Scope::Parameters) => Ok(Rough::Unknown),
            Some(Scope::Arguments(routine)) => {
                let index = usize::try_from(parameter.number).ok();
                let argument =
                    index.and_then(|number| inputs(routine.arguments).nth(number.checked_sub(1)?));
                match argument {
                    Some(argument) => Ok(Rough::Known(&argument.ty)),
                    None => Err(no_parameter(parameter)),
                }
            }
            _ => Err(no_parameter(parameter)),
        }
    }
}

impl<'a> Signature<'a> {
    /// Returns the argument of a name: one that a call gives.
    fn named(self, name: &str) -> Option<&'a Argument> {
        inputs(self.arguments).find(|argument| argument.name.as_deref() == Some(name))
    }
}

/// Lists the arguments that a call gives.
pub(super) fn inputs(arguments: &[Argument]) -> impl Iterator<Item = &Argument> {
    arguments
        .iter()
        .filter(|argument| !matches!(argument.mode, ArgumentMode::Out | ArgumentMode::Table))
}

fn no_parameter(parameter: &ParamRef) -> Fault {
    let message = format!("there is no parameter ${}", parameter.number);
    Fault::new("42P02", message).at(parameter.location)
}

fn invalid(table: &str, location: i32) -> Fault {
    let message = format!("invalid reference to FROM-clause entry for table \"{table}\"");
    Fault::new("42P01", message).at(location)
}

/// The server's hint, where a name is nearly a column's.
fn likeness(name: &str, at: &Level<'_, '_>) -> Option<String> {
    let level = at.chain().find(|level| !level.items.is_empty())?;
    let item = level
        .items
        .iter()
        .find(|item| near::closest(name, item.names()).is_some())?;
    let meant = near::closest(name, item.names())?;
    let table = item.name?;
    Some(format!(
        "Perhaps you meant to reference the column \"{table}.{meant}\"."
    ))
}
