SELECT 'sequence', r.name, ARRAY[
    'type', format_type(q.seqtypid, NULL),
    'owned by', (SELECT d.refobjid::regclass::text || '.' || quote_ident(a.attname)
        FROM pg_depend d JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
        WHERE d.classid = 'pg_class'::regclass AND d.objid = r.oid AND d.deptype IN ('a', 'i')
          AND d.refclassid = 'pg_class'::regclass),
    'increment', CASE WHEN q.seqincrement <> 1 THEN q.seqincrement::text END,
    'start', CASE WHEN q.seqstart <> CASE WHEN q.seqincrement > 0 THEN q.seqmin ELSE q.seqmax END THEN q.seqstart::text END,
    'min', CASE WHEN q.seqmin <> CASE WHEN q.seqincrement > 0 THEN 1 ELSE -t.highest - 1 END THEN q.seqmin::text END,
    'max', CASE WHEN q.seqmax <> CASE WHEN q.seqincrement > 0 THEN t.highest ELSE -1 END THEN q.seqmax::text END,
    'cache', CASE WHEN q.seqcache <> 1 THEN q.seqcache::text END,
    'cycle', CASE WHEN q.seqcycle THEN 'yes' END]
FROM pg_sequence q JOIN rel r ON r.oid = q.seqrelid
JOIN (VALUES ('int2'::regtype, 32767::bigint), ('int4', 2147483647), ('int8', 9223372036854775807)) t(type, highest)
    ON t.type = q.seqtypid
