//! A server on which histories are tried, without leaving a trace.

use std::{thread, time::Duration};

use postgres::{Client, NoTls, SimpleQueryMessage, error::DbError};
use samokoder_migrate::testing::{Database, Server};

use super::{picture::Picture, source::Source};
use crate::Result;

/// One script as the server gets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Script {
    /// Its path below the folder.
    pub(crate) path: String,
    pub(crate) text: String,
    pub(crate) way: Way,
}

/// How a script runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// As one message in a transaction of its own.
    Together,
    /// Statement by statement, outside a transaction.
    Alone,
}

/// What a trial does, one after the other.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Act<'a> {
    Run(&'a Script),
    /// Reads the catalog.
    Look,
}

/// Where and why the server stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The index of the act.
    pub(crate) act: usize,
    pub(crate) sqlstate: String,
    pub(crate) message: String,
}

/// What a trial came to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) refusal: Option<Refusal>,
    /// What was seen before the refusal.
    pub(crate) pictures: Vec<Picture>,
}

/// A server of its own, since roles belong to the whole server, with a database that goes forward.
pub(crate) struct Stage {
    client: Option<Client>,
    /// Keeps its server running.
    base: Database,
    admin: Client,
    done: Vec<Script>,
    /// Trials in a block since the last vacuum: what they undo stays in the catalogs until then.
    litter: usize,
}

/// Of these the system catalogs that DDL writes to, an undone block leaves dead rows.
const VACUUM: &str = "VACUUM pg_catalog.pg_attribute, pg_catalog.pg_class, pg_catalog.pg_depend, \
    pg_catalog.pg_type, pg_catalog.pg_index, pg_catalog.pg_constraint, pg_catalog.pg_attrdef, \
    pg_catalog.pg_shdepend, pg_catalog.pg_proc, pg_catalog.pg_trigger, pg_catalog.pg_statistic";
const LITTER: usize = 10;

/// What the runner puts back after a script, and what the end of its transaction would check.
const AFTER: &str =
    "RESET ALL; RESET ROLE; RESET SESSION AUTHORIZATION; SET CONSTRAINTS ALL IMMEDIATE";

/// Refusals that one transaction around several scripts cannot cause: what is named is not there.
const NOT_OF_THE_BLOCK: [&str; 5] = ["42P01", "42703", "42704", "42883", "3F000"];

impl Stage {
    pub(crate) fn new() -> Result<Self> {
        let server = Server::builder()
            // A block holds the locks of a whole history.
            .setting("max_locks_per_transaction", "4096")
            .setting("max_connections", "16")
            // No mutant may hang.
            .setting("statement_timeout", "20s")
            .setting("log_min_messages", "fatal")
            .start()?;
        let base = server.database()?;
        let admin = Client::connect(&server.url(), NoTls)?;
        Ok(Self {
            client: None,
            base,
            admin,
            done: Vec::new(),
            litter: 0,
        })
    }

    /// Returns how many scripts the database has been taken through.
    pub(crate) fn depth(&self) -> usize {
        self.done.len()
    }

    /// Returns the words of the server's grammar.
    pub(crate) fn keywords(&mut self) -> Result<super::source::Keywords> {
        let rows = self
            .admin
            .query("SELECT word FROM pg_catalog.pg_get_keywords()", &[])?;
        Ok(rows.iter().map(|row| row.get(0)).collect())
    }

    /// Reads the catalog of the database.
    pub(crate) fn look(&mut self) -> Result<Picture> {
        Ok(Picture::read(self.session()?)?)
    }

    /// Takes the database through a script, for good; a script that the server refuses changes nothing
    /// if it runs together, and must have been tried before if it runs alone.
    pub(crate) fn commit(&mut self, script: &Script) -> Result<Option<Refusal>> {
        let refused = run_apart(self.session()?, script)?;
        if refused.is_none() {
            self.done.push(script.clone());
        }
        Ok(refused.map(|error| refusal(0, &error)))
    }

