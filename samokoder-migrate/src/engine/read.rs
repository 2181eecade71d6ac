//! Reading: the state, the rows, the status. Nothing here writes.

use std::path::PathBuf;

use samokoder_migrate_core::{Code, Diagnostic};

use super::{
    advice::remedy,
    doubt,
    failure::untrusted,
    job::Job,
    port::{Answer, Failure, Port},
    rows::files_there,
};
use crate::{
    error::{Error, Result, ServerError},
    event::Holder,
    plan::{Alignment, Goal, NewerDatabase, align, plan},
    script::{
        read,
        tables::{FORMAT, Tables},
    },
    set::Set,
    state::{Row, State},
    status::RawStatus,
    stored::Stored,
};

/// Reads where the database is, in one wait.
pub(super) async fn state(port: &Port, set: &Set, tables: &Tables) -> Result<State> {
    whole(set.schema())?;
    let answer = port.query(read::state(tables, set, None)).await;
    state_of(set, answer)
}

/// Reads the state out of the last row of an answer.
pub(super) fn state_of(set: &Set, answer: Answer) -> Result<State> {
    let state = answered(answer)?
        .rows
        .last()
        .and_then(|row| State::read(row))
        .ok_or_else(|| {
            Error::new(Diagnostic::new(
                Code::HistoryRefused,
                "the server's answer about the history is not understood",
            ))
        })?;
    if state.in_block {
        return Err(open_transaction());
    }
    if state.encoding != "UTF8" {
        return Err(wrongly_read(&state.encoding));
    }
    if let Some(planted) = &state.planted {
        return Err(untrusted(set, planted));
    }
    if let Some(recorded) = state
        .history
        .as_ref()
        .filter(|recorded| !recorded.format.is_empty() && recorded.format != FORMAT)
    {
        return Err(Error::new(
            Diagnostic::new(
                Code::HistoryRefused,
                format!(
                    "the history is kept in `{}`, and this build knows `{FORMAT}`",
                    recorded.format
                ),
            )
            .help("build with the version of samokoder-migrate that wrote it, or a later one"),
        ));
    }
    Ok(state)
}

/// Says how the database's history lies to the build's; reads the rows where digests do not settle it.
pub(super) async fn alignment(
    port: &Port,
    set: &Set,
    tables: &Tables,
    state: &State,
) -> Result<Alignment> {
    match align(set, state.history.as_ref()) {
        Some(alignment) => Ok(alignment),
        None => Ok(Alignment::of_rows(set, rows(port, set, tables).await?)),
    }
}

/// Reads the ways back of what a newer build applied, where the job wants to go there.
pub(super) async fn stored(
    port: &Port,
    job: &Job<'_>,
    tables: &Tables,
    alignment: &Alignment,
) -> Result<Vec<Stored>> {
    let Alignment::Ahead { rows } = alignment else {
        return Ok(Vec::new());
    };
    if job.newer != NewerDatabase::Downgrade {
        return Ok(Vec::new());
    }
    let head = job.set.migrations().len();
    let answer = answered(port.query(read::stored(tables, job.set, head)).await)?;
    let stored: Vec<Stored> = answer
        .rows
        .iter()
        .filter_map(|row| Stored::read(row))
        .collect();
    let positions = stored.iter().map(|stored| stored.position);
    if positions.eq(head + 1..=rows.len()) {
        return Ok(stored);
    }
    Err(Error::new(
        Diagnostic::new(
            Code::Drift,
            "the downgrades that the history holds are not as a run writes them",
        )
        .note("rows of the history were altered by hand, or it moved in between; nothing was done")
        .help("deploy the newer build again, and take the database back with it"),
    ))
}

async fn rows(port: &Port, set: &Set, tables: &Tables) -> Result<Vec<Row>> {
    let answer = answered(port.query(read::rows(tables, set)).await)?;
    Ok(answer
        .rows
        .iter()
        .filter_map(|row| Row::read(row))
        .collect())
}

/// Reads the status of a set.
pub(crate) async fn status(port: Port, set: &Set, folder: Option<PathBuf>) -> Result<RawStatus> {
    let tables = Tables::of(set);
    let state = state(&port, set, &tables).await?;
    status_of(&port, set, &tables, &state, folder).await
}

/// Fails unless the history is the beginning of the build's, or all of it.
pub(crate) async fn verify(port: Port, set: &Set, folder: Option<PathBuf>) -> Result<RawStatus> {
    let tables = Tables::of(set);
    let state = state(&port, set, &tables).await?;
    let alignment = alignment(&port, set, &tables, &state).await?;
    // To go nowhere, the history must be right.
    let nowhere = Job::new(set, Goal::Downgrade(0));
    let history = state.history.as_ref();
    let seen = doubt::seen(&port, set, &tables, history, &[]).await?;
    plan(
        nowhere.situation(history, &alignment, &[], seen.as_ref()),
        &nowhere.goal,
    )?;
    status_of(&port, set, &tables, &state, folder).await
}

