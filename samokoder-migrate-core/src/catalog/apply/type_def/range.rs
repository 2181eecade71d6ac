//! Ranges, and the multiranges that the server makes beside them since PostgreSQL 14.

use crate::{
    catalog::{
        Catalog,
        fault::Fault,
        object::{Persistence, Space, Tie, TypeKind, Use},
        types::Type,
    },
    tree::{CreateRangeStmt, DefElem, Node, path, string},
};

impl Catalog {
    pub(super) fn create_range(&mut self, create: &CreateRangeStmt) -> Result<(), Fault> {
        let Some(written) = path(&create.typeName) else {
            return Ok(());
        };
        let schema = self.creation_schema(written, Persistence::Permanent)?;
        let shell = self.shell(schema, written.name);
        if shell.is_none() {
            self.free_type_name(schema, written.name)?;
        }
        let (mut subtype, mut multirange) = (Type::unknown(), None);
        for param in &create.params {
            let Some(Node::DefElem(param)) = param else {
                continue;
            };
            match (param.defname.as_deref(), &param.arg) {
                (Some("subtype"), Some(Node::TypeName(name))) => subtype = self.ty(name)?,
                (Some("multirange_type_name"), _) => multirange = name(param),
                _ => {}
            }
        }
        let uses = subtype.own_type().map(Use::of).into_iter().collect();
        let range = match shell {
            Some(shell) => {
                self.set_kind(shell, TypeKind::Range(subtype));
                self.store.add_uses(shell, uses);
                shell
            }
            None => self.add_type(schema, written.name, TypeKind::Range(subtype), uses),
        };
        let multirange = multirange.unwrap_or_else(|| multirange_name(written.name));
        // Each is also a function that makes its values, of several signatures.
        for name in [written.name, &multirange] {
            self.store.blur_name(schema, Space::Routine, name);
        }
        // What has the name already is another's on PostgreSQL 13, which makes no multirange.
        if self.is_taken(schema, Space::Type, &multirange) {
            return Ok(());
        }
        let uses = vec![Use::of(range).tied(Tie::Internal)];
        self.add_type(schema, &multirange, TypeKind::Multirange, uses);
        Ok(())
    }
}

fn name(param: &DefElem) -> Option<String> {
    match param.arg.as_ref()? {
        Node::TypeName(name) => Some(path(&name.names)?.name.to_owned()),
        Node::List(list) => Some(path(list)?.name.to_owned()),
        other => string(other).map(str::to_owned),
    }
}

/// Chooses a multirange's name as `makeMultirangeTypeName` does.
fn multirange_name(range: &str) -> String {
    const LONGEST: usize = 63;
    let name = match range.split_once("range") {
        Some((before, after)) => format!("{before}multirange{after}"),
        None => format!("{}_multirange", super::domain::clip(range, LONGEST - 11)),
    };
    super::domain::clip(&name, LONGEST).to_owned()
}
