//! What PostgreSQL 15 says of each.

use crate::catalog::trial;

fn all(before: &str, cases: &[(&str, &str)]) {
    for (sql, said) in cases {
        assert_eq!(trial::outcome(&format!("{before}; {sql}")), *said, "{sql}");
    }
}

#[test]
fn an_aggregate_is_a_function_of_its_arguments() {
    all(
        "CREATE AGGREGATE ag(int) (SFUNC = int4pl, STYPE = int)",
        &[
            (
                "CREATE AGGREGATE ag(integer) (SFUNC = int4pl, STYPE = int)",
                "42723 function \"ag\" already exists with same argument types",
            ),
            (
                "CREATE OR REPLACE AGGREGATE ag(int) (SFUNC = int4pl, STYPE = int)",
                "ok",
            ),
            (
                "CREATE FUNCTION ag(int) RETURNS int LANGUAGE sql AS 'SELECT 1'",
                "42723 function \"ag\" already exists with same argument types",
            ),
            (
                "CREATE OR REPLACE FUNCTION ag(int) RETURNS int LANGUAGE sql AS 'SELECT 1'",
                "42809 cannot change routine kind; \"ag\" is an aggregate function.",
            ),
            (
                "CREATE AGGREGATE ag(text) (SFUNC = textcat, STYPE = text)",
                "ok",
            ),
            (
                "CREATE AGGREGATE ag2(int) (SFUNC = int4pl, STYPE = nosuch)",
                "42704 type \"nosuch\" does not exist",
            ),
        ],
    );
}

#[test]
fn refuses_the_second_of_a_name_where_names_differ() {
    all(
        "CREATE TEXT SEARCH CONFIGURATION c (COPY = simple); CREATE COLLATION ci (PROVIDER = icu, LOCALE = 'und'); \
         CREATE TYPE st AS ENUM ('a'); CREATE CAST (st AS int) WITH INOUT; \
         CREATE CONVERSION v FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8; \
         CREATE FUNCTION ev() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; \
         CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION ev(); \
         CREATE ACCESS METHOD heap2 TYPE TABLE HANDLER heap_tableam_handler",
        &[
            (
                "CREATE TEXT SEARCH CONFIGURATION c (COPY = simple)",
                "23505 duplicate key value violates unique constraint \"pg_ts_config_cfgname_index\"",
            ),
            (
                "CREATE COLLATION ci (PROVIDER = icu, LOCALE = 'und')",
                "42710 collation \"ci\" already exists",
            ),
            (
                "CREATE COLLATION IF NOT EXISTS ci (PROVIDER = icu, LOCALE = 'und')",
                "ok",
            ),
            (
                "CREATE CAST (st AS int) WITH INOUT",
                "42710 cast from type st to type integer already exists",
            ),
            (
                "CREATE CAST (nosuch AS int) WITH INOUT",
                "42704 type \"nosuch\" does not exist",
            ),
            (
                "CREATE CONVERSION v FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8",
                "42710 conversion \"v\" already exists",
            ),
            (
                "CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION ev()",
                "42710 event trigger \"e\" already exists",
            ),
            (
                "CREATE EVENT TRIGGER e2 ON ddl_command_end EXECUTE FUNCTION nosuch()",
                "42883 function nosuch() does not exist",
            ),
            (
                "ALTER EVENT TRIGGER nosuch DISABLE",
                "42704 event trigger \"nosuch\" does not exist",
            ),
            (
                "CREATE ACCESS METHOD heap2 TYPE TABLE HANDLER heap_tableam_handler",
                "42710 access method \"heap2\" already exists",
            ),
            (
                "ALTER STATISTICS nosuch SET STATISTICS 3",
                "42704 statistics object \"nosuch\" does not exist",
            ),
            ("ALTER STATISTICS IF EXISTS nosuch SET STATISTICS 3", "ok"),
            (
                "ALTER TEXT SEARCH CONFIGURATION nosuch ADD MAPPING FOR a WITH simple",
                "42704 text search configuration \"nosuch\" does not exist",
            ),
            (
                "ALTER TEXT SEARCH CONFIGURATION english ADD MAPPING FOR a WITH simple",
                "ok",
            ),
        ],
    );
}
