//! sqlx without tokio: a run asks for nothing of a runtime but that it polls.

use std::{thread, time::Duration};

use samokoder_migrate::{
    revision::{Point, Target},
    verb,
};
use sqlx::{Connection as _, PgConnection, PgPool};

use crate::support::{Driver, World, set};

#[test]
fn sqlx_runs_and_waits_on_smol() {
    let set = set(&[("a", "CREATE TABLE a (id int)", "DROP TABLE a")]);
    let mut world = World::new(Driver::Sqlx);
    let url = world.database.url();
    world
        .admin
        .execute("SELECT pg_advisory_lock(7110866458241123279)");
    let run = || verb::run_to::<Point>(&set, Target::Head);
    let error = smol::block_on(async {
        let mut connection = PgConnection::connect(&url).await.unwrap();
        let short = run().wait(Duration::from_millis(30));
        short.on(&mut connection).await.unwrap_err()
    });
    assert_eq!(error.code().as_str(), "SM0702");
    world
        .admin
        .execute("SELECT pg_advisory_unlock(7110866458241123279)");
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
