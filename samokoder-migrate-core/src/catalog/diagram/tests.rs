use super::{Diagram, short, word};
use crate::catalog::{Picture, Row, listing::tests::shop};

#[test]
fn a_catalog_is_drawn_with_its_keys() {
    insta::assert_snapshot!(Diagram::new().draw(&shop()));
}

#[test]
fn a_schema_is_drawn_alone_with_boxes_for_what_it_references() {
    let drawn = Diagram::new().schema("public").with_views().draw(&shop());
    insta::assert_snapshot!(drawn);
}

fn column(identity: &str, not_null: &str) -> Row {
    Row::new("column", identity)
        .text("type", "integer")
        .text("not null", not_null)
}

fn key(identity: &str, kind: &str, columns: &str) -> Row {
    Row::new("constraint", identity)
        .text("kind", kind)
        .text("columns", columns)
}

fn picture(rows: Vec<Row>) -> Picture {
    Picture {
        rows,
        ..Picture::default()
    }
}

fn table(identity: &str) -> Row {
    Row::new("table", identity).text("kind", "table")
}

#[test]
fn a_relationship_says_how_many_rows_each_side_may_have() {
    let reference = |name: &str, column: &str| {
        key(&format!("public.b.{name}"), "foreign key", column).text("references", "public.a (id)")
    };
    let drawn = Diagram::new().draw(&picture(vec![
        table("public.a"),
        table("public.b"),
        column("public.b.id", "yes"),
        column("public.b.needed", "yes"),
        column("public.b.optional", "no"),
        column("public.b.once", "no"),
        key("public.b.b_pkey", "primary key", "id"),
        key("public.b.u", "unique", "once"),
        reference("f1", "id"),
        reference("f2", "needed"),
        reference("f3", "optional"),
        reference("f4", "once"),
        reference("f5", "needed, optional"),
    ]));
    let lines: Vec<&str> = drawn.lines().filter(|line| line.contains("--")).collect();
    assert_eq!(
        lines,
        [
            "    \"a\" ||--o| \"b\" : \"id\"",
            "    \"a\" ||--o{ \"b\" : \"needed\"",
            "    \"a\" |o--o{ \"b\" : \"optional\"",
            "    \"a\" |o--o| \"b\" : \"once\"",
            "    \"a\" |o--o{ \"b\" : \"needed, optional\"",
        ]
    );
}

#[test]
fn a_partition_is_part_of_its_table() {
    let drawn = Diagram::new().draw(&picture(vec![
        table("public.log"),
        table("public.log_1").text("partition of", "public.log"),
        table("public.log_1_1").text("partition of", "public.log_1"),
        column("public.log_1.id", "yes"),
        key("public.log_1.f", "foreign key", "id").text("references", "public.log (id)"),
        table("public.x"),
        column("public.x.id", "yes"),
        key("public.x.f", "foreign key", "id").text("references", "public.log_1_1 (id)"),
    ]));
    assert_eq!(
        drawn,
        "erDiagram\n    \"log\"\n    \"x\" {\n        integer id FK \"not null\"\n    }\n    \
         \"log\" ||--o{ \"x\" : \"id\"\n"
    );
}

#[test]
fn names_that_mermaid_cannot_hold_are_still_told_apart() {
    let drawn = Diagram::new().draw(&picture(vec![
        table("public.\"a\"\"b\""),
        table("public.\"a%b\""),
        column("public.\"a%b\".pk", "no"),
        column("public.\"a%b\".\"it's \"\"odd\"\"\"", "yes"),
        column("public.\"a%b\".имя", "no"),
        table("\"my app\".\"a.b\""),
    ]));
    insta::assert_snapshot!(drawn);
}

#[test]
fn types_are_words() {
    for (ty, expected) in [
        ("timestamp(3) with time zone[]", "timestamptz(3)[]"),
        ("timestamp without time zone", "timestamp"),
        ("time with time zone", "timetz"),
        ("character varying(80)", "varchar(80)"),
        ("numeric(10,2)", "numeric(10,2)"),
    ] {
        assert_eq!(short(ty), expected);
    }
    for (text, expected) in [
        ("numeric(10,2)", "numeric(10_2)"),
        ("UK", "_UK"),
        ("fk-1", "_fk-1"),
        ("pkey", "pkey"),
        ("1a", "_1a"),
        ("", "_"),
    ] {
        assert_eq!(word(text), expected);
    }
}
