//! What is said of a script's SQL.
#![cfg(feature = "check")]
#![allow(clippy::unwrap_used, reason = "helpers of tests are not seen as tests")]

use std::{fmt::Write, sync::Arc, thread};

use insta::assert_snapshot;
use samokoder_migrate_core::{
    Code, Diagnostic, Severity, SourceFile,
    diagnostic::{Style, render},
    migration::{Insert, Transaction},
    sql::{Context, Reading, Role, read},
};

const INSIDE: Context = Context {
    transaction: Transaction::Inside,
    postgres: None,
    role: Role::Upgrade,
};
const OUTSIDE: Context = Context {
    transaction: Transaction::Outside,
    ..INSIDE
};

/// Reads on a thread with the stack that the gate asks for.
fn reading(sql: &str, context: Context) -> Reading {
    let file = Arc::new(SourceFile::new("001_a.up.sql", sql));
    thread::Builder::new()
        .stack_size(64 << 20)
        .spawn(move || read(&file, &context))
        .unwrap()
        .join()
        .unwrap()
}

/// Every finding as a user sees it.
fn drawn(sql: &str, context: Context) -> String {
    let findings: Vec<String> = reading(sql, context)
        .diagnostics
        .iter()
        .map(|finding| render(finding, Style::Plain))
        .collect();
    findings.join("\n\n")
}

/// A few lines for each script: where, what, and what to do.
fn listed(scripts: &[&str], context: Context) -> String {
    let mut list = String::new();
    for script in scripts {
        let shown = script.replace('\n', "⏎").replace('\0', "<NUL>");
        writeln!(list, "{}", shown.replace('\u{feff}', "<BOM>")).unwrap();
        let found = reading(script, context).diagnostics;
        if found.is_empty() {
            list.push_str("    nothing\n");
        }
        for finding in found {
            writeln!(list, "    {}", line(&finding)).unwrap();
        }
    }
    list
}

fn line(finding: &Diagnostic) -> String {
    let position = finding.position().unwrap();
    let code = finding.code();
    let help = finding.help_lines().join(" | ");
    let arrow = if help.is_empty() { "" } else { " → " };
    format!("{position} {code} {}{arrow}{help}", finding.message())
}

fn lines(sql: &str) -> Vec<String> {
    reading(sql, INSIDE).diagnostics.iter().map(line).collect()
}

fn codes(sql: &str, context: Context) -> Vec<Code> {
    let found = reading(sql, context).diagnostics;
    found.iter().map(Diagnostic::code).collect()
}

#[test]
fn reports_every_broken_statement_at_the_token_where_postgresql_stops() {
    let sql = "CREATE TABLE users (\n  id int PRIMARY KEY,\n  email text NOT NUL\n);\n\
               SELECT 1;\n\
               SELEC 'привет' FROM users;\n\
               ALTER TABLE users ADD COLUMN name text, ;\n\
               CREATE ROLE r FOO;\n";
    assert_snapshot!("every_broken_statement", drawn(sql, INSIDE));
    assert_eq!(reading(sql, INSIDE).statements.len(), 5);
}

#[test]
fn passes_on_what_postgresql_explains() {
    let sql = "SELECT 1 LIMIT 1, 2;\nSELECT E'\\u12';\nSELECT 1abc;\nSELECT 1 +\n";
    assert_snapshot!("detail_and_hint", drawn(sql, INSIDE));
}

#[test]
fn a_missing_semicolon_is_one_finding() {
    let scripts = [
        "ALTER TABLE a ADD b int\nALTER TABLE a ADD c int;\nSELECT 1;",
        "SELECT a FROM t\nCOMMENT ON TABLE t IS 'x';",
        "DROP TABLE a\nDROP TABLE b\nDROP TABLE c;",
        "DROP TABLE a\nDROP TABEL b;",
        "ALTER TABLE a ADD b int\nADD c int;",
    ];
    assert_snapshot!("missing_semicolon", listed(&scripts, INSIDE));
}

