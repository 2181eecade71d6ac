//! What a database on the Supabase platform has before its first migration.
//!
//! The platform adds to all of it as it goes: what is not listed may be there all the same.

use super::{
    lookup::{Table, table},
    relation::Relation,
    routine::Routine,
};

const RELATIONS: Table = table!("supabase/relations.txt");
const ROUTINES: Table = table!("supabase/routines.txt");

/// The search path of every connection.
pub(crate) const SEARCH_PATH: [&str; 3] = ["$user", "public", "extensions"];

/// The schema that extensions are made in.
pub(crate) const EXTENSIONS_SCHEMA: &str = "extensions";

/// The roles, in byte order.
const ROLES: [&str; 20] = [
    "anon",
    "authenticated",
    "authenticator",
    "cli_login_postgres",
    "dashboard_user",
    "pgbouncer",
    "pgsodium_keyholder",
    "pgsodium_keyiduser",
    "pgsodium_keymaker",
    "pgtle_admin",
    "postgres",
    "service_role",
    "supabase_admin",
    "supabase_auth_admin",
    "supabase_etl_admin",
    "supabase_functions_admin",
    "supabase_read_only_user",
    "supabase_realtime_admin",
    "supabase_replication_admin",
    "supabase_storage_admin",
];

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

/// The extensions that are there, with their schemas.
const EXTENSIONS: [(&str, &str); 6] = [
    ("pg_graphql", "graphql"),
    ("pg_stat_statements", "extensions"),
    ("pgcrypto", "extensions"),
    ("plpgsql", "pg_catalog"),
    ("supabase_vault", "vault"),
    ("uuid-ossp", "extensions"),
];

/// The publications that are there.
pub(crate) const PUBLICATIONS: [&str; 1] = ["supabase_realtime"];

/// What `ALTER DEFAULT PRIVILEGES` gives on what is made in `public`: all privileges, to these roles.
pub(crate) const DEFAULT_GRANTEES: [&str; 4] =
    ["anon", "authenticated", "postgres", "service_role"];

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

/// Returns whether the platform has a role; versions of it differ in those that no user names.
pub(crate) fn is_role(name: &str) -> bool {
    has(&ROLES, name)
}

/// Returns the roles, in byte order.
pub(crate) fn roles() -> impl Iterator<Item = &'static str> {
    ROLES.into_iter()
}

/// Returns the schema of an extension that is there.
///
/// Each but `plpgsql` can be switched off, and each may have been moved: a project may differ.
pub(crate) fn extension_schema(name: &str) -> Option<&'static str> {
    let found = EXTENSIONS.iter().find(|(extension, _)| *extension == name);
    found.map(|(_, schema)| *schema)
}

/// Returns the extensions that are there, with their schemas.
pub(crate) fn extensions() -> impl Iterator<Item = (&'static str, &'static str)> {
    EXTENSIONS.into_iter()
}

/// Returns a table or view of the platform. More columns than it lists may be there.
pub(crate) fn relation(schema: &str, name: &str) -> Option<Relation> {
    RELATIONS.find(&[schema, name]).map(Relation::qualified)
}

/// Returns the functions of the platform that have a name.
///
/// An overload that is not known may be there: no number of arguments is told.
pub(crate) fn routine(schema: &str, name: &str) -> Option<Routine> {
    let line = ROUTINES.find(&[schema, name])?;
    Some(Routine::read(line, 2))
}

fn has(names: &[&str], name: &str) -> bool {
    names.binary_search(&name).is_ok()
}
