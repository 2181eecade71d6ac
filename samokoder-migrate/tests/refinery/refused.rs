//! What is refused: nothing is written, and the words say what to do.

use std::thread;

use postgres::Client;
use samokoder_migrate::{
    __private::{Point, Target, downgrade, run_to},
    Code, Error,
    compat::refinery::{Outcome, adopt},
};

use crate::support::{Project, TABLE, bytes_of, connect, history, made_by_refinery};

/// Refuses to adopt, having written nothing.
fn refused(project: &Project, client: &mut Client) -> Error {
    let (before, ours) = (bytes_of(client, TABLE), history(client));
    let set = project.set();
    let comparison = adopt(&set).check().on(client).unwrap();
    let error = adopt(&set).on(client).unwrap_err();
    assert_eq!(error.code(), Code::ForeignHistory, "{error:?}");
    assert_eq!(comparison.problem(), Some(error.diagnostic()));
    assert_eq!(bytes_of(client, TABLE), before);
    assert_eq!(history(client), ours);
    error
}

#[test]
fn refuses_an_edited_file() {
    let project = Project::three();
    let (_database, mut client) = made_by_refinery(&project);
    project.write("V2__create_b", "CREATE TABLE b (id bigint);\n");
    let error = refused(&project, &mut client);
    assert_eq!(
        format!("{error:?}"),
        "error: [SM0802] refinery's table public.refinery_schema_history does not fit: V2__create_b is not the text that refinery applied: the checksum differs
--> migrations/V2__create_b.sql
 = note: nothing was written, here or in refinery's table
 = help: put an edited file back as refinery applied it, and make the change in a new migration; a text that mixes LF and CRLF cannot be recognised
 = help: `stamp` records a revision without comparing, where you know that the schema is the one"
    );
}

#[test]
fn refuses_a_final_newline_that_was_added() {
    let project = Project::new(&[("V1__create_a", "CREATE TABLE a (id int);")]);
    let (_database, mut client) = made_by_refinery(&project);
    project.write("V1__create_a", "CREATE TABLE a (id int);\n");
    refused(&project, &mut client);
}

#[test]
fn refuses_a_row_without_a_file() {
    let project = Project::three();
    let (_database, mut client) = made_by_refinery(&project);
    project.remove("V3__create_c");
    let error = refused(&project, &mut client);
    assert!(
        error
            .to_string()
            .contains("V3__create_c was applied by refinery, and has no file")
    );
}

#[test]
fn refuses_a_renamed_file() {
    let project = Project::three();
    let (_database, mut client) = made_by_refinery(&project);
    project.remove("V1__create_a");
    project.write("V1__make_a", "CREATE TABLE a (id int);\n");
    let error = refused(&project, &mut client);
    assert!(error.to_string().contains("the file's name is `make_a`"));
}

#[test]
fn refuses_a_gap() {
    let project = Project::new(&[
        ("V1__create_a", "CREATE TABLE a (id int);"),
        ("V2__create_b", "CREATE TABLE b (id int);"),
        ("V4__create_d", "CREATE TABLE d (id int);"),
    ]);
    let (_database, mut client) = made_by_refinery(&project);
    project.write("V3__create_c", "CREATE TABLE c (id int);");
    let error = refused(&project, &mut client);
    assert!(
        error
            .to_string()
            .contains("V3__create_c was not applied by refinery, and later ones were")
    );
    assert!(
        error
            .rendered()
            .contains("give it a version after the last one applied")
    );
}

#[test]
fn refuses_rows_that_were_applied_out_of_order() {
    let project = Project::three();
    let (_database, mut client) = made_by_refinery(&project);
    // As chrono wrote it for earlier versions of refinery: the same hour, in another zone.
    client
        .batch_execute("UPDATE refinery_schema_history SET applied_on = to_char(now() + interval '1 hour', 'YYYY-MM-DD\"T\"HH24:MI:SS\".5+00:00\"') WHERE version = 1")
        .unwrap();
    let error = refused(&project, &mut client);
    assert!(
        error
            .to_string()
            .contains("V1__create_a was applied after a later one")
    );
}

#[test]
fn names_every_row_that_does_not_fit() {
    let project = Project::three();
    let (_database, mut client) = made_by_refinery(&project);
    project.write("V1__create_a", "SELECT 1;");
    project.remove("V3__create_c");
    let error = refused(&project, &mut client);
    let notes = error.diagnostic().notes();
    assert!(notes[0].starts_with("V1__create_a ") && notes[1].starts_with("V3__create_c "));
    assert_eq!(
        error.diagnostic().path(),
        Some("migrations/V1__create_a.sql")
    );
}

