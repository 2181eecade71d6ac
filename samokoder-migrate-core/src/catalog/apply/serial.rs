//! Sequences that come with a column: serial and identity.

use super::naming::Besides;
use crate::{
    catalog::{
        Catalog,
        expression::{Mention, Sql},
        fault::Fault,
        object::{ColumnId, Def, Fact, Filled, Identity, Object, Part, Sequence, Tie, Use},
        store::Oid,
        types::{Base, Type},
    },
    tree::{Constraint, Node, TypeName, string},
};

/// Returns the internal type of a serial type and the type of its sequence.
pub(super) fn width(name: &TypeName) -> Option<(&'static str, &'static str)> {
    if name.pct_type || name.setof {
        return None;
    }
    let [Some(only)] = name.names.as_slice() else {
        return None;
    };
    match string(only)? {
        "serial" | "serial4" => Some(("int4", "integer")),
        "bigserial" | "serial8" => Some(("int8", "bigint")),
        "smallserial" | "serial2" => Some(("int2", "smallint")),
        _ => None,
    }
}

impl Catalog {
    /// Makes a serial column's sequence, its default and its NOT NULL.
    pub(super) fn add_serial(&mut self, table: Oid, column: ColumnId, ty: &'static str) {
        let sequence = Sequence {
            ty: Fact::Known(ty),
            ..self.column_sequence(table, column)
        };
        let oid = self.add_column_sequence(sequence, None, table, column, Tie::Auto);
        let default = self.next_value(oid);
        self.set_filled(
            table,
            column,
            Filled::Default(default),
            [Use::of(oid).by(Part::Default(column))].into_iter(),
        );
        if let Some(column) = self.column_mut(table, column) {
            column.not_null = Fact::Known(true);
        }
    }

    /// Makes a column an identity, with its sequence.
    ///
    /// # Errors
    ///
    /// 22023 if its type is not one of integers, and those of the sequence's options.
    pub(in crate::catalog) fn add_identity(
        &mut self,
        table: Oid,
        column: ColumnId,
        ty: &Type,
        constraint: &Constraint,
    ) -> Result<(), Fault> {
        let width = match &ty.base {
            Base::Builtin(name) if !ty.array => match &**name {
                "int2" => Fact::Known("smallint"),
                "int4" => Fact::Known("integer"),
                "int8" => Fact::Known("bigint"),
                _ => return Err(no_identity().at(constraint.location)),
            },
            _ if ty.array => return Err(no_identity().at(constraint.location)),
            Base::Own(_) | Base::Unknown => Fact::Unknown,
            Base::Builtin(_) => return Err(no_identity().at(constraint.location)),
        };
        let mut sequence = Sequence {
            ty: width,
            identity: true,
            ..self.column_sequence(table, column)
        };
        let named = constraint
            .options
            .iter()
            .flatten()
            .find_map(|node| match node {
                Node::DefElem(option) if option.defname.as_deref() == Some("sequence_name") => {
                    match &option.arg {
                        Some(Node::List(names)) => crate::tree::path(names),
                        _ => None,
                    }
                }
                _ => None,
            });
        super::sequence::configure(
            &mut sequence,
            &constraint.options,
            super::sequence::Start::New,
        )?;
        let name = named.map(|path| path.name);
        self.add_column_sequence(sequence, name, table, column, Tie::Internal);
        let identity = if constraint.generated_when == b'a' {
            Identity::Always
        } else {
            Identity::ByDefault
        };
        if let Some(column) = self.column_mut(table, column) {
            column.filled = Filled::Identity(identity);
            column.not_null = Fact::Known(true);
        }
        Ok(())
    }

    /// Makes a column an identity, with a `bigint` sequence of some settings; a sequence of which
    /// nothing is known if there are none.
    pub(super) fn add_identity_sequence(
        &mut self,
        table: Oid,
        column: ColumnId,
        identity: Identity,
        settings: Option<Vec<(&'static str, String)>>,
    ) {
        let sequence = Sequence {
            ty: settings
                .as_ref()
                .map_or(Fact::Unknown, |_| Fact::Known("bigint")),
            identity: true,
            settings: settings.unwrap_or_default(),
            ..self.column_sequence(table, column)
        };
        self.add_column_sequence(sequence, None, table, column, Tie::Internal);
        if let Some(column) = self.column_mut(table, column) {
            column.filled = Filled::Identity(identity);
            column.not_null = Fact::Known(true);
        }
    }

    fn column_sequence(&self, table: Oid, column: ColumnId) -> Sequence {
        Sequence {
            persistence: self.relation_of(table).map_or(
                crate::catalog::object::Persistence::Permanent,
                |(_, table)| table.persistence,
            ),
            ty: Fact::Unknown,
            owner: Some((table, column)),
            identity: false,
            settings: Vec::new(),
        }
    }

    fn add_column_sequence(
        &mut self,
        sequence: Sequence,
        name: Option<&str>,
        table: Oid,
        column: ColumnId,
        tie: Tie,
    ) -> Oid {
        let Some(schema) = self.store.get(table).map(|object| object.within) else {
            return Oid::DATABASE;
        };
        let uses = [Use::of(table).column(column).tied(tie)];
        if let Some(name) = name {
            return self
                .store
                .add(Object::new(name, schema, Def::Sequence(sequence)).using(uses));
        }
        let of = self.name_of_column(table, column);
        let chosen = self.relation_name(
            schema,
            &self.name_of(table),
            of.as_deref(),
            "seq",
            Besides::Nothing,
        );
        let object = Object::new("", schema, Def::Sequence(sequence)).using(uses);
        self.add_chosen(object, &chosen)
    }

    /// Returns a serial column's default.
    fn next_value(&self, sequence: Oid) -> Sql {
        let shown = self.display(sequence);
        let before = "nextval('";
        let text = format!("{before}{}'::regclass)", shown.replace('\'', "''"));
        let at = |bytes: usize| u32::try_from(bytes).unwrap_or(u32::MAX);
        Sql {
            text: text.into(),
            mentions: [Mention {
                start: at(before.len()),
                end: at(before.len() + shown.replace('\'', "''").len()),
                what: sequence,
                column: None,
            }]
            .into(),
        }
    }
}

fn no_identity() -> Fault {
    Fault::new(
        "22023",
        "identity column type must be smallint, integer, or bigint",
    )
}
