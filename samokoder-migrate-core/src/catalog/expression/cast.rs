//! Casts, and constants that name an object (chapter "Data Types", "Object Identifier Types").

use super::{reader::Reader, rough::Rough, scope::Level};
use crate::{
    catalog::{
        fault::Fault,
        missing::no_relation,
        object::{Def, Space},
        store::Lookup,
        types::Base,
    },
    tree::{A_Const, FuncCall, Node, Path, TypeCast},
};

impl<'a> Reader<'a> {
    /// Reads a cast.
    pub(super) fn cast(
        &mut self,
        cast: &'a TypeCast,
        at: &Level<'_, 'a>,
    ) -> Result<Rough<'a>, Fault> {
        let from = self.maybe(cast.arg.as_ref(), at)?;
        let Some(name) = &cast.typeName else {
            return Ok(Rough::Unknown);
        };
        let ty = self.catalog.ty(name)?;
        if let Base::Own(oid) = ty.base {
            self.note_object(oid, name.location);
        }
        let to = Rough::Made(ty);
        if let (Some(Node::A_Const(constant)), Rough::Literal) = (&cast.arg, from) {
            if let Some(Node::String(text)) = &constant.val {
                match to.builtin() {
                    Some("regclass") => self.named_relation(text, constant)?,
                    Some("regproc") => self.named_routine(text, constant),
                    _ => {}
                }
            }
            if let Some(arg) = &cast.arg {
                self.label(&to, arg)?;
            }
        }
        Ok(to)
    }

    /// `nextval('s')`: a constant that is given where a `regclass` is asked for names a relation.
    pub(super) fn sequence_argument(
        &mut self,
        path: Path<'a>,
        call: &'a FuncCall,
    ) -> Result<(), Fault> {
        let system = matches!(path.schema, None | Some("pg_catalog"));
        if !system || !matches!(path.name, "nextval" | "currval" | "setval") {
            return Ok(());
        }
        if path.schema.is_none() && !self.sharing(Space::Routine, path).0.is_empty() {
            return Ok(());
        }
        match call.args.first() {
            Some(Some(Node::A_Const(constant))) => match &constant.val {
                Some(Node::String(text)) => self.named_relation(text, constant),
                _ => Ok(()),
            },
            _ => Ok(()),
        }
    }

    /// Looks for the relation that a constant names.
    fn named_relation(&mut self, text: &str, constant: &A_Const) -> Result<(), Fault> {
        // A number is an oid.
        if text == "-" || text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(());
        }
        let Some(parts) = identifiers(text) else {
            return Ok(());
        };
        let path = match parts.as_slice() {
            [name] => Path { schema: None, name },
            [schema, name] | [_, schema, name] => Path {
                schema: Some(schema),
                name,
            },
            _ => return Ok(()),
        };
        match self.catalog.look(Space::Relation, path) {
            Lookup::Found(oid) => {
                self.note_object(oid, constant.location);
                Ok(())
            }
            Lookup::Unknown => Ok(()),
            Lookup::Absent => {
                let fault = no_relation(path);
                Err(fault.at(constant.location))
            }
        }
    }

    fn named_routine(&mut self, text: &str, constant: &A_Const) {
        let Some(parts) = identifiers(text) else {
            return;
        };
        let path = match parts.as_slice() {
            [name] => Path { schema: None, name },
            [schema, name] => Path {
                schema: Some(schema),
                name,
            },
            _ => return,
        };
        if let Lookup::Found(oid) = self.catalog.look(Space::Routine, path)
            && let Some(Def::Routine(_)) = self.catalog.store.get(oid).map(|object| &object.def)
        {
            self.note_object(oid, constant.location);
        }
    }
}

/// Reads names with dots between, quoted or folded; `None` where they are not well formed.
fn identifiers(text: &str) -> Option<Vec<String>> {
    let mut parts = Vec::new();
    let mut rest = text.trim();
    loop {
        if let Some(quoted) = rest.strip_prefix('"') {
            let mut name = String::new();
            let mut chars = quoted.char_indices();
            let end = loop {
                let (index, char) = chars.next()?;
                if char != '"' {
                    name.push(char);
                    continue;
                }
                if quoted.get(index + 1..)?.starts_with('"') {
                    name.push('"');
                    chars.next();
                    continue;
                }
                break index + 1;
            };
            parts.push(name);
            rest = quoted.get(end..)?;
        } else {
            let end = rest.find('.').unwrap_or(rest.len());
            let name = rest.get(..end)?.trim();
            if name.is_empty() || name.contains(|c: char| c.is_whitespace() || c == '"') {
                return None;
            }
            parts.push(name.to_ascii_lowercase());
            rest = rest.get(end..)?;
        }
        rest = rest.trim_start();
        if rest.is_empty() {
            return Some(parts);
        }
        rest = rest.strip_prefix('.')?.trim_start();
    }
}
