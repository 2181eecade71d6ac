use crate::{
    catalog::{
        Catalog,
        expression::Sql,
        object::{
            Column, ColumnId, Constraint, ConstraintKind, Def, Deferrable, Extension, Fact, Filled,
            Index, Key, KeyWhat, Object, Persistence, Relation, RelationKind, Space,
        },
        picture::Value,
        store::{Lookup, Oid},
        trial,
        types::Type,
    },
    check::{Options, Profile, check},
    folder::Folder,
};

fn catalog() -> Catalog {
    Catalog::new(&Options::default())
}

fn column(number: u16, name: &str, filled: Filled) -> Column {
    Column {
        id: ColumnId(number),
        name: name.into(),
        ty: Type::unknown(),
        not_null: Fact::Known(number == 1),
        filled,
        collation: None,
        inherited: 0,
        local: true,
    }
}

fn table(catalog: &mut Catalog, name: &str, schema: fn(&Catalog) -> Oid) -> Oid {
    let schema = schema(catalog);
    let mut relation = Relation::empty(RelationKind::Table, Persistence::Permanent);
    relation.columns = vec![
        column(1, "id", Filled::Nothing),
        column(2, "Full", Filled::Default(Sql::plain("now()"))),
    ];
    relation.next_column = 3;
    catalog
        .store
        .add(Object::new(name, schema, Def::Relation(relation)))
}

fn index(table: Oid, constraint: Option<Oid>) -> Def {
    Def::Index(Index {
        table,
        method: "btree".into(),
        unique: true,
        keys: vec![
            Key {
                what: KeyWhat::Column(ColumnId(2)),
                options: "DESC".to_owned(),
            },
            Key {
                what: KeyWhat::Expression(Sql::plain("lower(a)")),
                options: String::new(),
            },
        ],
        include: Vec::new(),
        attributes: Vec::new(),
        predicate: None,
        constraint,
        parent: None,
        valid: true,
        options: Vec::new(),
    })
}

fn key() -> Def {
    Def::Constraint(Constraint {
        kind: ConstraintKind::Unique,
        columns: vec![ColumnId(2), ColumnId(1)],
        index: None,
        deferrable: Deferrable::Deferred,
        validated: true,
        inherited: 0,
        local: true,
        no_inherit: false,
    })
}

#[test]
fn shows_a_table_with_its_columns_its_keys_and_its_indexes() {
    let mut catalog = catalog();
    let table = table(&mut catalog, "Users", |catalog| catalog.public);
    let constraint = catalog.store.add(Object::new("u", table, key()));
    let public = catalog.public;
    catalog
        .store
        .add(Object::new("u", public, index(table, Some(constraint))));
    catalog
        .store
        .add(Object::new("i", public, index(table, None)));
    assert_eq!(
        catalog.picture().to_string(),
        "column public.\"Users\".\"Full\": type ?, not null no, default now(), collation ?\n\
         column public.\"Users\".id: type ?, not null yes, collation ?\n\
         constraint public.\"Users\".u: kind unique, columns \"Full\", id, deferrable initially deferred\n\
         index public.i: table public.\"Users\", method btree, unique yes, keys \"Full\" DESC, (lower(a))\n\
         schema public\n\
         table public.\"Users\": kind table, persistence permanent\n"
    );
}

#[test]
fn says_nothing_of_temporary_tables_and_of_what_extensions_bring() {
    let mut catalog = catalog();
    table(&mut catalog, "t", |catalog| catalog.temporary);
    let extension = catalog.store.add(Object::new(
        "e",
        Oid::DATABASE,
        Def::Extension(Extension {
            schema: Fact::Known(catalog.public),
        }),
    ));
    let theirs = table(&mut catalog, "theirs", |catalog| catalog.public);
    if let Some(object) = catalog.store.get_mut(theirs) {
        object.extension = Some(extension);
    }
    assert_eq!(
        catalog.picture().to_string(),
        "extension e: schema public\nschema public\n"
    );
}

#[test]
fn leaves_out_what_may_have_changed_and_says_where_it_is() {
    let mut catalog = catalog();
    let table = table(&mut catalog, "t", |catalog| catalog.public);
    let key = catalog.store.add(Object::new("k", table, key()));
    catalog.store.blur(key);
    assert_eq!(
        catalog.open_places().into_iter().collect::<Vec<_>>(),
        ["table public.t"]
    );
    assert!(!catalog.picture().to_string().contains("public.t.k"));
    catalog.store.blur(table);
    assert_eq!(
        catalog.picture().to_string(),
        "schema public\nopen table public.t\n"
    );
}

#[test]
fn shows_what_was_made_after_anything_may_have_changed() {
    let mut catalog = catalog();
    table(&mut catalog, "before", |catalog| catalog.public);
    catalog.store.cover();
    table(&mut catalog, "after", |catalog| catalog.public);
    let picture = catalog.picture().to_string();
    assert!(picture.contains("table public.after:"), "{picture}");
    assert!(picture.contains("open *\n"), "{picture}");
    assert!(picture.contains("open table public.before\n"), "{picture}");
    assert!(!picture.contains("table public.before:"), "{picture}");
}

#[test]
fn shows_of_a_relation_that_was_never_made_only_what_is_proven() {
    let mut catalog = catalog();
    let public = catalog.public;
    let mut seen = Object::new("seen", public, Def::Relation(Relation::unknown()));
    seen.open = true;
    let seen = catalog.store.add(seen);
    assert_eq!(
        catalog.store.find(public, Space::Relation, "seen"),
        Lookup::Found(seen)
    );
    assert_eq!(
        catalog.picture().to_string(),
        "schema public\nopen table public.seen\n"
    );
}

