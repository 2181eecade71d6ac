use crate::{
    check::{Checked, Options, check},
    folder::Folder,
    migration::Rows,
};

const TABLE: &str = "CREATE SCHEMA app; CREATE TABLE app.cities (id bigint PRIMARY KEY, name text NOT NULL, \"Größe\" int, code text, UNIQUE (code, name))";

fn run(seeds: &Folder) -> Checked {
    let migrations = Folder::new("migrations")
        .file("001_a.up.sql", TABLE)
        .file("001_a.down.sql", "DROP SCHEMA app CASCADE");
    check(&migrations, Some(seeds), &Options::default())
}

fn seeds(directive: &str, csv: &str) -> Folder {
    Folder::new("seeds")
        .file(
            "cities.sql",
            format!("-- Cities.\n-- samokoder: {directive}\n"),
        )
        .file("cities.csv", csv)
}

/// Asserts that nothing is found, and returns the rows.
fn good(seeds: &Folder) -> Rows {
    let checked = run(seeds);
    assert!(checked.diagnostics.is_empty(), "{:#?}", checked.diagnostics);
    checked.history.unwrap().seeds()[0].rows.clone().unwrap()
}

/// Returns the one finding: its code, place, the words there, what is said, what helps.
fn bad(seeds: &Folder) -> String {
    let checked = run(seeds);
    assert!(checked.history.is_none());
    let findings: Vec<String> = checked
        .diagnostics
        .iter()
        .map(|finding| {
            let (file, span) = finding.source().unwrap();
            format!(
                "{} {}:{} [{}] {} | {}",
                finding.code(),
                file.path(),
                finding.position().unwrap(),
                file.slice(span),
                finding.message(),
                finding.help_lines().join(" | ")
            )
        })
        .collect();
    assert_eq!(findings.len(), 1, "{findings:#?}");
    findings[0].clone()
}

const COPY: &str = "copy \"cities.csv\" into app.cities key (id)";

#[test]
fn reads_what_is_loaded_and_by_which_columns() {
    let rows = good(&seeds(COPY, "id,name,\"Größe\"\r\n1,x,2\r\n"));
    assert_eq!(rows.file, "cities.csv");
    assert_eq!(rows.table, ["app", "cities"]);
    assert_eq!(rows.columns, ["id", "name", "Größe"]);
    assert_eq!(rows.key, ["id"]);
    let rows = good(&seeds(
        "copy \"cities.csv\" into APP.\"cities\" key (Name, code)",
        "code,name\n",
    ));
    assert_eq!(rows.key, ["name", "code"]);
    // Only the beginning is read, which may end anywhere.
    let in_environment = Folder::new("seeds")
        .file("dev/x.sql", format!("-- samokoder: {COPY}"))
        .head("dev/cities.csv", b"id,name\n1,caf\xc3".to_vec());
    assert_eq!(good(&in_environment).file, "dev/cities.csv");
}

#[test]
fn what_the_table_does_not_have_is_shown_where_it_is_written() {
    let lines: Vec<String> = [
        (COPY, "id,nme\n1,x"),
        (COPY, "id,name,size\n"),
        ("copy \"cities.csv\" into app.citys key (id)", "id,name\n"),
        (
            "copy \"cities.csv\" into nosuch.cities key (id)",
            "id,name\n",
        ),
        (
            "copy \"cities.csv\" into app.cities key (name)",
            "id,name\n",
        ),
        ("copy \"cities.csv\" into app.cities key (nme)", "id,name\n"),
    ]
    .into_iter()
    .map(|(directive, csv)| bad(&seeds(directive, csv)))
    .collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn what_is_no_file_of_rows_is_refused() {
    let only = |name: &str, bytes: &[u8]| {
        Folder::new("seeds")
            .file("cities.sql", format!("-- samokoder: {COPY}"))
            .file(name, bytes)
    };
    let statement = Folder::new("seeds")
        .file("cities.sql", format!("-- samokoder: {COPY}\nSELECT 1"))
        .file("cities.csv", "id,name\n");
    let unread = Folder::new("seeds")
        .file(
            "c.sql",
            "-- samokoder: copy \"c.tsv\" into app.cities key (id)",
        )
        .unread("c.tsv");
    let lines: Vec<String> = [
        only("city.csv", b"id,name\n"),
        only("cities.csv", b""),
        only("cities.csv", b"id,na\xffme\n"),
        only("cities.csv", b"id,,name\n"),
        statement,
        unread,
    ]
    .iter()
    .map(bad)
    .collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn what_is_loaded_counts_in_the_checksum_and_remarks_do_not() {
    let checksum = |text: &str| {
        let seeds = Folder::new("seeds")
            .file("cities.sql", text)
            .file("cities.csv", "id,name\n")
            .file("other.csv", "id,name\n");
        run(&seeds).history.unwrap().seeds()[0].script.checksum
    };
    let directive = format!("-- samokoder: {COPY}");
    let first = checksum(&directive);
    assert_eq!(
        first,
        checksum(&format!("-- A remark.\n\n--  samokoder:  {COPY}  \n"))
    );
    assert_eq!(first, checksum(&directive.replace("key (id)", "key( id )")));
    for other in [
        directive.replace("cities.csv", "other.csv"),
        directive.replace("(id)", "(\"id\")"),
        format!("{directive}\n-- samokoder: statement-timeout 1h"),
        String::new(),
    ] {
        assert_ne!(first, checksum(&other), "{other}");
    }
}
