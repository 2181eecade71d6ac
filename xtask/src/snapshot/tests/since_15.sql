CREATE TABLE t (id int, n int, name varchar, UNIQUE NULLS NOT DISTINCT (n));
CREATE UNIQUE INDEX ON t (name) NULLS NOT DISTINCT;
CREATE VIEW v WITH (security_invoker = true) AS SELECT id FROM t;
CREATE FUNCTION one(a int) RETURNS int LANGUAGE sql RETURN a + 1;
CREATE TABLE r (during int4multirange, z text COMPRESSION pglz);
CREATE INDEX ON t (date_bin('15 minutes', '2020-01-01'::timestamp, '2001-01-01'));
CREATE PUBLICATION p FOR TABLE t (id, n) WHERE (n > 1);
-- then
ALTER TABLE t SET ACCESS METHOD heap;
CREATE OR REPLACE TRIGGER x AFTER INSERT ON t EXECUTE FUNCTION suppress_redundant_updates_trigger();
