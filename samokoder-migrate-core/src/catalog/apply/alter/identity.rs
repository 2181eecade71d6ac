//! Identity columns, once the table is there.

use super::Guard;
use crate::{
    catalog::{
        Catalog,
        fault::Fault,
        object::Space,
        object::{
            Column, ColumnId, Def, Fact, Filled, Identity, Object, Part, Persistence, Sequence,
            Tie, Use,
        },
        store::{Lookup, Oid},
        types::Base,
    },
    tree::{DefElem, List, Node, RangeVar, path, relation},
};

impl Catalog {
    pub(super) fn add_identity(
        &mut self,
        oid: Oid,
        name: &str,
        def: Option<&Node>,
    ) -> Result<(), Fault> {
        let (Some(id), Some(Node::Constraint(written))) = (self.altered_column(oid, name)?, def)
        else {
            return Ok(());
        };
        if let Some(column) = self.certain_column(oid, id) {
            self.can_be_identity(oid, column)?;
        }
        let identity = identity(written.generated_when);
        self.add_identity_sequence(oid, id, &written.options);
        self.replace_uses(oid, Part::Default(id), Vec::new(), Tie::Normal);
        self.change_column(oid, id, |column| {
            column.filled = Filled::Identity(identity);
            column.not_null = Fact::Known(true);
        });
        Ok(())
    }

