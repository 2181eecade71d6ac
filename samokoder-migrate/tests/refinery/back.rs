//! The way back to refinery.

use refinery_core::error::Kind;
use samokoder_migrate::{
    __private::{Point, Target, run_to},
    Code,
    compat::refinery::{adopt, runner},
};

use crate::support::{Project, TABLE, bytes_of, connect, database, made_by_refinery};

#[test]
fn refinery_verifies_and_applies_nothing_after_the_adoption() {
    let project = Project::three();
    let (_database, mut client) = made_by_refinery(&project);
    let set = project.set();
    adopt(&set).on(&mut client).unwrap();
    let before = bytes_of(&mut client, TABLE);
    for runner in [runner(&set).unwrap(), project.refinery()] {
        let report = runner.run(&mut client).unwrap();
        assert_eq!(report.applied_migrations(), &[]);
    }
    assert_eq!(bytes_of(&mut client, TABLE), before);
}

#[test]
fn refinery_goes_on_where_our_history_ended() {
    let project = Project::three();
    let (_database, mut client) = made_by_refinery(&project);
    adopt(&project.set()).on(&mut client).unwrap();
    project.write("V4__create_d", "CREATE TABLE d (id int);");
    project.write("V5__create_e", "CREATE TABLE e (id int);\n");
    let set = project.set();
    run_to::<Point>(&set, Target::Head).on(&mut client).unwrap();
    let before = bytes_of(&mut client, TABLE);

    // What ran here is recorded there, and nothing runs again.
    let comparison = adopt(&set).check().on(&mut client).unwrap();
    let recording = comparison.runner(&set).unwrap();
    let recording = recording.set_target(comparison.catch_up().unwrap());
    recording.run(&mut client).unwrap();
    let after = bytes_of(&mut client, TABLE);
    assert_eq!(after[..3], before);
    assert_eq!(after.len(), 5);
    let comparison = adopt(&set).check().on(&mut client).unwrap();
    assert!(comparison.catch_up().is_none());

    // Refinery goes on, with our runner and with its own.
    project.write("V6__create_f", "CREATE TABLE f (id int);\n");
    let report = comparison
        .runner(&project.set())
        .unwrap()
        .run(&mut client)
        .unwrap();
    assert_eq!(report.applied_migrations().len(), 1);
    let report = project.refinery().run(&mut client).unwrap();
    assert_eq!(report.applied_migrations(), &[]);
    client.batch_execute("SELECT FROM f").unwrap();
}

#[test]
fn what_is_pending_here_is_not_recorded_there() {
    let project = Project::three();
    let (_database, mut client) = made_by_refinery(&project);
    adopt(&project.set()).on(&mut client).unwrap();
    project.write("V4__create_d", "CREATE TABLE d (id int);");
    let to_four = project.set();
    project.write("V5__create_e", "CREATE TABLE e (id int);");
    let set = project.set();
    run_to::<Point>(&to_four, Target::Head)
        .on(&mut client)
        .unwrap();

    let comparison = adopt(&set).check().on(&mut client).unwrap();
    let recording = comparison.runner(&set).unwrap();
    recording
        .set_target(comparison.catch_up().unwrap())
        .run(&mut client)
        .unwrap();
    let report = project.refinery().run(&mut client).unwrap();
    assert_eq!(report.applied_migrations().len(), 1);
    client.batch_execute("SELECT FROM e").unwrap();
}

#[test]
fn hands_back_texts_as_refinery_read_them() {
    let project = Project::three().with_crlf();
    let (_database, mut client) = made_by_refinery(&project);
    let set = project.set();
    let comparison = adopt(&set).on(&mut client).unwrap().comparison().clone();
    let report = comparison.runner(&set).unwrap().run(&mut client).unwrap();
    assert_eq!(report.applied_migrations(), &[]);
    // The texts that lost their CRLF are other texts to refinery.
    let error = runner(&set).unwrap().run(&mut client).unwrap_err();
    assert!(
        matches!(error.kind(), Kind::DivergentVersion(..)),
        "{error}"
    );
}

#[test]
fn hands_back_to_a_table_of_another_name() {
    let project = Project::three();
    let database = database();
    let mut client = connect(&database);
    let mut theirs = project.refinery();
    theirs.set_migration_table_name("\"Migrations\"");
    theirs.run(&mut client).unwrap();
    let set = project.set();
    let adoption = adopt(&set).table("\"Migrations\"").on(&mut client).unwrap();
    let runner = adoption.comparison().runner(&set).unwrap();
    let report = runner.run(&mut client).unwrap();
    assert_eq!(report.applied_migrations(), &[]);
}

#[test]
fn makes_a_fresh_database_with_refinery() {
    let project = Project::three();
    let database = database();
    let mut client = connect(&database);
    let report = runner(&project.set()).unwrap().run(&mut client).unwrap();
    assert_eq!(report.applied_migrations().len(), 3);
    assert_eq!(report.applied_migrations()[1].to_string(), "V2__create_b");
    assert!(adopt(&project.set()).on(&mut client).is_ok());
}

#[test]
fn does_not_hand_over_what_refinery_cannot_run() {
    let project = Project::three();
    project.write(
        "V4__index_d",
        "-- samokoder: no-transaction\nCREATE INDEX CONCURRENTLY i ON a (id);\n",
    );
    project.write("V20250127100000__create_e", "CREATE TABLE e (id int);");
    let error = runner(&project.set()).err().unwrap();
    assert_eq!(error.code(), Code::ForeignRunner);
    assert_eq!(
        format!("{error:?}"),
        "error: [SM0803] refinery cannot run V4__index_d: it runs outside a transaction, and refinery has no such
--> migrations/V4__index_d.sql
 = note: nor V20250127100000__create_e: its version 20250127100000 needs refinery's feature `int8-versions`
 = help: write such a migration so that refinery can run it, or keep it out of what is handed over"
    );
}

#[test]
fn does_not_hand_over_a_set_that_does_not_fit() {
    let project = Project::three();
    let (_database, mut client) = made_by_refinery(&project);
    project.write("V1__create_a", "SELECT 1;");
    let set = project.set();
    let comparison = adopt(&set).check().on(&mut client).unwrap();
    let error = comparison.runner(&set).err().unwrap();
    assert_eq!(error.code(), Code::ForeignHistory);
}