#[test]
fn refuses_to_bring_back_what_was_taken_back_here() {
    let project = Project::three();
    let (_database, mut client) = made_by_refinery(&project);
    let set = project.set();
    adopt(&set).on(&mut client).unwrap();
    for left in [2, 0] {
        let steps = history(&mut client).unwrap().len() - left;
        downgrade::<Point>(&set, steps).on(&mut client).unwrap();
        let error = refused(&project, &mut client);
        assert!(
            error.rendered().contains("if they were taken back"),
            "{error:?}"
        );
        assert_eq!(history(&mut client).unwrap().len(), left);
    }
    run_to::<Point>(&set, Target::Head).on(&mut client).unwrap();
    assert!(adopt(&set).on(&mut client).unwrap().report().is_noop());
}

#[test]
fn refuses_what_refinery_ran_after_the_adoption() {
    let project = Project::three();
    let (_database, mut client) = made_by_refinery(&project);
    adopt(&project.set()).on(&mut client).unwrap();
    project.write("V4__create_d", "CREATE TABLE d (id int);");
    project.refinery().run(&mut client).unwrap();
    let error = refused(&project, &mut client);
    assert!(
        error
            .rendered()
            .contains("if it ran again, stamp V4__create_d")
    );
}

#[test]
fn refuses_a_history_that_parts_from_the_build() {
    let project = Project::three();
    let (_database, mut client) = made_by_refinery(&project);
    adopt(&project.set()).on(&mut client).unwrap();
    project.write("V2__create_b", "CREATE TABLE b (id bigint);");
    client
        .batch_execute("CREATE TABLE other AS TABLE refinery_schema_history; DELETE FROM other")
        .unwrap();
    let error = adopt(&project.set())
        .table("other")
        .on(&mut client)
        .unwrap_err();
    assert_eq!(error.code(), Code::Diverged);
}

#[test]
fn leaves_a_transaction_of_the_callers_alone() {
    let project = Project::three();
    let (_database, mut client) = made_by_refinery(&project);
    client.batch_execute("BEGIN; CREATE TABLE mine ()").unwrap();
    // A name that the server cannot read would abort the transaction, were it asked.
    for table in [TABLE, ""] {
        let error = adopt(&project.set())
            .table(table)
            .on(&mut client)
            .unwrap_err();
        assert_eq!(error.code(), Code::OpenTransaction);
    }
    client.batch_execute("SELECT FROM mine; COMMIT").unwrap();
    assert_eq!(history(&mut client), None);
}

#[test]
fn refuses_while_refinery_writes_to_its_table() {
    let project = Project::three();
    let (database, mut client) = made_by_refinery(&project);
    let mut other = connect(&database);
    other
        .batch_execute("BEGIN; INSERT INTO refinery_schema_history VALUES (9, 'x', '', '0')")
        .unwrap();
    let error = adopt(&project.set()).on(&mut client).unwrap_err();
    assert_eq!(error.code(), Code::ForeignHistory, "{error:?}");
    assert!(error.to_string().contains("is being written to"), "{error}");
    assert_eq!(history(&mut client).unwrap_or_default(), [""; 0]);
    other.batch_execute("ROLLBACK").unwrap();
    let adoption = adopt(&project.set()).on(&mut client).unwrap();
    assert_eq!(adoption.report().current(), Point(3));
}

/// Adopts while another session holds the table, and does something once the adoption waits.
fn in_the_midst(
    project: &Project,
    hold: &str,
    then: &str,
) -> (samokoder_migrate::testing::Database, Client, Error) {
    let (database, mut client) = made_by_refinery(project);
    let mut other = connect(&database);
    other.batch_execute(hold).unwrap();
    let set = project.set();
    let error = thread::scope(|scope| {
        let adopting = scope.spawn(|| adopt(&set).on(&mut client).map(|_| ()));
        let waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND mode = 'ShareLock' AND relation = 'refinery_schema_history'::regclass";
        while other.query_one(waiting, &[]).unwrap().get::<_, i64>(0) == 0 {
            assert!(!adopting.is_finished(), "the adoption did not wait");
        }
        other.batch_execute(then).unwrap();
        adopting.join().unwrap().unwrap_err()
    });
    (database, other, error)
}

#[test]
fn refuses_a_table_that_changed_between_the_comparison_and_the_lock() {
    for change in [
        "INSERT INTO refinery_schema_history VALUES (9, 'x', '', '0')",
        "DELETE FROM refinery_schema_history WHERE version = 3",
        "UPDATE refinery_schema_history SET checksum = '1' WHERE version = 1",
    ] {
        let project = Project::three();
        let (_database, mut client, error) =
            in_the_midst(&project, &format!("BEGIN; {change}"), "COMMIT");
        assert_eq!(error.code(), Code::ForeignHistory, "{change}: {error:?}");
        assert!(
            error
                .to_string()
                .contains("changed while it was being compared"),
            "{error}"
        );
        assert_eq!(history(&mut client).unwrap_or_default(), [""; 0]);
    }
}

