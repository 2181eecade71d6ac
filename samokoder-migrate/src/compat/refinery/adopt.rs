//! The adoption: compared, then recorded in one transaction that compares once more.

use std::time::Duration;

use super::{
    compare::{compare, refusal},
    comparison::{Adoption, Comparison},
    table::{self, DEFAULT_TABLE, Table},
};
use crate::{
    driver::Connection,
    engine::{
        self, Job,
        port::{Port, Session},
    },
    error::Result,
    plan::{Adopt as Adopted, Goal, behind},
    report::Report,
    revision::Point,
    set::{Migration, Set},
};

/// An adoption of what refinery applied; it does nothing until [`Adopt::on`].
#[derive(Clone, Debug)]
#[must_use = "nothing is adopted until `.on(connection)`"]
pub struct Adopt<'s> {
    set: &'s Set,
    table: String,
    patience: Option<Duration>,
    trusted: Vec<String>,
}

/// A comparison with what refinery applied, which writes nothing; it does nothing until
/// [`Check::on`].
#[derive(Clone, Debug)]
#[must_use = "nothing is compared until `.on(connection)`"]
pub struct Check<'s>(Adopt<'s>);

/// Records, without running anything, what refinery's table says is applied.
///
/// Each of refinery's rows must be a migration of the set, from the first on without a gap, with
/// its name and refinery's own checksum; else nothing is written, and the error says which rows.
/// Refinery's table is only read. What is recorded already is not recorded again.
pub fn adopt(set: &Set) -> Adopt<'_> {
    Adopt {
        set,
        table: DEFAULT_TABLE.to_owned(),
        patience: None,
        trusted: Vec::new(),
    }
}

impl<'s> Adopt<'s> {
    /// Names refinery's table, as SQL would: `ops.migrations`, `"My Table"`.
    ///
    /// [`DEFAULT_TABLE`] where nothing is said.
    pub fn table(mut self, name: impl Into<String>) -> Self {
        self.table = name.into();
        self
    }

    /// Sets how long to wait for another run of ours that is at work; one minute where nothing is
    /// said. A refinery that is writing to its table is not waited for: that is an error.
    pub fn wait(mut self, patience: Duration) -> Self {
        self.patience = Some(patience);
        self
    }

    /// Trusts a role, beside the current one, to own the history and to write to it.
    pub fn trust(mut self, role: impl Into<String>) -> Self {
        self.trusted.push(role.into());
        self
    }

    /// Only compares.
    pub fn check(self) -> Check<'s> {
        Check(self)
    }

    /// Compares and records, on a connection; an async connection gives a future.
    ///
    /// # Errors
    ///
    /// SM0802 where the table is not there, does not fit, changed meanwhile, or says more than a
    /// history that has been in use; SM0603 to SM0606, SM0701 to SM0709 and SM0801 as any run.
    pub fn on<'c, C: Connection + ?Sized>(self, connection: &'c mut C) -> C::Outcome<'c, Adoption>
    where
        's: 'c,
    {
        connection.drive(Session::new(|port| self.run(port)))
    }

    async fn run(self, port: Port) -> Result<Adoption> {
        let (comparison, table) = self.compare(&port).await?;
        if let Some(problem) = comparison.problem {
            return Err(problem.into());
        }
        let raw = engine::run(port, self.job(&table)).await?;
        Ok(Adoption {
            comparison,
            report: Report::new(raw),
        })
    }

    async fn compare(&self, port: &Port) -> Result<(Comparison, Table)> {
        let set = self.set;
        // First, since it refuses a connection inside a transaction, which an error would abort.
        let status = engine::status(port.clone(), set, None).await?;
        let table = table::read(port, &self.table).await?;
        let rows = compare(set, &table.rows);
        let mut problem = refusal(set, &table.name, &rows);
        let (here, there) = (status.applied.len(), table.rows.len());
        // A history that is not this build's is refused by the plan.
        let is_ours = status.problem.is_none() && status.current.unknown.is_none();
        if problem.is_none() && is_ours && here < there {
            let in_use = here > 0 || table::has_run(port, set).await?;
            problem = in_use.then(|| behind(set, here, there));
        }
        let beyond = set
            .migration(here)
            .filter(|_| is_ours && here > there)
            .map(Migration::version);
        let comparison = Comparison {
            table: table.name.clone(),
            rows,
            problem,
            preview: None,
            beyond,
        };
        Ok((comparison, table))
    }

    fn job(&self, table: &Table) -> Job<'s> {
        let adopted = Adopted {
            point: Point(table.rows.len()),
            condition: table::condition(table, self.set),
        };
        let mut job = Job::new(self.set, Goal::Adopt(adopted));
        job.patience = self.patience.unwrap_or(job.patience);
        job.trusted.clone_from(&self.trusted);
        job
    }
}

impl<'s> Check<'s> {
    /// Compares on a connection, and writes nothing; what does not fit is in the comparison.
    ///
    /// # Errors
    ///
    /// SM0802 where the table is not there or is not refinery's, SM0603 to SM0606 where the history
    /// is not this build's, SM0703, SM0705, SM0706, SM0801.
    pub fn on<'c, C: Connection + ?Sized>(self, connection: &'c mut C) -> C::Outcome<'c, Comparison>
    where
        's: 'c,
    {
        connection.drive(Session::new(|port| self.run(port)))
    }

    async fn run(self, port: Port) -> Result<Comparison> {
        let (mut comparison, table) = self.0.compare(&port).await?;
        if comparison.problem.is_none() {
            comparison.preview = Some(engine::preview(port, self.0.job(&table)).await?);
        }
        Ok(comparison)
    }
}

#[cfg(feature = "postgres")]
mod from_env {
    use super::{Adopt, Adoption, Check, Comparison};
    use crate::{driver::from_env, error::Result};

    impl Adopt<'_> {
        /// Does it on a new connection to `DATABASE_URL`, without TLS.
        ///
        /// # Errors
        ///
        /// SM0707 where the variable is not set or the server cannot be reached, SM0708 inside an
        /// async runtime, and those of `on`.
        pub fn from_env(self) -> Result<Adoption> {
            self.on(&mut from_env()?)
        }
    }

    impl Check<'_> {
        /// Does it on a new connection to `DATABASE_URL`, without TLS.
        ///
        /// # Errors
        ///
        /// SM0707 where the variable is not set or the server cannot be reached, SM0708 inside an
        /// async runtime, and those of `on`.
        pub fn from_env(self) -> Result<Comparison> {
            self.on(&mut from_env()?)
        }
    }
}
