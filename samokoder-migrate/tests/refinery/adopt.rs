//! What is adopted, and what runs on top.

use refinery_core::Target as RefineryTarget;
use samokoder_migrate::{
    __private::{Point, Target, run_to, status},
    Code, Kind,
    compat::refinery::{Form, Outcome, Width, adopt},
};

use crate::support::{Project, TABLE, bytes_of, connect, database, history, made_by_refinery};

const MATCHED: Outcome = Outcome::Matched {
    form: Form::Lf,
    width: Width::Bits32,
};

#[test]
fn adopts_what_refinery_applied_and_applies_nothing_again() {
    let project = Project::three();
    let (_database, mut client) = made_by_refinery(&project);
    let set = project.set();
    let before = bytes_of(&mut client, TABLE);

    let adoption = adopt(&set).on(&mut client).unwrap();
    let rows = adoption.comparison().rows();
    assert!(rows.iter().all(|row| row.outcome == MATCHED), "{rows:?}");
    assert_eq!(adoption.report().steps()[0].kind, Kind::Stamp);
    assert_eq!(adoption.report().steps().len(), 1);
    assert_eq!(adoption.report().current(), Point(3));

    let second = adopt(&set).on(&mut client).unwrap();
    assert!(second.report().is_noop());
    assert_eq!(second.report().current(), Point(3));
    let run = run_to::<Point>(&set, Target::Head).on(&mut client).unwrap();
    assert!(run.is_noop());
    let status = status::<Point>(&set).on(&mut client).unwrap();
    assert!(status.is_at_head());
    assert_eq!(bytes_of(&mut client, TABLE), before);
    let rows: i64 = client
        .query_one("SELECT count(*) FROM b", &[])
        .unwrap()
        .get(0);
    assert_eq!(rows, 2);
}

#[test]
fn says_what_it_found_and_did() {
    let project = Project::three();
    let database = database();
    let mut client = connect(&database);
    let to_two = project.refinery().set_target(RefineryTarget::Version(2));
    to_two.run(&mut client).unwrap();

    let adoption = adopt(&project.set()).on(&mut client).unwrap();
    assert_eq!(
        adoption.to_string(),
        "refinery's table public.refinery_schema_history
  V1__create_a  matched
  V2__create_b  matched
  V3__create_c  pending
stamped V2__create_b (0 ms)
the database is at V2__create_b"
            .replace(
                "(0 ms)",
                &format!(
                    "({} ms)",
                    adoption.report().steps()[0].duration.unwrap().as_millis()
                )
            )
    );
}

#[test]
fn what_is_pending_runs_on_top() {
    let project = Project::three();
    let (_database, mut client) = made_by_refinery(&project);
    adopt(&project.set()).on(&mut client).unwrap();
    let before = bytes_of(&mut client, TABLE);

    project.write("V4__create_d", "CREATE TABLE d (id int);");
    let set = project.set();
    let run = run_to::<Point>(&set, Target::Head).on(&mut client).unwrap();
    assert_eq!(run.steps().len(), 1);
    assert_eq!(run.steps()[0].subject, "V4__create_d");
    client.batch_execute("SELECT FROM d").unwrap();

    let again = adopt(&set).on(&mut client).unwrap();
    assert!(again.report().is_noop());
    assert_eq!(again.report().current(), Point(4));
    assert_eq!(bytes_of(&mut client, TABLE), before);
}

#[test]
fn an_adopted_migration_can_be_taken_back() {
    let project = Project::three();
    let (_database, mut client) = made_by_refinery(&project);
    let set = project.set();
    adopt(&set).on(&mut client).unwrap();
    let report = samokoder_migrate::__private::downgrade::<Point>(&set, 1)
        .on(&mut client)
        .unwrap();
    assert_eq!(report.current(), Point(2));
    assert!(client.batch_execute("SELECT FROM c").is_err());
}

