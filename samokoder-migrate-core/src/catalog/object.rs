//! What is in a database.

use std::rc::Rc;

use super::{
    expression::Sql,
    store::Oid,
    types::{Base, Type},
};
pub(super) use super::{
    space::Space,
    uses::{ColumnId, Part, Tie, Use},
};

/// A name as PostgreSQL keeps it: without quotes, at most 63 bytes.
pub(super) type Name = Rc<str>;

/// An object: a schema, a relation, a constraint, …
#[derive(Clone, Debug)]
pub(super) struct Object {
    /// Its name.
    pub(super) name: Name,
    /// The schema that it is in, or the object that it is part of: a constraint's table.
    pub(super) within: Oid,
    /// What it is.
    pub(super) def: Def,
    /// What it needs.
    pub(super) uses: Vec<Use>,
    /// The extension that made it, or took it in: dropped with it.
    pub(super) extension: Option<Oid>,
    /// What `COMMENT ON` says of it, and of its columns.
    pub(super) comments: Vec<(Option<ColumnId>, Rc<str>)>,
    /// Whether more may be in it than is known: relations in a schema, columns in a table, facts
    /// about it that the definition does not have.
    pub(super) open: bool,
    /// Whether it was never made by a statement: one that needs it ran, so it must be there.
    pub(super) assumed: bool,
    /// Whether something opaque may have changed it or taken it away.
    pub(super) blurred: bool,
    /// The store's count of covers when it was made.
    pub(super) as_of: u32,
}

impl Object {
    /// Makes an object that is all known and uses nothing.
    pub(super) fn new(name: impl Into<Name>, within: Oid, def: Def) -> Self {
        Self {
            name: name.into(),
            within,
            def,
            uses: Vec::new(),
            extension: None,
            comments: Vec::new(),
            open: false,
            assumed: false,
            blurred: false,
            as_of: 0,
        }
    }

    /// Adds what it uses.
    pub(super) fn using(mut self, uses: impl IntoIterator<Item = Use>) -> Self {
        self.uses.extend(uses);
        self
    }

    /// Returns the relation that it is.
    pub(super) fn relation(&self) -> Option<&Relation> {
        match &self.def {
            Def::Relation(relation) => Some(relation),
            _ => None,
        }
    }

    /// Returns the relation that it is, to change it.
    pub(super) fn relation_mut(&mut self) -> Option<&mut Relation> {
        match &mut self.def {
            Def::Relation(relation) => Some(relation),
            _ => None,
        }
    }
}

/// What an object is, and what is known of it.
#[derive(Clone, Debug)]
pub(super) enum Def {
    Database,
    Schema,
    Extension(Extension),
    Relation(Relation),
    Sequence(Sequence),
    Index(Index),
    Constraint(Constraint),
    Type(TypeDef),
    Routine(Routine),
    Trigger(Trigger),
    Policy(Policy),
    Rule(Rule),
    Publication(Publication),
    /// What is known by name alone.
    Other(Space),
}

impl Def {
    /// Returns the spaces that its name must be free in.
    pub(super) fn spaces(&self) -> &'static [Space] {
        match self {
            Self::Database => &[],
            Self::Schema => &[Space::Schema],
            Self::Extension(_) => &[Space::Extension],
            Self::Relation(_) => &[Space::Relation, Space::Type],
            // A sequence has no row type that could be named since PostgreSQL 14; before, it had.
            Self::Sequence(_) | Self::Index(_) => &[Space::Relation],
            Self::Constraint(_) => &[Space::Constraint],
            Self::Type(def) => match def.kind {
                TypeKind::Composite(_) => &[Space::Type, Space::Relation],
                _ => &[Space::Type],
            },
            Self::Routine(_) => &[Space::Routine],
            Self::Trigger(_) => &[Space::Trigger],
            Self::Policy(_) => &[Space::Policy],
            Self::Rule(_) => &[Space::Rule],
            Self::Publication(_) => &[Space::Publication],
            Self::Other(space) => space.alone(),
        }
    }
}

/// A fact that may not be known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fact<T> {
    Known(T),
    Unknown,
}

