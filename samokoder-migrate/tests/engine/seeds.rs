//! Seeds: after head, once as they are, again when changed or when a downgrade forgot them.

use samokoder_migrate::{
    Report, Set,
    revision::{Point, Target},
    verb,
};

use crate::support::{Given, World, worlds};

fn given() -> Given {
    Given::new()
        .migration(
            "a",
            "CREATE TABLE IF NOT EXISTS log (n serial, what text)",
            "SELECT 1",
        )
        .migration("b", "CREATE TABLE b (id int)", "DROP TABLE b")
}

fn log(what: &str) -> String {
    format!("INSERT INTO log (what) SELECT '{what}' WHERE true ON CONFLICT DO NOTHING")
}

fn logged(world: &mut World) -> Vec<String> {
    world.admin.column("SELECT what FROM log ORDER BY n")
}

fn subjects(report: &Report<Point>) -> Vec<&str> {
    report
        .steps()
        .iter()
        .map(|step| step.subject.as_str())
        .collect()
}

fn with(seeds: &[(&str, &str)]) -> Set {
    seeds
        .iter()
        .fold(given(), |given, (path, what)| given.seed(path, &log(what)))
        .set()
}

#[test]
fn run_after_head_only_and_once_as_they_are() {
    let set = with(&[("x", "x1"), ("y", "y1")]);
    for mut world in worlds() {
        assert_eq!(subjects(&world.up_to(&set, 1).unwrap()), ["001_a"]);
        assert!(logged(&mut world).is_empty());
        assert_eq!(subjects(&world.up(&set).unwrap()), ["002_b", "x", "y"]);
        assert_eq!(logged(&mut world), ["x1", "y1"]);
        let again = world.up(&set).unwrap();
        assert!(again.is_noop());
        assert_eq!(again.round_trips(), 1);
    }
}

#[test]
fn run_again_when_changed_and_only_then() {
    let (first, second) = (
        with(&[("x", "x1"), ("y", "y1")]),
        with(&[("x", "x1"), ("y", "y2")]),
    );
    for mut world in worlds() {
        world.up(&first).unwrap();
        let status = world.client.status(verb::status(&second)).unwrap();
        let shown: Vec<String> = status
            .seeds()
            .iter()
            .map(|seed| format!("{} {:?}", seed.path, seed.state))
            .collect();
        assert_eq!(shown, ["x Ran", "y Changed"]);
        assert_eq!(subjects(&world.up(&second).unwrap()), ["y"]);
        assert_eq!(logged(&mut world), ["x1", "y1", "y2"]);
        assert!(world.up(&second).unwrap().is_noop());
    }
}

#[test]
fn run_again_after_a_downgrade_below_the_revision_at_which_they_ran() {
    let set = with(&[("x", "x")]);
    for mut world in worlds() {
        world.up(&set).unwrap();
        assert_eq!(subjects(&world.down_to(&set, 1).unwrap()), ["002_b"]);
        assert_eq!(
            world
                .admin
                .value("SELECT count(*) FROM samokoder_migrate.seed"),
            "0"
        );
        assert_eq!(subjects(&world.up(&set).unwrap()), ["002_b", "x"]);
        assert_eq!(logged(&mut world), ["x", "x"]);
    }
}

#[test]
fn are_forgotten_in_the_transaction_of_the_downgrade() {
    let set = given()
        .migration("c", "SELECT 1", "SELECT 1; SELECT 1 / 0")
        .seed("x", &log("x"))
        .set();
    for mut world in worlds() {
        world.up(&set).unwrap();
        world.down_to(&set, 1).unwrap_err();
        assert_eq!(
            world
                .admin
                .column("SELECT path FROM samokoder_migrate.seed"),
            ["x"]
        );
    }
}

#[test]
fn that_ran_below_the_downgrades_revision_are_kept() {
    let short = with(&[("x", "x")]);
    let long = given()
        .migration("c", "SELECT 1", "SELECT 1")
        .seed("x", &log("x"))
        .set();
    for mut world in worlds() {
        world.up(&short).unwrap();
        assert_eq!(subjects(&world.up(&long).unwrap()), ["003_c"]);
        world.down_to(&long, 2).unwrap();
        assert_eq!(subjects(&world.up(&long).unwrap()), ["003_c"]);
        assert_eq!(logged(&mut world), ["x"]);
    }
}

#[test]
fn of_an_environment_run_where_it_is_named() {
    let set = with(&[("all", "all"), ("dev/demo", "dev"), ("prod/real", "prod")]);
    for mut world in worlds() {
        world.up(&set).unwrap();
        assert_eq!(logged(&mut world), ["all"]);
        let dev = verb::run_to(&set, Target::Head).seeds("dev".to_owned());
        assert_eq!(
            subjects(&world.client.run(dev.clone()).unwrap()),
            ["dev/demo"]
        );
        assert!(world.client.run(dev).unwrap().is_noop());
        assert_eq!(logged(&mut world), ["all", "dev"]);
    }
}

#[test]
fn run_one_again_when_asked_and_only_at_head() {
    let set = with(&[("x", "x"), ("dev/y", "y")]);
    for mut world in worlds() {
        world.up_to(&set, 1).unwrap();
        let error = world.client.run(verb::seed(&set, 1)).unwrap_err();
        assert_eq!(error.code().as_str(), "SM0608");
        assert!(error.rendered().contains("the database is at 001_a"));
        world.up(&set).unwrap();
        for _ in 0..2 {
            assert_eq!(
                subjects(&world.client.run(verb::seed(&set, 0)).unwrap()),
                ["x"]
            );
            assert_eq!(
                subjects(&world.client.run(verb::seed(&set, 1)).unwrap()),
                ["dev/y"]
            );
        }
        assert_eq!(logged(&mut world), ["x", "x", "y", "x", "y"]);
        assert!(world.up(&set).unwrap().is_noop());
        let error = world.client.run(verb::seed(&set, 2)).unwrap_err();
        assert_eq!(error.code().as_str(), "SM0605");
    }
}

#[test]
fn do_not_run_when_the_database_is_ahead() {
    let new = given().migration("c", "SELECT 1", "SELECT 1").set();
    let old = with(&[("x", "x")]);
    for mut world in worlds() {
        world.up(&new).unwrap();
        let report = world.up(&old).unwrap();
        assert!(report.is_noop());
        assert_eq!(report.warnings().len(), 1);
        assert!(logged(&mut world).is_empty());
        let error = world.client.run(verb::seed(&old, 0)).unwrap_err();
        assert_eq!(error.code().as_str(), "SM0604");
    }
}