async fn status_of(
    port: &Port,
    set: &Set,
    tables: &Tables,
    state: &State,
    folder: Option<PathBuf>,
) -> Result<RawStatus> {
    let rows = if state.history.is_some() {
        rows(port, set, tables).await?
    } else {
        Vec::new()
    };
    let history = state.history.as_ref();
    let running = doubt::running(port, tables, history).await?;
    let files = files_there(port, set, folder.as_ref()).await;
    Ok(RawStatus::of(set, state, rows, running, &files))
}

/// Returns who holds the lock now, if somebody does.
pub(super) async fn holder(port: &Port, tables: &Tables) -> Result<Option<Holder>> {
    let answer = answered(port.query(read::holder(tables)).await)?;
    Ok(answer.rows.last().and_then(|row| Holder::read(row)))
}

/// Returns an answer to one of our own messages, unless it was refused.
pub(super) fn answered(answer: Answer) -> Result<Answer> {
    match answer.failure {
        Some(failure) => Err(refused(failure)),
        None => Ok(answer),
    }
}

/// Turns a refusal of one of our own messages into an error.
pub(super) fn refused(failure: Failure) -> Error {
    match failure {
        Failure::Lost(reason) => Error::lost(&reason),
        Failure::Server(server) if server.sqlstate == "25P02" => open_transaction(),
        Failure::Server(server) => history_refused(*server),
    }
}

fn history_refused(server: ServerError) -> Error {
    if ALTERED.contains(&server.sqlstate.as_str()) {
        return altered(server);
    }
    let help = match server.sqlstate.as_str() {
        "42501" => {
            "give the role USAGE on the history's schema and SELECT on its tables, or, for its first run, CREATE on the database"
        }
        // Only names of ours are in what is read.
        "22021" | "22P05" => {
            "if client_encoding is not UTF8, `RESET client_encoding`; else a name, or a row of the history, holds what the database's encoding does not"
        }
        other => remedy(other).unwrap_or("look at the server's log"),
    };
    let mut diagnostic = Diagnostic::new(
        Code::HistoryRefused,
        format!("the history: {}", server.message),
    )
    .sqlstate(&server.sqlstate);
    for note in server.detail.iter().chain(&server.hint) {
        diagnostic = diagnostic.note(note);
    }
    Error::new(diagnostic.note(server.nothing_was_done()).help(help)).with_server(server)
}

/// What the server says of a column that is gone or is of another type: no such column, no such
/// function or operator for the type, no conversion.
const ALTERED: [&str; 4] = ["42703", "42883", "42804", "42846"];

fn altered(server: ServerError) -> Error {
    Error::new(
        Diagnostic::new(
            Code::Drift,
            format!(
                "the history's tables are not as they were made: {}",
                server.message
            ),
        )
        .sqlstate(&server.sqlstate)
        .note("their columns were altered by hand; nothing was done")
        .help("undo that, or restore the tables from a backup")
        .help(
            "or drop the history's schema, and stamp the revision that the database is really at",
        ),
    )
    .with_server(server)
}

/// Refuses a name that the server would cut: two that begin alike would be one schema, under two
/// locks (section "Identifiers and Key Words").
fn whole(schema: &str) -> Result<()> {
    const LONGEST: usize = 63;
    if schema.len() <= LONGEST {
        return Ok(());
    }
    Err(Error::new(
        Diagnostic::new(
            Code::HistoryRefused,
            format!("the schema's name `{schema}` is longer than {LONGEST} bytes"),
        )
        .note("the server would cut it; nothing was done")
        .help("choose a shorter one"),
    ))
}

fn wrongly_read(encoding: &str) -> Error {
    Error::new(
        Diagnostic::new(
            Code::HistoryRefused,
            format!("the connection's client_encoding is {encoding}, and scripts are UTF8"),
        )
        .note("the server would read other characters than were written; nothing was done")
        .help("`RESET client_encoding` first: a driver connects with UTF8"),
    )
}

fn open_transaction() -> Error {
    Error::new(
        Diagnostic::new(Code::OpenTransaction, "the connection is inside a transaction that you opened")
            .note("a run commits, which would commit your rows too; nothing was done, and your transaction is as it was")
            .help("commit or roll back first, or give the run a connection of its own"),
    )
}