#[test]
fn an_unclosed_quote_is_one_finding() {
    let scripts = [
        "SELECT 1;\nSELECT 'a;\nSELECT 2;\nSELECT 3;\n",
        "SELECT 1;\nDO $$ BEGIN; END;\nSELECT 2;\n",
        "SELECT 1; /* a\nSELECT 2;\n",
        "SELECT \"a;\n",
        "INSERT INTO t VALUES ('a);\nINSERT INTO t VALUES ('b');\nSELECT 1;\n",
        "CREATE FUNCTION f() RETURNS int AS $$ SELECT 1;\n\
         CREATE FUNCTION g() RETURNS int AS $$ SELECT 2; $$ LANGUAGE sql;\nSELECT 3;\n",
    ];
    assert_snapshot!("unclosed", listed(&scripts, INSIDE));
}

#[test]
fn says_what_was_meant() {
    let scripts = [
        "CREATE TABLE a (\n  id int\n  name text\n);",
        "CREATE TABLE a (id int, name text,);",
        "INSERT INTO a VALUES (1,, 2);",
        "CREATE TABLE a (id int;",
        "CREATE TABLE a (id int));",
        "CREATE TABLE a (id int PRIMARY KEY, FOREIGN KEY id) REFERENCES b);",
        "CREAT TABLE a (id int);",
        "SELECT * FORM a;",
        "ALTER TABLE a DROP COLUM b;",
        "DROP TABLE TABLE a;",
        "CREATE TABLE a (id int, order int);",
        "ALTER TABLE a ADD COLUMN b;",
        "DROP AGGREGATE last;",
        "COMMIT:",
        "CREATE TABLE a IF NOT EXISTS (id int);",
        "ALTER TABLE a ADD IF NOT EXISTS COLUMN b int;",
        "ALTER TABLE a DROP IF EXISTS COLUMN b;",
        "CREATE TYPE IF NOT EXISTS a AS ENUM ('x');",
    ];
    assert_snapshot!("slips", listed(&scripts, INSIDE));
}

#[test]
fn knows_the_words_of_other_dialects() {
    let scripts = [
        "CREATE TABLE `a` (`id` int(11) UNSIGNED NOT NULL AUTO_INCREMENT, PRIMARY KEY (`id`)) \
         ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;",
        "CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT);",
        "CREATE TABLE [dbo].[a] ([id] int IDENTITY(1,1) NOT NULL, b varchar(max));",
        "SELECT TOP 10 * FROM a;",
        "SELECT 1\nGO\nSELECT 2\nGO\n",
        "ALTER TABLE a MODIFY COLUMN b bigint;",
        "ALTER TABLE a CHANGE b c int;",
        "ALTER TABLE a ALTER COLUMN b bigint;",
        "ALTER TABLE a ADD COLUMN b int AFTER c;",
        "ALTER TABLE a DROP PRIMARY KEY;",
        "CREATE OR REPLACE TABLE a (id int);",
        "DROP INDEX i ON a;",
        "CREATE TABLE a (id int, UNIQUE KEY k (id), c int);",
        "CREATE TABLE a (t timestamp DEFAULT now() ON UPDATE now());",
        "CREATE TABLE a (id int COMMENT 'the id');",
        "INSERT IGNORE INTO a VALUES (1);",
        "INSERT INTO a VALUES (1) ON DUPLICATE KEY UPDATE b = 1;",
        "REPLACE INTO a VALUES (1);",
        "UPDATE a JOIN b ON a.x = b.x SET a.y = 1;",
        "# a comment\nSELECT 1;",
        "INSERT INTO a VALUES (‘it is’);",
        "DELIMITER //",
    ];
    assert_snapshot!("dialects", listed(&scripts, INSIDE));
}

