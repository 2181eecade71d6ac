//! What a server provides by itself.

use std::collections::BTreeSet;

use postgres::{Client, GenericClient};

use crate::Result;

/// The functions among some rows of `pg_proc`: how many arguments each takes, and what it gives.
///
/// Polymorphic results depend on the call, and types of an extension on its schema: neither is named.
/// A variadic function takes no fewer arguments than it declares (`FuncnameGetCandidates`).
pub(super) const ROUTINES: &str = "
SELECT concat_ws(E'\\t', p.proname, p.pronargs - p.pronargdefaults,
    CASE WHEN p.provariadic <> 0 THEN '*' ELSE p.pronargs::text END,
    CASE WHEN t.typnamespace = 'pg_catalog'::regnamespace
            AND t.typname NOT IN ('any', 'record', '_record') AND t.typname NOT LIKE 'any%'
        THEN format_type(t.oid, NULL) ELSE '' END,
    p.prokind::text || CASE WHEN p.proretset THEN 's' ELSE '' END)
FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_type t ON t.oid = p.prorettype";

/// Relations with their schemas and columns.
pub(super) const RELATIONS: &str = "
SELECT concat_ws(E'\\t', n.nspname, c.relname,
    CASE c.relkind WHEN 'v' THEN 'view' ELSE 'table' END,
    coalesce(string_agg(a.attname, ',' ORDER BY a.attname) FILTER (WHERE a.attname IS NOT NULL), ''))
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f')";

/// What a query on [`RELATIONS`] ends with.
pub(super) const RELATIONS_END: &str = "GROUP BY n.nspname, c.relname, c.relkind";

/// Types that are neither arrays nor rows: base, range, multirange, pseudo, domain, enum.
pub(super) const TYPES: &str = "
SELECT concat_ws(E'\\t', t.typname, format_type(t.oid, NULL),
    CASE t.typtype WHEN 'b' THEN 'base' WHEN 'r' THEN 'range' WHEN 'm' THEN 'multirange'
        WHEN 'p' THEN 'pseudo' WHEN 'd' THEN 'domain' WHEN 'e' THEN 'enum' ELSE 'composite' END,
    t.typcategory::text)
FROM pg_catalog.pg_type t
WHERE t.oid NOT IN (SELECT typarray FROM pg_catalog.pg_type)
AND NOT EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid = t.typrelid AND c.relkind <> 'c')";

/// Operator classes, with the type each is for.
pub(super) const CLASSES: &str = "
SELECT concat_ws(E'\\t', m.amname, c.opcname,
    CASE WHEN t.typnamespace = 'pg_catalog'::regnamespace THEN format_type(t.oid, NULL) ELSE t.typname END,
    CASE WHEN c.opcdefault THEN 'default' ELSE '' END)
FROM pg_catalog.pg_opclass c JOIN pg_catalog.pg_am m ON m.oid = c.opcmethod
JOIN pg_catalog.pg_type t ON t.oid = c.opcintype";

/// Lists that are kept as they are told: the file, and the query.
///
/// Collations beyond those that every cluster is made with depend on the operating system.
const LISTS: &[(&str, &str)] = &[
    (
        "operators",
        "SELECT o.oprname || E'\\t' || coalesce(l.typname, '') || E'\\t' || r.typname || E'\\t' || t.typname FROM pg_operator o LEFT JOIN pg_type l ON l.oid = o.oprleft JOIN pg_type r ON r.oid = o.oprright JOIN pg_type t ON t.oid = o.oprresult WHERE o.oprnamespace = 'pg_catalog'::regnamespace",
    ),
    // Those that need not be written, with where they need not: `i` anywhere, `a` where a value is stored.
    (
        "casts",
        "SELECT s.typname || E'\\t' || t.typname || E'\\t' || c.castcontext::text FROM pg_cast c JOIN pg_type s ON s.oid = c.castsource JOIN pg_type t ON t.oid = c.casttarget",
    ),
    // Of each function how many arguments it needs, the types of all, and its result's. Functions that
    // operators are made of are called by those, and those for the server alone by nobody: neither is listed.
    (
        "signatures",
        "SELECT p.proname || E'\\t' || p.pronargs - p.pronargdefaults || E'\\t' || (SELECT string_agg(t.typname, ',' ORDER BY a.place) FROM unnest(p.proargtypes) WITH ORDINALITY a (type, place) JOIN pg_type t ON t.oid = a.type) || CASE WHEN p.provariadic <> 0 THEN '*' ELSE '' END || E'\\t' || r.typname FROM pg_proc p JOIN pg_type r ON r.oid = p.prorettype WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.pronargs > 0 AND p.proname NOT IN (SELECT i.proname FROM pg_proc i WHERE i.oid IN (SELECT oprcode FROM pg_operator) OR EXISTS (SELECT FROM unnest(i.proargtypes) a WHERE a IN ('internal'::regtype, 'cstring'::regtype)))",
    ),
    (
        "collations",
        "SELECT DISTINCT collname::text FROM pg_collation WHERE oid < 10000",
    ),
    (
        "access_methods",
        "SELECT amname || E'\\t' || CASE amtype WHEN 'i' THEN 'index' ELSE 'table' END FROM pg_am",
    ),
    ("languages", "SELECT lanname::text FROM pg_language"),
    (
        "text_search_configs",
        "SELECT DISTINCT cfgname::text FROM pg_ts_config WHERE cfgnamespace = 'pg_catalog'::regnamespace",
    ),
];

