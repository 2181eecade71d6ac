use super::{
    TypeKind, access_method,
    class::AccessMethod,
    extension, extension_has_class, extension_has_default_class, extension_with_access_method,
    extension_with_operator, extension_with_relation, extension_with_routine, extension_with_type,
    has_default_class, is_access_method, is_language, is_operator, is_relation,
    is_text_search_config, is_type,
    lookup::{Table, table},
    operator_class, routine,
    supabase::{self, Schema},
    type_category, type_display, type_kind,
};

/// A file, as a text and as a table.
macro_rules! file {
    ($path:literal) => {
        (include_str!($path), table!($path))
    };
}

/// Every data file, with the number of its fields that tell one line from another.
const FILES: &[(&str, usize, (&str, Table))] = &[
    ("access_methods", 1, file!("data/access_methods.txt")),
    ("casts", 3, file!("data/casts.txt")),
    ("default_classes", 2, file!("data/default_classes.txt")),
    (
        "extension_access_methods",
        2,
        file!("data/extension_access_methods.txt"),
    ),
    (
        "extension_default_classes",
        3,
        file!("data/extension_default_classes.txt"),
    ),
    (
        "extension_operator_classes",
        3,
        file!("data/extension_operator_classes.txt"),
    ),
    (
        "extension_operators",
        2,
        file!("data/extension_operators.txt"),
    ),
    (
        "extension_prefixes",
        2,
        file!("data/extension_prefixes.txt"),
    ),
    (
        "extension_relations",
        2,
        file!("data/extension_relations.txt"),
    ),
    (
        "extension_routines",
        2,
        file!("data/extension_routines.txt"),
    ),
    ("extension_types", 2, file!("data/extension_types.txt")),
    ("extensions", 1, file!("data/extensions.txt")),
    ("languages", 1, file!("data/languages.txt")),
    ("operator_classes", 2, file!("data/operator_classes.txt")),
    ("operators", 3, file!("data/operators.txt")),
    ("relations", 2, file!("data/relations.txt")),
    ("routines", 1, file!("data/routines.txt")),
    ("signatures", 4, file!("data/signatures.txt")),
    (
        "text_search_configs",
        1,
        file!("data/text_search_configs.txt"),
    ),
    ("types", 1, file!("data/types.txt")),
];

#[test]
fn every_file_is_sorted_in_ascii_and_names_nothing_twice() {
    for (file, width, (text, _)) in FILES {
        assert!(text.is_ascii() && text.ends_with('\n'), "{file}");
        let keys: Vec<Vec<&str>> = text
            .lines()
            .map(|line| line.split('\t').take(*width).collect())
            .collect();
        for pair in keys.windows(2) {
            assert!(
                pair[0] < pair[1],
                "{file}: {:?} before {:?}",
                pair[0],
                pair[1]
            );
        }
        assert!(
            keys.iter().flatten().all(|field| !field.is_empty()),
            "{file}"
        );
    }
    let every_file = std::fs::read_dir(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/src/catalog/builtin/data"
    ));
    assert_eq!(every_file.unwrap().count(), FILES.len());
}

#[test]
fn every_line_of_every_file_is_found_by_its_key_and_no_line_by_a_near_one() {
    for (file, width, (text, table)) in FILES {
        for line in text.lines() {
            let mut key: Vec<&str> = line.split('\t').take(*width).collect();
            let found = table.find(&key).unwrap();
            assert_eq!(found.field(*width - 1), key[*width - 1], "{file}: {line}");
            let longer = format!("{}\u{7f}", key[*width - 1]);
            key[*width - 1] = &longer;
            assert!(!table.has(&key), "{file}: {line}");
        }
    }
}

#[test]
fn names_with_odd_characters_are_in_no_file() {
    let odd = [
        "",
        " ",
        "\t",
        "\n",
        "\0",
        "now\n",
        "now\t0",
        "имя",
        "\u{10ffff}",
        "a\tb",
        "x\u{301}",
        "~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~",
    ];
    for name in odd {
        for (file, _, (_, table)) in FILES {
            assert!(!table.has(&[name]), "{file}: {name:?}");
            assert!(!table.has(&[name, name]), "{file}: {name:?}");
        }
        assert!(extension_with_routine(name).is_none(), "{name:?}");
        assert!(!is_type(name), "{name:?}");
        assert!(!has_default_class(name, name), "{name:?}");
    }
}

