SELECT 'table', r.name, ARRAY[
    'kind', CASE r.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' ELSE 'foreign table' END,
    'persistence', CASE r.relpersistence WHEN 'u' THEN 'unlogged' ELSE 'permanent' END,
    'row security', nullif(concat_ws(', ', CASE WHEN r.relrowsecurity THEN 'enabled' END,
        CASE WHEN r.relforcerowsecurity THEN 'forced' END), ''),
    'partition key', CASE WHEN r.relkind = 'p' THEN pg_get_partkeydef(r.oid) END,
    'partition of', CASE WHEN r.relispartition THEN p.names END,
    'bound', pg_get_expr(r.relpartbound, r.oid),
    'inherits', CASE WHEN NOT r.relispartition THEN p.names END]
FROM rel r
LEFT JOIN LATERAL (
    SELECT string_agg(i.inhparent::regclass::text, ', ' ORDER BY i.inhseqno) AS names
    FROM pg_inherits i WHERE i.inhrelid = r.oid) p ON true
WHERE r.relkind IN ('r', 'p', 'f')
UNION ALL
SELECT CASE r.relkind WHEN 'v' THEN 'view' ELSE 'materialized view' END, r.name, ARRAY[
    'columns', (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum)
        FROM pg_attribute a WHERE a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped),
    'options', nullif(array_to_string(r.reloptions, ', '), '')]
FROM rel r WHERE r.relkind IN ('v', 'm')
