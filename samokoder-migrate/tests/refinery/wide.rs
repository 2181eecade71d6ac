//! Databases of a refinery that was built with `int8-versions`.
//!
//! One build has one width, so the rows are written here, with checksums that refinery-core 0.10.1
//! printed when it was built with that feature.

use samokoder_migrate::{
    __private::Point,
    Code,
    compat::refinery::{Form, Outcome, Width, adopt},
};

use crate::support::{Project, TABLE, bytes_of, connect, database};

const ROWS: &str = "CREATE TABLE refinery_schema_history(version int8 PRIMARY KEY, name varchar(255), applied_on varchar(255), checksum varchar(255));
INSERT INTO refinery_schema_history VALUES
    (1, 'initial', '2025-01-01T10:00:00.123456789Z', '17818665709879286723'),
    (20250127100000, 'add_b', '2025-01-27T11:00:00Z', '10535194843339160932')";

fn project() -> Project {
    Project::new(&[
        ("V1__initial", "CREATE TABLE a (id int);\n"),
        (
            "V20250127100000__add_b",
            "CREATE TABLE b (id int);\n-- привет\n",
        ),
    ])
}

#[test]
fn recognises_checksums_of_wide_versions() {
    let database = database();
    let mut client = connect(&database);
    client.batch_execute(ROWS).unwrap();
    let before = bytes_of(&mut client, TABLE);
    let set = project().set();
    let adoption = adopt(&set).on(&mut client).unwrap();
    let wide = Outcome::Matched {
        form: Form::Lf,
        width: Width::Bits64,
    };
    for row in adoption.comparison().rows() {
        assert_eq!(row.outcome, wide);
    }
    assert_eq!(adoption.report().current(), Point(2));
    assert_eq!(bytes_of(&mut client, TABLE), before);
    assert!(adopt(&set).on(&mut client).unwrap().report().is_noop());
}

#[test]
fn does_not_hand_back_to_a_refinery_of_another_width() {
    let database = database();
    let mut client = connect(&database);
    client.batch_execute(ROWS).unwrap();
    let set = project().set();
    let comparison = adopt(&set).check().on(&mut client).unwrap();
    let error = comparison.runner(&set).err().unwrap();
    assert_eq!(error.code(), Code::ForeignRunner);
    assert!(
        error
            .rendered()
            .contains("build with refinery's feature `int8-versions`"),
        "{error:?}"
    );
}
