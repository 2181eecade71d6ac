SELECT CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END,
    s.name || '.' || quote_ident(p.proname) || '(' || coalesce((
        SELECT string_agg(format_type(a.type, NULL), ', ' ORDER BY a.at)
        FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY a(type, at)), '') || ')',
    CASE WHEN p.prokind = 'a' THEN ARRAY['returns', pg_get_function_result(p.oid)] ELSE ARRAY[
        'returns', pg_get_function_result(p.oid),
        'language', quote_ident(l.lanname),
        'body', BODY,
        'attributes', nullif(concat_ws(', ',
            CASE p.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' END,
            CASE WHEN p.proisstrict THEN 'strict' END,
            CASE WHEN p.prosecdef THEN 'security definer' END,
            array_to_string(p.proconfig, ', ')), '')] END
FROM pg_proc p JOIN space s ON s.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
WHERE NOT EXISTS (SELECT FROM member m WHERE m.classid = 'pg_proc'::regclass AND m.objid = p.oid)
  -- Those that belong to another object, such as a range type's constructors.
  AND NOT EXISTS (SELECT FROM pg_depend d
      WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'i')
