//! The tables of the history: their names, their definition, the lock that guards them.

use crate::{
    quote::{identifier, literal},
    set::Set,
};

/// The version of the tables' format, which the history table's comment carries.
pub(crate) const FORMAT: &str = "samokoder-migrate format 1";

/// The qualified names of the tables of one schema.
#[derive(Clone, Debug)]
pub(crate) struct Tables {
    /// The schema, bare.
    pub(crate) name: String,
    /// The schema, quoted.
    pub(crate) schema: String,
    pub(crate) history: String,
    pub(crate) seed: String,
    pub(crate) unfinished: String,
    pub(crate) event: String,
    /// The key of the advisory lock: one a schema, since sets share its creation.
    pub(crate) lock: i64,
}

impl Tables {
    pub(crate) fn of(set: &Set) -> Self {
        let schema = identifier(set.schema());
        Self {
            name: set.schema().to_owned(),
            history: format!("{schema}.history"),
            seed: format!("{schema}.seed"),
            unfinished: format!("{schema}.unfinished"),
            event: format!("{schema}.event"),
            lock: lock_key(set.schema()),
            schema,
        }
    }

    /// Returns the expression that names the tables that are gone while others are there, or NULL.
    pub(crate) fn missing(&self) -> String {
        let tables = [&self.history, &self.seed, &self.unfinished, &self.event];
        let names: Vec<String> = tables.into_iter().map(|table| literal(table)).collect();
        format!(
            "SELECT string_agg(t.name, ', ') FILTER (WHERE to_regclass(t.name) IS NULL) FROM unnest(ARRAY[{}]::text[]) AS t (name)
        HAVING count(*) > count(to_regclass(t.name)) AND count(to_regclass(t.name)) > 0",
            names.join(", ")
        )
    }

    /// Returns each table's bare name and definition, in the order of creation.
    pub(crate) fn definitions(&self) -> [(&'static str, String); 4] {
        [
            (
                "history",
                format!(
                    "CREATE TABLE {} (
    set_name text NOT NULL,
    position integer NOT NULL CHECK (position > 0),
    version text NOT NULL,
    name text NOT NULL,
    label text NOT NULL,
    checksum bytea NOT NULL,
    downgrade text,
    downgrade_checksum bytea NOT NULL,
    downgrade_path text,
    downgrade_outside boolean NOT NULL,
    downgrade_statements text,
    downgrade_traces text,
    downgrade_settings text,
    downgrade_lock_ms bigint,
    downgrade_statement_ms bigint,
    irreversible text,
    applied_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    duration_ms bigint,
    run text NOT NULL,
    PRIMARY KEY (set_name, position),
    UNIQUE (set_name, version)
)",
                    self.history
                ),
            ),
            (
                "seed",
                format!(
                    "CREATE TABLE {} (
    set_name text NOT NULL,
    path text NOT NULL,
    checksum bytea NOT NULL,
    position integer NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    run text NOT NULL,
    PRIMARY KEY (set_name, path)
)",
                    self.seed
                ),
            ),
            (
                "unfinished",
                format!(
                    "CREATE TABLE {} (
    set_name text PRIMARY KEY,
    position integer NOT NULL,
    version text NOT NULL,
    label text NOT NULL,
    direction text NOT NULL CHECK (direction IN ('upgrade', 'downgrade')),
    checksum bytea NOT NULL,
    statement integer NOT NULL,
    statements integer NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('begun', 'refused', 'decided')),
    at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    run text NOT NULL
)",
                    self.unfinished
                ),
            ),
            (
                "event",
                format!(
                    "CREATE TABLE {} (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    set_name text NOT NULL,
    run text NOT NULL,
    kind text NOT NULL,
    outcome text NOT NULL,
    position integer,
    subject text NOT NULL,
    duration_ms bigint,
    sqlstate text,
    message text,
    role text NOT NULL DEFAULT current_user,
    session_role text NOT NULL DEFAULT session_user,
    client text DEFAULT pg_catalog.host(pg_catalog.inet_client_addr()),
    tool text NOT NULL,
    build text
)",
                    self.event
                ),
            ),
        ]
    }
}

/// Derives the advisory lock's key from the schema's name: FNV-1a, 64 bits.
fn lock_key(schema: &str) -> i64 {
    let hash = "samokoder-migrate:"
        .bytes()
        .chain(schema.bytes())
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    i64::from_ne_bytes(hash.to_ne_bytes())
}

#[cfg(test)]
mod tests {
    use super::lock_key;

    #[test]
    fn the_lock_s_key_is_what_formats_md_says() {
        assert_eq!(lock_key("samokoder_migrate"), 7_110_866_458_241_123_279);
    }
}