    fn can_be_identity(&self, oid: Oid, column: &Column) -> Result<(), Fault> {
        let name = &column.name;
        let of = format!("column \"{name}\" of relation \"{}\"", self.bare_name(oid));
        if let Base::Builtin(ty) = &column.ty.base
            && (column.ty.array || !matches!(&**ty, "int2" | "int4" | "int8"))
        {
            return Err(Fault::new(
                "22023",
                "identity column type must be smallint, integer, or bigint",
            )
            .at_name(name));
        }
        if column.not_null == Fact::Known(false) {
            return Err(Fault::new(
                "55000",
                format!("{of} must be declared NOT NULL before identity can be added"),
            )
            .at_name(name));
        }
        match column.filled {
            Filled::Identity(_) => Err(Fault::new(
                "55000",
                format!("{of} is already an identity column"),
            )
            .at_name(name)),
            Filled::Default(_) => {
                Err(Fault::new("55000", format!("{of} already has a default value")).at_name(name))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn set_identity(
        &mut self,
        oid: Oid,
        name: &str,
        def: Option<&Node>,
    ) -> Result<(), Fault> {
        let Some(id) = self.altered_column(oid, name)? else {
            return Ok(());
        };
        self.must_be_identity(oid, id)?;
        let Some(Node::List(options)) = def else {
            return Ok(());
        };
        for option in elements(options) {
            if option.defname.as_deref() == Some("generated") {
                if let Some(Node::Integer(when)) = option.arg {
                    let identity = identity(u8::try_from(when).unwrap_or(b'a'));
                    self.change_column(oid, id, |column| {
                        column.filled = Filled::Identity(identity);
                    });
                }
            } else if let Some(sequence) = self.identity_sequence(oid, id) {
                // A sequence's settings follow rules of their own.
                self.store.blur(sequence);
            }
        }
        Ok(())
    }

    fn must_be_identity(&self, oid: Oid, id: ColumnId) -> Result<(), Fault> {
        match self.certain_column(oid, id) {
            Some(column) if !matches!(column.filled, Filled::Identity(_) | Filled::Unknown) => {
                Err(Fault::new(
                    "55000",
                    format!(
                        "column \"{}\" of relation \"{}\" is not an identity column",
                        column.name,
                        self.bare_name(oid)
                    ),
                )
                .at_name(&column.name))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn drop_identity(
        &mut self,
        oid: Oid,
        name: &str,
        guard: Guard,
    ) -> Result<(), Fault> {
        let Some(id) = self.altered_column(oid, name)? else {
            return Ok(());
        };
        if guard == Guard::Required {
            self.must_be_identity(oid, id)?;
        }
        match self.column(oid, id).map(|column| &column.filled) {
            Some(Filled::Identity(_) | Filled::Unknown) => {}
            _ => return Ok(()),
        }
        if let Some(sequence) = self.identity_sequence(oid, id) {
            self.store.remove(sequence);
        }
        self.change_column(oid, id, |column| {
            if matches!(column.filled, Filled::Identity(_)) {
                column.filled = Filled::Nothing;
            }
        });
        Ok(())
    }

    /// Returns the sequence that numbers an identity column.
    pub(super) fn identity_sequence(&self, oid: Oid, id: ColumnId) -> Option<Oid> {
        self.store
            .users(oid)
            .into_iter()
            .map(|(user, _)| user)
            .find(|user| {
                matches!(
                    self.store.get(*user).map(|object| &object.def),
                    Some(Def::Sequence(sequence))
                        if sequence.identity && sequence.owner == Some((oid, id))
                )
            })
    }

    fn add_identity_sequence(&mut self, oid: Oid, id: ColumnId, options: &List) {
        let Some(object) = self.store.get(oid) else {
            return;
        };
        let (table, schema) = (object.name.clone(), object.within);
        let column = self.column_name_of(oid, id);
        let ty = match self.column(oid, id).map(|column| &column.ty.base) {
            Some(Base::Builtin(name)) => match &**name {
                "int2" => Fact::Known("smallint"),
                "int4" => Fact::Known("integer"),
                "int8" => Fact::Known("bigint"),
                _ => Fact::Unknown,
            },
            _ => Fact::Unknown,
        };
        let given = elements(options)
            .find(|option| option.defname.as_deref() == Some("sequence_name"))
            .and_then(|option| match &option.arg {
                Some(Node::List(names)) => path(names).map(|path| path.name.to_owned()),
                Some(Node::RangeVar(var)) => Some(relation_name(var)),
                _ => None,
            });
        let (name, certain) = match given {
            Some(name) => (name, true),
            None => self.free_relation_name(schema, &format!("{table}_{column}"), "seq"),
        };
        let settings = elements(options).any(|option| {
            !matches!(
                option.defname.as_deref(),
                Some("sequence_name" | "start" | "restart" | "logged" | "owned_by")
            )
        });
        let start = elements(options)
            .find(|option| option.defname.as_deref() == Some("start"))
            .and_then(|option| match &option.arg {
                Some(Node::Integer(start)) if *start != 1 => Some(start.to_string()),
                Some(Node::Float(start)) => Some(start.to_string()),
                _ => None,
            });
        let sequence = self.store.add(
            Object::new(
                name.as_str(),
                schema,
                Def::Sequence(Sequence {
                    persistence: Persistence::Permanent,
                    ty,
                    owner: Some((oid, id)),
                    identity: true,
                    settings: start.map(|start| ("start", start)).into_iter().collect(),
                }),
            )
            .using([Use::of(oid).column(id).tied(Tie::Internal)]),
        );
        if settings {
            self.store.blur(sequence);
        }
        if !certain {
            self.store.blur_name(schema, Space::Relation, &name);
        }
    }

    /// Chooses a relation's name that is free; the second value says whether it is certain.
    pub(super) fn free_relation_name(
        &self,
        schema: Oid,
        stem: &str,
        label: &str,
    ) -> (String, bool) {
        let mut number = 0_usize;
        loop {
            let suffix = match number {
                0 => format!("_{label}"),
                _ => format!("_{label}{number}"),
            };
            let mut end = stem.len().min(63_usize.saturating_sub(suffix.len()));
            while !stem.is_char_boundary(end) {
                end -= 1;
            }
            // Two long names are cut in turn: which one is not worked out here.
            let cut = end < stem.len();
            let name = format!("{}{suffix}", stem.get(..end).unwrap_or_default());
            match self.store.find(schema, Space::Relation, &name) {
                Lookup::Found(_) => number += 1,
                Lookup::Absent => return (name, !cut),
                Lookup::Unknown => return (name, false),
            }
        }
    }
}

fn relation_name(var: &RangeVar) -> String {
    relation(var).name.to_owned()
}

fn elements(options: &List) -> impl Iterator<Item = &DefElem> {
    options.iter().flatten().filter_map(|node| match node {
        Node::DefElem(element) => Some(&**element),
        _ => None,
    })
}

fn identity(when: u8) -> Identity {
    if when == b'd' {
        Identity::ByDefault
    } else {
        Identity::Always
    }
}
