//! What is a driver's own: a runtime that is not tokio, a pool, diesel's account of the transaction.

use std::{thread, time::Duration};

use diesel::{
    Connection as _, PgConnection,
    connection::{AnsiTransactionManager, SimpleConnection as _, TransactionManager as _},
};
use diesel_async::{AsyncConnection as _, AsyncPgConnection, SimpleAsyncConnection as _};
use samokoder_migrate::{
    Set,
    revision::{Point, Target},
    verb,
};
use sqlx::{Connection as _, PgPool, pool::PoolOptions};
use tokio::runtime::{Builder, Runtime};

use crate::support::{Driver, Given, World, eventually, set};

const LOCK: &str = "SELECT pg_advisory_lock(7110866458241123279)";
const UNLOCK: &str = "SELECT pg_advisory_unlock(7110866458241123279)";

fn one() -> Set {
    set(&[("a", "CREATE TABLE a (id int)", "DROP TABLE a")])
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

#[test]
fn sqlx_runs_and_waits_on_smol() {
    let set = one();
    let mut world = World::new(Driver::Sqlx);
    let url = world.database.url();
    world.admin.execute(LOCK);
    let run = || verb::run_to::<Point>(&set, Target::Head);
    let error = smol::block_on(async {
        let mut connection = sqlx::PgConnection::connect(&url).await.unwrap();
        let short = run().wait(Duration::from_millis(30));
        short.on(&mut connection).await.unwrap_err()
    });
    assert_eq!(error.code().as_str(), "SM0702");
    world.admin.execute(UNLOCK);
    thread::scope(|scope| {
        let running = scope.spawn(|| {
            smol::block_on(async {
                let pool = PgPool::connect(&url).await.unwrap();
                run().on(&mut &pool).await.unwrap()
            })
        });
        assert_eq!(running.join().unwrap().steps().len(), 1);
    });
    assert!(world.exists("a"));
}

#[test]
fn a_pool_that_gives_no_connection_is_an_error_that_says_so() {
    let set = one();
    let world = World::new(Driver::SqlxPool);
    let url = world.database.url();
    runtime().block_on(async {
        let options = PoolOptions::new().max_connections(1);
        let options = options.acquire_timeout(Duration::from_millis(20));
        let pool: PgPool = options.connect(&url).await.unwrap();
        let held = pool.acquire().await.unwrap();
        let run = || verb::run_to::<Point>(&set, Target::Head);
        let error = run().on(&mut &pool).await.unwrap_err();
        assert_eq!(error.code().as_str(), "SM0707");
        let said = error.rendered();
        assert!(said.contains("the pool gave no connection"), "{said}");
        drop(held);
        run().on(&mut &pool).await.unwrap();
        // It was given back.
        pool.acquire().await.unwrap();
    });
}

#[test]
fn a_run_that_is_dropped_in_the_middle_does_not_leave_its_session_to_the_pool() {
    let set = Given::new()
        .migration(
            "a",
            "-- samokoder: no-transaction\nSET ROLE pg_monitor;\nSELECT pg_sleep(0.2);\nSELECT pg_sleep(60)",
            "SELECT 1",
        )
        .set();
    let mut world = World::new(Driver::SqlxPool);
    let url = world.database.url();
    runtime().block_on(async {
        let options = PoolOptions::new().max_connections(1);
        let mut pool: PgPool = options.connect(&url).await.unwrap();
        let mut other = sqlx::PgConnection::connect(&url).await.unwrap();
        let asleep = async {
            let asleep = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'";
            let count = || sqlx::query_scalar::<_, i64>(asleep);
            while count().fetch_one(&mut other).await.unwrap() == 0 {}
            None
        };
        let run = verb::run_to::<Point>(&set, Target::Head).on(&mut pool);
        let ended = smol::future::or(asleep, async { Some(run.await) }).await;
        assert!(ended.is_none(), "{ended:?}");
        let role = sqlx::query_scalar::<_, String>("SELECT current_user::text");
        assert_eq!(role.fetch_one(&pool).await.unwrap(), "postgres");
    });
    let holders = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    eventually("the lock", || {
        world.admin.column(holders).is_empty().then_some(())
    });
}

#[test]
fn diesel_knows_of_no_transaction_after_a_run_and_of_its_own_after_a_refusal() {
    let refused = set(&[
        ("a", "CREATE TABLE a (id int)", "DROP TABLE a"),
        ("b", "SELECT nosuch", "SELECT 1"),
    ]);
    let world = World::new(Driver::Diesel);
    let mut connection = PgConnection::establish(&world.database.url()).unwrap();
    let set = one();
    let is_idle = |connection: &mut PgConnection| {
        let depth =
            AnsiTransactionManager::transaction_manager_status_mut(connection).transaction_depth();
        depth.unwrap().is_none()
            && !AnsiTransactionManager::is_broken_transaction_manager(connection)
    };
    verb::run_to::<Point>(&set, Target::Head)
        .on(&mut connection)
        .unwrap();
    assert!(is_idle(&mut connection));
    verb::run_to::<Point>(&refused, Target::Head)
        .on(&mut connection)
        .unwrap_err();
    assert!(is_idle(&mut connection));
    connection.begin_test_transaction().unwrap();
    connection
        .batch_execute("INSERT INTO a VALUES (1)")
        .unwrap();
    let error = verb::run_to::<Point>(&set, Target::Head)
        .on(&mut connection)
        .unwrap_err();
    assert_eq!(error.code().as_str(), "SM0703");
    assert!(!is_idle(&mut connection));
    connection.batch_execute("SELECT * FROM a").unwrap();
    AnsiTransactionManager::rollback_transaction(&mut connection).unwrap();
    assert!(is_idle(&mut connection));
}

#[test]
fn diesel_async_goes_on_with_its_own_transactions_after_a_run() {
    let set = one();
    let mut world = World::new(Driver::DieselAsync);
    let url = world.database.url();
    runtime().block_on(async {
        let mut connection = AsyncPgConnection::establish(&url).await.unwrap();
        let run = || verb::run_to::<Point>(&set, Target::Head);
        run().on(&mut connection).await.unwrap();
        let inside = connection.transaction::<_, diesel::result::Error, _>(async |connection| {
            connection.batch_execute("INSERT INTO a VALUES (1)").await?;
            let error = run().on(connection).await.unwrap_err();
            assert_eq!(error.code().as_str(), "SM0703");
            Ok(())
        });
        inside.await.unwrap();
        run().on(&mut connection).await.unwrap();
    });
    assert_eq!(world.admin.value("SELECT count(*) FROM a"), "1");
}

#[test]
fn diesel_may_block_where_its_caller_lets_it() {
    let set = one();
    let mut world = World::new(Driver::Diesel);
    let mut connection = PgConnection::establish(&world.database.url()).unwrap();
    // It blocks a task, and that is all: there is no other runtime in it.
    runtime().block_on(async {
        verb::run_to::<Point>(&set, Target::Head)
            .on(&mut connection)
            .map(drop)
            .unwrap();
    });
    assert!(world.exists("a"));
}
