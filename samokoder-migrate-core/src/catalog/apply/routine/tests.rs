//! What PostgreSQL 15 says of each.

use crate::catalog::trial;

fn all(before: &str, cases: &[(&str, &str)]) {
    for (sql, said) in cases {
        assert_eq!(trial::outcome(&format!("{before}; {sql}")), *said, "{sql}");
    }
}

#[test]
fn a_function_is_its_name_and_the_types_that_it_takes() {
    all(
        "CREATE FUNCTION f(a int, b text DEFAULT 'x') RETURNS int LANGUAGE sql AS 'SELECT 1'",
        &[
            (
                "CREATE FUNCTION f(b integer, c text) RETURNS int LANGUAGE sql AS 'SELECT 1'",
                "42723 function \"f\" already exists with same argument types",
            ),
            (
                "CREATE PROCEDURE f(int, text) LANGUAGE sql AS 'SELECT 1'",
                "42723 function \"f\" already exists with same argument types",
            ),
            (
                "CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'",
                "ok",
            ),
            (
                "CREATE FUNCTION f(int, text[]) RETURNS int LANGUAGE sql AS 'SELECT 1'",
                "ok",
            ),
            (
                "CREATE FUNCTION f(a int, b varchar(3), OUT c int) LANGUAGE sql AS 'SELECT 1'",
                "ok",
            ),
            (
                "CREATE FUNCTION f(a int, OUT c int, b text) LANGUAGE sql AS 'SELECT 1'",
                "42723 function \"f\" already exists with same argument types",
            ),
        ],
    );
}

#[test]
fn or_replace_keeps_the_result_the_names_and_the_defaults() {
    all(
        "CREATE FUNCTION f(a int, b text DEFAULT 'x') RETURNS int LANGUAGE sql AS 'SELECT 1'; \
         CREATE FUNCTION g(int) RETURNS TABLE (a int, b text) LANGUAGE sql AS 'SELECT 1, NULL::text'; \
         CREATE FUNCTION h(a int, OUT b int) LANGUAGE sql AS 'SELECT 1'",
        &[
            (
                "CREATE OR REPLACE PROCEDURE f(int, text) LANGUAGE sql AS 'SELECT 1'",
                "42809 cannot change routine kind; \"f\" is a function.",
            ),
            (
                "CREATE OR REPLACE FUNCTION f(a int, b text DEFAULT 'x') RETURNS text LANGUAGE sql AS 'SELECT 1'",
                "42P13 cannot change return type of existing function; Use DROP FUNCTION f(integer,text) first.",
            ),
            (
                "CREATE OR REPLACE FUNCTION f(aa int, b text DEFAULT 'x') RETURNS int LANGUAGE sql AS 'SELECT 1'",
                "42P13 cannot change name of input parameter \"a\"; Use DROP FUNCTION f(integer,text) first.",
            ),
            (
                "CREATE OR REPLACE FUNCTION f(int, b text DEFAULT 'x') RETURNS int LANGUAGE sql AS 'SELECT 1'",
                "42P13 cannot change name of input parameter \"a\"; Use DROP FUNCTION f(integer,text) first.",
            ),
            (
                "CREATE OR REPLACE FUNCTION f(a int, b text) RETURNS int LANGUAGE sql AS 'SELECT 1'",
                "42P13 cannot remove parameter defaults from existing function; Use DROP FUNCTION f(integer,text) first.",
            ),
            (
                "CREATE OR REPLACE FUNCTION g(int) RETURNS TABLE (a int, c text) LANGUAGE sql AS 'SELECT 1, NULL::text'",
                "42P13 cannot change return type of existing function; \
                 Row type defined by OUT parameters is different.; Use DROP FUNCTION g(integer) first.",
            ),
            (
                "CREATE OR REPLACE FUNCTION g(a int) RETURNS TABLE (a int, b text) LANGUAGE sql AS 'SELECT 1, NULL::text'",
                "ok",
            ),
            (
                "CREATE OR REPLACE FUNCTION g(x int) RETURNS SETOF int LANGUAGE sql AS 'SELECT 1'",
                "42P13 cannot change return type of existing function; Use DROP FUNCTION g(integer) first.",
            ),
            (
                "CREATE OR REPLACE FUNCTION h(a int, OUT c int) LANGUAGE sql AS 'SELECT 1'",
                "ok",
            ),
            (
                "CREATE OR REPLACE FUNCTION f(a int, b text DEFAULT 'y') RETURNS int LANGUAGE sql AS 'SELECT 2'",
                "ok",
            ),
        ],
    );
}