/// A column's type for which a method may have a default operator class, and that method.
pub(super) type Default = (String, String);

/// Prints what the server provides, one fact a line: its kind, the extension that it is of, the rest.
pub(super) fn server(client: &mut Client) -> Result {
    let own = "= 'pg_catalog'::regnamespace";
    let facts = [
        ("routine", format!("{ROUTINES} WHERE p.pronamespace {own}")),
        (
            "relation",
            format!(
                "{RELATIONS} AND n.nspname IN ('pg_catalog', 'information_schema') {RELATIONS_END}"
            ),
        ),
        (
            "type",
            format!("{TYPES} AND t.typnamespace {own} AND t.typtype <> 'c'"),
        ),
        ("class", CLASSES.to_owned()),
        // Users make arrays, enums, ranges and rows of their own: their classes are for a pseudo-type.
        (
            "default",
            "SELECT DISTINCT m.amname || E'\\t' || t.typname FROM pg_opclass c JOIN pg_am m ON m.oid = c.opcmethod JOIN pg_type t ON t.oid = c.opcintype WHERE c.opcdefault AND t.typtype = 'p'".to_owned(),
        ),
    ];
    for (kind, query) in facts {
        print(client, &format!("{kind}\t\t"), &query)?;
    }
    for (file, query) in LISTS {
        print(client, &format!("line\t{file}\t"), query)?;
    }
    let methods = index_methods(client)?;
    let types = column_types(client)?;
    for (method, name) in defaults(client, &methods, &types)? {
        println!("default\t\t{method}\t{name}");
    }
    Ok(())
}

/// Prints each row of a query of one column after some text.
pub(super) fn print(client: &mut impl GenericClient, before: &str, query: &str) -> Result {
    for line in texts(client, query)? {
        println!("{before}{line}");
    }
    Ok(())
}

/// Returns the rows of a query of one text column.
pub(super) fn texts(client: &mut impl GenericClient, query: &str) -> Result<Vec<String>> {
    let rows = client.query(query, &[])?;
    Ok(rows
        .iter()
        .map(|row| row.try_get(0))
        .collect::<Result<_, _>>()?)
}

/// Returns the access methods of indexes.
pub(super) fn index_methods(client: &mut impl GenericClient) -> Result<Vec<String>> {
    texts(
        client,
        "SELECT amname::text FROM pg_am WHERE amtype = 'i' ORDER BY 1",
    )
}

/// Returns the types of the server that a column can have, without arrays.
pub(super) fn column_types(client: &mut impl GenericClient) -> Result<Vec<String>> {
    texts(
        client,
        "SELECT format_type(oid, NULL) FROM pg_type WHERE typnamespace = 'pg_catalog'::regnamespace AND typtype IN ('b', 'r', 'm') AND oid NOT IN (SELECT typarray FROM pg_type) ORDER BY 1",
    )
}

/// Tries which types the server indexes without an operator class being named.
///
/// It is tried, because it also holds for a type that only shares its storage with the class's own.
pub(super) fn defaults(
    client: &mut impl GenericClient,
    methods: &[String],
    types: &[String],
) -> Result<BTreeSet<Default>> {
    let mut found = BTreeSet::new();
    let mut transaction = client.transaction()?;
    for name in types {
        let mut made = transaction.savepoint("made")?;
        if made
            .batch_execute(&format!("CREATE TABLE pg_temp.probe (c {name})"))
            .is_err()
        {
            made.rollback()?;
            continue;
        }
        for method in methods {
            let mut tried = made.savepoint("tried")?;
            let index = format!("CREATE INDEX ON pg_temp.probe USING {method} (c)");
            if tried.batch_execute(&index).is_ok() {
                found.insert((method.clone(), name.clone()));
            }
            tried.rollback()?;
        }
        made.rollback()?;
    }
    transaction.rollback()?;
    Ok(found)
}
