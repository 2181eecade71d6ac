//! Bodies: as they are stored, and what is read in them.

use crate::{
    catalog::{
        Catalog, builtin,
        expression::{Need, Scope, Signature},
        fault::Fault,
        object::{Argument, Use},
        types::Base,
    },
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
    /// Reads a body that PostgreSQL keeps as a tree, `BEGIN ATOMIC … END`, `RETURN …`; lists what it
    /// needs.
    ///
    /// # Errors
    ///
    /// Those of its statements.
    pub(super) fn read_tree_body(
        &self,
        routine: Signature<'_>,
        body: &Node,
    ) -> Result<Vec<Use>, Fault> {
        let uses = |needs: &[Need]| {
            let uses = needs.iter().map(|need| Use {
                column: need.column,
                ..Use::of(need.what)
            });
            uses.collect::<Vec<Use>>()
        };
        let scope = Scope::Arguments(routine);
        match body {
            Node::List(statements) => {
                let mut all = Vec::new();
                for statement in statements.iter().flatten() {
                    all.extend(self.read_tree_body(routine, statement)?);
                }
                Ok(all)
            }
            Node::SelectStmt(_) => Ok(uses(&self.query_in(body, scope)?.needs)),
            Node::InsertStmt(_)
            | Node::UpdateStmt(_)
            | Node::DeleteStmt(_)
            | Node::MergeStmt(_) => Ok(uses(&self.query_in(body, scope)?.needs)),
            Node::ReturnStmt(returned) => match &returned.returnval {
                Some(value) => Ok(uses(&self.expression(value, scope)?.needs)),
                None => Ok(Vec::new()),
            },
            _ => Ok(Vec::new()),
        }
    }

    /// Reads the body of a function in SQL, as the server does when it is made (chapter "Extending
    /// SQL", "Query Language (SQL) Functions").
    ///
    /// # Errors
    ///
    /// Those of its statements.
    pub(super) fn check_sql_body(
        &mut self,
        routine: Signature<'_>,
        options: &List,
        body: &str,
    ) -> Result<(), Fault> {
        if routine.arguments.iter().any(is_polymorphic) {
            // The server cannot read it before it is called.
            return Ok(());
        }
        let Some(trees) = sql::trees(body) else {
            return Ok(());
        };
        // The routine's own settings hold when it is read.
        let search_path = self.search_path.clone();
        for option in super::options(options) {
            match &option.arg {
                Some(Node::VariableSetStmt(set)) if set.name.as_deref() == Some("search_path") => {
                    self.set_variable(set);
                }
                _ => {}
            }
        }
        let mut read = Ok(());
        for tree in trees {
            match &*tree.node {
                Node::SelectStmt(_)
                | Node::InsertStmt(_)
                | Node::UpdateStmt(_)
                | Node::DeleteStmt(_)
                | Node::MergeStmt(_) => {}
                // What it makes may be what a later statement of it reads.
                _ => break,
            }
            let scope = Some(Scope::Arguments(routine));
            if let Err(fault) = self.effects(&tree.node, scope).map(drop) {
                // Its place is in the body's text.
                read = Err(Fault {
                    at: crate::catalog::fault::At::Statement,
                    ..fault
                });
                break;
            }
        }
        self.search_path = search_path;
        read
    }
}

/// Returns whether an argument takes whatever type a call gives it.
fn is_polymorphic(argument: &Argument) -> bool {
    match &argument.ty.base {
        Base::Builtin(name) => builtin::type_kind(name) == Some(builtin::TypeKind::Pseudo),
        Base::Own(_) | Base::Unknown => false,
    }
}

#[cfg(test)]
mod tests;
