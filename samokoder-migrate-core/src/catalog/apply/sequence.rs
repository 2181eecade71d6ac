//! `CREATE SEQUENCE`, `ALTER SEQUENCE`.

use super::claim::Claim;
use crate::{
    catalog::{
        Catalog,
        fault::Fault,
        missing::{no_column_of, no_relation},
        object::{Def, Fact, Name, Object, Persistence, Sequence, Tie, Use},
        store::{Lookup, Oid},
    },
    tree::{AlterSeqStmt, CreateSeqStmt, List, Node, relation, strings},
};

impl Catalog {
    pub(super) fn create_sequence(&mut self, create: &CreateSeqStmt) -> Result<(), Fault> {
        let Some(var) = create.sequence.as_deref() else {
            return Ok(());
        };
        let path = relation(var);
        let persistence = super::table::persistence(var);
        let schema = self.creation_schema(path, persistence)?;
        let guard = super::table::guard(create.if_not_exists);
        match self.claim_relation(schema, path.name, guard)? {
            Claim::Skip => Ok(()),
            Claim::Make => self.make_sequence(schema, path.name, persistence, create),
            Claim::Perhaps => {
                self.perhaps(|catalog| {
                    catalog.make_sequence(schema, path.name, persistence, create)
                });
                Ok(())
            }
        }
    }

    fn make_sequence(
        &mut self,
        schema: Oid,
        name: &str,
        persistence: Persistence,
        create: &CreateSeqStmt,
    ) -> Result<(), Fault> {
        let mut sequence = Sequence {
            persistence,
            ty: Fact::Known("bigint"),
            owner: None,
            identity: false,
            settings: Vec::new(),
        };
        configure(&mut sequence, &create.options, Start::New)?;
        let owner = self.sequence_owner(&create.options)?;
        let oid = self.store.add(Object::new(
            Name::from(name),
            schema,
            Def::Sequence(sequence),
        ));
        if let Some(owner) = owner {
            self.own_sequence(oid, owner);
        }
        Ok(())
    }

    pub(super) fn alter_sequence(&mut self, alter: &AlterSeqStmt) -> Result<(), Fault> {
        let Some(var) = alter.sequence.as_deref() else {
            return Ok(());
        };
        let found = match (self.relation(var), alter.missing_ok) {
            (Lookup::Found(oid), _) => oid,
            (Lookup::Absent, true) | (Lookup::Unknown, _) => return Ok(()),
            (Lookup::Absent, false) => {
                return Err(no_relation(relation(var)).at(var.location));
            }
        };
        let certain = self.store.is_certain(found);
        let Some(object) = self.store.get(found) else {
            return Ok(());
        };
        let mut sequence = match &object.def {
            Def::Sequence(sequence) => sequence.clone(),
            _ if certain && !object.open => {
                let name = relation(var).name;
                return Err(
                    Fault::new("42809", format!("\"{name}\" is not a sequence")).at(var.location)
                );
            }
            _ => return Ok(()),
        };
        configure(&mut sequence, &alter.options, Start::Existing)?;
        let owner = self.sequence_owner(&alter.options)?;
        if let Some(object) = self.store.get_mut(found) {
            object.def = Def::Sequence(sequence);
        }
        if let Some(owner) = owner {
            self.own_sequence(found, owner);
        }
        Ok(())
    }

