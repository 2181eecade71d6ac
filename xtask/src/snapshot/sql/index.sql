SELECT 'index', r.name, ARRAY[
    'table', i.indrelid::regclass::text,
    'method', quote_ident(m.amname),
    'unique', CASE WHEN i.indisunique THEN 'yes' END,
    'keys', pg_get_indexdef(i.indexrelid),
    'include', (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY k.at)
        FROM unnest(i.indkey::int2[]) WITH ORDINALITY k(number, at)
        JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number WHERE k.at > i.indnkeyatts),
    'where', pg_get_expr(i.indpred, i.indrelid),
    'valid', CASE WHEN NOT i.indisvalid THEN 'no' END]
FROM pg_index i JOIN rel r ON r.oid = i.indexrelid JOIN pg_am m ON m.oid = r.relam
WHERE NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.contype IN ('p', 'u', 'x'))
