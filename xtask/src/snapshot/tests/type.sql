CREATE SCHEMA app;
CREATE TYPE app.status AS ENUM ('new', 'in work', 'done');
CREATE TYPE pair AS (x int, y varchar(5), s app.status);
CREATE DOMAIN email AS varchar(80) NOT NULL DEFAULT 'a@b' CHECK (value ~ '@');
CREATE DOMAIN positive AS numeric(10, 2) DEFAULT '0' CHECK (value >= 0);
CREATE TYPE span AS RANGE (subtype = float8);
CREATE TYPE shell;
CREATE TABLE t (id int, s app.status DEFAULT 'new', p pair, e email, n positive DEFAULT 1, r span,
    a app.status[] DEFAULT '{new}', CHECK (s <> 'done' OR n > 2), CHECK (lower(e) = e));
CREATE INDEX ON t (lower(e)) WHERE s = 'new';
CREATE SEQUENCE s1;
CREATE SEQUENCE s2 AS smallint START 5 INCREMENT BY -2 MAXVALUE 10 CYCLE CACHE 3 OWNED BY t.id;
ALTER TABLE t ALTER id SET DEFAULT nextval('s2');
-- then
ALTER TYPE app.status ADD VALUE 'late' AFTER 'new';
ALTER TYPE app.status RENAME VALUE 'done' TO 'finished';
ALTER TYPE pair ADD ATTRIBUTE z text, DROP ATTRIBUTE x;
ALTER DOMAIN email DROP NOT NULL;
ALTER DOMAIN positive SET DEFAULT 5;
ALTER SEQUENCE s1 RENAME TO s3;
ALTER SEQUENCE s3 INCREMENT 7 NO CYCLE;
DROP TYPE shell;
-- then
ALTER TYPE app.status RENAME TO state;
ALTER TYPE app.state SET SCHEMA public;
DROP SCHEMA app;
