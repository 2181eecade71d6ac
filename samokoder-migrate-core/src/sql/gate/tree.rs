//! A statement's tree, without the parser's types.
//!
//! PostgreSQL prints a parse tree as nested `{NODE :field value …}` (`nodeToString`); the parser
//! writes the same text. Reading it back gives every node at every depth, which no visitor of the
//! parser does. It is done only for statements that hold a word worth a look.

use rupg_sql::nodes::Node;

use super::Parsed;

/// One node: its name and its scalar fields, and the names of the fields that hold something.
#[derive(Debug)]
pub(super) struct TreeNode {
    /// PostgreSQL's name for its type, in capitals: `COLUMNDEF`.
    pub(super) name: String,
    fields: Vec<(String, String)>,
}

impl TreeNode {
    /// Returns a field's text: a number, a word, or a string without its escapes; `None` where the
    /// field is missing or holds nothing. A node is its opening bracket; so is a list, followed by
    /// its items: `("pg_catalog" "timezone" `.
    pub(super) fn text(&self, field: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|(name, _)| name == field)
            .map(|(_, value)| value.as_str())
            .filter(|value| *value != "<>")
    }

    /// Returns whether a boolean field is true.
    pub(super) fn is(&self, field: &str) -> bool {
        self.text(field) == Some("true")
    }

    /// Returns the byte of the statement's text that the node begins at, if it says so.
    pub(super) fn location(&self) -> Option<usize> {
        self.text("location")?.parse().ok()
    }
}

/// Returns the nodes of a statement, outermost first.
pub(super) fn tree(parsed: &Parsed) -> Vec<TreeNode> {
    parsed.node().map_or_else(Vec::new, of)
}

/// Returns the nodes of a tree, outermost first.
pub(super) fn of(node: &Node) -> Vec<TreeNode> {
    let text = node.to_text();
    let mut reader = Reader::default();
    let mut rest = text.as_str();
    while let Some(first) = rest.chars().next() {
        rest = match first {
            '{' => {
                let end = rest.find([' ', '}']).unwrap_or(rest.len());
                reader.value("{");
                reader.open.push(Open::Node(reader.nodes.len()));
                reader.nodes.push(TreeNode {
                    name: rest.get(1..end).unwrap_or_default().to_owned(),
                    fields: Vec::new(),
                });
                rest.get(end..)
            }
            '(' => {
                reader.value("(");
                reader.open.push(Open::List);
                rest.get(1..)
            }
            '}' | ')' => {
                reader.open.pop();
                rest.get(1..)
            }
            ' ' => rest.get(1..),
            _ => {
                let (atom, after) = atom(rest);
                reader.atom(&atom);
                Some(after)
            }
        }
        .unwrap_or_default();
    }
    reader.nodes
}

#[derive(Default)]
struct Reader {
    nodes: Vec<TreeNode>,
    open: Vec<Open>,
    field: Option<String>,
}

/// A bracket that has not closed yet.
enum Open {
    Node(usize),
    List,
}

impl Reader {
    fn atom(&mut self, atom: &str) {
        // Every field has a value, so an atom after a field's name is never a name.
        match atom.strip_prefix(':') {
            Some(name) if self.field.is_none() => self.field = Some(name.to_owned()),
            _ => self.value(atom),
        }
    }

    /// Gives the pending field of the innermost node its value, or the innermost list an item.
    fn value(&mut self, value: &str) {
        let node = self.open.iter().rev().find_map(|open| match open {
            Open::Node(index) => Some(*index),
            Open::List => None,
        });
        let Some(node) = node.and_then(|index| self.nodes.get_mut(index)) else {
            return;
        };
        match (self.field.take(), self.open.last()) {
            (Some(name), _) => node.fields.push((name, value.to_owned())),
            (None, Some(Open::List)) => {
                if let Some((_, list)) = node.fields.last_mut() {
                    list.push_str(value);
                    list.push(' ');
                }
            }
            (None, _) => {}
        }
    }
}

/// Cuts the atom that a text begins with, without its escapes.
fn atom(text: &str) -> (String, &str) {
    let mut atom = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            ' ' | '(' | ')' | '{' | '}' | '\n' | '\t' => {
                return (atom, text.get(at..).unwrap_or_default());
            }
            '\\' => atom.extend(chars.next().map(|(_, escaped)| escaped)),
            _ => atom.push(c),
        }
    }
    (atom, "")
}
