//! Conditions of PL/pgSQL that ask the server's own catalogs whether something is there.
//!
//! Only a query that compares names with literals is read: what else it asks is in the data. The
//! information schema shows what the role may use, which is taken for all that there is.

use super::{
    plan::When,
    text::{Word, let_literal, name, words},
};
use crate::{
    catalog::{
        Catalog,
        apply::ColumnLookup,
        builtin,
        object::{Def, RelationKind, Space},
        resolve::is_system_schema,
        store::{Lookup, Oid},
    },
    lexer::Kind,
    tree::Path,
};

/// The domains of the information schema.
const DOMAINS: [&str; 5] = [
    "cardinal_number",
    "character_data",
    "sql_identifier",
    "time_stamp",
    "yes_or_no",
];

/// What is asked for, by the columns that the names are compared with.
#[derive(Debug, Default)]
struct Asked {
    table: String,
    names: Vec<(String, String)>,
}

impl Asked {
    fn name(&self, column: &str) -> Option<&str> {
        let mut names = self.names.iter();
        names
            .find(|(known, _)| known == column)
            .map(|(_, name)| name.as_str())
    }

    /// Returns whether only these columns are asked for, and the first of them is.
    fn asks(&self, columns: &[&str]) -> bool {
        let is_one = |(column, _): &(String, String)| columns.contains(&column.as_str());
        self.names.iter().all(is_one)
            && columns
                .first()
                .is_some_and(|first| self.name(first).is_some())
    }
}

impl Catalog {
    /// Says whether what a condition asks for is there, if that is known.
    pub(super) fn answer(&self, when: &When) -> Option<bool> {
        match when {
            When::Exists(condition) | When::NotExists(condition) => self.exists(condition),
            When::Always | When::Maybe => None,
        }
    }

    /// Says whether what a condition asks for is there; its text may begin with NOT, which is not
    /// heeded.
    fn exists(&self, condition: &str) -> Option<bool> {
        let asked = asked(condition)?;
        match asked.table.as_str() {
            // Of the session's own temporary tables it shows the columns too.
            "columns" if asked.asks(&["column_name", "table_name", "table_schema"]) => {
                let table = asked.name("table_name")?;
                let table = match self.relation_asked_for(asked.name("table_schema"), table) {
                    Lookup::Found(table) => table,
                    Lookup::Absent => return Some(false),
                    Lookup::Unknown => return None,
                };
                // It shows no materialized view's.
                if self.kind(table)? == RelationKind::MaterializedView {
                    return None;
                }
                match self.column(table, asked.name("column_name")?) {
                    ColumnLookup::Found(_) => Some(true),
                    ColumnLookup::Absent => Some(false),
                    ColumnLookup::Unknown => None,
                }
            }
            "tables" if asked.asks(&["table_name", "table_schema"]) => {
                let table = asked.name("table_name")?;
                match self.relation_asked_for(asked.name("table_schema"), table) {
                    Lookup::Found(table) => {
                        Some(self.kind(table)? != RelationKind::MaterializedView)
                    }
                    Lookup::Absent => Some(false),
                    Lookup::Unknown => None,
                }
            }
            "pg_tables" if asked.asks(&["tablename", "schemaname"]) => {
                let table = asked.name("tablename")?;
                match self.relation_asked_for(asked.name("schemaname"), table) {
                    Lookup::Found(table) => Some(matches!(
                        self.kind(table)?,
                        RelationKind::Table | RelationKind::PartitionedTable
                    )),
                    Lookup::Absent => Some(false),
                    Lookup::Unknown => None,
                }
            }
            "pg_indexes" if asked.asks(&["indexname", "schemaname", "tablename"]) => {
                let index = asked.name("indexname")?;
                match self.relation_asked_for(asked.name("schemaname"), index) {
                    Lookup::Found(index) => {
                        let is_index = matches!(self.store.get(index)?.def, Def::Index(_));
                        (is_index && asked.name("tablename").is_none()).then_some(true)
                    }
                    Lookup::Absent => Some(false),
                    Lookup::Unknown => None,
                }
            }
            "pg_class" if asked.asks(&["relname"]) => {
                let found = self.relation_asked_for(None, asked.name("relname")?);
                is_there(found)
            }
            "pg_type" if asked.asks(&["typname"]) => {
                let found = self.asked_for(Space::Type, None, asked.name("typname")?);
                is_there(found)
            }
            "pg_extension" if asked.asks(&["extname"]) => {
                self.known(Space::Extension, asked.name("extname")?)
            }
            "pg_publication" if asked.asks(&["pubname"]) => {
                self.known(Space::Publication, asked.name("pubname")?)
            }
            "pg_namespace" if asked.asks(&["nspname"]) => {
                self.schema_asked_for(asked.name("nspname")?)
            }
            "schemata" if asked.asks(&["schema_name"]) => {
                self.schema_asked_for(asked.name("schema_name")?)
            }
            "pg_policies" if asked.asks(&["policyname", "tablename", "schemaname"]) => {
                let table = asked.name("tablename")?;
                let table = self.relation_asked_for(asked.name("schemaname"), table);
                self.has_part(table, Space::Policy, asked.name("policyname")?)
            }
            "table_constraints"
                if asked.asks(&["constraint_name", "table_name", "table_schema"]) =>
            {
                let table = asked.name("table_name")?;
                let table = self.relation_asked_for(asked.name("table_schema"), table);
                self.has_part(table, Space::Constraint, asked.name("constraint_name")?)
            }
            _ => None,
        }
    }

