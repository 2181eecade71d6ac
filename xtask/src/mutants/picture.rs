//! What a server's catalog holds, as lines that can be compared.

use std::collections::BTreeSet;

use postgres::{Client, SimpleQueryMessage};

/// One line for each object and each property of it; the order of columns is apart.
///
/// The rows that a replay is held against would not do, though they are read as fast: they leave out what
/// no replay knows, such as grants, a view's query and a table's options, in which a downgrade may still
/// fail to lead back. And they are read over a connection of their own, which does not see what a block
/// that is to be undone has done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Picture {
    lines: BTreeSet<String>,
    /// Of each table.
    orders: BTreeSet<String>,
}

const ORDER: &str = "order ";

impl Picture {
    /// Reads the catalog of the database, by the system catalogs' own printing functions.
    pub(crate) fn read(client: &mut Client) -> Result<Self, postgres::Error> {
        // With an empty path every printed name has its schema.
        client.batch_execute("SET search_path = ''")?;
        let (orders, lines) = client
            .simple_query(QUERY)?
            .iter()
            .filter_map(|message| match message {
                SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
                _ => None,
            })
            .partition(|line| line.starts_with(ORDER));
        client.batch_execute("RESET search_path")?;
        Ok(Self { lines, orders })
    }

    /// Returns whether a downgrade that found `after` led back here; an extension may be left behind.
    pub(crate) fn is_restored_by(&self, after: &Self) -> bool {
        self.lines.is_subset(&after.lines)
            && after
                .lines
                .difference(&self.lines)
                .all(|line| line.starts_with("extension "))
    }

    /// Returns whether the columns of every table stand as in another.
    pub(crate) fn has_columns_in_order_of(&self, other: &Self) -> bool {
        self.orders == other.orders
    }

    /// Returns the lines that another does not have.
    pub(crate) fn only<'a>(&'a self, other: &'a Self) -> Vec<&'a str> {
        self.lines
            .difference(&other.lines)
            .map(String::as_str)
            .collect()
    }
}

/// Objects of extensions are theirs; what `pg_dump` prints of the rest, but for comments and owners.
const QUERY: &str = r#"
WITH schemas AS (
    SELECT oid, nspname, nspacl, nspowner FROM pg_catalog.pg_namespace
    WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
), owned AS (
    SELECT classid, objid FROM pg_catalog.pg_depend WHERE deptype = 'e'
), relations AS (
    SELECT c.*, c.oid::regclass::text AS name FROM pg_catalog.pg_class c
    WHERE c.relnamespace IN (SELECT oid FROM schemas)
      AND NOT EXISTS (SELECT FROM owned WHERE classid = 'pg_catalog.pg_class'::regclass AND objid = c.oid)
), functions AS (
    SELECT p.*, p.oid::regprocedure::text AS name FROM pg_catalog.pg_proc p
    WHERE p.pronamespace IN (SELECT oid FROM schemas)
      AND NOT EXISTS (SELECT FROM owned WHERE classid = 'pg_catalog.pg_proc'::regclass AND objid = p.oid)
), types AS (
    SELECT t.*, t.oid::regtype::text AS name FROM pg_catalog.pg_type t
    WHERE t.typnamespace IN (SELECT oid FROM schemas) AND t.typtype IN ('d', 'e', 'r')
      AND NOT EXISTS (SELECT FROM owned WHERE classid = 'pg_catalog.pg_type'::regclass AND objid = t.oid)
)
SELECT pg_catalog.concat_ws(' ', 'schema', nspname) FROM schemas
UNION ALL SELECT pg_catalog.concat_ws(' ', 'extension', extname) FROM pg_catalog.pg_extension
UNION ALL SELECT pg_catalog.concat_ws(' ', 'relation', name, relkind, relpersistence, relrowsecurity,
    relforcerowsecurity, relreplident, reloptions, pg_catalog.pg_get_partkeydef(oid),
    pg_catalog.pg_get_expr(relpartbound, oid), reloftype::regtype) FROM relations
UNION ALL SELECT pg_catalog.concat_ws(' ', 'inherits', r.name, i.inhparent::regclass)
    FROM relations r JOIN pg_catalog.pg_inherits i ON i.inhrelid = r.oid
UNION ALL SELECT pg_catalog.concat_ws(' ', 'column', r.name, pg_catalog.quote_ident(a.attname),
    pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated,
    a.attcollation::regcollation, pg_catalog.pg_get_expr(d.adbin, d.adrelid))
    FROM relations r JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE r.relkind IN ('r', 'p', 'f', 'v', 'm', 'c')
UNION ALL SELECT pg_catalog.concat_ws(' ', 'order', r.name,
    pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY a.attnum))
    FROM relations r JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE r.relkind IN ('r', 'p', 'f') GROUP BY r.oid, r.name
UNION ALL SELECT pg_catalog.concat_ws(' ', 'constraint', coalesce(r.name, t.name), pg_catalog.quote_ident(k.conname),
    pg_catalog.pg_get_constraintdef(k.oid))
    FROM pg_catalog.pg_constraint k LEFT JOIN relations r ON r.oid = k.conrelid LEFT JOIN types t ON t.oid = k.contypid
    WHERE k.contype <> 'n' AND (r.oid IS NOT NULL OR t.oid IS NOT NULL)
