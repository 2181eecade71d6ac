//! What a database on the Supabase platform has before its first migration.
//!
//! The platform adds to all of it as it goes: what is not listed may be there all the same.

/// The search path of every connection.
pub(crate) const SEARCH_PATH: [&str; 3] = ["$user", "public", "extensions"];

/// The schema that extensions are made in.
pub(crate) const EXTENSIONS_SCHEMA: &str = "extensions";

/// The schemas that every project has, in byte order.
const SCHEMAS: [&str; 9] = [
    "auth",
    "extensions",
    "graphql",
    "graphql_public",
    "pgbouncer",
    "public",
    "realtime",
    "storage",
    "vault",
];

/// The schemas that a project may have, in byte order: made by features when they are switched on.
const FEATURE_SCHEMAS: [&str; 14] = [
    "_analytics",
    "_realtime",
    "_supavisor",
    "cron",
    "etl",
    "net",
    "pgmq",
    "pgmq_public",
    "pgsodium",
    "pgsodium_masks",
    "pgtle",
    "repack",
    "supabase_functions",
    "supabase_migrations",
];

/// The extensions that are there; a project may have switched any of them off.
const EXTENSIONS: [&str; 5] = [
    "pg_graphql",
    "pg_stat_statements",
    "pgcrypto",
    "supabase_vault",
    "uuid-ossp",
];

/// The publications that are there, unless a project dropped or made them itself.
pub(crate) const PUBLICATIONS: [&str; 1] = ["supabase_realtime"];

/// What is known of a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub(crate) enum Schema {
    /// It is there, and holds what users make.
    Public,
    /// It is there, and holds more than is listed.
    Platform,
    /// It is there if a feature is on, and holds more than is listed.
    Feature,
}

/// Returns what the platform makes of a schema.
pub(crate) fn schema(name: &str) -> Option<Schema> {
    if name == "public" {
        Some(Schema::Public)
    } else if has(&SCHEMAS, name) {
        Some(Schema::Platform)
    } else {
        has(&FEATURE_SCHEMAS, name).then_some(Schema::Feature)
    }
}

/// Returns the schemas that every project has, in byte order.
pub(crate) fn schemas() -> impl Iterator<Item = &'static str> {
    SCHEMAS.into_iter()
}

/// Returns whether a schema may hold more than is known: all but `public`.
pub(crate) fn is_open_schema(name: &str) -> bool {
    matches!(schema(name), Some(Schema::Platform | Schema::Feature))
}

/// Returns the extensions that are there.
pub(crate) fn extensions() -> impl Iterator<Item = &'static str> {
    EXTENSIONS.into_iter()
}

fn has(names: &[&str], name: &str) -> bool {
    names.binary_search(&name).is_ok()
}
