//! A server on which histories are tried, without leaving a trace.

use std::{thread, time::Duration};

use postgres::{Client, NoTls, SimpleQueryMessage};
use samokoder_migrate::testing::{Database, Server};

use super::{picture::Picture, source::Source};
use crate::{
    Result,
    script::{Refusal, Script, Way, controls_transaction, make_role},
};

/// What a trial does, one after the other.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Act<'a> {
    Run(&'a Script),
    /// Reads the catalog.
    Look,
}

/// What a trial came to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outcome {
    /// After how many acts.
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
    /// Makes what the history finds before its first migration: its platform, and roles.
    prelude: String,
    done: Vec<Script>,
    /// Trials in a block since the last vacuum: what they undo stays in the catalogs until then.
    litter: usize,
}

/// Of these the system catalogs that DDL writes to, an undone block leaves dead rows.
const VACUUM: &str = "VACUUM pg_catalog.pg_attribute, pg_catalog.pg_class, pg_catalog.pg_depend, \
    pg_catalog.pg_type, pg_catalog.pg_index, pg_catalog.pg_constraint, pg_catalog.pg_attrdef, \
    pg_catalog.pg_shdepend, pg_catalog.pg_proc, pg_catalog.pg_trigger, pg_catalog.pg_statistic";
const LITTER: usize = 10;

/// Gives a copy the settings of a database, which are not in the database itself.
const SETTINGS: &str = "INSERT INTO pg_catalog.pg_db_role_setting \
    SELECT copy.oid, s.setrole, s.setconfig FROM pg_catalog.pg_db_role_setting s \
    JOIN pg_catalog.pg_database base ON base.oid = s.setdatabase AND base.datname = $1 \
    JOIN pg_catalog.pg_database copy ON copy.datname = $2";

/// What the runner puts back after a script, and what the end of its transaction would check.
const AFTER: &str =
    "RESET ALL; RESET ROLE; RESET SESSION AUTHORIZATION; SET CONSTRAINTS ALL IMMEDIATE";

/// Says how each sequence is set. What a block draws from one is not given back when it is undone.
const SEQUENCES: &str = "SELECT coalesce(string_agg(format('SELECT setval(%L, %s, %L)', \
    format('%I.%I', schemaname, sequencename), coalesce(last_value, start_value), \
    last_value IS NOT NULL), ';' ORDER BY schemaname, sequencename), '') FROM pg_catalog.pg_sequences";

/// Refusals that one transaction around several scripts cannot cause: what is named is not there.
const NOT_OF_THE_BLOCK: [&str; 5] = ["42P01", "42703", "42704", "42883", "3F000"];

impl Stage {
    /// Starts a server, and makes in it what the history finds before its first migration.
    pub(crate) fn new(prelude: &str) -> Result<Self> {
        let server = Server::builder()
            // A block holds the locks of a whole history.
            .setting("max_locks_per_transaction", "4096")
            .setting("max_connections", "16")
            // The catalogs are looked at often: compiling such a query costs more than it saves.
            .setting("jit", "off")
            // No mutant may hang.
            .setting("statement_timeout", "20s")
            .setting("log_min_messages", "fatal")
            .start()?;
        let base = server.database()?;
        let admin = Client::connect(&server.url(), NoTls)?;
        Client::connect(&base.url(), NoTls)?.batch_execute(prelude)?;
        Ok(Self {
            client: None,
            base,
            admin,
            prelude: prelude.to_owned(),
            done: Vec::new(),
            litter: 0,
        })
    }

    /// Returns how many scripts the database has been taken through.
    pub(crate) fn depth(&self) -> usize {
        self.done.len()
    }

    /// Returns what was made before the first script.
    pub(crate) fn prelude(&self) -> &str {
        &self.prelude
    }

    /// Makes a role that the history takes for granted.
    pub(crate) fn make_role(&mut self, name: &str) -> Result {
        let role = make_role(name);
        self.admin.batch_execute(&role)?;
        self.prelude += &role;
        Ok(())
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
        let client = self.session()?;
        let before = sequences(client)?;
        let refused = run_apart(client, script)?;
        if refused.is_none() {
            self.done.push(script.clone());
        } else if script.way == Way::Together {
            set_back(client, &before)?;
        }
        Ok(refused.and_then(|error| Refusal::of(&error, 0)))
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
                if Some(refusal.after) != first
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
        let before = sequences(client)?;
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
        set_back(client, &before)?;
        self.litter += 1;
        if self.litter >= LITTER {
            self.litter = 0;
            self.session()?.batch_execute(VACUUM)?;
        }
        Ok(outcome)
    }

    /// Lists the SQLSTATEs of what is refused of a script if each statement that is refused is passed
    /// over; nothing of it stays.
    pub(crate) fn refusals(&mut self, script: &Script) -> Result<Vec<String>> {
        let client = self.session()?;
        client.batch_execute("BEGIN")?;
        let mut refusals = Vec::new();
        for statement in script.statements() {
            if controls_transaction(statement) {
                continue;
            }
            client.batch_execute("SAVEPOINT passed")?;
            let Err(error) = client.batch_execute(statement) else {
                continue;
            };
            let refusal = Refusal::of(&error, 0).ok_or(error)?;
            refusals.push(refusal.sqlstate);
            client.batch_execute("ROLLBACK TO SAVEPOINT passed")?;
        }
        client.batch_execute("ROLLBACK; RESET ALL; RESET ROLE")?;
        Ok(refusals)
    }

    /// Tries acts in a copy of the database, each script as the runner would run it.
    pub(crate) fn in_copy(&mut self, acts: &[Act<'_>]) -> Result<Outcome> {
        self.leave()?;
        let roles = self.roles()?;
        let copy = self.base.copy()?;
        self.admin
            .execute(SETTINGS, &[&self.base.name(), &copy.name()])?;
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
        let mut fresh = Self::new(&self.prelude)?;
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

fn sequences(client: &mut Client) -> Result<String, postgres::Error> {
    Ok(client.query_one(SEQUENCES, &[])?.get(0))
}

/// Sets the sequences as they were, if they are not.
fn set_back(client: &mut Client, before: &str) -> Result<(), postgres::Error> {
    if sequences(client)? == before {
        return Ok(());
    }
    client.batch_execute(before)
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
                    let Some(refusal) = Refusal::of(&error, at) else {
                        return Err(error.into());
                    };
                    outcome.refusal = Some(refusal);
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
        Way::Alone => script
            .statements()
            .try_for_each(|statement| client.batch_execute(statement))
            .and_then(|()| {
                client.batch_execute("RESET ALL; RESET ROLE; RESET SESSION AUTHORIZATION")
            }),
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
mod tests;
