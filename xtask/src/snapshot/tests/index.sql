CREATE EXTENSION pg_trgm;
CREATE TABLE t (id int, name varchar(20), title varchar, big bigint, d date, at timestamptz, "Name" text,
    data jsonb, tags text[], owner int, n numeric, soft timestamp, ok bool);
CREATE FUNCTION f(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE FUNCTION g(varchar) RETURNS varchar LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE INDEX ON t (id);
CREATE UNIQUE INDEX t_u ON t (lower(name), id DESC);
CREATE INDEX t_date ON t (date(d), (id));
CREATE INDEX t_cast ON t ((d::date), ("Name"::text), (name::text));
CREATE INDEX t_part ON t (id) WHERE ok AND soft IS NULL AND name IN ('a', 'b');
CREATE INDEX t_one ON t (name) WHERE title = 'x' OR big > 1.5 OR owner <> 3;
CREATE INDEX t_pattern ON t (name varchar_pattern_ops, "Name" text_pattern_ops);
CREATE INDEX t_ops ON t ("Name" text_ops, id int4_ops);
CREATE INDEX t_collate ON t (name COLLATE "C" DESC NULLS LAST);
CREATE INDEX t_trgm ON t USING gin (name gin_trgm_ops);
CREATE INDEX t_trgm2 ON t USING gin (f(name) gin_trgm_ops, tags);
CREATE INDEX t_json ON t USING gin (data jsonb_path_ops);
CREATE INDEX t_path ON t ((data ->> 'a'), (data #>> '{a,b}'), ((data -> 'n')::text));
CREATE INDEX t_coalesce ON t (coalesce(id, big) DESC, greatest(id, big, 3), nullif(owner, 0));
CREATE INDEX t_case ON t ((CASE WHEN ok THEN id WHEN big > 1 THEN 2 ELSE NULL END));
CREATE INDEX t_fn ON t (f(title), g(name) DESC, f(title || 'x'));
CREATE INDEX t_day ON t (date_trunc('day', at AT TIME ZONE 'utc'), (at AT TIME ZONE 'utc'));
CREATE INDEX t_fts ON t USING gin (to_tsvector('english', coalesce(title, '') || ' ' || coalesce(name, '')));
CREATE INDEX t_include ON t (id) INCLUDE (name, "Name");
CREATE INDEX t_hash ON t USING hash (title);
CREATE INDEX t_sub ON t (substring(title from 1 for 3), left(title, 2), (trim(title)));
CREATE INDEX t_extract ON t (extract(year from d));
CREATE INDEX t_expr ON t ((id + owner * 2), (-id), (n::int), (id % 7 = 1));
CREATE MATERIALIZED VIEW m AS SELECT id, name FROM t;
CREATE UNIQUE INDEX ON m (id);
-- then
ALTER TABLE t ALTER id TYPE bigint, ALTER name TYPE text;
ALTER INDEX t_u RENAME TO t_unique;
CREATE INDEX t_after ON t (date(soft));
-- then
ALTER TABLE t ALTER title TYPE text;
ALTER TABLE t RENAME COLUMN owner TO holder;
DROP INDEX t_ops;
ALTER TABLE t DROP COLUMN n;
