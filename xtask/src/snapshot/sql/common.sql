-- What every query below reads from: the schemas, and the relations in them, that are somebody's own.
WITH member AS (
    SELECT classid, objid FROM pg_depend WHERE deptype = 'e'
), space AS (
    SELECT oid, quote_ident(nspname) AS name FROM pg_namespace
    WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
), rel AS (
    SELECT c.*, s.name || '.' || quote_ident(c.relname) AS name
    FROM pg_class c JOIN space s ON s.oid = c.relnamespace
    WHERE c.relpersistence <> 't'
      AND NOT EXISTS (SELECT FROM member m WHERE m.classid = 'pg_class'::regclass AND m.objid = c.oid)
)