    fn schema_asked_for(&self, name: &str) -> Option<bool> {
        match self.schema(name) {
            Lookup::Found(oid) if self.store.is_certain(oid) => Some(true),
            Lookup::Absent => Some(false),
            _ => None,
        }
    }

    fn known(&self, space: Space, name: &str) -> Option<bool> {
        match self.store.find(Oid::DATABASE, space, name) {
            Lookup::Found(oid) if self.store.is_certain(oid) => Some(true),
            Lookup::Absent => Some(false),
            _ => None,
        }
    }

    fn relation_asked_for(&self, schema: Option<&str>, name: &str) -> Lookup {
        self.asked_for(Space::Relation, schema, name)
    }

    /// Looks for the only thing of a name, in one schema or in all.
    fn asked_for(&self, space: Space, schema: Option<&str>, name: &str) -> Lookup {
        if Self::is_system_name(space, name)
            || Self::is_extensions_name(space, Path { schema, name })
        {
            return Lookup::Unknown;
        }
        let schemas = match schema {
            Some(name) if is_system_schema(name) => return Lookup::Unknown,
            Some(name) => match self.schema(name) {
                Lookup::Found(oid) => vec![oid],
                Lookup::Absent => return Lookup::Absent,
                Lookup::Unknown => return Lookup::Unknown,
            },
            // Mostly there is nothing elsewhere.
            None => {
                let mut all = self.store.within(Oid::DATABASE, Space::Schema);
                let is_used = self
                    .store
                    .names_within(self.elsewhere, space)
                    .next()
                    .is_some();
                all.retain(|schema| *schema != self.elsewhere || is_used);
                all
            }
        };
        // There may be schemas that nobody saw being made, and the information schema holds views of
        // plain names; of arrays' types only those of the elements are known.
        let is_elsewhere = schema.is_none()
            && (self.store.is_open(Oid::DATABASE)
                || builtin::is_relation("information_schema", name)
                || DOMAINS.contains(&name));
        if is_elsewhere || space == Space::Type && name.starts_with('_') {
            return Lookup::Unknown;
        }
        let mut found = None;
        for schema in schemas {
            match self.store.find(schema, space, name) {
                Lookup::Absent => {}
                Lookup::Found(oid) if self.store.is_certain(oid) && found.is_none() => {
                    found = Some(oid);
                }
                _ => return Lookup::Unknown,
            }
        }
        found.map_or(Lookup::Absent, Lookup::Found)
    }

    fn kind(&self, relation: Oid) -> Option<RelationKind> {
        self.store.get(relation)?.relation()?.known_kind()
    }

    fn has_part(&self, table: Lookup, space: Space, name: &str) -> Option<bool> {
        let table = match table {
            Lookup::Found(table) => table,
            Lookup::Absent => return Some(false),
            Lookup::Unknown => return None,
        };
        match self.store.find(table, space, name) {
            Lookup::Found(oid) if self.store.is_certain(oid) => Some(true),
            Lookup::Absent => Some(false),
            _ => None,
        }
    }
}

fn is_there(lookup: Lookup) -> Option<bool> {
    match lookup {
        Lookup::Found(_) => Some(true),
        Lookup::Absent => Some(false),
        Lookup::Unknown => None,
    }
}

/// Reads `[NOT] EXISTS (SELECT … FROM table WHERE column = 'name' AND …)`.
fn asked(condition: &str) -> Option<Asked> {
    let words = words(condition);
    let words = match words.as_slice() {
        [not, rest @ ..] if is(not, "not") => rest,
        words => words,
    };
    let [exists, (_, "("), select, rest @ .., (_, ")")] = words else {
        return None;
    };
    if !is(exists, "exists") || !is(select, "select") {
        return None;
    }
    let from = rest.iter().position(|word| is(word, "from"))?;
    let r#where = rest.iter().position(|word| is(word, "where"))?;
    // What is selected does not matter if it is no aggregate, which always gives a row.
    if rest.get(..from)?.iter().any(|(_, word)| *word == "(") {
        return None;
    }
    let (table, alias) = match rest.get(from + 1..r#where)? {
        [(_, schema), (_, "."), table] if is_catalog(schema) => (table, None),
        [(_, schema), (_, "."), table, alias] if is_catalog(schema) => (table, Some(alias)),
        [(_, schema), (_, "."), table, r#as, alias] if is_catalog(schema) && is(r#as, "as") => {
            (table, Some(alias))
        }
        [table] if table.1.to_ascii_lowercase().starts_with("pg_") => (table, None),
        [table, alias] if table.1.to_ascii_lowercase().starts_with("pg_") => (table, Some(alias)),
        [table, r#as, alias]
            if table.1.to_ascii_lowercase().starts_with("pg_") && is(r#as, "as") =>
        {
            (table, Some(alias))
        }
        _ => return None,
    };
    let mut asked = Asked {
        table: name(*table)?,
        names: Vec::new(),
    };
    for condition in rest.get(r#where + 1..)?.split(|word| is(word, "and")) {
        let (column, given) = match condition {
            [column, (_, "="), given] => (column, given),
            [row, (_, "."), column, (_, "="), given]
                if alias.unwrap_or(table).1.eq_ignore_ascii_case(row.1) =>
            {
                (column, given)
            }
            _ => return None,
        };
        asked.names.push((name(*column)?, let_literal(*given)?));
    }
    Some(asked)
}

fn is_catalog(schema: &str) -> bool {
    ["pg_catalog", "information_schema"]
        .iter()
        .any(|system| schema.eq_ignore_ascii_case(system))
}

fn is(word: &Word<'_>, other: &str) -> bool {
    word.0 == Kind::Word && word.1.eq_ignore_ascii_case(other)
}