#[test]
fn opens_everything_where_the_schema_of_something_is_not_known() {
    let mut catalog = catalog();
    table(&mut catalog, "t", |catalog| catalog.elsewhere);
    assert_eq!(catalog.picture().to_string(), "schema public\nopen *\n");
}

#[test]
fn prints_what_the_server_prints_of_collations_operator_classes_and_results() {
    for (sql, shown) in [
        (
            "create table t (a text collate \"C\", b text collate \"default\")",
            "collation \"C\"",
        ),
        (
            "create table t (tags text[]); create index i on t using gin (tags array_ops)",
            "keys tags",
        ),
        (
            "create function f(a char(3)) returns table (b char(2)) language sql as 'select a'",
            "function public.f(character)",
        ),
        (
            "create function f() returns table (b char(2)) language sql as $$ select 'a' $$",
            "returns TABLE(b character)",
        ),
    ] {
        let picture = trial::picture(sql).replace(['`', ':'], "");
        assert!(picture.contains(shown), "{sql}\n{picture}");
        assert!(!picture.contains("array_ops"), "{picture}");
    }
}

#[test]
fn a_null_is_no_default_of_an_array_of_a_domain() {
    let sql = "create domain d as text; create table t (a d[] default null)";
    let picture = trial::picture(sql);
    assert!(!picture.contains("default"), "{picture}");
    let picture = trial::picture(&sql.replace("d[]", "d"));
    assert!(picture.contains("default"), "{picture}");
}

#[test]
fn a_trigger_shows_columns_of_a_table_that_is_not_all_known() {
    let options = Options {
        profile: Some(Profile::Supabase),
        ..Options::default()
    };
    let sql = "create function f() returns trigger language plpgsql as 'begin return new; end'; \
               create trigger x after update of email on auth.users for each row \
               execute function f()";
    let picture = trial::run(sql, &options, |catalog, fault| {
        assert!(fault.is_none());
        catalog.picture().to_string()
    });
    assert!(picture.contains("update of email"), "{picture}");
}

#[test]
fn it_is_not_known_which_tables_a_platforms_publication_has() {
    let options = Options {
        profile: Some(Profile::Supabase),
        ..Options::default()
    };
    let sql = "create table t (a int); alter publication supabase_realtime add table t";
    let row = trial::run(sql, &options, |catalog, _| {
        let rows = catalog.picture().rows;
        rows.into_iter().find(|row| row.kind == "publication")
    });
    let row = row.unwrap();
    assert_eq!(row.fact("tables"), Some(&Value::Unknown));
}

#[test]
fn what_a_platform_has_may_have_been_dropped_before() {
    let options = Options {
        profile: Some(Profile::Supabase),
        ..Options::default()
    };
    let outcome = |sql: &str| {
        trial::run(sql, &options, |_, fault| {
            fault.map_or_else(|| "ok".to_owned(), |fault| fault.message)
        })
    };
    for (sql, said) in [
        ("CREATE PUBLICATION supabase_realtime", "ok"),
        (
            "ALTER PUBLICATION supabase_realtime OWNER TO postgres",
            "ok",
        ),
        (
            "ALTER PUBLICATION supabase_realtime ADD TABLE nope",
            "relation \"nope\" does not exist",
        ),
        (
            "CREATE TABLE t (); ALTER PUBLICATION supabase_realtime ADD TABLE t; \
             CREATE PUBLICATION supabase_realtime",
            "publication \"supabase_realtime\" already exists",
        ),
        ("CREATE EXTENSION pgcrypto WITH SCHEMA extensions", "ok"),
        (
            "CREATE EXTENSION pgcrypto; CREATE EXTENSION pgcrypto",
            "extension \"pgcrypto\" already exists",
        ),
        (
            "DROP EXTENSION \"uuid-ossp\"; CREATE EXTENSION \"uuid-ossp\"",
            "ok",
        ),
        ("ALTER EXTENSION pg_graphql UPDATE", "ok"),
    ] {
        assert_eq!(outcome(sql), said, "{sql}");
    }
}

#[test]
fn what_is_temporary_hides_nothing_from_the_next_script() {
    let folder = Folder::new("m")
        .file(
            "1_a.up.sql",
            "CREATE TABLE t (a int); CREATE TEMP VIEW v AS SELECT a FROM t; \
             CREATE TEMP TABLE u (b int); CREATE TABLE public.u (c int);",
        )
        .file("1_a.down.sql", "DROP TABLE public.u; DROP TABLE t CASCADE;")
        .file(
            "2_b.up.sql",
            "ALTER TABLE u DROP COLUMN c; CREATE TEMP TABLE u (b int); DROP TABLE t;",
        )
        .file("2_b.down.sql", "-- samokoder: irreversible \"data\"\n");
    let checked = check(&folder, None, &Options::default());
    let errors: Vec<_> = checked.diagnostics.errors().collect();
    assert!(errors.is_empty(), "{errors:?}");
}

#[test]
fn says_of_a_name_that_it_may_be_taken() {
    let picture = trial::picture(
        "CREATE TABLE t (a int); \
         DO $$ BEGIN IF random() < 0.5 THEN CREATE TABLE u (a int); CREATE POLICY p ON t; \
         CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; END IF; END $$",
    );
    for place in ["name public.u", "name public.f", "name public.t.p"] {
        assert!(picture.contains(&format!("open {place}\n")), "{picture}");
    }
    assert!(!picture.contains("open schema public"), "{picture}");
}
