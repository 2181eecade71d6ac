//! A seed that is a file of rows: into a temporary table by COPY, and from there into its own.

use super::{
    opening::BEGIN,
    record::{self, Timed},
    settings::{self, Scope},
    step::{Flush, Writer},
};
use crate::{
    plan::Step,
    quote::{dollar, identifier, literal},
    set::{Rows, Seed},
};

/// The temporary table, which its transaction drops.
const TABLE: &str = "pg_temp.samokoder_rows";

impl Writer<'_> {
    /// Returns the seed of a step that loads a file of rows, with the file.
    pub(crate) fn loaded(&self, step: &Step) -> Option<(&Seed, &Rows)> {
        if step.kind != crate::Kind::Seed {
            return None;
        }
        let seed = self.set.seeds().get(step.seed)?;
        Some((seed, seed.rows.as_ref()?))
    }

    /// Opens the step's transaction, and makes the table that the rows go to first.
    ///
    /// It has the file's columns alone, with their types. What must not be null is refused there, where
    /// the server tells the line, and so is a key that is null, by which no row is found again.
    pub(crate) fn before_rows(&self, step: &Step, before: usize) -> String {
        let Some((seed, rows)) = self.loaded(step) else {
            return String::new();
        };
        let array = |names: &[_]| {
            let names: Vec<String> = names
                .iter()
                .map(|name: &std::borrow::Cow<_>| literal(name))
                .collect();
            names.join(", ")
        };
        let required = format!(
            "DECLARE
    name pg_catalog.text;
BEGIN
    FOR name IN SELECT a.attname FROM pg_catalog.pg_attribute AS a
        WHERE a.attrelid OPERATOR(pg_catalog.=) {target}::pg_catalog.regclass::pg_catalog.oid AND NOT a.attisdropped
            AND (a.attname OPERATOR(pg_catalog.=) ANY (ARRAY[{key}]::pg_catalog.name[])
                OR a.attnotnull AND a.attname OPERATOR(pg_catalog.=) ANY (ARRAY[{columns}]::pg_catalog.name[])) LOOP
        EXECUTE pg_catalog.format('ALTER TABLE {TABLE} ALTER %I SET NOT NULL', name);
    END LOOP;
END",
            target = literal(&table(rows)),
            key = array(&rows.key),
            columns = array(&rows.columns),
        );
        format!(
            "{BEGIN}{}{}{}CREATE TEMPORARY TABLE samokoder_rows ON COMMIT DROP AS SELECT {} FROM {} WITH NO DATA;\nDO {};\n",
            settings::enter(Scope::Transaction),
            self.guard(step, before, &step.condition),
            self.prepare(step, Some(&seed.script), Flush::Now, Scope::Transaction),
            list(&rows.columns),
            table(rows),
            dollar(&required),
        )
    }

    /// Returns the statement that the rows are sent by.
    pub(crate) fn copy(&self, step: &Step) -> String {
        self.loaded(step).map_or_else(String::new, |(_, rows)| {
            format!(
                "COPY {TABLE} ({}) FROM STDIN WITH (FORMAT csv, HEADER true, ENCODING 'UTF8')",
                list(&rows.columns)
            )
        })
    }

    /// Returns the statement as psql has it, with its file.
    pub(crate) fn psql_copy(&self, step: &Step) -> String {
        let Some((seed, _)) = self.loaded(step) else {
            return String::new();
        };
        let path = seed
            .shown_rows()
            .replace(['\n', '\r'], " ")
            .replace('\'', "''");
        let copy = self
            .copy(step)
            .replacen("FROM STDIN", &format!("FROM '{path}'"), 1);
        format!("\\{}\n", copy.replacen("COPY", "copy", 1))
    }

    /// Moves the rows to where they belong, and records the seed.
    ///
    /// A row that is there already as it is is not written again: `*<>` compares whatever a type's
    /// own operators are.
    pub(crate) fn after_rows(&self, step: &Step) -> String {
        let Some((seed, rows)) = self.loaded(step) else {
            return String::new();
        };
        let others: Vec<String> = rows
            .columns
            .iter()
            .filter(|column| !rows.key.contains(column))
            .map(|column| identifier(column))
            .collect();
        let action = if others.is_empty() {
            "NOTHING".to_owned()
        } else {
            let set: Vec<String> = others
                .iter()
                .map(|name| format!("{name} = EXCLUDED.{name}"))
                .collect();
            let of = |table: &str| {
                let fields: Vec<String> = others
                    .iter()
                    .map(|name| format!("{table}.{name}"))
                    .collect();
                format!("ROW({})::pg_catalog.record", fields.join(", "))
            };
            format!(
                "UPDATE SET {}\n    WHERE {} OPERATOR(pg_catalog.*<>) {}",
                set.join(", "),
                of("samokoder_target"),
                of("EXCLUDED")
            )
        };
        format!(
            "INSERT INTO {} AS samokoder_target ({columns}) OVERRIDING SYSTEM VALUE
SELECT {columns} FROM {TABLE}
ON CONFLICT ({}) DO {action};\n{}{}{}{}{leave}COMMIT;\n",
            table(rows),
            list(&rows.key),
            settings::own_path(),
            settings::restore(&seed.script, Scope::Transaction),
            self.rows(step).0,
            record::done(self.tables, self.set, step, self.run, Timed::Yes),
            columns = list(&rows.columns),
            leave = settings::leave(),
        )
    }
}

/// Returns the target's name.
fn table(rows: &Rows) -> String {
    let parts: Vec<String> = rows.table.iter().map(|part| identifier(part)).collect();
    parts.join(".")
}

fn list(names: &[std::borrow::Cow<'static, str>]) -> String {
    let names: Vec<String> = names.iter().map(|name| identifier(name)).collect();
    names.join(", ")
}
