use postgres::{Client, NoTls};
use samokoder_migrate::testing::Server;
use samokoder_migrate_core::catalog::{Row, Value};

use super::{Reader, inside};

const SCRIPT: &str = r#"
CREATE SCHEMA app;
CREATE EXTENSION pg_trgm SCHEMA app;
CREATE TYPE app.status AS ENUM ('a', 'b c');
CREATE TYPE app.pair AS (x integer, "Y" text);
CREATE DOMAIN app.email AS varchar(80) NOT NULL DEFAULT 'x' CHECK (value ~ '@');
CREATE TYPE app.floats AS RANGE (subtype = float8);
CREATE TABLE app.orgs (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text COLLATE "C" NOT NULL, UNIQUE (name) DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE app."Users" (id serial, org bigint REFERENCES app.orgs MATCH FULL ON DELETE CASCADE,
    name text, lower_name text GENERATED ALWAYS AS (lower(name)) STORED, n numeric(10,2) DEFAULT 1);
ALTER TABLE app."Users" ENABLE ROW LEVEL SECURITY;
ALTER TABLE app."Users" ADD CONSTRAINT late CHECK (n > 0) NOT VALID;
CREATE UNIQUE INDEX users_i ON app."Users" (lower(lower_name) DESC NULLS LAST, n) INCLUDE (org) WHERE n > 1;
CREATE TABLE app.p (id int, d date NOT NULL, PRIMARY KEY (id, d)) PARTITION BY RANGE (d);
CREATE TABLE app.p1 PARTITION OF app.p FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE app.ref (id int, d date, FOREIGN KEY (id, d) REFERENCES app.p);
CREATE SEQUENCE app.s AS smallint INCREMENT -1 START -5 CYCLE;
CREATE VIEW app.v WITH (security_barrier) AS SELECT id, n AS "N n" FROM app."Users";
CREATE MATERIALIZED VIEW app.mv AS SELECT 1 AS one;
CREATE FUNCTION app.f(a int, OUT b text, VARIADIC c text[]) LANGUAGE sql STABLE STRICT SECURITY DEFINER
    SET search_path = public AS 'SELECT 1::text';
CREATE PROCEDURE app.pr(a app.status) LANGUAGE plpgsql AS 'BEGIN END';
CREATE AGGREGATE app.ag (int) (sfunc = int4pl, stype = int);
CREATE FUNCTION app.tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER t BEFORE INSERT OR UPDATE OF n, org ON app."Users"
    FOR EACH ROW WHEN (NEW.n > 3) EXECUTE FUNCTION app.tf();
CREATE TRIGGER t AFTER UPDATE ON app.p FOR EACH ROW EXECUTE FUNCTION app.tf();
ALTER TABLE app."Users" DISABLE TRIGGER t;
CREATE POLICY own ON app."Users" AS RESTRICTIVE FOR UPDATE USING (id = 1) WITH CHECK (n > 2);
CREATE RULE r AS ON INSERT TO app.orgs DO ALSO NOTHING;
CREATE PUBLICATION pub FOR TABLE app.orgs, app.ref;
CREATE TEMP TABLE passing (a int);
"#;

const ROWS: &[&str] = &[
    "aggregate app.ag(integer) | returns integer",
    r#"column app."Users".id | type integer | not null yes | default nextval('app."Users_id_seq"'::regclass)"#,
    r#"column app."Users".lower_name | type text | not null no | generated lower(name)"#,
    r#"column app."Users".n | type numeric(10,2) | not null no | default 1"#,
    r#"column app."Users".name | type text | not null no"#,
    r#"column app."Users".org | type bigint | not null no"#,
    "column app.orgs.id | type bigint | not null yes | identity always",
    r#"column app.orgs.name | type text | not null yes | collation "C""#,
    "column app.p.d | type date | not null yes",
    "column app.p.id | type integer | not null yes",
    "column app.p1.d | type date | not null yes",
    "column app.p1.id | type integer | not null yes",
    "column app.ref.d | type date | not null no",
    "column app.ref.id | type integer | not null no",
    r#"constraint app."Users"."Users_org_fkey" | kind foreign key | columns org | references app.orgs (id) | on delete cascade | match full"#,
    r#"constraint app."Users".late | kind check | valid no | expression (n > (0)::numeric)"#,
    "constraint app.orgs.orgs_name_key | kind unique | columns name | deferrable initially deferred",
    "constraint app.orgs.orgs_pkey | kind primary key | columns id",
    "constraint app.p.p_pkey | kind primary key | columns id, d",
    "constraint app.p1.p1_pkey | kind primary key | columns id, d",
    "constraint app.ref.ref_id_d_fkey | kind foreign key | columns id, d | references app.p (id, d)",
    "extension pg_trgm | schema app",
    "function app.f(integer, text[]) | returns text | language sql | body SELECT 1::text | attributes stable, strict, security definer, search_path=public",
    "function app.tf() | returns trigger | language plpgsql | body BEGIN RETURN NEW; END",
    r#"index app.users_i | table app."Users" | method btree | unique yes | keys lower(lower_name) DESC NULLS LAST, n | include org | where (n > (1)::numeric)"#,
    "materialized view app.mv | columns one",
    r#"policy app."Users".own | command update | permissive no | roles public | using (id = 1) | check (n > (2)::numeric)"#,
    "procedure app.pr(app.status) | language plpgsql | body BEGIN END",
    "publication pub | tables app.orgs, app.ref",
    "rule app.orgs.r | event insert",
    "schema app",
    r#"sequence app."Users_id_seq" | type integer | owned by app."Users".id"#,
    "sequence app.orgs_id_seq | type bigint | owned by app.orgs.id",
    "sequence app.s | type smallint | increment -1 | start -5 | cycle yes",
    r#"table app."Users" | kind table | persistence permanent | row security enabled"#,
    "table app.orgs | kind table | persistence permanent",
    "table app.p | kind partitioned table | persistence permanent | partition key RANGE (d)",
    "table app.p1 | kind table | persistence permanent | partition of app.p | bound FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')",
    "table app.ref | kind table | persistence permanent",
    r#"trigger app."Users".t | function app.tf() | timing before | events insert, update of n, org | level row | when (new.n > (3)::numeric) | enabled no"#,
    "trigger app.p.t | function app.tf() | timing after | events update | level row",
    "type app.email | kind domain | base character varying(80) | not null yes | default 'x'::character varying",
    "type app.floats | kind range | subtype double precision",
    r#"type app.pair | kind composite | attributes x integer, "Y" text"#,
    "type app.status | kind enum | labels a, b c",
    r#"view app.v | columns id, "N n" | options security_barrier=true"#,
];

fn written(row: &Row) -> String {
    let start = format!("{} {}", row.kind, row.identity);
    row.facts.iter().fold(start, |all, (name, value)| {
        let (Value::Text(value) | Value::Expression(value)) = value else {
            panic!("{all}: {name}");
        };
        format!("{all} | {name} {value}")
    })
}

#[test]
fn each_kind_of_object_is_a_row_and_what_belongs_to_another_is_none() {
    let server = Server::shared().unwrap();
    let database = server.database().unwrap();
    let mut reader = Reader::connect(&database.url(), server.version()).unwrap();
    let before: Vec<String> = reader
        .read()
        .unwrap()
        .into_iter()
        .map(|(key, _)| key.1)
        .collect();
    assert_eq!(before, ["public"]);
    let mut client = Client::connect(&database.url(), NoTls).unwrap();
    client.batch_execute(SCRIPT).unwrap();
    let mut rows: Vec<String> = reader
        .read()
        .unwrap()
        .into_iter()
        .filter_map(|(_, row)| row)
        .map(|row| written(&row))
        .collect();
    rows.sort();
    assert_eq!(rows, ROWS);
}

#[test]
fn a_reading_tells_only_what_changed_since_the_last() {
    let server = Server::shared().unwrap();
    let database = server.database().unwrap();
    let mut reader = Reader::connect(&database.url(), server.version()).unwrap();
    let mut client = Client::connect(&database.url(), NoTls).unwrap();
    client
        .batch_execute("CREATE TABLE t (a int, b int)")
        .unwrap();
    assert_eq!(reader.read().unwrap().len(), 4);
    client
        .batch_execute("ALTER TABLE t ALTER a SET NOT NULL, DROP b")
        .unwrap();
    let changed: Vec<String> = reader
        .read()
        .unwrap()
        .into_iter()
        .map(|(key, row)| row.map_or_else(|| format!("{} is gone", key.1), |row| written(&row)))
        .collect();
    assert_eq!(
        changed,
        [
            "column public.t.a | type integer | not null yes",
            "public.t.b is gone"
        ]
    );
}

#[test]
fn the_keys_of_an_index_are_what_stands_in_its_own_parentheses() {
    let definition = "CREATE UNIQUE INDEX \"USING (\" ON public.t USING btree (lower((a)::text), b DESC) INCLUDE (c) WHERE (a = ')')";
    assert_eq!(
        inside(definition, "USING"),
        Some("lower((a)::text), b DESC")
    );
    assert_eq!(inside(definition, "WHEN"), None);
}
