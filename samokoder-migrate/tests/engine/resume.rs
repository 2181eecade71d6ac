//! Going on with a script outside a transaction: by itself where it can be seen what happened, else
//! by a decision.

use std::{thread, time::Duration};

use samokoder_migrate::{
    Code, Repair, Set,
    revision::{Point, Target},
    verb,
};

use crate::support::{Client, Given, World, eventually, worlds};

const OUTSIDE: &str = "-- samokoder: no-transaction\n";

/// The first migration makes what the second, which runs outside a transaction, is about.
fn outside(up: &str, down: &str) -> Set {
    Given::new()
        .migration(
            "before",
            "CREATE SCHEMA app; CREATE TABLE t (id int); INSERT INTO t VALUES (1), (1); CREATE TABLE app.t (id int);
             CREATE TABLE rows (n int); INSERT INTO rows VALUES (1)",
            "DROP TABLE t, rows; DROP SCHEMA app CASCADE",
        )
        .migration(
            "outside",
            &format!("{OUTSIDE}{up}"),
            &format!("{OUTSIDE}{down}"),
        )
        .migration("after", "CREATE TABLE after (id int)", "DROP TABLE after")
        .set()
}

/// Whose script outside a transaction builds one index, and drops it.
fn index() -> Set {
    outside(
        "CREATE INDEX CONCURRENTLY i ON t (id)",
        "DROP INDEX CONCURRENTLY i",
    )
}

/// Returns each index of a user's table, with whether it is valid.
fn indexes(world: &mut World) -> Vec<String> {
    world.admin.column(
        "SELECT concat_ws(' ', i.indexrelid::regclass, i.indisvalid) FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
         WHERE c.relnamespace IN ('public'::regnamespace, 'app'::regnamespace) ORDER BY 1",
    )
}

fn at_end(world: &mut World) {
    assert_eq!(world.history(), ["001_before", "002_outside", "003_after"]);
    assert!(world.unfinished().is_empty());
    assert_eq!(world.locks(), [""; 0]);
    assert!(world.exists("after"));
}

/// Begins a run that waits for a transaction which has written to the table, and kills its backend at
/// a statement of the script.
fn killed(world: &mut World, set: &Set, goal: Target, at: &str) -> samokoder_migrate::Error {
    let mut holder = world.connect();
    holder.execute("BEGIN; INSERT INTO t VALUES (3); UPDATE rows SET n = 0");
    let pid = world.client.value("SELECT pg_backend_pid()");
    let World { client, admin, .. } = world;
    let (error, mut holder) = thread::scope(|scope| {
        // Dropped with a panic here, so that the run does not wait for ever.
        let holder = holder;
        let run = scope.spawn(|| {
            let run = verb::run_to(set, goal).allow_downgrade();
            client.run(run).unwrap_err()
        });
        let waits = format!(
            "SELECT 1 FROM pg_stat_activity WHERE pid = {pid} AND wait_event_type = 'Lock' AND query LIKE '{at}%'"
        );
        eventually("the statement", || {
            (!admin.column(&waits).is_empty()).then_some(())
        });
        admin.execute(&format!("SELECT pg_terminate_backend({pid})"));
        (run.join().unwrap(), holder)
    });
    holder.execute("ROLLBACK");
    let gone = format!("SELECT 1 FROM pg_stat_activity WHERE pid = {pid}");
    eventually("the backend's end", || {
        world.admin.column(&gone).is_empty().then_some(())
    });
    world.client = world.connect();
    error
}

const HEAD: Target = Target::Head;