#[test]
fn suggests_nothing_that_it_cannot_prove() {
    for sql in [
        "CREATE TABLE a (id int foo);",
        "SELECT a b c;",
        "ALTER TABLE a foo bar;",
        "SELECT * FROM a WHERE b = = 1;",
        "CREATE INDEX i ON a (b TABLE, c);",
    ] {
        let found = reading(sql, INSIDE).diagnostics;
        assert!(found[0].help_lines().is_empty(), "{:?}", found[0]);
    }
}

#[test]
fn psql_lines_are_told_from_sql() {
    let sql = "\\restrict abc\nSELECT 1;\n\\echo it's here\nSELECT 2 \\gset\n\
               CREATE TABLE a (\n\\i b.sql\n  id int);\n";
    assert_snapshot!("psql", drawn(sql, INSIDE));
    let literals =
        "SELECT '\\c a', E'\\\\c', $$\n\\c b\n$$, \"\\c\"; -- \\c\n/*\n\\c d\n*/ SELECT 1;";
    assert_eq!(codes(literals, INSIDE), []);
}

#[test]
fn rows_after_copy_are_one_finding() {
    let sql =
        "SELECT 1;\nCOPY a (b, c) FROM stdin;\n1\tit's; a\n2\t$$\n\\.\n\nSELECT 2;\nSELEC 3;\n";
    assert_snapshot!("copy_rows", drawn(sql, INSIDE));
    assert_eq!(reading(sql, INSIDE).statements.len(), 4);
    assert_eq!(codes("COPY a FROM STDIN;", INSIDE), [Code::CopyFromStdin]);
    assert_eq!(codes("COPY a TO STDOUT;", INSIDE), [Code::CopyFromStdin]);
    let files = "COPY a FROM '/tmp/a.csv'; COPY a FROM PROGRAM 'x';";
    assert_eq!(codes(files, INSIDE), []);
}

#[test]
fn characters_that_no_one_sees_have_a_name() {
    let scripts = [
        "SELECT 1;\n\u{feff}CREATE TABLE a ();",
        "CREATE\u{a0}TABLE a ();",
        "CREATE \u{200b}TABLE a ();",
        "SELECT 1;\nSELECT '\0', \0 2;\nSELEC 3;",
        "SELECT '\u{a0}\u{200b}';",
    ];
    assert_snapshot!("unseen", listed(&scripts, INSIDE));
}

#[test]
fn a_template_counts_only_where_the_grammar_stops_at_it() {
    let scripts = [
        "CREATE TABLE {{ index .Options \"Namespace\" }}.users (id int);",
        "CREATE TABLE ${schema}.users (id int);",
        "CREATE TABLE <%= schema %>.users (id int);",
        "CREATE INDEX i ON \"{{ .Options \"Schema\" }}\".users (id);",
        "GRANT SELECT ON a TO :role;",
        "SELECT :'name';",
        "COMMENT ON TABLE a IS '{{ name }} ${x} <%= y %>'; SELECT 'a'::text, x[1:2];",
    ];
    assert_snapshot!("templates", listed(&scripts, INSIDE));
}

#[test]
fn the_runner_owns_the_transaction() {
    let scripts = [
        "BEGIN;\nSELECT 1;\nCOMMIT;",
        "START TRANSACTION; ROLLBACK; END; ABORT; PREPARE TRANSACTION 'x';",
        "SAVEPOINT a; ROLLBACK TO a; RELEASE a;",
        "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE;",
        "SET TRANSACTION READ ONLY;",
        "SET TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE;",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; END;",
        "DO $$ BEGIN COMMIT; END $$;",
        "SET LOCAL work_mem = '1MB'; LOCK TABLE a;",
    ];
    assert_snapshot!("transaction", listed(&scripts, INSIDE));
}

