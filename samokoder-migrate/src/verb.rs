//! What a program can ask for: verbs that do nothing until they are given a connection.

use std::{marker::PhantomData, time::Duration};

use crate::{
    driver::Connection,
    engine::{self, Job, Locate, Preview, port::Session},
    error::Result,
    event::{Event, Listener},
    plan::{Downward, Goal, NewerDatabase, Repair},
    report::Report,
    revision::{EnvironmentKind, RevisionKind, Target},
    set::Set,
    status::Status,
};

/// A run that does nothing until [`Run::on`] gives it a connection.
#[derive(Clone, Debug)]
#[must_use = "a run does nothing until `.on(connection)`"]
pub struct Run<'s, R> {
    job: Job<'s>,
    revision: PhantomData<fn() -> R>,
}

/// A plan that is made, and not carried out, when [`Plan::on`] gives it a connection.
#[derive(Clone, Debug)]
#[must_use = "a plan is not made until `.on(connection)`"]
pub struct Plan<'s, R> {
    job: Job<'s>,
    revision: PhantomData<fn() -> R>,
}

/// A reading of the status, which writes nothing.
#[derive(Clone, Debug)]
#[must_use = "the status is not read until `.on(connection)`"]
pub struct ReadStatus<'s, R> {
    set: &'s Set,
    revision: PhantomData<fn() -> R>,
}

/// A comparison of the database's history with the build's, which writes nothing.
#[derive(Clone, Debug)]
#[must_use = "nothing is compared until `.on(connection)`"]
pub struct Verify<'s, R> {
    set: &'s Set,
    revision: PhantomData<fn() -> R>,
}

/// Moves up to a target and, at head, runs the seeds that are due.
pub fn run_to<R: RevisionKind>(set: &Set, target: Target) -> Run<'_, R> {
    Run::new(set, Goal::RunTo(target, Downward::Refused))
}

/// Takes back so many migrations.
pub fn downgrade<R: RevisionKind>(set: &Set, steps: usize) -> Run<'_, R> {
    Run::new(set, Goal::Downgrade(steps))
}

/// Moves down to a target.
pub fn downgrade_to<R: RevisionKind>(set: &Set, target: Target) -> Run<'_, R> {
    Run::new(set, Goal::DowngradeTo(target))
}

/// Records a target as where the database is, without running anything.
pub fn stamp<R: RevisionKind>(set: &Set, target: Target) -> Run<'_, R> {
    Run::new(set, Goal::Stamp(target))
}

/// Records what was decided of the statement that a run outside a transaction was cut off at.
///
/// Without such a statement it does nothing, and warns.
pub fn repair<R: RevisionKind>(set: &Set, decision: Repair) -> Run<'_, R> {
    Run::new(set, Goal::Repair(decision))
}

/// Runs one of the set's seeds, counted from 0, due or not.
pub fn seed<R: RevisionKind>(set: &Set, index: usize) -> Run<'_, R> {
    Run::new(set, Goal::Seed(index))
}

/// Plans what `run_to` would do.
pub fn plan_to<R: RevisionKind>(set: &Set, target: Target) -> Plan<'_, R> {
    run_to(set, target).dry_run()
}

/// Reads where the database is.
pub fn status<R: RevisionKind>(set: &Set) -> ReadStatus<'_, R> {
    ReadStatus {
        set,
        revision: PhantomData,
    }
}

/// Compares the database's history with the build's.
pub fn verify<R: RevisionKind>(set: &Set) -> Verify<'_, R> {
    Verify {
        set,
        revision: PhantomData,
    }
}

impl<'s, R: RevisionKind> Run<'s, R> {
    fn new(set: &'s Set, goal: Goal) -> Self {
        Self {
            job: Job::new(set, goal),
            revision: PhantomData,
        }
    }

    /// Sets how long a script's statement may wait for a lock, where the script does not say.
    ///
    /// Where neither does, the server's own setting holds, and where that has no bound, 5 s: whoever
    /// waits for a strong lock makes all others wait behind (section "Explicit Locking" of PostgreSQL's
    /// documentation). Zero is no bound. A script outside a transaction has none unless one is set.
    pub fn lock_timeout(mut self, timeout: Duration) -> Self {
        self.job.timeouts.lock = Some(timeout);
        self
    }

