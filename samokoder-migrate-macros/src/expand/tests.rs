use proc_macro2::TokenStream;
use samokoder_migrate_core::folder::Folder;

use super::{expand_sources, failed, layout};
use crate::{
    args,
    caller::{Build, Caller},
    sources::{Source, Sources},
};

fn folder() -> Folder {
    Folder::new("migrations")
        .file(
            "001_initial_schema.up.sql",
            "-- The \"first\" tables.\n\nCREATE TABLE a (id int);\nCREATE TABLE b (id int);\n",
        )
        .file("001_initial_schema.down.sql", "DROP TABLE a, b;\n")
        .file("002_2fa.up.sql", "SELECT 1;")
        .file(
            "002_2fa.down.sql",
            "-- samokoder: irreversible \"sent already\"\n",
        )
}

fn sources(migrations: Folder, seeds: Option<Folder>) -> Sources {
    Sources {
        migrations: Some(Source::new(migrations, "/crate/migrations".into())),
        seeds: seeds.map(|seeds| Source::new(seeds, "/crate/seeds".into())),
        missing: Vec::new(),
    }
}

fn expand(arguments: &str, sources: &Sources) -> TokenStream {
    let (arguments, failures) = args::parse(arguments.parse().unwrap());
    let caller = Caller {
        crate_root: "/crate".into(),
        ..Caller::default()
    };
    expand_sources(&arguments, &failures, sources, &caller)
}

fn text(arguments: &str, sources: &Sources) -> String {
    layout::lines(expand(arguments, sources))
}

/// Leaves the errors and the variants: the rest is the same as of a checked history.
fn beginning(text: &str) -> &str {
    text.split("    impl Revision").next().unwrap()
}

#[test]
fn a_checked_history_becomes_a_module() {
    let seeds = Folder::new("seeds")
        .file("defaults.sql", "-- For all.\nDELETE FROM a WHERE id = 1;\n")
        .file("dev/demo_users.sql", "DELETE FROM a;\n");
    insta::assert_snapshot!(text(r#"set = "billing""#, &sources(folder(), Some(seeds))));
}

#[test]
fn a_set_without_seeds_has_enums_without_variants() {
    let text = text("", &sources(folder(), None));
    assert!(text.contains("pub enum Seed {}"), "{text}");
    assert!(text.contains("pub enum Env {}"), "{text}");
    assert!(
        text.contains("__private::DEFAULT_SET, __private::DEFAULT_SCHEMA"),
        "{text}"
    );
}

#[test]
fn a_broken_history_becomes_errors_and_a_module_with_the_same_names() {
    let broken = folder().file("002_2fa.up.sql", "SELEC 1;");
    let seeds = Folder::new("seeds").file("dev/demo_users.sql", "DELETE FROM a;\n");
    insta::assert_snapshot!(beginning(&text("", &sources(broken, Some(seeds)))));
}

#[test]
fn a_stub_has_the_names_of_the_whole() {
    let seeds = || Some(Folder::new("seeds").file("dev/demo_users.sql", "DELETE FROM a;\n"));
    let names = |text: &str| -> Vec<String> {
        let lines = text.lines().map(str::trim);
        let is_name = |line: &&str| {
            line.starts_with("pub ")
                || line.contains("::ALL")
                || line.ends_with(',') && !line.contains('"')
        };
        lines.filter(is_name).map(str::to_owned).collect()
    };
    let whole = text("", &sources(folder(), seeds()));
    let broken = text(
        "",
        &sources(folder().file("002_2fa.up.sql", "SELEC 1;"), seeds()),
    );
    assert!(broken.contains("compile_error"), "{broken}");
    assert_eq!(names(&whole), names(&broken));
    assert!(
        names(&whole).contains(&"DevDemoUsers,".to_owned()),
        "{whole}"
    );
}

#[test]
fn faults_of_arguments_keep_the_names() {
    let text = text(
        "postgres = 3",
        &sources(folder().file("002_2fa.up.sql", "SELEC 1;"), None),
    );
    assert!(text.contains("[SM0001]"), "{text}");
    assert_eq!(text.matches("compile_error").count(), 1, "{text}");
    assert!(text.contains("InitialSchema,"), "{text}");
}

#[test]
fn an_unwatched_folder_is_a_warning_beside_the_module() {
    let (arguments, failures) = args::parse(TokenStream::new());
    let caller = Caller {
        crate_root: "/crate".into(),
        build: Build::Cargo(None),
        ..Caller::default()
    };
    let tokens = expand_sources(&arguments, &failures, &sources(folder(), None), &caller);
    let text = layout::lines(tokens);
    assert!(text.contains("const SM0003: ()"), "{text}");
    assert!(text.contains("Migration::embedded"), "{text}");
    assert!(!text.contains("compile_error"), "{text}");
}

#[test]
fn a_panic_becomes_an_error_that_asks_for_a_report() {
    let panic = std::panic::catch_unwind(|| panic!("index {} out of range", 3)).unwrap_err();
    let text = layout::lines(failed(&crate::failure::defect(&*panic)));
    assert!(
        text.contains("embed_migrations! failed: index 3 out of range"),
        "{text}"
    );
    assert!(text.contains("/issues"), "{text}");
    assert!(text.contains("pub mod migrations"), "{text}");
}
