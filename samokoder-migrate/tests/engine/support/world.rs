//! A database of a test's own, and the connections to it.

use std::{
    thread,
    time::{Duration, Instant},
};

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
    pub(crate) admin: Client,
    // Last: it is dropped with force, which would end the clients' sessions before them.
    pub(crate) database: Database,
}

/// Returns a fresh world for each driver.
pub(crate) fn worlds() -> [World; 2] {
    [Driver::Blocking, Driver::Async].map(World::new)
}

impl World {
    pub(crate) fn new(driver: Driver) -> Self {
        Self::on(Server::shared().unwrap(), driver)
    }

    pub(crate) fn on(server: &Server, driver: Driver) -> Self {
        let database = server.database().unwrap();
        Self {
            driver,
            client: Client::connect(driver, &database.url()),
            admin: Client::connect(Driver::Blocking, &database.url()),
            database,
        }
    }

    /// Connects once more, as the superuser.
    pub(crate) fn connect(&self) -> Client {
        Client::connect(self.driver, &self.database.url())
    }

    /// Creates a role with a name of this database's own, and returns the name.
    pub(crate) fn role(&mut self, name: &str, options: &str) -> String {
        let role = format!("{}_{name}", self.database.name());
        self.admin
            .execute(&format!("CREATE ROLE {role} LOGIN {options}"));
        role
    }

    /// Connects as a role.
    pub(crate) fn connect_as(&self, role: &str) -> Client {
        Client::connect(self.driver, &self.url_of(role))
    }

    pub(crate) fn url_of(&self, role: &str) -> String {
        self.database
            .url()
            .replace("//postgres@", &format!("//{role}@"))
    }

    /// Sets a default of the database, and connects the client anew, so that it has it.
    pub(crate) fn database_default(&mut self, setting: &str) {
        let name = self.database.name().to_owned();
        self.admin
            .execute(&format!("ALTER DATABASE {name} SET {setting}"));
        self.client = self.connect();
    }

    pub(crate) fn up(&mut self, set: &Set) -> Result<Report<Point>> {
        self.client.run(verb::run_to(set, Target::Head))
    }

    pub(crate) fn up_to(&mut self, set: &Set, position: usize) -> Result<Report<Point>> {
        self.client
            .run(verb::run_to(set, Target::At(Point(position))))
    }

    pub(crate) fn down_to(&mut self, set: &Set, position: usize) -> Result<Report<Point>> {
        self.client
            .run(verb::downgrade_to(set, Target::At(Point(position))))
    }

    /// Returns the labels in the history, in order.
    pub(crate) fn history(&mut self) -> Vec<String> {
        self.admin
            .column("SELECT label FROM samokoder_migrate.history ORDER BY set_name, position")
    }

    /// Returns the mark of the script outside a transaction that was begun and not ended.
    pub(crate) fn unfinished(&mut self) -> Vec<String> {
        self.admin.column(
            "SELECT concat_ws(' ', label, direction, statement, statements, outcome) FROM samokoder_migrate.unfinished",
        )
    }

    /// Returns the events, without what differs from run to run.
    pub(crate) fn events(&mut self) -> Vec<String> {
        self.admin.column(
            "SELECT concat_ws(' ', kind, outcome, subject, sqlstate) FROM samokoder_migrate.event ORDER BY id",
        )
    }

    pub(crate) fn exists(&mut self, relation: &str) -> bool {
        let sql = format!("SELECT to_regclass('{relation}') IS NOT NULL");
        self.admin.value(&sql) == "t"
    }

    /// Returns who holds, or waits for, an advisory lock in this database: `granted` for each.
    pub(crate) fn locks(&mut self) -> Vec<String> {
        self.admin.column(
            "SELECT granted FROM pg_locks WHERE locktype = 'advisory'
             AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
        )
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("through the {:?} driver", self.driver);
        }
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