    /// Sets how long a script's statement may run, where the script does not say.
    ///
    /// The server's own setting holds where neither does.
    pub fn statement_timeout(mut self, timeout: Duration) -> Self {
        self.job.timeouts.statement = Some(timeout);
        self
    }

    /// Sets how often a step that lost a lock is tried again; 9 times where nothing is said.
    ///
    /// That is a lock not had in time (55P03), or a deadlock (40P01). The step was undone, those
    /// before it stand, and it is tried again after a pause that grows from 0.1 s to 5 s.
    ///
    /// A script outside a transaction goes on at the statement that lost a lock. An index that
    /// `CONCURRENTLY` left invalid is dropped first, unless somebody may be building it. A statement
    /// that may commit in between (`CALL`, `DO` with `COMMIT`) is not tried again.
    pub fn retries(mut self, retries: u32) -> Self {
        self.job.retries = retries;
        self
    }

    /// Sets how long the whole run may take; without end where nothing is said.
    ///
    /// Nothing is begun after it, and no statement runs for longer than what was left when it was
    /// sent. What was done stands.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.job.deadline = Some(deadline);
        self
    }

    /// Sets how long to wait for another run that is at work; one minute where nothing is said.
    pub fn wait(mut self, patience: Duration) -> Self {
        self.job.patience = patience;
        self
    }

    /// Runs the seeds of an environment too, beside those of every environment.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "a generated environment is `Copy`"
    )]
    pub fn seeds(mut self, environment: R::Environment) -> Self {
        self.job.environment = Some(environment.name().to_owned());
        self
    }

    /// Lets `run_to` move down where its target is below the revision that the database is at.
    pub fn allow_downgrade(mut self) -> Self {
        if let Goal::RunTo(_, downward) = &mut self.job.goal {
            *downward = Downward::Allowed;
        }
        self
    }

    /// Chooses what is done with a database that a newer build has moved ahead.
    pub fn newer_database(mut self, policy: NewerDatabase) -> Self {
        self.job.newer = policy;
        self
    }

    /// Trusts a role, beside the current one, to own the history and to write to it.
    pub fn trust(mut self, role: impl Into<String>) -> Self {
        self.job.trusted.push(role.into());
        self
    }

    /// Does not look for the statement that failed by running the failed step's statements again.
    ///
    /// That is done, in a transaction that is rolled back, only where neither the server nor the
    /// driver tells which statement it was.
    pub fn without_replay(mut self) -> Self {
        self.job.locate = Locate::Never;
        self
    }

    /// Tells a listener what happens, while it happens; of several the last one is told.
    ///
    /// It is called between messages, and the run goes on when it returns.
    pub fn on_event(mut self, tell: impl Fn(&Event<'_>) + Send + Sync + 'static) -> Self {
        self.job.listener = Listener::new(tell);
        self
    }

    /// Makes the plan and its scripts, and does not carry it out.
    pub fn dry_run(self) -> Plan<'s, R> {
        Plan {
            job: self.job,
            revision: PhantomData,
        }
    }

    /// Runs on a connection; an async connection gives a future.
    ///
    /// A dropped future leaves what was sent to the server, which goes on with it; the history
    /// stays right, and the connection is busy until then.
    ///
    /// # Errors
    ///
    /// SM0601 to SM0608 where the plan cannot be made, SM0701 where the server refuses a
    /// statement, SM0702 where another run holds on, SM0703 to SM0709, SM0710 where the deadline
    /// passed, SM0801.
    pub fn on<'c, C: Connection + ?Sized>(self, connection: &'c mut C) -> C::Outcome<'c, Report<R>>
    where
        's: 'c,
    {
        let job = self.job;
        connection.drive(Session::new(|port| async move {
            engine::run(port, job).await.map(Report::new)
        }))
    }
}

