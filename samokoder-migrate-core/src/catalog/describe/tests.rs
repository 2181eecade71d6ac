use crate::{
    catalog::{
        Catalog,
        expression::Sql,
        object::{
            Column, ColumnId, Constraint, ConstraintKind, Def, Deferrable, Extension, Fact, Filled,
            Index, Key, KeyWhat, Object, Persistence, Relation, RelationKind, Space,
        },
        store::{Lookup, Oid},
        types::Type,
    },
    check::Options,
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
