//! What `pg_catalog` has, as far as an expression needs it.

use super::rough::Rough;
use crate::catalog::{builtin, store::Lookup};

/// Looks for a routine of `pg_catalog` that takes so many arguments; it is never found for certain.
pub(super) fn routine(name: &str, count: usize) -> Lookup {
    match builtin::routine(name) {
        Some(routine) if routine.takes(count) => Lookup::Unknown,
        Some(_) | None => Lookup::Absent,
    }
}

/// Returns whether `pg_catalog` has a routine of a name.
pub(super) fn has_routine(name: &str) -> bool {
    builtin::routine(name).is_some()
}

/// Returns the type that all overloads of a routine return.
pub(super) fn returns(name: &str) -> Rough<'static> {
    let Some(returns) = builtin::routine(name).and_then(|routine| routine.returns) else {
        return Rough::Unknown;
    };
    Rough::Named(match returns {
        "boolean" => "bool",
        "smallint" => "int2",
        "integer" => "int4",
        "bigint" => "int8",
        "real" => "float4",
        "double precision" => "float8",
        "character varying" => "varchar",
        "timestamp with time zone" => "timestamptz",
        "timestamp without time zone" => "timestamp",
        "time with time zone" => "timetz",
        "time without time zone" => "time",
        "text" | "uuid" | "numeric" | "json" | "jsonb" | "date" | "interval" | "bytea" | "name"
        | "tsvector" | "tsquery" | "oid" | "inet" | "cidr" | "xml" => returns,
        _ => return Rough::Unknown,
    })
}

/// Looks for an operator of `pg_catalog`.
pub(super) fn operator(name: &str) -> Lookup {
    if builtin::is_operator(name) {
        Lookup::Unknown
    } else {
        Lookup::Absent
    }
}

/// Returns whether `pg_catalog` has a routine of a name that takes a row of any table alone: those
/// whose first argument is `"any"`, `record` or polymorphic and whose others may be left out.
pub(super) fn takes_any_row(name: &str) -> bool {
    const ROUTINES: &[&str] = &[
        "any_out",
        "any_value",
        "anycompatible_out",
        "anycompatiblenonarray_out",
        "anyelement_out",
        "anynonarray_out",
        "array_agg",
        "concat",
        "count",
        "cume_dist",
        "dense_rank",
        "first_value",
        "hash_record",
        "json_agg",
        "json_agg_strict",
        "json_build_array",
        "json_build_object",
        "jsonb_agg",
        "jsonb_agg_strict",
        "jsonb_build_array",
        "jsonb_build_object",
        "lag",
        "last_value",
        "lead",
        "max",
        "min",
        "mode",
        "num_nonnulls",
        "num_nulls",
        "percent_rank",
        "pg_collation_for",
        "pg_column_compression",
        "pg_column_size",
        "pg_column_toast_chunk_id",
        "pg_typeof",
        "quote_literal",
        "quote_nullable",
        "rank",
        "record_out",
        "record_send",
        "row_to_json",
        "to_json",
        "to_jsonb",
    ];
    ROUTINES.binary_search(&name).is_ok()
}

/// Returns the columns that a set-returning routine of `pg_catalog` has in FROM: none if there is one that
/// is called as the entry is; `None` if they are not known.
pub(super) fn table_columns(name: &str) -> Option<&'static [&'static str]> {
    match name {
        "generate_series"
        | "generate_subscripts"
        | "json_object_keys"
        | "jsonb_object_keys"
        | "jsonb_path_query"
        | "jsonb_path_query_tz"
        | "regexp_matches"
        | "regexp_split_to_table"
        | "string_to_table" => Some(&[]),
        "json_array_elements"
        | "json_array_elements_text"
        | "jsonb_array_elements"
        | "jsonb_array_elements_text" => Some(&["value"]),
        "json_each" | "json_each_text" | "jsonb_each" | "jsonb_each_text" => {
            Some(&["key", "value"])
        }
        _ => None,
    }
}