#[test]
fn an_index_that_a_killed_backend_left_invalid_is_dropped_and_built_again() {
    let alone = index();
    let second = outside(
        "CREATE TABLE first (id int); CREATE INDEX CONCURRENTLY i ON public.t (id); INSERT INTO first VALUES (1)",
        "DROP INDEX CONCURRENTLY i; DROP TABLE first",
    );
    for (set, begun) in [(alone, "1 1"), (second, "2 3")] {
        for mut world in worlds() {
            world.up_to(&set, 1).unwrap();
            let error = killed(&mut world, &set, HEAD, "CREATE INDEX");
            let sqlstate = error.server().map(|server| server.sqlstate.clone());
            assert!(
                error.code() == Code::ConnectionLost || sqlstate.as_deref() == Some("57P01"),
                "{error:?}"
            );
            assert_eq!(
                world.unfinished(),
                [format!("002_outside upgrade {begun} begun")]
            );
            assert_eq!(indexes(&mut world), ["i f"]);
            let plan = world.client.plan(verb::plan_to(&set, HEAD)).unwrap();
            let shown = plan.to_string();
            let from = format!(
                "upgrade 002_outside, from statement {}",
                begun.replace(' ', " of ")
            );
            assert!(shown.contains(&from), "{shown}");
            let drops = |script: &String| script == "DROP INDEX CONCURRENTLY IF EXISTS public.i;\n";
            assert!(plan.scripts().iter().any(drops), "{:?}", plan.scripts());
            let report = world.up(&set).unwrap();
            assert_eq!(report.steps().len(), 2);
            assert_eq!(indexes(&mut world), ["i t"]);
            at_end(&mut world);
        }
    }
}

#[test]
fn what_happened_though_its_mark_says_begun_is_not_done_again() {
    let set = index();
    for mut world in worlds() {
        world.up_to(&set, 1).unwrap();
        killed(&mut world, &set, HEAD, "CREATE INDEX");
        world
            .admin
            .execute("DROP INDEX i; CREATE INDEX i ON t (id)");
        let made = world.admin.value("SELECT 'i'::regclass::oid");
        world.up(&set).unwrap();
        assert_eq!(world.admin.value("SELECT 'i'::regclass::oid"), made);
        at_end(&mut world);
        // And on the way down, where the index is gone.
        killed(&mut world, &set, Target::At(Point(1)), "DROP INDEX");
        assert_eq!(world.unfinished(), ["002_outside downgrade 1 1 begun"]);
        world.admin.execute("DROP INDEX i");
        world.down_to(&set, 1).unwrap();
        assert_eq!(world.history(), ["001_before"]);
        assert!(world.unfinished().is_empty());
    }
}

#[test]
fn a_drop_that_was_cut_off_is_done_again() {
    let set = index();
    for mut world in worlds() {
        world.up(&set).unwrap();
        killed(&mut world, &set, Target::At(Point(1)), "DROP INDEX");
        assert_eq!(world.unfinished(), ["002_outside downgrade 1 1 begun"]);
        assert!(!indexes(&mut world).is_empty());
        world.down_to(&set, 1).unwrap();
        assert!(indexes(&mut world).is_empty());
        assert_eq!(world.history(), ["001_before"]);
        assert!(world.unfinished().is_empty());
        assert_eq!(world.locks(), [""; 0]);
    }
}

#[test]
fn names_are_looked_up_as_the_script_chose_and_its_settings_made_again() {
    let set = outside(
        "SET search_path = app; CREATE INDEX CONCURRENTLY i ON t (id); CREATE TABLE later (id int)",
        "DROP INDEX CONCURRENTLY app.i; DROP TABLE app.later",
    );
    for mut world in worlds() {
        world.up_to(&set, 1).unwrap();
        // A build waits for whoever has written to its table.
        let mut holder = world.connect();
        holder.execute("BEGIN; INSERT INTO app.t VALUES (1)");
        let killed = {
            let mut holder = holder;
            let error = killed(&mut world, &set, HEAD, "CREATE INDEX");
            holder.execute("ROLLBACK");
            error
        };
        assert_ne!(killed.code(), Code::InDoubt);
        assert_eq!(indexes(&mut world), ["app.i f"]);
        let report = world.up(&set).unwrap();
        assert_eq!(report.steps()[0].attempts, 1, "the invalid index was seen");
        assert_eq!(indexes(&mut world), ["app.i t"]);
        assert!(world.exists("app.later") && !world.exists("later"));
        at_end(&mut world);
        let path = world.client.value("SHOW search_path");
        assert_eq!(path, "\"$user\", public");
    }
}