    /// Reads OWNED BY: a table's column, or none; `None` if it is not written, or not known.
    fn sequence_owner(&mut self, options: &List) -> Result<Option<Owner>, Fault> {
        let Some(Node::List(names)) = option(options, "owned_by") else {
            return Ok(None);
        };
        let parts: Vec<&str> = strings(names).collect();
        let (table, column) = match parts.as_slice() {
            ["none"] => return Ok(Some(Owner::Nothing)),
            [] | [_] => {
                return Err(Fault::new("42601", "invalid OWNED BY option")
                    .help("specify OWNED BY table.column or OWNED BY NONE"));
            }
            [.., table, column] => (*table, *column),
        };
        let mut var = crate::tree::RangeVar {
            relname: Some(table.into()),
            location: -1,
            ..crate::tree::RangeVar::default()
        };
        if let [.., schema, _, _] = parts.as_slice() {
            var.schemaname = Some((*schema).into());
        }
        let Some(table) = self.command_relation(&var)? else {
            return Ok(Some(Owner::Unknown));
        };
        match self.needed_column(table, column) {
            Some(id) => Ok(Some(Owner::Column(table, id))),
            None => Err(no_column_of(&self.name_of(table), column)),
        }
    }

    /// Gives a sequence to a column, or to none.
    fn own_sequence(&mut self, oid: Oid, owner: Owner) {
        let Some(object) = self.store.get_mut(oid) else {
            return;
        };
        let Def::Sequence(sequence) = &mut object.def else {
            return;
        };
        // An identity column's sequence cannot change hands.
        if sequence.identity {
            return;
        }
        sequence.owner = match owner {
            Owner::Column(table, column) => Some((table, column)),
            Owner::Nothing | Owner::Unknown => None,
        };
        object.open |= matches!(owner, Owner::Unknown);
        let mut uses = object.uses.clone();
        uses.retain(|r#use| r#use.column.is_none());
        if let Owner::Column(table, column) = owner {
            uses.push(Use::of(table).column(column).tied(Tie::Auto));
        }
        self.store.set_uses(oid, uses);
    }
}

/// Whom a sequence goes with.
#[derive(Clone, Copy, Debug)]
enum Owner {
    Nothing,
    Column(Oid, crate::catalog::object::ColumnId),
    Unknown,
}

/// Returns an option's value.
fn option<'a>(options: &'a List, name: &str) -> Option<&'a Node> {
    options.iter().flatten().find_map(|node| match node {
        Node::DefElem(option) if option.defname.as_deref() == Some(name) => option.arg.as_ref(),
        _ => None,
    })
}

/// Changes a sequence as its options say, and keeps those that are not the default.
///
/// # Errors
///
/// 22023 for a type that is not one of integers.
pub(in crate::catalog) fn configure(
    sequence: &mut Sequence,
    options: &List,
    start: Start,
) -> Result<(), Fault> {
    if options.is_empty() {
        return Ok(());
    }
    let mut values = match start {
        Start::New => Values::default(),
        Start::Existing => Values::of(sequence),
    };
    for node in options.iter().flatten() {
        let Node::DefElem(option) = node else {
            continue;
        };
        let number = option.arg.as_ref().and_then(integer);
        match option.defname.as_deref().unwrap_or_default() {
            "as" => {
                if let Some(Node::TypeName(name)) = &option.arg {
                    let before = sequence.ty.known().copied();
                    sequence.ty = integer_type(name)?;
                    values.retype(before, sequence.ty.known().copied());
                }
            }
            "increment" => values.increment = number.unwrap_or(1),
            "start" => values.start = number,
            "minvalue" => values.min = number,
            "maxvalue" => values.max = number,
            "cache" => values.cache = number.unwrap_or(1),
            "cycle" => values.cycle = !matches!(option.arg, Some(Node::Boolean(false))),
            _ => {}
        }
    }
    sequence.settings = values.settings(sequence.ty.known().copied());
    Ok(())
}

/// Returns a sequence's settings as those of a `bigint`.
pub(super) fn as_bigint(sequence: &Sequence) -> Vec<(&'static str, String)> {
    Values::of(sequence).settings(Some("bigint"))
}