    /// Tries acts by the shortest way whose answer is the truth: in one block that is undone, and
    /// where the block itself may have been refused, or a script does not fit into one, in a copy.
    ///
    /// The first script of a block meets what it would meet in a transaction of its own.
    pub(crate) fn try_out(&mut self, acts: &[Act<'_>]) -> Result<Outcome> {
        let first_is_alone = matches!(acts.iter().find_map(|act| act.script()), Some(script) if script.way == Way::Alone);
        if first_is_alone {
            return self.in_copy(acts);
        }
        let outcome = self.in_block(acts)?;
        let first = acts.iter().position(|act| act.script().is_some());
        match &outcome.refusal {
            Some(refusal)
                if Some(refusal.act) != first
                    && !NOT_OF_THE_BLOCK.contains(&refusal.sqlstate.as_str()) =>
            {
                self.in_copy(acts)
            }
            _ => Ok(outcome),
        }
    }

    /// Tries acts in a transaction that is undone; scripts that run alone run without CONCURRENTLY.
    fn in_block(&mut self, acts: &[Act<'_>]) -> Result<Outcome> {
        let client = self.session()?;
        client.batch_execute("BEGIN")?;
        let outcome = play(client, acts, |client, script| {
            let text = match script.way {
                Way::Together => None,
                Way::Alone => without_concurrently(&script.text),
            };
            client.batch_execute(text.as_deref().unwrap_or(&script.text))?;
            client.batch_execute(AFTER)
        })?;
        client.batch_execute("ROLLBACK")?;
        self.litter += 1;
        if self.litter >= LITTER {
            self.litter = 0;
            self.session()?.batch_execute(VACUUM)?;
        }
        Ok(outcome)
    }

    /// Tries acts in a copy of the database, each script as the runner would run it.
    pub(crate) fn in_copy(&mut self, acts: &[Act<'_>]) -> Result<Outcome> {
        self.leave()?;
        let roles = self.roles()?;
        let copy = self.base.copy()?;
        let mut client = Client::connect(&copy.url(), NoTls)?;
        let outcome = play(&mut client, acts, |client, script| {
            match run_apart(client, script)? {
                Some(error) => Err(error),
                None => Ok(()),
            }
        })?;
        drop(client);
        drop(copy);
        // A copy has no roles of its own.
        if self.roles()? != roles {
            self.rebuild()?;
        }
        Ok(outcome)
    }

    fn session(&mut self) -> Result<&mut Client> {
        if self.client.is_none() {
            self.client = Some(Client::connect(&self.base.url(), NoTls)?);
        }
        self.client.as_mut().ok_or_else(|| "no session".into())
    }

    /// Leaves the database and waits until the server knows: a database with a session is not copied.
    fn leave(&mut self) -> Result {
        self.client = None;
        loop {
            let row = self.admin.query_one(
                "SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE datname = $1",
                &[&self.base.name()],
            )?;
            if row.get::<_, i64>(0) == 0 {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(1));
        }
    }

    fn roles(&mut self) -> Result<Vec<String>> {
        let messages = self.admin.simple_query(
            "SELECT r::text FROM pg_catalog.pg_authid r UNION ALL \
             SELECT m::text FROM pg_catalog.pg_auth_members m UNION ALL \
             SELECT s::text FROM pg_catalog.pg_db_role_setting s WHERE setdatabase = 0 ORDER BY 1",
        )?;
        Ok(messages
            .iter()
            .filter_map(|message| match message {
                SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
                _ => None,
            })
            .collect())
    }

    fn rebuild(&mut self) -> Result {
        let mut fresh = Self::new()?;
        for script in &self.done {
            if let Some(refusal) = fresh.commit(script)? {
                return Err(format!("{} no longer runs: {}", script.path, refusal.message).into());
            }
        }
        *self = fresh;
        Ok(())
    }
}

impl<'a> Act<'a> {
    pub(crate) fn script(self) -> Option<&'a Script> {
        match self {
            Self::Run(script) => Some(script),
            Self::Look => None,
        }
    }
}

/// Does acts until the server refuses one; what is no refusal is an error.
fn play(
    client: &mut Client,
    acts: &[Act<'_>],
    mut run: impl FnMut(&mut Client, &Script) -> std::result::Result<(), postgres::Error>,
) -> Result<Outcome> {
    let mut outcome = Outcome::default();
    for (at, act) in acts.iter().enumerate() {
        match act {
            Act::Look => outcome.pictures.push(Picture::read(client)?),
            Act::Run(script) => {
                if let Err(error) = run(client, script) {
                    if error.as_db_error().is_none() {
                        return Err(error.into());
                    }
                    outcome.refusal = Some(refusal(at, &error));
                    break;
                }
            }
        }
    }
    Ok(outcome)
}

/// Runs a script as the runner does, and undoes what the server refuses as far as it can be undone.
fn run_apart(
    client: &mut Client,
    script: &Script,
) -> Result<Option<postgres::Error>, postgres::Error> {
    let done = match script.way {
        Way::Together => client
            .batch_execute("BEGIN")
            .and_then(|()| client.batch_execute(&script.text))
            .and_then(|()| client.batch_execute(AFTER))
            .and_then(|()| client.batch_execute("COMMIT")),
        Way::Alone => {
            let source = Source::new(&script.text);
            source
                .statements()
                .into_iter()
                .filter_map(|span| script.text.get(span.range()))
                .try_for_each(|statement| client.batch_execute(statement))
                .and_then(|()| {
                    client.batch_execute("RESET ALL; RESET ROLE; RESET SESSION AUTHORIZATION")
                })
        }
    };
    match done {
        Ok(()) => Ok(None),
        Err(error) if error.as_db_error().is_some() => {
            client.batch_execute("ROLLBACK; RESET ALL; RESET ROLE; RESET SESSION AUTHORIZATION")?;
            Ok(Some(error))
        }
        Err(error) => Err(error),
    }
}

fn refusal(act: usize, error: &postgres::Error) -> Refusal {
    Refusal {
        act,
        sqlstate: error
            .code()
            .map(|code| code.code().to_owned())
            .unwrap_or_default(),
        message: error
            .as_db_error()
            .map(DbError::message)
            .unwrap_or_default()
            .to_owned(),
    }
}

/// Takes the word out: within a transaction the same index is made, or dropped, without it.
fn without_concurrently(text: &str) -> Option<String> {
    let source = Source::new(text);
    let spans: Vec<_> = (0..source.len())
        .filter(|&at| source.is(at, &["concurrently"]))
        .filter_map(|at| Some((source.span(at)?, "")))
        .collect();
    source.with(&spans)
}

#[cfg(test)]
mod tests {
    use super::{Act, Script, Stage, Way, without_concurrently};

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
        let mut stage = Stage::new().unwrap();
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
                assert_eq!((refusal.act, refusal.sqlstate.as_str()), (3, "42P01"));
                let [before, after] = outcome.pictures.as_slice() else {
                    panic!("two pictures");
                };
                assert!(!before.is_restored_by(after));
                assert!(before.is_restored_by(before));
            }
        }
    }

    #[test]
    fn what_only_one_block_around_two_scripts_forbids_is_no_refusal() {
        let mut stage = Stage::new().unwrap();
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
    fn a_role_that_a_copy_made_is_gone_after_it() {
        let mut stage = Stage::new().unwrap();
        stage.commit(&script("CREATE TABLE t ()")).unwrap();
        let role = script("CREATE ROLE of_a_copy");
        for _ in 0..2 {
            assert_eq!(stage.in_copy(&[Act::Run(&role)]).unwrap().refusal, None);
        }
        assert_eq!(stage.depth(), 1);
    }
}