#[test]
fn an_empty_file_has_no_names() {
    let empty = Table::new("", &[0]);
    assert!(!empty.has(&["a"]) && !empty.has(&[]));
}

#[test]
fn the_first_of_the_lines_with_a_name_is_found() {
    let table = Table::new("a\tb\na\tc\na\td\naa\tb\n", &[0, 4, 8, 12, 17]);
    assert_eq!(table.find(&["a"]).unwrap().field(1), "b");
    assert_eq!(table.find(&["a", "d"]).unwrap().field(1), "d");
    assert!(!table.has(&["a", "e"]) && !table.has(&["a\tb"]));
}

#[test]
fn a_routine_tells_how_many_arguments_it_takes_and_what_it_returns() {
    let now = routine("now").unwrap();
    assert!(now.takes(0) && !now.takes(1));
    assert_eq!(now.returns, Some("timestamp with time zone"));
    assert_eq!(now.since, None);
    let set = routine("jsonb_set").unwrap();
    assert!(!set.takes(2) && set.takes(3) && set.takes(4) && !set.takes(5));
    let format = routine("format").unwrap();
    assert!(!format.takes(0) && format.takes(1) && format.takes(40));
    assert!(routine("no_such_function").is_none());
}

#[test]
fn overloads_that_differ_in_their_result_tell_none() {
    assert_eq!(routine("sum").unwrap().returns, None);
    assert_eq!(routine("array_agg").unwrap().returns, None);
    assert_eq!(routine("lower").unwrap().returns, None);
}

#[test]
fn a_routine_of_a_later_version_tells_which() {
    assert_eq!(routine("uuidv7").unwrap().since, Some(18));
    assert_eq!(routine("extract").unwrap().since, Some(14));
    assert_eq!(routine("error_on_null").unwrap().since, Some(19));
    assert!(routine("error_on_null").unwrap().takes(7));
}

#[test]
fn a_system_relation_is_there_by_its_schema() {
    assert!(is_relation("pg_catalog", "pg_class"));
    assert!(is_relation("information_schema", "tables"));
    assert!(!is_relation("public", "pg_class") && !is_relation("pg_catalog", "tables"));
}

#[test]
fn types_are_shown_as_the_server_shows_them() {
    let shown = [
        ("int4", "integer"),
        ("timestamptz", "timestamp with time zone"),
        ("bpchar", "character"),
        ("varchar", "character varying"),
        ("char", "\"char\""),
        ("text", "text"),
    ];
    for (name, display) in shown {
        assert_eq!(type_display(name), Some(display));
    }
    assert!(is_type("_int4") && type_display("_int4").is_none());
    assert!(!is_type("integer") && !is_type("citext") && !is_type("_") && !is_type("pg_class"));
    assert_eq!(type_kind("int4range"), Some(TypeKind::Range));
    assert_eq!(type_kind("int4multirange"), Some(TypeKind::Multirange));
    assert_eq!(type_kind("anyelement"), Some(TypeKind::Pseudo));
    assert_eq!(type_kind("jsonb"), Some(TypeKind::Base));
    assert_eq!(type_category("varchar"), Some('S'));
}

#[test]
fn a_type_without_a_default_operator_class_is_told() {
    assert!(has_default_class("btree", "integer"));
    assert!(has_default_class("btree", "character varying"));
    assert!(!has_default_class("btree", "json") && !has_default_class("btree", "point"));
    assert!(has_default_class("gin", "jsonb") && !has_default_class("gin", "text"));
    assert!(has_default_class("gin", "text[]") && !has_default_class("gist", "text[]"));
    assert!(has_default_class("gist", "int4range") && !has_default_class("gist", "integer"));
    assert!(has_default_class("btree", "anyenum") && has_default_class("hash", "xid"));
}

