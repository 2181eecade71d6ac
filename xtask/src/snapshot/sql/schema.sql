SELECT 'schema', s.name, ARRAY[]::text[]
FROM space s
WHERE NOT EXISTS (SELECT FROM member m WHERE m.classid = 'pg_namespace'::regclass AND m.objid = s.oid)
UNION ALL
-- Those below the first normal object's number are initdb's: plpgsql.
SELECT 'extension', quote_ident(e.extname), ARRAY['schema', quote_ident(n.nspname)]
FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
WHERE e.oid >= 16384
UNION ALL
SELECT 'publication', quote_ident(p.pubname), ARRAY['tables', CASE WHEN p.puballtables THEN 'all tables' ELSE (
    SELECT string_agg(r.prrelid::regclass::text, ', ' ORDER BY r.prrelid::regclass::text)
    FROM pg_publication_rel r WHERE r.prpubid = p.oid) END]
FROM pg_publication p
