//! What the extensions of a server bring.

use std::collections::BTreeSet;

use postgres::{Client, Transaction};

use super::ask;
use crate::Result;

/// The extensions that a server could make, with what their control files say.
const AVAILABLE: &str = "
SELECT concat_ws(E'\\t', v.name, coalesce(v.schema, ''), coalesce(array_to_string(v.requires, ','), ''),
    CASE WHEN EXISTS (SELECT FROM pg_extension e WHERE e.extname = v.name) THEN 'installed' ELSE '' END)
FROM pg_available_extension_versions v JOIN pg_available_extensions a
ON a.name = v.name AND a.default_version = v.version ORDER BY 1";

/// Of every extension the version that is made by default, then the others.
const VERSIONS: &str = "
SELECT v.version FROM pg_available_extension_versions v JOIN pg_available_extensions a ON a.name = v.name
WHERE v.name = $1 ORDER BY v.version <> a.default_version, v.version";

/// Makes each version of each extension in an empty schema, and prints what it brought.
///
/// A version whose library the server cannot load is passed over. An extension counts as known if
/// its default version could be made.
pub(super) fn all(client: &mut Client) -> Result {
    let methods = ask::index_methods(client)?;
    let types = ask::column_types(client)?;
    let core = ask::defaults(client, &methods, &types)?;
    for line in ask::texts(client, AVAILABLE)? {
        println!("extension\t{line}");
        let mut fields = line.split('\t');
        let name = fields.next().unwrap_or_default();
        let fixed = fields.next().unwrap_or_default();
        for (position, row) in client.query(VERSIONS, &[&name])?.iter().enumerate() {
            let version: String = row.try_get(0)?;
            let mut transaction = client.transaction()?;
            if make(&mut transaction, name, fixed, &version)? {
                if position == 0 {
                    println!("made\t{name}");
                }
                contents(&mut transaction, name, &core)?;
            }
            transaction.rollback()?;
        }
    }
    Ok(())
}

/// Makes an extension, unless it is there; returns whether it is.
fn make(transaction: &mut Transaction, name: &str, fixed: &str, version: &str) -> Result<bool> {
    if transaction
        .query_opt("SELECT FROM pg_extension WHERE extname = $1", &[&name])?
        .is_some()
    {
        return Ok(true);
    }
    let place = if fixed.is_empty() {
        transaction.batch_execute("CREATE SCHEMA home")?;
        "SCHEMA home"
    } else {
        ""
    };
    let statement = format!("CREATE EXTENSION \"{name}\" {place} VERSION '{version}' CASCADE");
    match transaction.batch_execute(&statement) {
        Ok(()) => Ok(true),
        Err(error) if error.as_db_error().is_some() => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Prints the members of an extension that is there.
fn contents(transaction: &mut Transaction, name: &str, core: &BTreeSet<ask::Default>) -> Result {
    let members = |class: &str, oid: &str| {
        format!(
            "{oid} IN (SELECT d.objid FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid WHERE d.classid = '{class}'::regclass AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e' AND e.extname = '{name}')"
        )
    };
    let facts = [
        (
            "schema",
            format!(
                "SELECT nspname::text FROM pg_namespace n WHERE {}",
                members("pg_namespace", "n.oid")
            ),
        ),
        (
            "routine",
            format!("{} WHERE {}", ask::ROUTINES, members("pg_proc", "p.oid")),
        ),
        (
            "relation",
            format!(
                "{} AND {} {}",
                ask::RELATIONS.replace("n.nspname, c.relname", "CASE WHEN n.oid IN (SELECT extnamespace FROM pg_extension WHERE extname = '{name}') THEN '' ELSE n.nspname END, c.relname").replace("{name}", name),
                members("pg_class", "c.oid"),
                ask::RELATIONS_END.replace("n.nspname", "n.oid, n.nspname")
            ),
        ),
        (
            "type",
            format!("{} AND {}", ask::TYPES, members("pg_type", "t.oid")),
        ),
        (
            "operator",
            format!(
                "SELECT DISTINCT oprname::text FROM pg_operator o WHERE {}",
                members("pg_operator", "o.oid")
            ),
        ),
        (
            "method",
            format!(
                "SELECT amname::text FROM pg_am m WHERE {}",
                members("pg_am", "m.oid")
            ),
        ),
        (
            "class",
            format!("{} WHERE {}", ask::CLASSES, members("pg_opclass", "c.oid")),
        ),
        // What the classes are declared for, and below what else they serve.
        (
            "default",
            format!(
                "SELECT DISTINCT m.amname || E'\\t' || CASE WHEN t.typnamespace = 'pg_catalog'::regnamespace THEN format_type(t.oid, NULL) ELSE t.typname END FROM pg_opclass c JOIN pg_am m ON m.oid = c.opcmethod JOIN pg_type t ON t.oid = c.opcintype WHERE c.opcdefault AND {}",
                members("pg_opclass", "c.oid")
            ),
        ),
    ];
    for (kind, query) in facts {
        ask::print(transaction, &format!("{kind}\t{name}\t"), &query)?;
    }
    let methods = ask::texts(
        transaction,
        &format!(
            "SELECT DISTINCT m.amname::text FROM pg_opclass c JOIN pg_am m ON m.oid = c.opcmethod WHERE c.opcdefault AND {}",
            members("pg_opclass", "c.oid")
        ),
    )?;
    if methods.is_empty() {
        return Ok(());
    }
    let types = ask::column_types(transaction)?;
    for found in ask::defaults(transaction, &methods, &types)?.difference(core) {
        println!("default\t{name}\t{}\t{}", found.0, found.1);
    }
    Ok(())
}