#[test]
fn an_invalid_index_that_if_not_exists_keeps_is_built_again() {
    let set = outside(
        "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS u ON t (id)",
        "DROP INDEX CONCURRENTLY u",
    );
    for mut world in worlds() {
        world.up_to(&set, 1).unwrap();
        let refused = world
            .admin
            .refused("CREATE UNIQUE INDEX CONCURRENTLY u ON t (id)");
        assert_eq!(refused, "23505");
        assert_eq!(indexes(&mut world), ["u f"]);
        world.admin.execute("TRUNCATE t");
        let report = world.up(&set).unwrap();
        assert_eq!(report.steps()[0].attempts, 2);
        assert_eq!(indexes(&mut world), ["u t"]);
        at_end(&mut world);
    }
}

#[test]
fn an_invalid_index_that_stands_in_the_way_is_dropped() {
    let set = outside(
        "CREATE UNIQUE INDEX CONCURRENTLY u ON t (id)",
        "DROP INDEX CONCURRENTLY u",
    );
    for mut world in worlds() {
        world.up_to(&set, 1).unwrap();
        let refused = world
            .admin
            .refused("CREATE UNIQUE INDEX CONCURRENTLY u ON t (id)");
        assert_eq!(refused, "23505");
        world.admin.execute("TRUNCATE t");
        world.up(&set).unwrap();
        assert_eq!(indexes(&mut world), ["u t"]);
        at_end(&mut world);
        // A valid one is whoever's made it.
        world.down_to(&set, 1).unwrap();
        world.admin.execute("CREATE UNIQUE INDEX u ON t (id)");
        let error = world.up(&set).unwrap_err();
        assert_eq!(error.server().unwrap().sqlstate, "42P07");
        assert_eq!(indexes(&mut world), ["u t"]);
        assert!(world.unfinished().is_empty());
    }
}

#[test]
fn a_build_that_loses_its_lock_is_tried_again_and_leaves_nothing_invalid() {
    let set = index();
    for mut world in worlds() {
        world.up_to(&set, 1).unwrap();
        let mut holder = world.connect();
        let mut client = world.connect();
        holder.execute("BEGIN; INSERT INTO t VALUES (3)");
        let report = thread::scope(|scope| {
            // Dropped with a panic here, so that the run does not wait for ever.
            let mut holder = holder;
            let run = scope.spawn(|| {
                let run = verb::run_to(&set, HEAD).lock_timeout(Duration::from_millis(50));
                client.run(run).unwrap()
            });
            eventually("a refused attempt", || {
                let marks = world
                    .admin
                    .column("SELECT 1 FROM samokoder_migrate.unfinished WHERE outcome = 'refused'");
                (!marks.is_empty()).then_some(())
            });
            holder.execute("ROLLBACK");
            run.join().unwrap()
        });
        assert!(report.steps()[0].attempts > 1, "{report}");
        assert_eq!(indexes(&mut world), ["i t"]);
        at_end(&mut world);
    }
}

