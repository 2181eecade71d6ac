//! Bodies: as they are stored, and what is read in them.

use crate::{
    catalog::{Catalog, fault::Fault, object::Use},
    sql,
    tree::{List, Node, string},
};

/// Returns a body as it is stored; of a function in C the symbol.
pub(super) fn text(options: &List) -> Option<String> {
    let body = super::options(options).find(|option| option.defname.as_deref() == Some("as"))?;
    match body.arg.as_ref()? {
        Node::List(parts) => parts.iter().flatten().filter_map(string).next_back(),
        other => string(other),
    }
    .map(str::to_owned)
}

impl Catalog {
    /// Lists what a body needs that PostgreSQL keeps as a tree: `BEGIN ATOMIC … END`, `RETURN …`.
    ///
    /// A name in it may be an argument's, so what is not found is no fault.
    pub(super) fn needs_of_body(&self, body: &Node) -> Vec<Use> {
        let mut uses = Vec::new();
        match body {
            Node::List(statements) => {
                for statement in statements.iter().flatten() {
                    uses.extend(self.needs_of_body(statement));
                }
            }
            Node::SelectStmt(_) => {
                if let Ok(query) = self.query(body) {
                    uses.extend(query.needs.iter().map(|need| Use {
                        column: need.column,
                        ..Use::of(need.what)
                    }));
                }
            }
            _ => {}
        }
        uses
    }

    /// Reads the body of a function in SQL, as the server does when it is made.
    ///
    /// # Errors
    ///
    /// 42P01 for relations that are known not to be there; columns may be arguments.
    pub(super) fn check_sql_body(&self, parameters: &List, body: &str) -> Result<(), Fault> {
        let Some(trees) = sql::trees(body) else {
            return Ok(());
        };
        for tree in trees {
            let Node::SelectStmt(_) = &*tree.node else {
                // What it makes may be what a later statement of it reads.
                return Ok(());
            };
            if let Err(fault) = self.query(&tree.node)
                && (parameters.is_empty() || fault.message.starts_with("relation \""))
            {
                // Its place is in the body's text.
                return Err(Fault {
                    at: crate::catalog::fault::At::Statement,
                    ..fault
                });
            }
        }
        Ok(())
    }
}
