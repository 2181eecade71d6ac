//! Types that no statement makes: the server's, and those of well-known extensions.

/// Returns how `format_type` prints a type of `pg_catalog` that has no modifier.
pub(super) fn display(name: &str) -> Option<&'static str> {
    const SAME: &[&str] = &[
        "aclitem",
        "anyarray",
        "anycompatible",
        "anycompatiblearray",
        "anycompatiblemultirange",
        "anycompatiblenonarray",
        "anycompatiblerange",
        "anyelement",
        "anyenum",
        "anymultirange",
        "anynonarray",
        "anyrange",
        "bit",
        "box",
        "bytea",
        "cid",
        "cidr",
        "circle",
        "cstring",
        "date",
        "datemultirange",
        "daterange",
        "event_trigger",
        "fdw_handler",
        "gtsvector",
        "index_am_handler",
        "inet",
        "int2vector",
        "int4multirange",
        "int4range",
        "int8multirange",
        "int8range",
        "internal",
        "interval",
        "json",
        "jsonb",
        "jsonpath",
        "language_handler",
        "line",
        "lseg",
        "macaddr",
        "macaddr8",
        "money",
        "name",
        "numeric",
        "nummultirange",
        "numrange",
        "oid",
        "oidvector",
        "path",
        "pg_brin_bloom_summary",
        "pg_brin_minmax_multi_summary",
        "pg_ddl_command",
        "pg_dependencies",
        "pg_lsn",
        "pg_mcv_list",
        "pg_ndistinct",
        "pg_node_tree",
        "pg_snapshot",
        "point",
        "polygon",
        "record",
        "refcursor",
        "regclass",
        "regcollation",
        "regconfig",
        "regdictionary",
        "regnamespace",
        "regoper",
        "regoperator",
        "regproc",
        "regprocedure",
        "regrole",
        "regtype",
        "table_am_handler",
        "text",
        "tid",
        "trigger",
        "tsm_handler",
        "tsmultirange",
        "tsquery",
        "tsrange",
        "tstzmultirange",
        "tstzrange",
        "tsvector",
        "txid_snapshot",
        "unknown",
        "uuid",
        "void",
        "xid",
        "xid8",
        "xml",
    ];
    Some(match name {
        "any" => "\"any\"",
        "bool" => "boolean",
        "bpchar" => "character",
        "char" => "\"char\"",
        "float4" => "real",
        "float8" => "double precision",
        "int2" => "smallint",
        "int4" => "integer",
        "int8" => "bigint",
        "time" => "time without time zone",
        "timestamp" => "timestamp without time zone",
        "timestamptz" => "timestamp with time zone",
        "timetz" => "time with time zone",
        "varbit" => "bit varying",
        "varchar" => "character varying",
        _ => return SAME.iter().find(|same| **same == name).copied(),
    })
}

/// Returns whether there is an array type of a type of `pg_catalog`.
pub(super) fn has_array(name: &str) -> bool {
    !matches!(
        name,
        "any"
            | "anyarray"
            | "anycompatible"
            | "anycompatiblearray"
            | "anycompatiblemultirange"
            | "anycompatiblenonarray"
            | "anycompatiblerange"
            | "anyelement"
            | "anyenum"
            | "anymultirange"
            | "anynonarray"
            | "anyrange"
            | "event_trigger"
            | "fdw_handler"
            | "index_am_handler"
            | "internal"
            | "language_handler"
            | "pg_ddl_command"
            | "table_am_handler"
            | "trigger"
            | "tsm_handler"
            | "unknown"
            | "void"
    )
}

/// Returns whether a name may be the type of an extension, or of a relation of `pg_catalog`, that is
/// there without a statement.
pub(super) fn is_foreign(name: &str) -> bool {
    const EXTENSIONS: &[&str] = &[
        "citext",
        "hstore",
        "ltree",
        "lquery",
        "ltxtquery",
        "cube",
        "earth",
        "geometry",
        "geography",
        "geometry_dump",
        "box2d",
        "box3d",
        "raster",
        "topogeometry",
        "vector",
        "halfvec",
        "sparsevec",
        "ean13",
        "isbn",
        "isbn13",
        "ismn",
        "ismn13",
        "issn",
        "issn13",
        "upc",
        "lo",
        "query_int",
        "seg",
        "semver",
        "semverrange",
        "ulid",
        "hll",
        "roaringbitmap",
        "ip4",
        "ip4r",
        "ip6",
        "ip6r",
        "ipaddress",
        "iprange",
        "prefix_range",
        "h3index",
        "agtype",
        "mol",
        "stdaddr",
        "unit",
        "valid_detail",
        "uri",
    ];
    let name = name.strip_prefix('_').unwrap_or(name);
    name.starts_with("pg_") || EXTENSIONS.contains(&name)
}