#[test]
fn a_routine_that_is_not_there_is_not_altered() {
    all(
        "CREATE TYPE st AS ENUM ('a'); CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'; \
         CREATE FUNCTION g(int) RETURNS int LANGUAGE sql AS 'SELECT 1'; \
         CREATE FUNCTION g(text) RETURNS int LANGUAGE sql AS 'SELECT 1'; \
         CREATE PROCEDURE p(a int, OUT b int) LANGUAGE plpgsql AS 'BEGIN END'",
        &[
            ("ALTER FUNCTION f(int) STRICT", "ok"),
            ("ALTER FUNCTION f STRICT", "ok"),
            ("ALTER FUNCTION g(text) STRICT", "ok"),
            (
                "ALTER FUNCTION g STRICT",
                "42725 function name \"g\" is not unique; Specify the argument list to select the function unambiguously.",
            ),
            (
                "ALTER FUNCTION f(st, text[]) STRICT",
                "42883 function f(st, text[]) does not exist",
            ),
            (
                "ALTER FUNCTION nosuch(int, varchar(3)) STRICT",
                "42883 function nosuch(integer, character varying) does not exist",
            ),
            (
                "ALTER FUNCTION nosuch STRICT",
                "42883 could not find a function named \"nosuch\"",
            ),
            (
                "ALTER FUNCTION public.nosuch(int) STRICT",
                "42883 function public.nosuch(integer) does not exist",
            ),
            (
                "ALTER FUNCTION x.f(int) STRICT",
                "3F000 schema \"x\" does not exist",
            ),
            (
                "ALTER FUNCTION f(nosuch) STRICT",
                "42704 type \"nosuch\" does not exist",
            ),
            (
                "ALTER PROCEDURE f(int) SECURITY DEFINER",
                "42883 procedure f(integer) does not exist",
            ),
            (
                "ALTER FUNCTION p(int) SECURITY DEFINER",
                "42883 function p(integer) does not exist",
            ),
            ("ALTER PROCEDURE p(int) SECURITY DEFINER", "ok"),
            ("ALTER PROCEDURE p(int, int) SECURITY DEFINER", "ok"),
            ("ALTER ROUTINE f(int) SECURITY DEFINER", "ok"),
            ("ALTER FUNCTION lower(text) STRICT", "ok"),
            ("ALTER FUNCTION uuid_generate_v4() STRICT", "ok"),
        ],
    );
}

#[test]
fn refuses_types_and_languages_that_are_not_there() {
    all(
        "CREATE TYPE st AS ENUM ('a')",
        &[
            (
                "CREATE FUNCTION k(nosuch) RETURNS int LANGUAGE sql AS 'SELECT 1'",
                "42704 type nosuch does not exist",
            ),
            (
                "CREATE FUNCTION k(a serial) RETURNS int LANGUAGE sql AS 'SELECT 1'",
                "42704 type serial does not exist",
            ),
            (
                "CREATE FUNCTION k() RETURNS nosuch LANGUAGE sql AS 'SELECT 1'",
                "42704 type \"nosuch\" does not exist",
            ),
            (
                "CREATE FUNCTION k() RETURNS x.nosuch LANGUAGE plpgsql AS ''",
                "3F000 schema \"x\" does not exist",
            ),
            (
                "CREATE FUNCTION k() RETURNS nosuch LANGUAGE c AS 'x', 'y'; CREATE TYPE nosuch",
                "42710 type \"nosuch\" already exists",
            ),
            (
                "CREATE FUNCTION k() RETURNS int LANGUAGE nosuch AS 'SELECT 1'",
                "42704 language \"nosuch\" does not exist",
            ),
            (
                "CREATE FUNCTION k() RETURNS int LANGUAGE plpython3u AS ''",
                "ok",
            ),
            (
                "CREATE FUNCTION k() RETURNS int AS 'SELECT 1'",
                "42P13 no language specified",
            ),
            (
                "CREATE FUNCTION k() LANGUAGE sql AS 'SELECT 1'",
                "42P13 function result type must be specified",
            ),
            (
                "CREATE FUNCTION k(a int DEFAULT 1, b int) RETURNS int LANGUAGE sql AS 'SELECT 1'",
                "42P13 input parameters after one with a default value must also have defaults",
            ),
        ],
    );
}

#[test]
fn a_setting_has_the_capitals_that_the_server_gives_it() {
    // As PostgreSQL 15 says.
    let picture = trial::picture(
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql SET timezone TO 'utc' SET DateStyle = 'ISO' \
         SET Work_Mem = '1MB' AS 'SELECT 1'",
    );
    assert!(
        picture.contains("TimeZone=utc, DateStyle=ISO, work_mem=1MB"),
        "{picture}"
    );
}
