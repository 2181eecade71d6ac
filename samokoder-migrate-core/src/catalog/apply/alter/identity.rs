//! Identity columns, once the table is there.

use super::Guard;
use crate::{
    catalog::{
        Catalog,
        fault::Fault,
        object::{Column, ColumnId, Def, Fact, Filled, Identity, Part, Tie},
        store::Oid,
        types::{Base, Type},
    },
    tree::{DefElem, List, Node},
};

impl Catalog {
    pub(super) fn alter_add_identity(
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
        let ty = self
            .column_at(oid, id)
            .map_or_else(Type::unknown, |column| column.ty.clone());
        self.replace_uses(oid, Part::Default(id), Vec::new(), Tie::Normal);
        self.add_identity(oid, id, &ty, written)
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
        match self.column_at(oid, id).map(|column| &column.filled) {
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