impl<T> Fact<T> {
    /// Returns the fact, if it is known.
    pub(super) fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unknown => None,
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Extension {
    /// The schema its objects are in.
    pub(super) schema: Fact<Oid>,
}

/// A table, a view, a materialized view, a foreign table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Relation {
    pub(super) kind: RelationKind,
    pub(super) persistence: Persistence,
    /// In order; dropped ones are gone.
    pub(super) columns: Vec<Column>,
    /// The number that the next column gets.
    pub(super) next_column: u16,
    /// Columns of an open relation that are known not to be there.
    pub(super) gone: Vec<Name>,
    pub(super) row_security: Fact<RowSecurity>,
    /// Of a partitioned table: `RANGE (created_at)`.
    pub(super) partition_key: Option<Sql>,
    /// The table that it is a partition of, and its bound.
    pub(super) partition_of: Option<(Oid, Sql)>,
    /// The tables that it inherits from; not the one it is a partition of.
    pub(super) inherits: Vec<Oid>,
    /// Of a view.
    pub(super) query: Option<Sql>,
    /// `WITH (…)`, as `name=value`, sorted.
    pub(super) options: Vec<String>,
}

impl Relation {
    /// Returns its kind, if it was seen to be made: what was only named may be any.
    pub(super) fn known_kind(&self) -> Option<RelationKind> {
        (self.row_security != Fact::Unknown || self.kind != RelationKind::Table)
            .then_some(self.kind)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RelationKind {
    Table,
    PartitionedTable,
    ForeignTable,
    View,
    MaterializedView,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Persistence {
    Permanent,
    Unlogged,
    Temporary,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct RowSecurity {
    pub(super) enabled: bool,
    pub(super) forced: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) id: ColumnId,
    pub(super) name: Name,
    pub(super) ty: Type,
    pub(super) not_null: Fact<bool>,
    pub(super) filled: Filled,
    /// Only what is not the type's own.
    pub(super) collation: Option<Name>,
    /// How many parents it comes from.
    pub(super) inherited: u16,
    /// Whether it was written for this table itself too.
    pub(super) local: bool,
}

impl Column {
    /// Returns whether all that is told of it is in it: nothing that another object's name is part of.
    pub(super) fn stands_alone(&self) -> bool {
        let named = match &self.filled {
            Filled::Default(sql) | Filled::Generated(sql) => !sql.mentions.is_empty(),
            Filled::Nothing | Filled::Identity(_) | Filled::Unknown => false,
        };
        !named && !matches!(self.ty.base, Base::Own(_))
    }
}

/// What a column gets when nothing is given: a column has at most one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Filled {
    Nothing,
    Default(Sql),
    Generated(Sql),
    Identity(Identity),
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Identity {
    Always,
    ByDefault,
}

#[derive(Clone, Debug)]
pub(super) struct Sequence {
    pub(super) persistence: Persistence,
    /// `bigint`, `integer`, `smallint`.
    pub(super) ty: Fact<&'static str>,
    pub(super) owner: Option<(Oid, ColumnId)>,
    /// Whether it is an identity column's own.
    pub(super) identity: bool,
    /// What is not the default: `increment`, `start`, `min`, `max`, `cache`, `cycle`.
    pub(super) settings: Vec<(&'static str, String)>,
}

#[derive(Clone, Debug)]
pub(super) struct Index {
    /// The table.
    pub(super) table: Oid,
    pub(super) method: Name,
    pub(super) unique: bool,
    /// In order; a column or an expression, with its options (`DESC NULLS LAST`, an operator class).
    pub(super) keys: Vec<Key>,
    pub(super) include: Vec<ColumnId>,
    /// The names of its own columns, keys and then included ones. They stay when a column of the table
    /// is renamed, and names of copies are made from them.
    pub(super) attributes: Vec<Name>,
    pub(super) predicate: Option<Sql>,
    /// The constraint that it belongs to.
    pub(super) constraint: Option<Oid>,
    /// Whether it is a part of a partitioned table's index.
    pub(super) parent: Option<Oid>,
    pub(super) valid: bool,
    /// `NULLS NOT DISTINCT`, storage parameters: what is not the default, sorted.
    pub(super) options: Vec<String>,
}

#[derive(Clone, Debug)]
pub(super) struct Key {
    pub(super) what: KeyWhat,
    /// What is not the default: `COLLATE "C"`, `text_pattern_ops`, `DESC`, `NULLS LAST`.
    pub(super) options: String,
}

#[derive(Clone, Debug)]
pub(super) enum KeyWhat {
    Column(ColumnId),
    Expression(Sql),
}

/// A constraint of a table or a domain (`Object::within`).
#[derive(Clone, Debug)]
pub(super) struct Constraint {
    pub(super) kind: ConstraintKind,
    /// The columns of the table that it is about, in order; of an exclusion those that are plain.
    pub(super) columns: Vec<ColumnId>,
    /// The index that enforces it.
    pub(super) index: Option<Oid>,
    pub(super) deferrable: Deferrable,
    pub(super) validated: bool,
    pub(super) inherited: u16,
    pub(super) local: bool,
    pub(super) no_inherit: bool,
}

#[derive(Clone, Debug)]
pub(super) enum ConstraintKind {
    PrimaryKey,
    Unique,
    Check(Sql),
    ForeignKey(ForeignKey),
    Exclude,
    /// A constraint trigger.
    Trigger,
    Unknown,
}

#[derive(Clone, Debug)]
pub(super) struct ForeignKey {
    /// The table that is referenced.
    pub(super) table: Oid,
    /// Its columns, in order; none if it is not known.
    pub(super) columns: Vec<ColumnId>,
    /// `full`, or none.
    pub(super) full: bool,
    /// `cascade`, `set null`, `set default (a)`, …; none for no action.
    pub(super) on_update: Option<String>,
    pub(super) on_delete: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Deferrable {
    #[default]
    No,
    Immediate,
    Deferred,
}

/// A type of its own; a relation's row type is the relation.
#[derive(Clone, Debug)]
pub(super) struct TypeDef {
    pub(super) kind: TypeKind,
}

#[derive(Clone, Debug)]
pub(super) enum TypeKind {
    Enum(Vec<Name>),
    Composite(Vec<Column>),
    Domain(Domain),
    /// The type that it is a range of; its multirange type is an object of its own.
    Range(Type),
    Multirange,
    /// Declared, not yet defined.
    Shell,
    /// Defined in C, or by an extension.
    Base,
}

#[derive(Clone, Debug)]
pub(super) struct Domain {
    pub(super) base: Type,
    pub(super) not_null: bool,
    pub(super) default: Option<Sql>,
}

/// A function, a procedure, an aggregate.
#[derive(Clone, Debug)]
pub(super) struct Routine {
    pub(super) kind: RoutineKind,
    pub(super) arguments: Vec<Argument>,
    /// The type of its result; none for a procedure.
    pub(super) returns: Option<Type>,
    pub(super) returns_set: bool,
    /// `sql`, `plpgsql`, …
    pub(super) language: Name,
    /// The body as it is stored.
    pub(super) body: Option<Rc<str>>,
    /// What is not the default: `immutable`, `strict`, `security definer`, `set search_path to …`; sorted.
    pub(super) attributes: Vec<String>,
    /// Whether calling it may change the schema.
    pub(super) changes_schema: Fact<bool>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RoutineKind {
    Function,
    Procedure,
    Aggregate,
    Window,
}

#[derive(Clone, Debug)]
pub(super) struct Argument {
    pub(super) name: Option<Name>,
    pub(super) ty: Type,
    pub(super) mode: ArgumentMode,
    pub(super) has_default: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ArgumentMode {
    In,
    Out,
    InOut,
    Variadic,
    Table,
}

/// A trigger of a table or a view (`Object::within`).
#[derive(Clone, Debug)]
pub(super) struct Trigger {
    /// The function, if it is known; else the name as it is written.
    pub(super) function: Fact<Oid>,
    pub(super) timing: &'static str,
    /// `insert, update of a, delete`; columns by number, since they can be renamed.
    pub(super) events: Vec<Event>,
    pub(super) for_each_row: bool,
    pub(super) when: Option<Sql>,
    pub(super) enabled: Enabled,
    pub(super) constraint: bool,
    /// The trigger of the partitioned table that it is a copy of.
    pub(super) parent: Option<Oid>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Event {
    Insert,
    Delete,
    Truncate,
    /// Of any column, if none is named.
    Update(Vec<ColumnId>),
    /// Of columns some of which are not known.
    UpdateOfUnknown,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Enabled {
    #[default]
    Origin,
    Disabled,
    Replica,
    Always,
}

/// A policy of a table (`Object::within`).
#[derive(Clone, Debug)]
pub(super) struct Policy {
    /// `all`, `select`, `insert`, `update`, `delete`.
    pub(super) command: Name,
    pub(super) permissive: bool,
    /// Sorted; `public` for everybody.
    pub(super) roles: Vec<Name>,
    pub(super) using: Option<Sql>,
    pub(super) check: Option<Sql>,
}

/// A rewrite rule of a table or a view (`Object::within`).
#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub(super) event: &'static str,
    pub(super) definition: Sql,
}

#[derive(Clone, Debug)]
pub(super) struct Publication {
    /// Qualified names, sorted; unknown once something opaque touched it.
    pub(super) tables: Fact<Vec<Oid>>,
    pub(super) all_tables: bool,
}