#[test]
fn recognises_files_that_had_crlf() {
    let project = Project::three().with_crlf();
    let (_database, mut client) = made_by_refinery(&project);
    let adoption = adopt(&project.set()).on(&mut client).unwrap();
    let forms: Vec<String> = adoption
        .comparison()
        .rows()
        .iter()
        .map(|row| row.outcome.to_string())
        .collect();
    assert_eq!(forms, ["matched with CRLF"; 3]);
    assert_eq!(adoption.report().current(), Point(3));
}

#[test]
fn recognises_files_that_have_crlf_since() {
    let project = Project::three();
    let (_database, mut client) = made_by_refinery(&project);
    let project = project.with_crlf();
    let adoption = adopt(&project.set()).on(&mut client).unwrap();
    let rows = adoption.comparison().rows();
    assert!(rows.iter().all(|row| row.outcome == MATCHED), "{rows:?}");
}

#[test]
fn a_check_writes_nothing() {
    let project = Project::three();
    let (_database, mut client) = made_by_refinery(&project);
    project.write("V4__create_d", "CREATE TABLE d (id int);");
    let set = project.set();
    client
        .batch_execute("SET default_transaction_read_only = on")
        .unwrap();
    let comparison = adopt(&set).check().on(&mut client).unwrap();
    assert_eq!(comparison.problem(), None);
    assert_eq!(comparison.rows()[3].outcome, Outcome::Pending);
    let preview = comparison.preview().unwrap();
    assert_eq!(preview.to_string(), "stamp V3__create_c\n");
    assert!(preview.scripts()[0].contains("LOCK TABLE public.refinery_schema_history"));
    assert_eq!(history(&mut client), None);
    assert!(comparison.to_string().ends_with("\nstamp V3__create_c"));

    // The scripts that were shown are the adoption.
    client
        .batch_execute("SET default_transaction_read_only = off")
        .unwrap();
    for script in preview.scripts() {
        client.batch_execute(script).unwrap();
    }
    let adopted = adopt(&set).on(&mut client).unwrap();
    assert!(adopted.report().is_noop());
    assert_eq!(adopted.report().current(), Point(3));
}

#[test]
fn a_table_of_another_name_is_named_as_in_sql() {
    let project = Project::three();
    let database = database();
    let mut client = connect(&database);
    let table = r#"ops."Who's first""#;
    client.batch_execute("CREATE SCHEMA ops").unwrap();
    let mut runner = project.refinery();
    runner.set_migration_table_name(table);
    runner.run(&mut client).unwrap();

    let missing = adopt(&project.set()).on(&mut client).unwrap_err();
    assert_eq!(missing.code(), Code::ForeignHistory);
    assert_eq!(
        missing.diagnostic().message(),
        "this database has no table `refinery_schema_history` of refinery's"
    );
    assert_eq!(history(&mut client), None);
    let adoption = adopt(&project.set()).table(table).on(&mut client).unwrap();
    assert_eq!(adoption.comparison().table(), table);
    assert_eq!(adoption.report().current(), Point(3));
}

#[test]
fn a_refinery_that_applied_nothing_leaves_nothing_to_adopt() {
    let project = Project::three();
    let database = database();
    let mut client = connect(&database);
    let none = project.refinery().set_target(RefineryTarget::Version(0));
    none.run(&mut client).unwrap();
    let adoption = adopt(&project.set()).on(&mut client).unwrap();
    assert!(adoption.report().is_noop());
    assert_eq!(history(&mut client), None);
}

#[cfg(feature = "tokio-postgres")]
#[test]
fn adopts_on_an_async_connection() {
    let project = Project::three();
    let (database, mut client) = made_by_refinery(&project);
    let set = project.set();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let adoption = runtime.block_on(async {
        let connected = tokio_postgres::connect(&database.url(), tokio_postgres::NoTls).await;
        let (mut client, connection) = connected.unwrap();
        let connection = tokio::spawn(connection);
        let adoption = adopt(&set).on(&mut client).await.unwrap();
        drop(client);
        connection.await.unwrap().unwrap();
        adoption
    });
    assert_eq!(adoption.report().current(), Point(3));
    assert_eq!(history(&mut client).unwrap().len(), 3);
}