#[test]
fn refuses_a_table_that_was_replaced_after_the_comparison() {
    let project = Project::three();
    let (_database, mut client, error) = in_the_midst(
        &project,
        "BEGIN; LOCK TABLE refinery_schema_history IN ROW EXCLUSIVE MODE",
        "ALTER TABLE refinery_schema_history RENAME TO before; CREATE TABLE refinery_schema_history AS TABLE before; COMMIT",
    );
    assert!(
        error.to_string().contains("was replaced by another"),
        "{error}"
    );
    assert_eq!(error.code(), Code::ForeignHistory, "{error:?}");
    assert_eq!(history(&mut client).unwrap_or_default(), [""; 0]);
}

#[test]
fn refuses_where_another_of_our_runs_came_between() {
    let project = Project::three();
    let (_database, mut client, error) = in_the_midst(
        &project,
        "BEGIN; LOCK TABLE refinery_schema_history IN ROW EXCLUSIVE MODE",
        "INSERT INTO samokoder_migrate.event (set_name, run, kind, outcome, subject, tool)
             VALUES ('main', 'other', 'downgrade', 'done', 'V1__create_a', 'test'); COMMIT",
    );
    assert_eq!(error.code(), Code::ForeignHistory, "{error:?}");
    assert!(
        error.to_string().contains("were run here meanwhile"),
        "{error}"
    );
    assert_eq!(history(&mut client).unwrap_or_default(), [""; 0]);
}

#[test]
fn a_killed_adoption_leaves_nothing_and_can_be_run_again() {
    let project = Project::three();
    let (_database, mut client, error) = in_the_midst(
        &project,
        "BEGIN; LOCK TABLE refinery_schema_history IN ROW EXCLUSIVE MODE",
        "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE NOT granted AND mode = 'ShareLock'; COMMIT",
    );
    assert!(
        matches!(
            error.code(),
            Code::ConnectionLost | Code::HistoryRefused | Code::StatementFailed
        ),
        "{error:?}"
    );
    assert_eq!(history(&mut client).unwrap_or_default(), [""; 0]);
    let adoption = adopt(&project.set()).on(&mut client).unwrap();
    assert_eq!(adoption.report().current(), Point(3));
}

#[test]
fn reads_no_planted_view() {
    let project = Project::three();
    let (_database, mut client) = made_by_refinery(&project);
    client
        .batch_execute(
            "CREATE SCHEMA planted; CREATE TABLE planted.ran ();
             CREATE FUNCTION planted.f() RETURNS int LANGUAGE plpgsql AS 'BEGIN INSERT INTO planted.ran DEFAULT VALUES; RETURN 1; END';
             CREATE VIEW planted.refinery_schema_history AS SELECT planted.f() AS version, name, applied_on, checksum FROM public.refinery_schema_history;
             SET search_path = planted, public",
        )
        .unwrap();
    let error = adopt(&project.set()).on(&mut client).unwrap_err();
    assert_eq!(error.code(), Code::ForeignHistory);
    assert_eq!(
        error.diagnostic().message(),
        "planted.refinery_schema_history is not a table as refinery makes it"
    );
    assert_eq!(bytes_of(&mut client, "planted.ran"), [""; 0]);
    let adoption = adopt(&project.set())
        .table("public.refinery_schema_history")
        .on(&mut client)
        .unwrap();
    assert_eq!(adoption.comparison().rows().len(), 3);
}

#[test]
fn refuses_a_table_that_is_not_refinerys() {
    let project = Project::three();
    let (_database, mut client) = made_by_refinery(&project);
    let version: i32 = client
        .query_one("SELECT current_setting('server_version_num')::int", &[])
        .unwrap()
        .get(0);
    let nonsense = if version < 160_000 {
        "cannot be read"
    } else {
        "has no table"
    };
    for (name, words) in [
        ("a", "public.a is not a table as refinery makes it"),
        ("nothing.there", "has no table `nothing.there`"),
        // Since PostgreSQL 16 such a name is no error of the server's, only no table.
        ("a; DROP TABLE a", nonsense),
        ("", nonsense),
    ] {
        let error = adopt(&project.set())
            .table(name)
            .on(&mut client)
            .unwrap_err();
        assert_eq!(error.code(), Code::ForeignHistory);
        assert!(error.to_string().contains(words), "{name}: {error}");
    }
    client.batch_execute("SELECT FROM a").unwrap();
}

#[test]
fn a_row_of_hostile_text_is_compared_as_it_is() {
    let project = Project::three();
    let (_database, mut client) = made_by_refinery(&project);
    client
        .execute(
            "UPDATE refinery_schema_history SET name = $1 WHERE version = 2",
            &[&"'; DROP TABLE a; --\n$samokoder$\\"],
        )
        .unwrap();
    let comparison = adopt(&project.set()).check().on(&mut client).unwrap();
    assert_eq!(
        comparison.rows()[1].outcome,
        Outcome::NameDiffers {
            file: "create_b".to_owned()
        }
    );
    refused(&project, &mut client);
}
