//! Expressions and queries: what they read, and a text of them that survives renames.

mod call;
mod candidates;
mod cast;
mod change;
mod column;
mod conflict;
mod field;
mod from;
mod join;
mod markup;
mod name;
mod operator;
mod print;
mod reader;
mod rough;
mod scope;
mod select;
mod sort;
mod system;
mod table_function;
#[cfg(test)]
mod tests;
mod value;
mod with;

pub(super) use reader::Effects;

pub(super) use print::print;

use std::rc::Rc;

use self::reader::Reader;
use super::{
    Catalog,
    builtin::Context,
    fault::Fault,
    object::{Argument, ColumnId, Name},
    resolve::quote,
    store::Oid,
    types::Type,
};
use crate::tree::Node;

/// An expression or a query as text, with the places that name an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sql {
    /// In PostgreSQL's spelling, printed from the tree.
    pub(super) text: Rc<str>,
    /// The names in it that were found, in order.
    pub(super) mentions: Rc<[Mention]>,
}

/// A name in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mention {
    pub(super) start: u32,
    pub(super) end: u32,
    /// The object that it names.
    pub(super) what: Oid,
    /// The column of it that it names.
    pub(super) column: Option<ColumnId>,
}

/// An expression, read.
#[derive(Clone, Debug)]
pub(super) struct Expression {
    pub(super) sql: Sql,
    /// The type of its value.
    pub(super) ty: Type,
    /// What it needs: relations and their columns, functions, types.
    pub(super) needs: Vec<Need>,
}

/// A query, read.
#[derive(Clone, Debug)]
pub(super) struct Query {
    pub(super) sql: Sql,
    /// Its columns, in order; `None` if they are not known (`*` of something open).
    pub(super) columns: Option<Vec<(Name, Type)>>,
    /// What it needs.
    pub(super) needs: Vec<Need>,
}

/// An object, or a column of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Need {
    pub(super) what: Oid,
    pub(super) column: Option<ColumnId>,
}

/// What the names in an expression can mean.
#[derive(Clone, Copy, Debug)]
pub(super) enum Scope<'a> {
    /// No column: a default, a partition bound.
    Nothing,
    /// The columns of a relation: a check, an index, a policy, a generated column.
    Row(Oid),
    /// `NEW` and `OLD` of a relation: a trigger's or a rule's condition.
    NewAndOld(Oid),
    /// `VALUE`: a domain's check.
    Value(&'a Type),
    /// `$1`, of any type: a prepared statement.
    Parameters,
    /// The arguments of a function in SQL, by name and by number.
    Arguments(Signature<'a>),
}

/// A routine's own name and what it takes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Signature<'a> {
    pub(super) name: &'a str,
    pub(super) arguments: &'a [Argument],
}

impl Catalog {
    /// Reads an expression.
    ///
    /// # Errors
    ///
    /// 42703, 42P01, 42883, 42704 and others where a name in it is known not to be there.
    pub(super) fn expression(&self, node: &Node, scope: Scope<'_>) -> Result<Expression, Fault> {
        Reader::new(self, Some(scope)).expression(node)
    }

    /// Reads an expression that is to be true or false; `what` is the clause that it stands in.
    ///
    /// # Errors
    ///
    /// As [`Self::expression`]; 42804 if it is of another type.
    pub(super) fn truth(
        &self,
        node: &Node,
        scope: Scope<'_>,
        what: &str,
    ) -> Result<Expression, Fault> {
        let read = self.expression(node, scope)?;
        if self.never_becomes(&read.ty, &Type::builtin("bool"), Context::Assignment) {
            let shown = self.message_type(&read.ty);
            let message = format!("argument of {what} must be type boolean, not type {shown}");
            return Err(Fault::new("42804", message).at(value::location(node)));
        }
        Ok(read)
    }

    /// Reads a query: SELECT, VALUES, or a statement with RETURNING.
    ///
    /// # Errors
    ///
    /// As [`Self::expression`].
    pub(super) fn query(&self, node: &Node) -> Result<Query, Fault> {
        Reader::new(self, None).query(node)
    }

    /// Reads a query in which names may mean what a scope gives.
    ///
    /// # Errors
    ///
    /// As [`Self::expression`].
    pub(super) fn query_in(&self, node: &Node, scope: Scope<'_>) -> Result<Query, Fault> {
        Reader::new(self, Some(scope)).query(node)
    }

    /// Reads a statement about rows; returns what else it does.
    ///
    /// # Errors
    ///
    /// As [`Self::expression`].
    pub(super) fn effects<'a>(
        &'a self,
        node: &'a Node,
        scope: Option<Scope<'a>>,
    ) -> Result<Effects<'a>, Fault> {
        let mut reader = Reader::new(self, scope);
        reader.statement(node)?;
        Ok(reader.effects)
    }

    /// Checks a constant that becomes a value of a type, as a default does of its column's.
    ///
    /// # Errors
    ///
    /// 22P02 if the type is an enum that has no such label.
    pub(super) fn check_constant(&self, ty: &Type, node: &Node) -> Result<(), Fault> {
        Reader::new(self, None).label(&rough::Rough::Known(ty), node)
    }

    /// Returns a text with today's names in it: qualified where the server qualifies them under an
    /// empty search path.
    pub(super) fn text(&self, sql: &Sql) -> String {
        let mut text = String::with_capacity(sql.text.len());
        let mut at = 0;
        for mention in sql.mentions.iter() {
            let (start, end) = (mention.start as usize, mention.end as usize);
            // What is within another mention is replaced with it.
            let (Some(before), Some(written)) = (sql.text.get(at..start), sql.text.get(start..end))
            else {
                continue;
            };
            text.push_str(before);
            match self.name_today(mention, written) {
                Some(name) => text.push_str(&name),
                None => text.push_str(written),
            }
            at = end;
        }
        text.push_str(sql.text.get(at..).unwrap_or_default());
        text
    }

    fn name_today(&self, mention: &Mention, written: &str) -> Option<String> {
        let object = self.store.get(mention.what)?;
        if let Some(id) = mention.column {
            let columns = self.columns_of_type(mention.what)?;
            let column = columns.iter().find(|column| column.id == id)?;
            return Some(quote(&column.name));
        }
        let place = object.within;
        if place == self.temporary || place == self.elsewhere {
            return None;
        }
        let name = self.display(mention.what);
        // A name in a literal: `'t_id_seq'::regclass`.
        Some(if written.starts_with('\'') {
            format!("'{}'", name.replace('\'', "''"))
        } else {
            name
        })
    }
}

impl Sql {
    /// Makes a text that names nothing.
    pub(super) fn plain(text: impl Into<Rc<str>>) -> Self {
        Self {
            text: text.into(),
            mentions: Rc::new([]),
        }
    }
}

impl Default for Sql {
    fn default() -> Self {
        Self::plain("")
    }
}
