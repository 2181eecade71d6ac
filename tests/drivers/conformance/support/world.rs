//! A database of a test's own, and the connections to it.

use std::{
    thread,
    time::{Duration, Instant},
};

use postgres::{NoTls, SimpleQueryMessage};
use samokoder_migrate::{
    Report, Result, Set,
    revision::{Point, Target},
    testing::{Database, Server},
    verb,
};

use super::{Client, Driver};

/// A database, a client of one driver that the engine is given, and another that looks on.
pub(crate) struct World {
    pub(crate) driver: Driver,
    pub(crate) client: Client,
    pub(crate) admin: Admin,
    // Last: it is dropped with force, which would end the clients' sessions before them.
    pub(crate) database: Database,
}

/// A connection that looks on.
pub(crate) struct Admin(postgres::Client);

/// Returns a fresh world for each driver.
pub(crate) fn worlds() -> impl Iterator<Item = World> {
    Driver::ALL.into_iter().map(World::new)
}

impl World {
    pub(crate) fn new(driver: Driver) -> Self {
        let database = Server::shared().unwrap().database().unwrap();
        Self {
            driver,
            client: Client::connect(driver, &database.url()),
            admin: Admin::connect(&database.url()),
            database,
        }
    }

    /// Connects once more, as the superuser.
    pub(crate) fn connect(&self) -> Client {
        Client::connect(self.driver, &self.database.url())
    }

    /// Creates a role of this database's own, and connects as it.
    pub(crate) fn connect_as_new_role(&mut self) -> Client {
        let role = format!("{}_app", self.database.name());
        self.admin.execute(&format!("CREATE ROLE {role} LOGIN"));
        let url = self.database.url();
        Client::connect(
            self.driver,
            &url.replace("//postgres@", &format!("//{role}@")),
        )
    }

    pub(crate) fn up(&mut self, set: &Set) -> Result<Report<Point>> {
        self.client.run(verb::run_to(set, Target::Head))
    }

    pub(crate) fn down_to(&mut self, set: &Set, position: usize) -> Result<Report<Point>> {
        self.client
            .run(verb::downgrade_to(set, Target::At(Point(position))))
    }

    /// Returns the labels in the history, in order.
    pub(crate) fn history(&mut self) -> Vec<String> {
        self.admin
            .column("SELECT label FROM samokoder_migrate.history ORDER BY position")
    }

    pub(crate) fn exists(&mut self, relation: &str) -> bool {
        let sql = format!("SELECT to_regclass('{relation}') IS NOT NULL");
        self.admin.value(&sql) == "t"
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("through {:?}", self.driver);
        }
    }
}

impl Admin {
    pub(crate) fn connect(url: &str) -> Self {
        Self(postgres::Client::connect(url, NoTls).unwrap())
    }

    pub(crate) fn execute(&mut self, sql: &str) {
        self.0
            .batch_execute(sql)
            .unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    }

    /// Returns the first column's values, as text with `NULL` where nothing is.
    pub(crate) fn column(&mut self, sql: &str) -> Vec<String> {
        let answer = self.0.simple_query(sql);
        answer
            .unwrap_or_else(|error| panic!("{sql}: {error:?}"))
            .iter()
            .filter_map(|message| match message {
                SimpleQueryMessage::Row(row) => Some(row.get(0).unwrap_or("NULL").to_owned()),
                _ => None,
            })
            .collect()
    }

    /// Returns one value.
    pub(crate) fn value(&mut self, sql: &str) -> String {
        self.column(sql).remove(0)
    }
}

/// Asks until there is an answer, for at most half a minute.
pub(crate) fn eventually<T>(what: &str, mut question: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        match question() {
            Some(answer) => return answer,
            None if began.elapsed() > Duration::from_secs(30) => panic!("{what} did not come"),
            None => thread::sleep(Duration::from_millis(3)),
        }
    }
}
