//! Seeds that are files of rows, which not every driver sends.

use std::{env, fs, process};

use samokoder_migrate::{revision::Target, verb};

use crate::support::{Driver, Given, worlds};

#[test]
fn a_file_of_rows_is_loaded_or_it_is_said_that_this_driver_sends_none() {
    let set = Given::new()
        .migration(
            "cities",
            "CREATE TABLE cities (id bigint PRIMARY KEY, name text NOT NULL)",
            "DROP TABLE cities",
        )
        .seed(
            "cities",
            "-- samokoder: copy \"cities.csv\" into public.cities key (id)",
        )
        .file("cities.csv", "id,name\n")
        .set();
    let folder = env::temp_dir().join(format!("samokoder driver seeds {}", process::id()));
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("cities.csv"), "id,name\n1,Каза́нь\n2,\"a, b\"\n").unwrap();
    for mut world in worlds() {
        let run = verb::run_to(&set, Target::Head).seed_files(&folder);
        let done = world.client.run(run);
        if sends_files(world.driver) {
            assert_eq!(done.unwrap().steps().len(), 2);
            let rows = "SELECT concat_ws('|', id, name) FROM cities ORDER BY id";
            assert_eq!(world.admin.column(rows), ["1|Каза́нь", "2|a, b"]);
            continue;
        }
        let error = done.unwrap_err();
        let said = error.rendered();
        assert_eq!(error.code().as_str(), "SM0609", "{said}");
        for part in [
            "this driver does not send files, and cities is one",
            "nothing was done",
            "`tokio_postgres::Client`",
        ] {
            assert!(said.contains(part), "no {part:?} in\n{said}");
        }
        assert!(!world.exists("cities"));
    }
    fs::remove_dir_all(&folder).unwrap();
}

fn sends_files(driver: Driver) -> bool {
    matches!(
        driver,
        Driver::Postgres | Driver::TokioPostgres | Driver::Deadpool | Driver::Bb8
    )
}
