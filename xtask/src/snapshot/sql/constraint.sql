SELECT 'constraint', r.name || '.' || quote_ident(c.conname), ARRAY[
    'kind', CASE c.contype WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique' WHEN 'c' THEN 'check'
        WHEN 'f' THEN 'foreign key' ELSE 'exclude' END,
    'columns', CASE WHEN c.contype IN ('p', 'u', 'f') THEN (
        SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY k.at)
        FROM unnest(c.conkey) WITH ORDINALITY k(number, at)
        JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.number) END,
    'references', CASE WHEN c.contype = 'f' THEN c.confrelid::regclass::text || ' (' || (
        SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY k.at)
        FROM unnest(c.confkey) WITH ORDINALITY k(number, at)
        JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.number) || ')' END,
    'on update', CASE WHEN c.contype = 'f' THEN CASE c.confupdtype
        WHEN 'r' THEN 'restrict' WHEN 'c' THEN 'cascade' WHEN 'n' THEN 'set null' WHEN 'd' THEN 'set default' END END,
    'on delete', CASE WHEN c.contype = 'f' THEN CASE c.confdeltype
        WHEN 'r' THEN 'restrict' WHEN 'c' THEN 'cascade' WHEN 'n' THEN 'set null' WHEN 'd' THEN 'set default' END END,
    'match', CASE WHEN c.contype = 'f' THEN CASE c.confmatchtype WHEN 'f' THEN 'full' WHEN 'p' THEN 'partial' END END,
    'deferrable', CASE WHEN c.condeferred THEN 'initially deferred' WHEN c.condeferrable THEN 'deferrable' END,
    'valid', CASE WHEN NOT c.convalidated THEN 'no' END,
    'expression', CASE WHEN c.contype = 'c' THEN pg_get_expr(c.conbin, c.conrelid) END]
FROM pg_constraint c JOIN rel r ON r.oid = c.conrelid
WHERE c.contype IN ('p', 'u', 'c', 'f', 'x')
  -- A key to a partitioned table has one more for each partition, which nobody wrote.
  AND NOT EXISTS (SELECT FROM pg_constraint p WHERE p.oid = c.conparentid AND p.conrelid = c.conrelid)