#[test]
fn statements_of_a_script_without_a_transaction_run_alone() {
    let scripts = [
        "BEGIN; SELECT 1; COMMIT;",
        "SAVEPOINT a; ROLLBACK TO a; RELEASE a;",
        "LOCK TABLE a;",
        "DECLARE c CURSOR FOR SELECT 1; DECLARE d CURSOR WITH HOLD FOR SELECT 1;",
        "SET LOCAL work_mem = '1MB';",
        "SET TRANSACTION READ ONLY;",
        "CREATE INDEX CONCURRENTLY i ON a (b);",
        "SELECT 1;",
    ];
    assert_snapshot!("no_transaction", listed(&scripts, OUTSIDE));
    let warning = &reading("SET LOCAL work_mem = '1MB';", OUTSIDE).diagnostics[0];
    assert_eq!(warning.severity(), Severity::Warning);
}

#[test]
fn refuses_what_the_server_refuses_inside_a_transaction() {
    for sql in [
        "CREATE INDEX CONCURRENTLY i ON a (b)",
        "DROP INDEX CONCURRENTLY i",
        "REINDEX TABLE CONCURRENTLY a",
        "REINDEX (CONCURRENTLY) INDEX i",
        "REINDEX (VERBOSE, CONCURRENTLY true) INDEX i",
        "REINDEX SCHEMA s",
        "REINDEX DATABASE d",
        "REINDEX SYSTEM d",
        "VACUUM",
        "VACUUM FULL a",
        "VACUUM (ANALYZE) a",
        "CREATE DATABASE d",
        "DROP DATABASE IF EXISTS d",
        "ALTER DATABASE d SET TABLESPACE t",
        "CREATE TABLESPACE t LOCATION '/t'",
        "DROP TABLESPACE t",
        "ALTER SYSTEM SET work_mem = '1MB'",
        "ALTER SYSTEM RESET ALL",
        "CLUSTER",
        "ALTER TABLE a DETACH PARTITION b CONCURRENTLY",
        "CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p",
        "CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p WITH (enabled = false)",
        "ALTER SUBSCRIPTION s REFRESH PUBLICATION",
        "ALTER SUBSCRIPTION s SET PUBLICATION p",
        "ALTER SUBSCRIPTION s ADD PUBLICATION p WITH (refresh)",
        "ALTER SUBSCRIPTION s DROP PUBLICATION p",
        "DISCARD ALL",
        "COMMIT PREPARED 'x'",
        "ROLLBACK PREPARED 'x'",
    ] {
        let found = reading(sql, INSIDE).diagnostics;
        assert_eq!(found.len(), 1, "{sql}");
        assert_eq!(found[0].code(), Code::OutsideTransaction, "{sql}");
        assert_eq!(found[0].sqlstate_code(), Some("25001"), "{sql}");
        assert_eq!(codes(sql, OUTSIDE), [], "{sql}");
    }
    let sql = "ALTER TABLE a ADD b int;\nCREATE UNIQUE INDEX\n  CONCURRENTLY i ON a (b);\n\
               VACUUM FULL a;\n";
    assert_snapshot!("outside_only", drawn(sql, INSIDE));
}

#[test]
fn takes_what_the_server_takes_inside_a_transaction() {
    for sql in [
        "CREATE INDEX i ON a (b)",
        "REINDEX TABLE a",
        "REINDEX (CONCURRENTLY false) TABLE a",
        "ANALYZE a",
        "ALTER DATABASE d SET work_mem = '1MB'",
        "ALTER DATABASE d CONNECTION LIMIT 1",
        "CLUSTER a USING i",
        "ALTER TABLE a DETACH PARTITION b",
        "ALTER TABLE a DETACH PARTITION b FINALIZE",
        "CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p WITH (connect = off)",
        "CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p WITH (create_slot = false)",
        "ALTER SUBSCRIPTION s SET PUBLICATION p WITH (refresh = false)",
        "DROP SUBSCRIPTION s",
        "REFRESH MATERIALIZED VIEW CONCURRENTLY m",
        "ALTER TYPE t ADD VALUE 'a'",
        "DISCARD TEMP",
        "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS 'VACUUM'",
    ] {
        assert_eq!(codes(sql, INSIDE), [], "{sql}");
    }
}