impl<'s, R: RevisionKind> Plan<'s, R> {
    /// Makes the plan on a connection, which it only reads.
    ///
    /// # Errors
    ///
    /// SM0601 to SM0608, SM0703, SM0705, SM0706, SM0801.
    pub fn on<'c, C: Connection + ?Sized>(self, connection: &'c mut C) -> C::Outcome<'c, Preview>
    where
        's: 'c,
    {
        let job = self.job;
        connection.drive(Session::new(|port| engine::preview(port, job)))
    }
}

impl<'s, R: RevisionKind> ReadStatus<'s, R> {
    /// Reads the status on a connection.
    ///
    /// # Errors
    ///
    /// SM0703, SM0705, SM0706.
    pub fn on<'c, C: Connection + ?Sized>(self, connection: &'c mut C) -> C::Outcome<'c, Status<R>>
    where
        's: 'c,
    {
        let set = self.set;
        connection.drive(Session::new(|port| async move {
            engine::status(port, set).await.map(Status::new)
        }))
    }
}

impl<'s, R: RevisionKind> Verify<'s, R> {
    /// Compares on a connection; gives the status where the histories agree.
    ///
    /// # Errors
    ///
    /// SM0603 where they part, SM0604 where the database is ahead, SM0606 where a script outside a
    /// transaction was interrupted, SM0801 where rows were altered, SM0703, SM0705, SM0706.
    pub fn on<'c, C: Connection + ?Sized>(self, connection: &'c mut C) -> C::Outcome<'c, Status<R>>
    where
        's: 'c,
    {
        let set = self.set;
        connection.drive(Session::new(|port| async move {
            engine::verify(port, set).await.map(Status::new)
        }))
    }
}

#[cfg(feature = "postgres")]
mod from_env {
    use super::{Plan, ReadStatus, Run, Verify};
    use crate::{
        driver::{Own, Watcher, from_env},
        engine::Preview,
        error::Result,
        report::Report,
        revision::RevisionKind,
        status::Status,
    };

    macro_rules! from_env {
        ($($verb:ident => $outcome:ty),*) => {$(
            impl<R: RevisionKind> $verb<'_, R> {
                /// Does it on a new connection to `DATABASE_URL`.
                ///
                /// It is protected as `sslmode` and `sslrootcert` in the URL say, or else `PGSSLMODE` and
                /// `PGSSLROOTCERT`; without the feature `tls` a URL that asks for TLS is refused.
                ///
                /// # Errors
                ///
                /// SM0707 where the variable is not set or the server cannot be reached, SM0708
                /// inside an async runtime, and those of `on`.
                pub fn from_env(self) -> Result<$outcome> {
                    self.on(&mut from_env()?)
                }
            }
        )*};
    }

    impl<R: RevisionKind> Run<'_, R> {
        /// Does it on a new connection to `DATABASE_URL`.
        ///
        /// It is protected as `sslmode` and `sslrootcert` in the URL say, or else `PGSSLMODE` and
        /// `PGSSLROOTCERT`; without the feature `tls` a URL that asks for TLS is refused.
        ///
        /// While it builds an index, a second connection tells the listener how far it is.
        ///
        /// # Errors
        ///
        /// SM0707 where the variable is not set or the server cannot be reached, SM0708
        /// inside an async runtime, and those of `on`.
        pub fn from_env(self) -> Result<Report<R>> {
            let mut client = from_env()?;
            let _watcher = self.watcher(|| from_env().ok());
            self.on(&mut client)
        }
    }

    impl<R> Run<'_, R> {
        /// Begins to look at the run from outside, on a connection that is made if it takes longer.
        pub(crate) fn watcher<C>(&self, connect: C) -> Option<Watcher>
        where
            C: FnOnce() -> Option<Own> + Send + 'static,
        {
            Watcher::start(self.job.set, &self.job.listener, connect)
        }
    }

    from_env!(Plan => Preview, ReadStatus => Status<R>, Verify => Status<R>);
}

/// Keeps the future of an async connection sendable between threads.
#[expect(dead_code, reason = "it is compiled, which is the test")]
fn runs_are_send() {
    fn is_send<T: Send>() {}
    is_send::<Session<'static, Report<crate::revision::Point>>>();
    is_send::<Result<Report<crate::revision::Point>>>();
}
