use super::explain;
use crate::catalog::{Picture, Row};

/// A picture that has one of each thing, and some that are not known.
pub(in crate::catalog) fn shop() -> Picture {
    let mut picture = Picture {
        rows: vec![
            Row::new("schema", "app"),
            Row::new("schema", "public"),
            Row::new("extension", "citext").text("schema", "extensions"),
            Row::new("type", "public.status")
                .text("kind", "enum")
                .text("labels", "new, paid"),
            Row::new("table", "public.users")
                .text("kind", "table")
                .text("persistence", "permanent")
                .text("row security", "enabled"),
            Row::new("column", "public.users.id")
                .text("type", "bigint")
                .text("not null", "yes")
                .text("identity", "always"),
            Row::new("column", "public.users.email")
                .text("type", "character varying(80)")
                .text("not null", "yes"),
            Row::new("column", "public.users.\"Full name\"")
                .text("type", "text")
                .text("not null", "no")
                .expression("default", "''::text"),
            Row::new("column", "public.users.org_id")
                .text("type", "bigint")
                .text("not null", "no"),
            Row::new("constraint", "public.users.users_pkey")
                .text("kind", "primary key")
                .text("columns", "id"),
            Row::new("constraint", "public.users.users_email_key")
                .text("kind", "unique")
                .text("columns", "email"),
            Row::new("constraint", "public.users.users_org_id_fkey")
                .text("kind", "foreign key")
                .text("columns", "org_id")
                .text("references", "app.orgs (id)")
                .text("on delete", "cascade"),
            Row::new("index", "public.users_lower_idx")
                .text("table", "public.users")
                .text("method", "btree")
                .text("unique", "yes")
                .expression("keys", "(lower(email))")
                .expression("where", "org_id IS NULL"),
            Row::new("trigger", "public.users.touch")
                .text("function", "public.touch()")
                .text("timing", "before")
                .text("events", "insert, update of email")
                .text("level", "row"),
            Row::new("policy", "public.users.own_rows")
                .text("command", "all")
                .text("roles", "anon")
                .expression("using", "id = auth.uid()"),
            Row::new("table", "app.orgs")
                .text("kind", "table")
                .text("persistence", "permanent"),
            Row::new("column", "app.orgs.id")
                .text("type", "bigint")
                .text("not null", "yes"),
            Row::new("column", "app.orgs.price")
                .text("type", "numeric(10,2)")
                .unknown("not null")
                .unknown("default")
                .unknown("generated")
                .unknown("identity"),
            Row::new("column", "app.orgs.seen")
                .unknown("type")
                .text("not null", "no"),
            Row::new("view", "public.active")
                .text("columns", "id, \"Full name\"")
                .expression(
                    "definition",
                    "SELECT id,\n  \"Full name\"\nFROM public.users",
                ),
            Row::new("function", "public.touch()")
                .text("returns", "trigger")
                .text("language", "plpgsql")
                .text("body", "begin\n  return new;\nend"),
            Row::new("comment", "table public.users").text("text", "who\nmay log in"),
            Row::new("comment", "column public.users.email").text("text", "as typed"),
            Row::new("grant", "table public.users to anon").text("privileges", "select"),
        ],
        ..Picture::default()
    };
    picture.open.insert("table app.orgs".to_owned());
    picture
}

#[test]
fn a_catalog_is_told_by_schema_with_what_belongs_to_a_table_under_it() {
    insta::assert_snapshot!(explain(&shop()));
}

#[test]
fn what_is_not_known_is_said_where_it_is() {
    let mut picture = Picture::default();
    picture.open.insert("*".to_owned());
    picture.open.insert("schema app".to_owned());
    picture.open.insert("table app.orgs".to_owned());
    insta::assert_snapshot!(explain(&picture));
}