/// Each with the first major version of PostgreSQL whose server takes it.
const NEWER: &[(u16, &str)] = &[
    (14, "CREATE FUNCTION f() RETURNS int RETURN 1"),
    (
        14,
        "CREATE OR REPLACE TRIGGER t AFTER INSERT ON a EXECUTE FUNCTION f()",
    ),
    (14, "CREATE TABLE a (b text COMPRESSION pglz)"),
    (
        14,
        "WITH RECURSIVE x AS (SELECT 1) CYCLE a SET b USING c SELECT 1",
    ),
    (14, "SELECT * FROM a JOIN b USING (x) AS j"),
    (
        15,
        "MERGE INTO a USING b ON a.x = b.x WHEN MATCHED THEN DELETE",
    ),
    (15, "CREATE UNIQUE INDEX i ON a (b) NULLS NOT DISTINCT"),
    (
        15,
        "CREATE TABLE a (b int, FOREIGN KEY (b) REFERENCES c ON DELETE SET NULL (b))",
    ),
    (15, "CREATE PUBLICATION p FOR TABLES IN SCHEMA s"),
    (15, "CREATE PUBLICATION p FOR TABLE a WHERE (b > 1)"),
    (16, "SELECT * FROM (SELECT 1)"),
    (16, "SELECT JSON_OBJECT('a': 1)"),
    (16, "SELECT JSON_ARRAY(1, 2 NULL ON NULL)"),
    (16, "SELECT a IS JSON FROM b"),
    (16, "SELECT 0xFF"),
    (16, "SELECT 1_000"),
    (16, "GRANT a TO b WITH INHERIT TRUE"),
    (16, "CREATE STATISTICS ON a, b FROM c"),
    (16, "CREATE TABLE a (b text STORAGE external)"),
    (
        17,
        "MERGE INTO a USING b ON a.x = b.x WHEN NOT MATCHED BY SOURCE THEN DELETE",
    ),
    (
        17,
        "SELECT * FROM JSON_TABLE('{}', '$' COLUMNS (a int PATH '$.a'))",
    ),
    (17, "SELECT JSON_VALUE('{}', '$.a' RETURNING int)"),
    (17, "ALTER TABLE a SET ACCESS METHOD DEFAULT"),
    (17, "ALTER TABLE a ALTER b SET EXPRESSION AS (c + 1)"),
    (17, "ALTER TABLE a ALTER b SET STATISTICS DEFAULT"),
    (17, "SELECT now() AT LOCAL"),
    (17, "GRANT MAINTAIN ON a TO b"),
    (
        18,
        "CREATE TABLE a (b int, c int GENERATED ALWAYS AS (b + 1) VIRTUAL)",
    ),
    (
        18,
        "CREATE TABLE a (b int, c int GENERATED ALWAYS AS (b + 1))",
    ),
    (
        18,
        "CREATE TABLE a (b int, r int4range, PRIMARY KEY (b, r WITHOUT OVERLAPS))",
    ),
    (
        18,
        "ALTER TABLE a ADD FOREIGN KEY (b, PERIOD r) REFERENCES c (b, PERIOD r)",
    ),
    (18, "CREATE TABLE a (b int CHECK (b > 0) NOT ENFORCED)"),
    (18, "ALTER TABLE a ALTER CONSTRAINT c NO INHERIT"),
    (18, "ALTER TABLE a ADD CONSTRAINT c NOT NULL b NOT VALID"),
    (18, "INSERT INTO a VALUES (1) RETURNING WITH (OLD AS o) o.b"),
    (18, "VACUUM ONLY a"),
    (
        19,
        "INSERT INTO a VALUES (1) ON CONFLICT (b) DO SELECT RETURNING b",
    ),
    (19, "REPACK a"),
    (19, "WAIT FOR LSN '0/1'"),
    (
        19,
        "SELECT first_value(a) IGNORE NULLS OVER (ORDER BY b) FROM c",
    ),
    (19, "CHECKPOINT (MODE FAST)"),
    (19, "CREATE PUBLICATION p FOR ALL SEQUENCES"),
    (19, "CREATE PUBLICATION p FOR ALL TABLES EXCEPT (TABLE a)"),
];