#[test]
fn an_index_that_somebody_may_be_building_is_left_alone() {
    let set = index();
    for mut world in worlds() {
        world.up_to(&set, 1).unwrap();
        killed(&mut world, &set, HEAD, "CREATE INDEX");
        let mut holder = world.connect();
        holder.execute("BEGIN; INSERT INTO t VALUES (3)");
        let mut builder = world.connect();
        let process = builder.value("SELECT pg_backend_pid()");
        thread::scope(|scope| {
            // Dropped with a panic here, so that the build does not wait for ever.
            let mut holder = holder;
            let build = scope.spawn(|| builder.execute("CREATE INDEX CONCURRENTLY k ON t (id)"));
            eventually("the other build", || {
                let at_work =
                    format!("SELECT 1 FROM pg_stat_progress_create_index WHERE pid = {process}");
                world.admin.column(&at_work).pop()
            });
            let error = world.up(&set).unwrap_err();
            assert_eq!(error.code(), Code::InDoubt);
            let said = error.rendered();
            assert!(
                said.contains("the index public.i is invalid")
                    && said.contains(&format!("process {process} builds an index on its table")),
                "{said}"
            );
            holder.execute("ROLLBACK");
            build.join().unwrap();
        });
        assert_eq!(indexes(&mut world), ["i f", "k t"]);
        world.up(&set).unwrap();
        assert_eq!(indexes(&mut world), ["i t", "k t"]);
        at_end(&mut world);
    }
}

/// A script whose second statement leaves nothing by which it is seen.
fn unseen() -> Set {
    outside(
        "CREATE TABLE first (id int); UPDATE rows SET n = n + 1; CREATE TABLE last (id int)",
        "DROP TABLE last; DROP TABLE first",
    )
}

fn repair(world: &mut World, set: &Set, decision: Repair) -> samokoder_migrate::Report<Point> {
    world.client.run(verb::repair(set, decision)).unwrap()
}

#[test]
fn what_cannot_be_seen_is_decided_by_a_repair_or_a_stamp() {
    let set = unseen();
    for decision in [Some(Repair::Done), Some(Repair::Again), None] {
        for mut world in worlds() {
            world.up_to(&set, 1).unwrap();
            killed(&mut world, &set, HEAD, "UPDATE");
            assert_eq!(world.unfinished(), ["002_outside upgrade 2 3 begun"]);
            let error = world.up(&set).unwrap_err();
            assert_eq!(error.code(), Code::InDoubt);
            let said = error.rendered();
            for part in [
                "statement 2 of 3 was begun, and whether it happened is not recorded",
                "if statement 2 happened, `repair --done`, else `repair --again`",
                "stamp 002_outside",
                "stamp 001_before",
            ] {
                assert!(said.contains(part), "{said}");
            }
            let Some(decision) = decision else {
                world.admin.execute("CREATE TABLE last (id int)");
                let stamp = verb::stamp(&set, Target::At(Point(2)));
                world.client.run(stamp).unwrap();
                world.up(&set).unwrap();
                at_end(&mut world);
                continue;
            };
            let report = repair(&mut world, &set, decision);
            assert!(
                report.to_string().starts_with("decided on 002_outside"),
                "{report}"
            );
            assert_eq!(world.events().last().unwrap(), "repair done 002_outside");
            // Decided once is decided.
            let report = repair(&mut world, &set, Repair::Done);
            assert!(report.steps().is_empty());
            assert_eq!(
                report.warnings(),
                ["there is nothing to decide: no statement's outcome is unknown"]
            );
            world.up(&set).unwrap();
            at_end(&mut world);
            assert!(world.exists("first") && world.exists("last"));
            let times = if decision == Repair::Done { "1" } else { "2" };
            assert_eq!(world.admin.value("SELECT n FROM rows"), times);
        }
    }
}

#[test]
fn a_script_whose_last_statement_is_decided_done_is_only_recorded() {
    let set = outside("UPDATE rows SET n = n + 1", "SELECT 1");
    for mut world in worlds() {
        world.up_to(&set, 1).unwrap();
        killed(&mut world, &set, HEAD, "UPDATE");
        repair(&mut world, &set, Repair::Done);
        world.up(&set).unwrap();
        assert_eq!(world.admin.value("SELECT n FROM rows"), "1");
        at_end(&mut world);
    }
}

