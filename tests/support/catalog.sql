-- One line for each thing in the catalog that a migration can make, change or leave behind.
-- Objects are named, never numbered: a table that is made again has another oid.
with spaces as (
    select oid, nspname from pg_namespace
    where nspname !~ '^pg_' and nspname not in ('information_schema', 'samokoder_migrate')
),
lines as (
    select format('schema %s owner %s acl %s', nspname, nspowner::regrole, nspacl::text)
        from pg_namespace where oid in (select oid from spaces)
    union all
    select format(
        'relation %s kind %s persistence %s owner %s security %s/%s options %s replica %s acl %s rules %s',
        c.oid::regclass, c.relkind, c.relpersistence, c.relowner::regrole, c.relrowsecurity,
        c.relforcerowsecurity, c.reloptions::text, c.relreplident, c.relacl::text,
        (select array_agg(pg_get_ruledef(r.oid) order by r.rulename)::text from pg_rewrite r where r.ev_class = c.oid)
    ) from pg_class c where c.relnamespace in (select oid from spaces)
    union all
    select format(
        'column %s %s %s type %s collation %s notnull %s default %s identity %s generated %s storage %s acl %s options %s',
        a.attrelid::regclass,
        -- Its place among the columns that are there: a dropped one leaves a hole in attnum.
        row_number() over (partition by a.attrelid order by a.attnum),
        a.attname, format_type(a.atttypid, a.atttypmod), a.attcollation, a.attnotnull,
        pg_get_expr(d.adbin, d.adrelid), a.attidentity, a.attgenerated, a.attstorage, a.attacl::text, a.attoptions::text
    ) from pg_attribute a
        join pg_class c on c.oid = a.attrelid
        left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where c.relnamespace in (select oid from spaces) and a.attnum > 0 and not a.attisdropped
    union all
    select format(
        'constraint %s on %s valid %s: %s',
        conname, coalesce(nullif(conrelid, 0)::regclass::text, contypid::regtype::text), convalidated, pg_get_constraintdef(oid)
    ) from pg_constraint where connamespace in (select oid from spaces)
    union all
    select format('index valid %s ready %s clustered %s: %s', i.indisvalid, i.indisready, i.indisclustered, pg_get_indexdef(i.indexrelid))
        from pg_index i join pg_class c on c.oid = i.indexrelid where c.relnamespace in (select oid from spaces)
    union all
    select format('sequence %s: %s', s.seqrelid::regclass, to_jsonb(s) - 'seqrelid')
        from pg_sequence s join pg_class c on c.oid = s.seqrelid where c.relnamespace in (select oid from spaces)
    union all
    select format('trigger enabled %s: %s', t.tgenabled, pg_get_triggerdef(t.oid))
        from pg_trigger t join pg_class c on c.oid = t.tgrelid
        where c.relnamespace in (select oid from spaces) and not t.tgisinternal
    union all
    select format(
        'policy %s on %s command %s permissive %s roles %s using %s check %s',
        p.polname, p.polrelid::regclass, p.polcmd, p.polpermissive,
        (select array_agg(role::regrole::text order by role::regrole::text)::text from unnest(p.polroles) as role),
        pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)
    ) from pg_policy p
    union all
    select format('function %s owner %s acl %s: %s', p.oid::regprocedure, p.proowner::regrole, p.proacl::text, pg_get_functiondef(p.oid))
        from pg_proc p where p.pronamespace in (select oid from spaces) and p.prokind <> 'a'
    union all
    select format(
        'type %s kind %s owner %s acl %s default %s labels %s', t.oid::regtype, t.typtype, t.typowner::regrole, t.typacl::text, t.typdefault,
        (select array_agg(e.enumlabel order by e.enumsortorder)::text from pg_enum e where e.enumtypid = t.oid)
    ) from pg_type t where t.typnamespace in (select oid from spaces)
    union all
    select format('comment on %s: %s', pg_describe_object(d.classoid, d.objoid, d.objsubid), d.description)
        from pg_description d where d.objoid >= 16384
            and (pg_identify_object(d.classoid, d.objoid, d.objsubid)).schema is distinct from 'samokoder_migrate'
    union all
    select format('default privileges %s %s: %s', d.defaclrole::regrole, d.defaclobjtype, d.defaclacl::text) from pg_default_acl d
    union all
    select format('extension %s %s', extname, extversion) from pg_extension
    union all
    select format('cast %s: %s', pg_describe_object('pg_cast'::regclass, oid, 0), castmethod) from pg_cast where oid >= 16384
    union all
    select format('operator %s owner %s', oid::regoperator, oprowner::regrole) from pg_operator where oprnamespace in (select oid from spaces)
    union all
    select format('publication %s: %s', pubname, to_jsonb(p) - 'oid') from pg_publication p
    union all
    select format('event trigger %s: %s', evtname, to_jsonb(e) - 'oid' - 'evtfoid') from pg_event_trigger e
    union all
    select format('statistics %s', pg_get_statisticsobjdef(oid)) from pg_statistic_ext where stxnamespace in (select oid from spaces)
)
select format from lines
