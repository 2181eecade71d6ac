SELECT 'trigger', r.name || '.' || quote_ident(t.tgname), ARRAY[
    'function', (SELECT quote_ident(n.nspname) || '.' || quote_ident(p.proname) || '()'
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.oid = t.tgfoid),
    'timing', CASE WHEN t.tgtype & 2 <> 0 THEN 'before' WHEN t.tgtype & 64 <> 0 THEN 'instead of' ELSE 'after' END,
    'events', concat_ws(', ',
        CASE WHEN t.tgtype & 4 <> 0 THEN 'insert' END,
        CASE WHEN t.tgtype & 16 <> 0 THEN 'update' || coalesce(' of ' || (
            SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY k.at)
            FROM unnest(t.tgattr::int2[]) WITH ORDINALITY k(number, at)
            JOIN pg_attribute a ON a.attrelid = t.tgrelid AND a.attnum = k.number), '') END,
        CASE WHEN t.tgtype & 8 <> 0 THEN 'delete' END,
        CASE WHEN t.tgtype & 32 <> 0 THEN 'truncate' END),
    'level', CASE WHEN t.tgtype & 1 <> 0 THEN 'row' ELSE 'statement' END,
    'when', CASE WHEN t.tgqual IS NOT NULL THEN pg_get_triggerdef(t.oid) END,
    'enabled', CASE t.tgenabled WHEN 'D' THEN 'no' WHEN 'R' THEN 'replica' WHEN 'A' THEN 'always' END]
FROM pg_trigger t JOIN rel r ON r.oid = t.tgrelid
-- Those that partitions have from their parent are the parent's.
WHERE NOT t.tgisinternal AND t.tgparentid = 0
UNION ALL
SELECT 'policy', r.name || '.' || quote_ident(p.polname), ARRAY[
    'command', CASE p.polcmd WHEN 'r' THEN 'select' WHEN 'a' THEN 'insert' WHEN 'w' THEN 'update'
        WHEN 'd' THEN 'delete' ELSE 'all' END,
    'permissive', CASE WHEN NOT p.polpermissive THEN 'no' END,
    'roles', (SELECT string_agg(o.name, ', ' ORDER BY o.name) FROM (
        SELECT CASE WHEN u.oid = 0 THEN 'public' ELSE (SELECT quote_ident(a.rolname) FROM pg_roles a WHERE a.oid = u.oid) END
        FROM unnest(p.polroles) u(oid)) o(name)),
    'using', pg_get_expr(p.polqual, p.polrelid),
    'check', pg_get_expr(p.polwithcheck, p.polrelid)]
FROM pg_policy p JOIN rel r ON r.oid = p.polrelid
UNION ALL
SELECT 'rule', r.name || '.' || quote_ident(w.rulename), ARRAY[
    'event', CASE w.ev_type WHEN '1' THEN 'select' WHEN '2' THEN 'update' WHEN '3' THEN 'insert' ELSE 'delete' END]
FROM pg_rewrite w JOIN rel r ON r.oid = w.ev_class
WHERE w.rulename <> '_RETURN'
