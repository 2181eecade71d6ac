//! Whether our schema and tables are in hands that are trusted: they may have been planted, and
//! whoever can write to them chooses what the next run does.

use super::tables::Tables;
use crate::quote::literal;

/// What makes one of our names something other than a table that is safe to read: a view, a
/// policy, a rule and an index's expression run their functions as whoever reads.
const NOT_PLAIN: &str = "c.relname IN ('history', 'seed', 'unfinished', 'event')
        AND (c.relkind <> 'r' OR c.relpersistence <> 'p' OR c.relrowsecurity
            OR EXISTS (SELECT FROM pg_rewrite AS r WHERE r.ev_class = c.oid)
            OR EXISTS (SELECT FROM pg_inherits AS i WHERE c.oid IN (i.inhrelid, i.inhparent))
            OR EXISTS (SELECT FROM pg_index AS i WHERE i.indrelid = c.oid AND (i.indexprs IS NOT NULL OR i.indpred IS NOT NULL)))";

/// Returns the query that says what is not safe to read, for a role that need not own it.
pub(super) fn unreadable(tables: &Tables) -> String {
    format!(
        "SELECT string_agg(format('%I is not a plain table', c.relname), E'\\n') FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname = {} AND {NOT_PLAIN}",
        literal(&tables.name)
    )
}

/// Returns the query that says what is not trusted, in the block that knows `space` and `trusted`.
///
/// What an owner may do goes with owning, and an index belongs to whom its table does.
pub(super) fn planted() -> String {
    let role = "coalesce(pg_get_userbyid(nullif(a.grantee, 0)), 'public')";
    format!(
        "
        SELECT format('schema %I belongs to %I', n.nspname, pg_get_userbyid(n.nspowner)) AS what
        FROM pg_namespace AS n WHERE n.oid = space AND NOT n.nspowner = ANY (trusted)
      UNION ALL
        SELECT format('%I may create in schema %I', {role}, n.nspname)
        FROM pg_namespace AS n, aclexplode(n.nspacl) AS a
        WHERE n.oid = space AND a.privilege_type = 'CREATE' AND a.grantee <> n.nspowner AND NOT a.grantee = ANY (trusted)
      UNION ALL
        SELECT format('%I belongs to %I', c.relname, pg_get_userbyid(c.relowner))
        FROM pg_class AS c WHERE c.relnamespace = space AND c.relkind <> 'i' AND NOT c.relowner = ANY (trusted)
      UNION ALL
        SELECT format('%I is not a plain table', c.relname) FROM pg_class AS c WHERE c.relnamespace = space AND {NOT_PLAIN}
      UNION ALL
        SELECT format('trigger %I on %I', t.tgname, c.relname)
        FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid
        WHERE c.relnamespace = space AND NOT t.tgisinternal
      UNION ALL
        SELECT format('policy %I on %I', p.polname, c.relname)
        FROM pg_policy AS p JOIN pg_class AS c ON c.oid = p.polrelid WHERE c.relnamespace = space
      UNION ALL
        SELECT format('%I may %s on %I', {role}, a.privilege_type, c.relname)
        FROM pg_class AS c, aclexplode(c.relacl) AS a
        WHERE c.relnamespace = space AND a.privilege_type NOT IN ('SELECT', 'USAGE') AND a.grantee <> c.relowner
            AND NOT a.grantee = ANY (trusted)
      UNION ALL
        SELECT format('%I may %s on column %I of %I', {role}, a.privilege_type, t.attname, c.relname)
        FROM pg_class AS c JOIN pg_attribute AS t ON t.attrelid = c.oid, aclexplode(t.attacl) AS a
        WHERE c.relnamespace = space AND a.privilege_type <> 'SELECT' AND NOT a.grantee = ANY (trusted)"
    )
}

/// Returns the query for the statements that take back what default privileges gave to others:
/// all but reading. What was there before has passed [`planted`], so this finds what is new.
pub(super) fn excess() -> String {
    let role = "coalesce(quote_ident(pg_get_userbyid(nullif(a.grantee, 0))), 'PUBLIC')";
    format!(
        "
        SELECT format('REVOKE %s ON SCHEMA %I FROM %s', a.privilege_type, n.nspname, {role})
        FROM pg_namespace AS n, aclexplode(n.nspacl) AS a
        WHERE n.oid = space AND a.privilege_type = 'CREATE' AND NOT a.grantee = ANY (trusted)
      UNION ALL
        SELECT format('REVOKE %s ON %s %I.%I FROM %s', a.privilege_type, CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END,
            n.nspname, c.relname, {role})
        FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace, aclexplode(c.relacl) AS a
        WHERE c.relnamespace = space AND a.privilege_type NOT IN ('SELECT', 'USAGE') AND NOT a.grantee = ANY (trusted)
    "
    )
}