#[test]
fn an_operator_class_tells_its_type() {
    let class = operator_class("gin", "jsonb_path_ops").unwrap();
    assert_eq!((class.input, class.is_default), (Some("jsonb"), false));
    assert!(operator_class("btree", "int4_ops").unwrap().is_default);
    assert!(operator_class("btree", "jsonb_path_ops").is_none());
    assert!(operator_class("gin", "gin_trgm_ops").is_none());
}

#[test]
fn names_without_properties_are_there_or_not() {
    assert!(is_operator("->>") && !is_operator("<=>"));
    assert!(is_language("plpgsql") && !is_language("plpython3u"));
    assert!(is_text_search_config("english") && !is_text_search_config("klingon"));
    assert!(is_access_method("gin") && !is_access_method("hnsw"));
    assert_eq!(access_method("heap"), Some(AccessMethod::Table));
    assert_eq!(access_method("brin"), Some(AccessMethod::Index));
}

#[test]
fn an_extension_of_the_server_is_known_whole() {
    let trgm = extension("pg_trgm").unwrap();
    assert!(trgm.contents_known() && !trgm.is_preinstalled());
    assert!(extension_has_class("gin", "gin_trgm_ops"));
    assert!(extension_has_default_class("gist", "integer"));
    assert!(extension_has_default_class("gist", "character varying"));
    assert!(!extension_has_default_class("gist", "json"));
    assert!(extension("plpgsql").unwrap().is_preinstalled());
    assert_eq!(extension("plpgsql").unwrap().schemas().count(), 0);
    let earth: Vec<_> = extension("earthdistance").unwrap().requires().collect();
    assert_eq!(earth, ["cube"]);
}

#[test]
fn an_extension_that_no_server_here_has_is_known_in_part() {
    let cron = extension("pg_cron").unwrap();
    assert!(!cron.contents_known());
    assert_eq!(cron.schemas().collect::<Vec<_>>(), ["cron"]);
    let pgmq = extension("pgmq").unwrap();
    assert_eq!(pgmq.fixed_schema(), Some("pgmq"));
    assert!(extension("no_such_extension").is_none());
}

#[test]
fn a_name_leads_to_the_extension_that_would_bring_it() {
    assert_eq!(extension_with_type("geometry"), Some("postgis"));
    assert_eq!(extension_with_type("halfvec"), Some("vector"));
    assert_eq!(extension_with_type("hstore"), Some("hstore"));
    assert_eq!(extension_with_type("integer"), None);
    assert_eq!(extension_with_routine("st_distance"), Some("postgis"));
    assert_eq!(
        extension_with_routine("create_hypertable"),
        Some("timescaledb")
    );
    assert_eq!(extension_with_routine("crypt"), Some("pgcrypto"));
    assert_eq!(
        extension_with_routine("uuid_generate_v4"),
        Some("uuid-ossp")
    );
    assert_eq!(extension_with_routine("no_such_function"), None);
    assert_eq!(extension_with_relation("geometry_columns"), Some("postgis"));
    assert_eq!(extension_with_operator("?#"), None);
    assert_eq!(extension_with_operator("<%"), Some("pg_trgm"));
    assert_eq!(extension_with_access_method("hnsw"), Some("vector"));
}

#[test]
fn a_platform_has_its_schemas_and_extensions() {
    assert_eq!(supabase::schema("auth"), Some(Schema::Platform));
    assert_eq!(supabase::schema("cron"), Some(Schema::Feature));
    assert_eq!(supabase::schema("public"), Some(Schema::Public));
    assert_eq!(supabase::schema("app"), None);
    assert!(supabase::is_open_schema("storage") && !supabase::is_open_schema("public"));
    assert!(supabase::schemas().all(|name| supabase::schema(name).is_some()));
    assert!(supabase::extensions().all(|name| extension(name).is_some()));
    assert_eq!(supabase::SEARCH_PATH, ["$user", "public", "extensions"]);
    assert_eq!(supabase::PUBLICATIONS, ["supabase_realtime"]);
}

#[test]
fn the_lists_of_a_platform_are_sorted() {
    assert!(supabase::schemas().is_sorted());
    for feature in [
        "_analytics",
        "_realtime",
        "pgmq_public",
        "supabase_migrations",
        "etl",
    ] {
        assert_eq!(
            supabase::schema(feature),
            Some(Schema::Feature),
            "{feature}"
        );
    }
}