#[test]
fn refuses_syntax_that_the_oldest_server_lacks() {
    for (since, sql) in NEWER {
        for floor in 13..=19 {
            let context = Context {
                postgres: Some(floor),
                ..OUTSIDE
            };
            let expected: &[Code] = if floor < *since {
                &[Code::NewerSyntax]
            } else {
                &[]
            };
            assert_eq!(codes(sql, context), expected, "{sql} on {floor}");
        }
    }
    let context = Context {
        postgres: Some(15),
        ..OUTSIDE
    };
    let sql = "SELECT 1;\nCREATE TABLE a (\n  b int,\n  c int GENERATED ALWAYS AS (b + 1) VIRTUAL,\n  \
               d int DEFAULT 0xFF\n);\n";
    assert_snapshot!("newer_syntax", drawn(sql, context));
}

#[test]
fn without_a_floor_only_unreleased_syntax_is_refused() {
    for (since, sql) in NEWER {
        let expected: &[Code] = if *since > 18 {
            &[Code::NewerSyntax]
        } else {
            &[]
        };
        assert_eq!(codes(sql, OUTSIDE), expected, "{sql}");
    }
}

#[test]
fn what_old_servers_take_is_not_newer_syntax() {
    let context = Context {
        postgres: Some(13),
        ..OUTSIDE
    };
    for sql in [
        "CREATE TABLE a (b int GENERATED ALWAYS AS (c + 1) STORED, period int, enforced boolean)",
        "SELECT * FROM (SELECT 1) AS x",
        "SELECT json_object('{a, 1}'), json_array_length('[]')",
        "SELECT now() AT TIME ZONE 'x', a1_b, 'VIRTUAL 0xFF 1_000'",
        "CREATE TABLE a (b int CONSTRAINT c NOT NULL, CHECK (b > 0))",
        "CREATE DOMAIN d AS int CONSTRAINT c NOT NULL",
        "ALTER TABLE a ALTER CONSTRAINT c DEFERRABLE",
        "GRANT a TO b WITH ADMIN OPTION",
        "SELECT \"virtual\", inherit, maintain FROM merge",
    ] {
        assert_eq!(codes(sql, context), [], "{sql}");
    }
}

#[test]
fn collects_the_settings_of_the_session() {
    let settings = |sql| reading(sql, INSIDE).settings;
    let set = "SET search_path = a; SET SESSION Work_Mem = '1MB'; RESET role; \
               SET LOCAL lock_timeout = 1; SET TIME ZONE 'UTC'; SET NAMES 'UTF8'; SET SCHEMA 'x'; \
               SET ROLE r; SET SESSION AUTHORIZATION s; SET SESSION CHARACTERISTICS AS \
               TRANSACTION READ ONLY, ISOLATION LEVEL SERIALIZABLE; SET SEARCH_PATH TO b";
    assert_eq!(
        settings(set),
        [
            "search_path",
            "work_mem",
            "role",
            "timezone",
            "client_encoding",
            "session_authorization",
            "default_transaction_read_only",
            "default_transaction_isolation",
        ]
    );
    let functions = "SELECT 1, pg_catalog.set_config('Search_Path', '', false), \
                     set_config('a.b', '', true); \
                     SELECT set_config('x', '', false) UNION SELECT set_config('z', '', false)";
    assert_eq!(settings(functions), ["search_path", "x", "z"]);
    assert_eq!(settings("RESET ALL"), ["all"]);
    let own = "CREATE FUNCTION f() RETURNS int LANGUAGE sql SET work_mem = '1MB' AS ''";
    assert!(settings(own).is_empty());
}