fn integer_type(name: &crate::tree::TypeName) -> Result<Fact<&'static str>, Fault> {
    let written = crate::tree::path(&name.names);
    match written.map(|path| (path.schema, path.name)) {
        Some((Some("pg_catalog") | None, "int2")) => Ok(Fact::Known("smallint")),
        Some((Some("pg_catalog") | None, "int4")) => Ok(Fact::Known("integer")),
        Some((Some("pg_catalog") | None, "int8")) => Ok(Fact::Known("bigint")),
        Some((Some("pg_catalog"), _) | (None, "text")) => Err(Fault::new(
            "22023",
            "sequence type must be smallint, integer, or bigint",
        )
        .at(name.location)),
        _ => Ok(Fact::Unknown),
    }
}

fn integer(node: &Node) -> Option<i128> {
    match node {
        Node::Integer(value) => Some(i128::from(*value)),
        Node::Float(text) => text.parse().ok(),
        _ => None,
    }
}

/// What options change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::catalog) enum Start {
    /// A sequence that is being made: what is not given is the default.
    New,
    /// One that is there: what is not given stays.
    Existing,
}

/// A sequence's settings; `None` is what the server chooses.
struct Values {
    increment: i128,
    start: Option<i128>,
    min: Option<i128>,
    max: Option<i128>,
    cache: i128,
    cycle: bool,
}

impl Default for Values {
    fn default() -> Self {
        Self {
            increment: 1,
            start: None,
            min: None,
            max: None,
            cache: 1,
            cycle: false,
        }
    }
}

impl Values {
    fn of(sequence: &Sequence) -> Self {
        let setting = |name: &str| {
            sequence
                .settings
                .iter()
                .find(|(known, _)| *known == name)
                .and_then(|(_, value)| value.parse::<i128>().ok())
        };
        let mut values = Self {
            increment: setting("increment").unwrap_or(1),
            start: setting("start"),
            min: setting("min"),
            max: setting("max"),
            cache: setting("cache").unwrap_or(1),
            cycle: sequence.settings.iter().any(|(name, _)| *name == "cycle"),
        };
        let defaults = values.defaults(sequence.ty.known().copied());
        values.min = Some(defaults.0);
        values.max = Some(defaults.1);
        values.start = Some(values.start.unwrap_or(defaults.2));
        values
    }

    /// A bound that was the old type's becomes the new type's.
    fn retype(&mut self, before: Option<&str>, after: Option<&str>) {
        if before != after {
            let (low, high) = bounds(before);
            self.min = self.min.filter(|min| *min != low);
            self.max = self.max.filter(|max| *max != high);
        }
    }

    /// Returns the bounds and the start as they are in force.
    fn defaults(&self, ty: Option<&str>) -> (i128, i128, i128) {
        let (low, high) = self.bounds(ty);
        let (min, max) = (self.min.unwrap_or(low), self.max.unwrap_or(high));
        (min, max, if self.increment > 0 { min } else { max })
    }

    /// Returns the bounds that a sequence has of itself.
    fn bounds(&self, ty: Option<&str>) -> (i128, i128) {
        let (low, high) = bounds(ty);
        if self.increment > 0 {
            (1, high)
        } else {
            (low, -1)
        }
    }

    fn settings(&self, ty: Option<&str>) -> Vec<(&'static str, String)> {
        let (default_min, default_max) = self.bounds(ty);
        let (min, max, default_start) = self.defaults(ty);
        let start = self.start.unwrap_or(default_start);
        let mut settings = Vec::new();
        let mut keep = |name: &'static str, value: i128, default: i128| {
            if value != default {
                settings.push((name, value.to_string()));
            }
        };
        keep("increment", self.increment, 1);
        keep("start", start, default_start);
        keep("min", min, default_min);
        keep("max", max, default_max);
        keep("cache", self.cache, 1);
        if self.cycle {
            settings.push(("cycle", "yes".to_owned()));
        }
        settings
    }
}

fn bounds(ty: Option<&str>) -> (i128, i128) {
    match ty {
        Some("smallint") => (i16::MIN.into(), i16::MAX.into()),
        Some("integer") => (i32::MIN.into(), i32::MAX.into()),
        _ => (i64::MIN.into(), i64::MAX.into()),
    }
}

#[cfg(test)]
mod tests;
