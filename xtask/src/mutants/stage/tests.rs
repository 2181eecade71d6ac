use super::{Act, Script, Stage, Way, without_concurrently};
use crate::script::make_role;

fn script(text: &str) -> Script {
    Script {
        path: "x.sql".to_owned(),
        text: text.to_owned(),
        way: Way::Together,
    }
}

#[test]
fn an_index_is_made_without_the_word_that_a_transaction_forbids() {
    assert_eq!(
        without_concurrently("CREATE INDEX CONCURRENTLY \"concurrently\" ON t (a)").unwrap(),
        "CREATE INDEX  \"concurrently\" ON t (a)"
    );
}

#[test]
fn trials_leave_no_trace_and_tell_where_the_server_stops() {
    let mut stage = Stage::new("").unwrap();
    assert_eq!(
        stage.commit(&script("CREATE TABLE t (a int)")).unwrap(),
        None
    );
    let (add, drop) = (
        script("ALTER TABLE t ADD COLUMN b int; SET search_path = ''"),
        script("DROP TABLE u"),
    );
    let acts = [Act::Look, Act::Run(&add), Act::Look, Act::Run(&drop)];
    for _ in 0..2 {
        for outcome in [stage.try_out(&acts).unwrap(), stage.in_copy(&acts).unwrap()] {
            let refusal = outcome.refusal.unwrap();
            assert_eq!((refusal.after, refusal.sqlstate.as_str()), (3, "42P01"));
            let [before, after] = outcome.pictures.as_slice() else {
                panic!("two pictures");
            };
            assert!(!before.is_restored_by(after));
            assert!(before.is_restored_by(before));
        }
    }
}

#[test]
fn a_trial_draws_nothing_from_a_sequence() {
    let mut stage = Stage::new("").unwrap();
    let make = "CREATE TABLE t (a serial, b serial); INSERT INTO t (b) VALUES (DEFAULT)";
    assert_eq!(stage.commit(&script(make)).unwrap(), None);
    let draw = script("INSERT INTO t DEFAULT VALUES");
    let refused = script("INSERT INTO t DEFAULT VALUES; DROP TABLE u");
    assert_eq!(stage.try_out(&[Act::Run(&draw)]).unwrap().refusal, None);
    assert!(stage.commit(&refused).unwrap().is_some());
    // Both are at 1, one of them by the first script, so that 2 is next.
    let hold =
        script("INSERT INTO t DEFAULT VALUES RETURNING 1 / (a - 1), 1 / (3 - a), 1 / (3 - b)");
    assert_eq!(stage.try_out(&[Act::Run(&hold)]).unwrap().refusal, None);
}

#[test]
fn what_only_one_block_around_two_scripts_forbids_is_no_refusal() {
    let mut stage = Stage::new("").unwrap();
    stage
        .commit(&script("CREATE TYPE mood AS ENUM ('sad')"))
        .unwrap();
    let (add, use_it) = (
        script("ALTER TYPE mood ADD VALUE 'glad'"),
        script("CREATE TABLE t (m mood DEFAULT 'glad'); INSERT INTO t VALUES ('glad')"),
    );
    let acts = [Act::Run(&add), Act::Run(&use_it)];
    let in_a_block = stage.in_block(&acts).unwrap();
    assert_eq!(in_a_block.refusal.unwrap().sqlstate, "55P04");
    assert_eq!(stage.try_out(&acts).unwrap().refusal, None);
}

#[test]
fn what_comes_before_the_first_script_is_on_the_stage_and_in_its_copies() {
    let prelude = "CREATE SCHEMA platform; CREATE TABLE platform.t (a int); \
        DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = platform', current_database()); END $$;";
    let mut stage = Stage::new(prelude).unwrap();
    stage.make_role("of the project").unwrap();
    assert!(stage.prelude().ends_with(&make_role("of the project")));
    let grant = script("GRANT SELECT ON t TO \"of the project\"");
    let acts = [Act::Run(&grant)];
    assert_eq!(stage.in_block(&acts).unwrap().refusal, None);
    assert_eq!(stage.in_copy(&acts).unwrap().refusal, None);
    // A copy that makes a role has the stage built anew.
    let role = script("CREATE ROLE of_a_copy");
    assert_eq!(stage.in_copy(&[Act::Run(&role)]).unwrap().refusal, None);
    assert_eq!(stage.in_block(&acts).unwrap().refusal, None);
}

#[test]
fn a_role_that_a_copy_made_is_gone_after_it() {
    let mut stage = Stage::new("").unwrap();
    stage.commit(&script("CREATE TABLE t ()")).unwrap();
    let role = script("CREATE ROLE of_a_copy");
    for _ in 0..2 {
        assert_eq!(stage.in_copy(&[Act::Run(&role)]).unwrap().refusal, None);
    }
    assert_eq!(stage.depth(), 1);
}