#[test]
fn tells_which_inserts_could_be_repeated() {
    let inserts = |sql: &str| -> Vec<Insert> {
        let statements = reading(sql, INSIDE).statements;
        statements
            .into_iter()
            .flat_map(|statement| statement.facts.inserts)
            .collect()
    };
    let plain = |table: &str| Insert::Plain {
        table: table.to_owned(),
    };
    let guarded = |table: &str| Insert::Guarded {
        table: table.to_owned(),
    };
    assert_eq!(inserts("INSERT INTO s.a VALUES (1)"), [plain("s.a")]);
    let conflict = "INSERT INTO a VALUES (1) ON CONFLICT DO NOTHING";
    assert_eq!(inserts(conflict), [guarded("a")]);
    let looks = "INSERT INTO a SELECT 1 WHERE NOT EXISTS (SELECT FROM a WHERE b = 1)";
    assert_eq!(inserts(looks), [guarded("a")]);
    assert_eq!(inserts("INSERT INTO a SELECT * FROM c"), [plain("a")]);
    let with = "WITH x AS (INSERT INTO a VALUES (1) RETURNING b) \
                INSERT INTO c SELECT * FROM x ON CONFLICT DO NOTHING";
    assert_eq!(inserts(with), [guarded("c"), plain("a")]);
    let emptied = reading("TRUNCATE a, s.b; DELETE FROM c", INSIDE).statements;
    assert_eq!(emptied[0].facts.empties, ["a", "s.b"]);
    assert_eq!(emptied[1].facts.empties, ["c"]);
}

#[test]
fn a_large_seed_is_read_statement_by_statement() {
    let rows = vec!["(1, 'a ; ON CONFLICT')"; 20_000].join(",\n");
    let sql = format!(
        "SET work_mem = '1MB';\nINSERT INTO a VALUES {rows};\n\
         INSERT INTO b VALUES {rows} ON CONFLICT DO NOTHING;\nBEGIN;\n"
    );
    let large = reading(&sql, INSIDE);
    assert_eq!(large.settings, ["work_mem"]);
    let inserts: Vec<&[Insert]> = large
        .statements
        .iter()
        .map(|statement| statement.facts.inserts.as_slice())
        .collect();
    assert!(matches!(
        inserts.as_slice(),
        [[], [Insert::Plain { .. }], [Insert::Guarded { .. }], []]
    ));
    assert!(sql[large.statements[1].span.range()].starts_with("INSERT INTO a"));
    let found = lines(&sql);
    assert!(found[0].starts_with("40002:1 SM0206 BEGIN"), "{found:?}");

    let row = "(1, 'a ; ON CONFLICT')";
    let broken = sql.replacen(&format!("{row},"), row, 1);
    let found = lines(&broken);
    let expected = "3:1 SM0201 syntax error at or near \"(\"";
    assert!(found[0].starts_with(expected), "{found:?}");
}

#[test]
fn statements_span_their_tokens() {
    let sql = "-- head\n SELECT 1 -- tail\n ; /* a */ SELECT ';' /* b */;\n\nSELECT 2 -- end\n";
    let statements = reading(sql, INSIDE).statements;
    let spans: Vec<&str> = statements
        .iter()
        .map(|statement| &sql[statement.span.range()])
        .collect();
    assert_eq!(spans, ["SELECT 1", "SELECT ';'", "SELECT 2"]);
    assert_eq!(reading("", INSIDE).statements.len(), 0);
    assert_eq!(reading("-- nothing\n;;\n", INSIDE).statements.len(), 0);
}

#[test]
fn deep_nesting_is_read() {
    let nested = |closed| {
        format!(
            "SELECT {}1{};\nSELECT 1;",
            "(".repeat(2000),
            ")".repeat(closed)
        )
    };
    let deep = reading(&nested(2000), INSIDE);
    assert!(deep.diagnostics.is_empty());
    assert_eq!(deep.statements.len(), 2);
    assert_eq!(codes(&nested(1999), INSIDE), [Code::SyntaxError]);
}
