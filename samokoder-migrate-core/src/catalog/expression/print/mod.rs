//! A tree as text, in PostgreSQL's spelling.
//!
//! Operators within operators stand in parentheses, so that the text needs no precedences. What is
//! printed is compared and shown, never run.

mod clause;
mod query;
mod value;

use std::rc::Rc;

use super::{Mention, Need, Sql};
use crate::{
    catalog::resolve::quote,
    tree::{List, Node},
};

/// A name in a tree that was found: the node's `location`, and what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::catalog) struct Found {
    pub(in crate::catalog) location: i32,
    pub(in crate::catalog) need: Need,
}

/// Prints an expression or a query; names that were found are marked in the text, so that it can be
/// shown with the names of another day.
pub(in crate::catalog) fn print(node: &Node, found: &[Found]) -> Sql {
    let mut printer = Printer {
        out: String::new(),
        mentions: Vec::new(),
        found,
    };
    printer.node(node);
    Sql {
        text: Rc::from(printer.out),
        mentions: Rc::from(printer.mentions),
    }
}

struct Printer<'a> {
    out: String,
    mentions: Vec<Mention>,
    found: &'a [Found],
}

impl Printer<'_> {
    fn push(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn name(&mut self, name: &str) {
        self.out.push_str(&quote(name));
    }

    /// Prints a name, marked as what was found at a location.
    fn marked(&mut self, location: i32, print: impl FnOnce(&mut Self)) {
        let start = self.out.len();
        print(self);
        let need = self
            .found
            .iter()
            .find(|found| found.location == location && location >= 0)
            .map(|found| found.need);
        if let (Some(need), Ok(start), Ok(end)) =
            (need, u32::try_from(start), u32::try_from(self.out.len()))
        {
            self.mentions.push(Mention {
                start,
                end,
                what: need.what,
                column: need.column,
            });
        }
    }

    fn optional(&mut self, node: Option<&Node>) {
        if let Some(node) = node {
            self.node(node);
        }
    }

    fn list(&mut self, list: &List, separator: &str) {
        for (index, node) in list.iter().flatten().enumerate() {
            if index > 0 {
                self.push(separator);
            }
            self.node(node);
        }
    }

    fn comma_list(&mut self, list: &List) {
        self.list(list, ", ");
    }

    /// Prints ` WORD list`, if there is one.
    fn clause(&mut self, word: &str, list: &List) {
        if !list.is_empty() {
            self.push(word);
            self.comma_list(list);
        }
    }

    /// Prints what may need parentheses inside an operator.
    fn operand(&mut self, node: &Node) {
        // A whole row, written `t` or `t.*`.
        if let Node::ColumnRef(row) = node
            && row.fields.len() > 1
            && matches!(row.fields.last(), Some(Some(Node::A_Star(_))))
        {
            let mut row = row.clone();
            row.fields.pop();
            return self.node(&Node::ColumnRef(row));
        }
        let is_compound = matches!(
            node,
            Node::A_Expr(_)
                | Node::BoolExpr(_)
                | Node::NullTest(_)
                | Node::BooleanTest(_)
                | Node::CollateClause(_)
                | Node::SelectStmt(_)
        );
        if is_compound {
            self.push("(");
        }
        self.node(node);
        if is_compound {
            self.push(")");
        }
    }

    fn optional_operand(&mut self, node: Option<&Node>) {
        if let Some(node) = node {
            self.operand(node);
        }
    }
}
