use crate::{
    catalog::{
        Catalog,
        object::{Def, Object, TypeDef, TypeKind},
    },
    tree::{Node, TypeName},
};

/// Reads the type of the only column of a table.
fn column(written: &str) -> TypeName {
    let trees = crate::sql::trees(&format!("CREATE TABLE t (c {written})")).expect("SQL");
    let Node::CreateStmt(create) = &*trees[0].node else {
        panic!("no table");
    };
    let Some(Node::ColumnDef(column)) = &create.tableElts[0] else {
        panic!("no column");
    };
    *column.typeName.clone().expect("a type")
}

fn told(before: impl FnOnce(&mut Catalog) + Send, written: &str) -> String {
    crate::stack::on_large_stack(|| {
        let mut catalog = Catalog::new(&crate::check::Options::default());
        before(&mut catalog);
        match catalog.ty(&column(written)) {
            Ok(ty) => catalog.type_text(&ty).unwrap_or_else(|| "?".into()),
            Err(fault) => format!("{} {}", fault.sqlstate, fault.message),
        }
    })
}

fn with_status(catalog: &mut Catalog) {
    let def = Def::Type(TypeDef {
        kind: TypeKind::Enum(Vec::new()),
    });
    let status = Object::new("Status", catalog.public, def);
    catalog.store.add(status);
}

fn covered(catalog: &mut Catalog) {
    with_status(catalog);
    catalog.store.cover();
}

#[test]
fn prints_builtin_types_as_format_type_does() {
    // As `format_type(atttypid, atttypmod)` of such columns on PostgreSQL 15.
    for (written, printed) in [
        ("varchar(10)", "character varying(10)"),
        ("varchar", "character varying"),
        ("char", "character(1)"),
        ("bpchar", "bpchar"),
        ("nchar", "character(1)"),
        ("national character varying(4)", "character varying(4)"),
        ("numeric(10, 2)", "numeric(10,2)"),
        ("numeric(5)", "numeric(5,0)"),
        ("numeric(3, -2)", "numeric(3,-2)"),
        ("dec(4)", "numeric(4,0)"),
        ("timestamp(3)", "timestamp(3) without time zone"),
        ("timestamptz(0)", "timestamp(0) with time zone"),
        ("timestamp with time zone", "timestamp with time zone"),
        ("time(2)", "time(2) without time zone"),
        ("timetz", "time with time zone"),
        ("interval day to second(3)", "interval day to second(3)"),
        ("interval(2)", "interval(2)"),
        ("interval year", "interval year"),
        ("interval second(2)", "interval second(2)"),
        ("interval hour to minute", "interval hour to minute"),
        (
            "interval minute to second(1)",
            "interval minute to second(1)",
        ),
        ("bit", "bit(1)"),
        ("bit varying(5)", "bit varying(5)"),
        ("bit varying", "bit varying"),
        ("float(3)", "real"),
        ("\"char\"", "\"char\""),
        ("_int4", "integer[]"),
        ("int[][3]", "integer[]"),
        ("\"int4\"", "integer"),
        ("pg_catalog.int8", "bigint"),
        ("time(9)", "time(6) without time zone"),
    ] {
        assert_eq!(told(|_| (), written), printed, "{written}");
    }
}

#[test]
fn prints_a_users_type_with_its_schema_and_quotes() {
    for (written, printed) in [
        ("\"Status\"", "public.\"Status\""),
        ("public.\"Status\"[]", "public.\"Status\"[]"),
        ("\"_Status\"", "public.\"Status\"[]"),
    ] {
        assert_eq!(told(with_status, written), printed, "{written}");
    }
}

#[test]
fn refuses_a_type_that_is_not_there_in_the_servers_words() {
    for (written, refused) in [
        ("nosuch", "42704 type \"nosuch\" does not exist"),
        ("nosuch[]", "42704 type \"nosuch[]\" does not exist"),
        (
            "public.nosuch",
            "42704 type \"public.nosuch\" does not exist",
        ),
        (
            "public._nosuch",
            "42704 type \"public._nosuch\" does not exist",
        ),
        ("status", "42704 type \"status\" does not exist"),
        ("nosuch.status", "3F000 schema \"nosuch\" does not exist"),
        (
            "\"Status\"(3)",
            "42601 type modifier is not allowed for type \"Status\"",
        ),
    ] {
        assert_eq!(told(with_status, written), refused, "{written}");
    }
}

#[test]
fn does_not_refuse_what_others_may_have_made() {
    for written in [
        "citext",
        "geometry(Point, 4326)",
        "pg_class",
        "pg_catalog.nosuch",
        "_hstore",
    ] {
        assert_eq!(told(|_| (), written), "?", "{written}");
    }
    assert_eq!(told(covered, "\"Status\""), "?");
    assert_eq!(told(covered, "nosuch"), "?");
    assert_eq!(told(covered, "text"), "text");
}