#[test]
fn a_procedure_that_committed_a_part_before_it_was_refused_is_decided_on() {
    let set = outside(
        "CALL halves(); CREATE TABLE last (id int)",
        "DROP TABLE last",
    );
    for mut world in worlds() {
        world.admin.execute(
            "CREATE PROCEDURE halves() LANGUAGE plpgsql AS
             $$BEGIN UPDATE rows SET n = n + 1; COMMIT; IF (SELECT n FROM rows) < 3 THEN RAISE 'only a half'; END IF; END$$",
        );
        let error = world.up(&set).unwrap_err();
        let said = error.rendered();
        for part in [
            "only a half",
            "none of its statements stands, and perhaps a part of this one, which commits in between",
            "`repair --done` if it is whole, or undo what it did, and `repair --again`",
        ] {
            assert!(said.contains(part), "{said}");
        }
        assert_eq!(world.unfinished(), ["002_outside upgrade 1 2 begun"]);
        assert_eq!(world.locks(), [""; 0]);
        assert_eq!(world.up(&set).unwrap_err().code(), Code::InDoubt);
        repair(&mut world, &set, Repair::Again);
        world.up(&set).unwrap();
        assert_eq!(world.admin.value("SELECT n FROM rows"), "3");
        at_end(&mut world);
    }
}

#[test]
fn an_index_without_a_name_is_named_where_it_is_left_invalid() {
    let set = outside("CREATE UNIQUE INDEX CONCURRENTLY ON t (id)", "SELECT 1");
    for mut world in worlds() {
        let said = world.up(&set).unwrap_err().rendered();
        assert!(
            said.contains(
                "the index public.t_id_idx is invalid; drop it if this statement made it"
            ),
            "{said}"
        );
        assert_eq!(world.unfinished(), ["002_outside upgrade 1 1 begun"]);
        world.admin.execute("DROP INDEX t_id_idx; TRUNCATE t");
        repair(&mut world, &set, Repair::Again);
        world.up(&set).unwrap();
        assert_eq!(indexes(&mut world), ["t_id_idx t"]);
        at_end(&mut world);
    }
}

#[test]
fn a_run_that_is_at_work_is_told_from_one_that_was_cut_off() {
    let set = unseen();
    for mut world in worlds() {
        world.up_to(&set, 1).unwrap();
        let mut holder = world.connect();
        holder.execute("BEGIN; UPDATE rows SET n = 0");
        let mut client = world.connect();
        let process = client.value("SELECT pg_backend_pid()");
        thread::scope(|scope| {
            // Dropped with a panic here, so that the run does not wait for ever.
            let mut holder = holder;
            let run = scope.spawn(|| client.run(verb::run_to(&set, HEAD)).unwrap());
            eventually("the mark", || mark_of(&mut world.admin));
            let status = world.client.status(verb::status(&set)).unwrap();
            assert_eq!(status.running().unwrap().pid, process);
            assert_eq!(status.problem(), None);
            let shown = status.to_string();
            assert!(
                shown.contains(&format!(
                    "running: process {process} (application `samokoder-migrate 002_outside`"
                )),
                "{shown}"
            );
            let busy = world.client.plan(verb::plan_to(&set, HEAD)).unwrap_err();
            assert_eq!(busy.code(), Code::Busy);
            let busy = world.client.verify(verb::verify(&set)).unwrap_err();
            assert_eq!(busy.code(), Code::Busy);
            let repair = verb::repair(&set, Repair::Done).wait(Duration::ZERO);
            assert_eq!(world.client.run(repair).unwrap_err().code(), Code::Busy);
            holder.execute("ROLLBACK");
            run.join().unwrap();
        });
        at_end(&mut world);
        let status = world.client.status(verb::status(&set)).unwrap();
        assert!(status.running().is_none() && status.is_at_head());
    }
}

fn mark_of(admin: &mut Client) -> Option<String> {
    admin
        .column("SELECT statement FROM samokoder_migrate.unfinished WHERE statement = 2")
        .pop()
}
