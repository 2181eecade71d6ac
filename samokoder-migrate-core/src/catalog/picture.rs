//! What a catalog holds, as rows that can be printed and compared.
//!
//! A row is one object: its kind, its identity, and the facts that define it. The rows of a replayed
//! catalog and those read from a server have the same form, so that one can be held against the other:
//!
//! | kind | identity | facts |
//! | --- | --- | --- |
//! | `schema` | `app` | |
//! | `extension` | `citext` | `schema` |
//! | `table` | `public.users` | `kind` (`table`, `partitioned table`, `foreign table`), `persistence` (`permanent`, `unlogged`), `row security` (`enabled`, `forced`; none if neither), `partition key` (expression), `partition of`, `bound` (expression), `inherits` |
//! | `column` | `public.users.email` | `type` (as `format_type` writes it under an empty search path), `not null` (`yes`, `no`), `default` (expression), `generated` (expression), `identity` (`always`, `by default`), `collation` (if it is not the type's own) |
//! | `constraint` | `public.users.users_pkey` | `kind` (`primary key`, `unique`, `check`, `foreign key`, `exclude`), `columns` (`a, b`), `references` (`public.orgs (id)`), `on update`, `on delete` (none for no action), `match` (none for simple), `deferrable` (`deferrable`, `initially deferred`), `valid` (`no` or none), `expression` (expression, of a check) |
//! | `index` | `public.users_email_idx` | `table`, `method`, `unique` (`yes` or none), `keys` (expression: the list), `include` (`a, b`), `where` (expression), `valid` (`no` or none); not those that belong to a constraint |
//! | `sequence` | `public.users_id_seq` | `type`, `owned by` (`public.users.id`), `increment`, `start`, `min`, `max`, `cache`, `cycle` (only what is not the default) |
//! | `type` | `public.status` | `kind` (`enum`, `composite`, `domain`, `range`, `shell`, `base`), `labels` (`a, b`), `attributes` (`a integer, b text`), `base`, `not null` (`yes` or none), `default` (expression), `subtype` |
//! | `view`, `materialized view` | `public.v` | `columns` (`a, b`), `definition` (expression), `options` |
//! | `function`, `procedure`, `aggregate` | `public.f(integer, text)` | `returns`, `language`, `body`, `attributes` (volatility, strictness, security, settings: what is not the default) |
//! | `trigger` | `public.users.touch` | `function`, `timing` (`before`, `after`, `instead of`), `events` (`insert, update of a, delete, truncate`), `level` (`row`, `statement`), `when` (expression), `enabled` (`no`, `replica`, `always` or none) |
//! | `policy` | `public.users.own_rows` | `command` (`all`, `select`, …), `permissive` (`no` or none), `roles` (`anon, public`), `using`, `check` (expressions) |
//! | `rule` | `public.users.r` | `event`, `definition` (expression) |
//! | `publication` | `p` | `tables` |
//! | `comment` | `table public.users` | `text` |
//! | `grant` | `table public.users to anon` | `privileges` |
//! | anything else | its name | |
//!
//! Names are quoted where PostgreSQL would quote them. A function's signature lists the types of its
//! input arguments, as `pg_get_function_identity_arguments` does without names and modes. Indexes of
//! constraints, row types, array types, system objects, members of extensions, temporary objects, and the NOT NULL
//! constraints that PostgreSQL 18 lists are left out.

use std::collections::BTreeSet;

/// The rows of a catalog at one moment, sorted by kind and identity.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Picture {
    /// The objects that are known.
    pub rows: Vec<Row>,
    /// What may hold more than the rows say: `schema app`, `table public.users`, or `*` for all; and
    /// single names that may be taken: `name public.users`.
    pub open: BTreeSet<String>,
}

/// One object.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Row {
    /// What it is.
    pub kind: &'static str,
    /// Its name, qualified.
    pub identity: String,
    /// What defines it, in the order of the table above.
    pub facts: Vec<(&'static str, Value)>,
}

/// A fact about an object.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Value {
    /// Compared as it stands.
    Text(String),
    /// SQL: two texts that mean the same are equal after normalisation.
    Expression(String),
    /// Not known; equal to everything.
    Unknown,
}

impl Row {
    /// Makes a row without facts.
    #[must_use]
    pub fn new(kind: &'static str, identity: impl Into<String>) -> Self {
        Self {
            kind,
            identity: identity.into(),
            facts: Vec::new(),
        }
    }

    /// Adds a fact that is compared as it stands.
    #[must_use]
    pub fn text(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.facts.push((name, Value::Text(value.into())));
        self
    }

    /// Adds a fact that is SQL.
    #[must_use]
    pub fn expression(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.facts.push((name, Value::Expression(value.into())));
        self
    }

    /// Adds a fact that is not known.
    #[must_use]
    pub fn unknown(mut self, name: &'static str) -> Self {
        self.facts.push((name, Value::Unknown));
        self
    }

    /// Returns a fact.
    #[must_use]
    pub fn fact(&self, name: &str) -> Option<&Value> {
        self.facts
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
    }
}

impl Value {
    /// Returns whether two facts may be the same: expressions after normalisation.
    #[must_use]
    pub fn agrees(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Unknown, _) | (_, Self::Unknown) => true,
            (Self::Expression(a), Self::Expression(b)) => super::canonical::same(a, b),
            _ => self == other,
        }
    }
}

impl std::fmt::Display for Picture {
    /// Writes one line an object: `column public.users.email: type text, not null yes`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for row in &self.rows {
            write!(f, "{} {}", row.kind, row.identity)?;
            for (index, (name, value)) in row.facts.iter().enumerate() {
                let before = if index == 0 { ": " } else { ", " };
                match value {
                    Value::Text(text) | Value::Expression(text) => {
                        write!(f, "{before}{name} {text}")?;
                    }
                    Value::Unknown => write!(f, "{before}{name} ?")?,
                }
            }
            writeln!(f)?;
        }
        for open in &self.open {
            writeln!(f, "open {open}")?;
        }
        Ok(())
    }
}
