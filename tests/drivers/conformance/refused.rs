//! What is ours is refused: in other hands, gone, moved, or not for this role.

use std::{sync::Mutex, thread};

use samokoder_migrate::{
    Set,
    event::Event,
    revision::{Point, Target},
    verb,
};

use crate::support::{Client, Given, set, worlds};

fn given() -> Given {
    Given::new().migration("a", "CREATE TABLE a (id int)", "DROP TABLE a")
}

#[test]
fn refuses_a_history_in_other_hands() {
    let one = given().set();
    let two = given()
        .migration("b", "CREATE TABLE b (id int)", "DROP TABLE b")
        .set();
    for mut world in worlds() {
        world.up(&one).unwrap();
        world.admin.execute(
            "CREATE FUNCTION pwn() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
             CREATE TRIGGER evil BEFORE INSERT ON samokoder_migrate.event EXECUTE FUNCTION pwn()",
        );
        let error = world.up(&two).unwrap_err();
        assert_eq!(error.code().as_str(), "SM0704", "{error:?}");
        assert!(
            error.rendered().contains("trigger evil on event"),
            "{error:?}"
        );
        assert!(!world.exists("b"));
    }
}

#[test]
fn refuses_a_history_of_which_a_table_is_gone() {
    let set = given().set();
    for mut world in worlds() {
        world.up(&set).unwrap();
        world.admin.execute("DROP TABLE samokoder_migrate.seed");
        let error = world.up(&set).unwrap_err();
        assert_eq!(error.code().as_str(), "SM0801", "{error:?}");
        assert!(
            error.rendered().contains("\"samokoder_migrate\".seed"),
            "{error:?}"
        );
    }
}

#[test]
fn plans_anew_where_the_history_moved_between_the_reading_and_the_lock() {
    let set = given()
        .migration("b", "CREATE TABLE b (id int)", "DROP TABLE b")
        .set();
    for mut world in worlds() {
        let other = Mutex::new(Some(world.connect()));
        let theirs = set.clone();
        let run = verb::run_to(&set, Target::Head).on_event(move |event| {
            // The plan is made, and nothing is sent yet.
            if let (Event::Planned { .. }, Some(other)) = (event, other.lock().unwrap().take()) {
                run_to_the_first(other, &theirs);
            }
        });
        let report = world.client.run(run).unwrap();
        assert_eq!(report.steps().len(), 1);
        assert_eq!(world.history(), ["001_a", "002_b"]);
    }
}

/// Runs on a thread of its own: this one may be polling a task.
fn run_to_the_first(mut other: Client, set: &Set) {
    thread::scope(|scope| {
        let run = scope.spawn(move || {
            let run = verb::run_to(set, Target::At(Point(1)));
            other.run(run).map(drop).unwrap();
        });
        run.join().unwrap();
    });
}

#[test]
fn says_what_a_role_lacks() {
    let set = set(&[("a", "CREATE TABLE a (id int)", "DROP TABLE a")]);
    for mut world in worlds() {
        let mut app = world.connect_as_new_role();
        let error = app.run(verb::run_to(&set, Target::Head)).unwrap_err();
        assert_eq!(error.code().as_str(), "SM0706", "{error:?}");
        assert!(
            error
                .rendered()
                .contains("the role needs CREATE on the database"),
            "{error:?}"
        );
        assert!(error.rendered().contains("42501"), "{error:?}");
        world.up(&set).unwrap();
        let error = app.status(verb::status(&set)).unwrap_err();
        assert_eq!(error.code().as_str(), "SM0706", "{error:?}");
        let said = error.rendered();
        assert!(
            said.contains("give the role USAGE on the history's schema"),
            "{said}"
        );
    }
}