UNION ALL SELECT pg_catalog.concat_ws(' ', 'index', i.indexrelid::regclass, i.indisvalid, i.indisclustered,
    i.indisreplident, pg_catalog.pg_get_indexdef(i.indexrelid))
    FROM relations r JOIN pg_catalog.pg_index i ON i.indrelid = r.oid
UNION ALL SELECT pg_catalog.concat_ws(' ', 'sequence', r.name, s.seqtypid::regtype, s.seqstart, s.seqincrement, s.seqmin,
    s.seqmax, s.seqcycle, d.refobjid::regclass, a.attname)
    FROM relations r JOIN pg_catalog.pg_sequence s ON s.seqrelid = r.oid
    LEFT JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = r.oid
        AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.deptype IN ('a', 'i')
    LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
UNION ALL SELECT pg_catalog.concat_ws(' ', 'view', name, pg_catalog.pg_get_viewdef(oid)) FROM relations WHERE relkind IN ('v', 'm')
UNION ALL SELECT pg_catalog.concat_ws(' ', 'trigger', r.name, t.tgenabled, pg_catalog.pg_get_triggerdef(t.oid))
    FROM relations r JOIN pg_catalog.pg_trigger t ON t.tgrelid = r.oid WHERE NOT t.tgisinternal
UNION ALL SELECT pg_catalog.concat_ws(' ', 'rule', r.name, pg_catalog.pg_get_ruledef(w.oid))
    FROM relations r JOIN pg_catalog.pg_rewrite w ON w.ev_class = r.oid WHERE w.rulename <> '_RETURN'
UNION ALL SELECT pg_catalog.concat_ws(' ', 'policy', r.name, pg_catalog.quote_ident(p.polname), p.polcmd, p.polpermissive,
    (SELECT pg_catalog.string_agg(coalesce(a.rolname, 'public'), ',' ORDER BY a.rolname)
        FROM pg_catalog.unnest(p.polroles) o LEFT JOIN pg_catalog.pg_roles a ON a.oid = o),
    pg_catalog.pg_get_expr(p.polqual, p.polrelid), pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid))
    FROM relations r JOIN pg_catalog.pg_policy p ON p.polrelid = r.oid
UNION ALL SELECT pg_catalog.concat_ws(' ', 'statistics', pg_catalog.pg_get_statisticsobjdef(s.oid))
    FROM relations r JOIN pg_catalog.pg_statistic_ext s ON s.stxrelid = r.oid
UNION ALL SELECT pg_catalog.concat_ws(' ', 'type', name, typtype, typbasetype::regtype, typtypmod, typnotnull, typdefault,
    (SELECT pg_catalog.string_agg(pg_catalog.quote_literal(e.enumlabel), ',' ORDER BY e.enumsortorder)
        FROM pg_catalog.pg_enum e WHERE e.enumtypid = types.oid),
    (SELECT g.rngsubtype::regtype FROM pg_catalog.pg_range g WHERE g.rngtypid = types.oid)) FROM types
UNION ALL SELECT pg_catalog.concat_ws(' ', 'function', name, prokind, prorettype::regtype, proretset, provolatile,
    proisstrict, prosecdef, proconfig, CASE WHEN prokind <> 'a' THEN pg_catalog.md5(pg_catalog.pg_get_functiondef(oid)) END)
    FROM functions
UNION ALL SELECT pg_catalog.concat_ws(' ', 'event trigger', evtname, evtevent, evtenabled, evtfoid::regproc)
    FROM pg_catalog.pg_event_trigger
UNION ALL SELECT pg_catalog.concat_ws(' ', 'publication', p.pubname, p.puballtables, r.prrelid::regclass)
    FROM pg_catalog.pg_publication p LEFT JOIN pg_catalog.pg_publication_rel r ON r.prpubid = p.oid
UNION ALL SELECT pg_catalog.concat_ws(' ', 'grant', r.name, a.grantee::regrole, a.privilege_type, a.is_grantable)
    FROM relations r, pg_catalog.aclexplode(coalesce(r.relacl,
        pg_catalog.acldefault((CASE WHEN r.relkind = 'S' THEN 's' ELSE 'r' END)::"char", r.relowner))) a
    WHERE r.relkind IN ('r', 'p', 'f', 'v', 'm', 'S')
UNION ALL SELECT pg_catalog.concat_ws(' ', 'grant', s.nspname, a.grantee::regrole, a.privilege_type, a.is_grantable)
    FROM schemas s, pg_catalog.aclexplode(coalesce(s.nspacl, pg_catalog.acldefault('n', s.nspowner))) a
UNION ALL SELECT pg_catalog.concat_ws(' ', 'grant', f.name, a.grantee::regrole, a.privilege_type, a.is_grantable)
    FROM functions f, pg_catalog.aclexplode(coalesce(f.proacl, pg_catalog.acldefault('f', f.proowner))) a
"#;
