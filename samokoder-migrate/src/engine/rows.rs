//! Seeds that are files of rows: where they are, what is in them, and sending them.

use std::{collections::BTreeMap, path::PathBuf};

use samokoder_migrate_core::{Code, Diagnostic};

use super::{
    batch::{after_rows, before},
    execute::{Execution, Trouble},
    failure::standing,
    job::Job,
    port::{self, Answer, Failure, Port, Read},
    refused::Found,
    run::add,
};
use crate::{
    Digest,
    error::{Error, Result, ServerError},
    plan::{Alignment, Goal, NewerDatabase},
    query::Query,
    report::Raw,
    set::{Rows, Seed, Set},
};

/// The checksums of seeds that are files of rows, by their number.
pub(crate) type Files = BTreeMap<usize, Digest>;

/// Reads the files of the seeds that a job may run, to see which are due.
pub(super) async fn files(port: &Port, job: &Job<'_>, alignment: &Alignment) -> Result<Files> {
    let mut files = Files::new();
    let goes_on = match alignment {
        Alignment::At { .. } => true,
        Alignment::Ahead { .. } => job.newer == NewerDatabase::Downgrade,
        Alignment::Diverged { .. } | Alignment::Altered { .. } => false,
    };
    for (index, seed) in job.set.seeds().iter().enumerate() {
        let wanted = goes_on && is_wanted(job, index, seed);
        let Some(rows) = seed.rows.as_ref().filter(|_| wanted) else {
            continue;
        };
        let file = locate(job.set, job.seed_folder.as_ref(), seed, rows)?;
        let shown = file.path.display().to_string();
        let digest = match port.measure(file).await {
            Read::Whole { digest, header } if header == *rows.header => Digest::from_hex(&digest),
            Read::Whole { .. } => return Err(another_header(seed, &shown)),
            Read::Failed(why) => return Err(unreadable(&shown, &why)),
            Read::Unsupported => return Err(unsupported(seed)),
        };
        files.extend(digest.map(|digest| (index, digest)));
    }
    Ok(files)
}

/// Reads the files of a set's seeds as far as they can be read.
pub(super) async fn files_there(port: &Port, set: &Set, folder: Option<&PathBuf>) -> Files {
    let mut files = Files::new();
    for (index, seed) in set.seeds().iter().enumerate() {
        let Some(rows) = &seed.rows else { continue };
        let Ok(file) = locate(set, folder, seed, rows) else {
            continue;
        };
        if let Read::Whole { digest, .. } = port.measure(file).await {
            files.extend(Digest::from_hex(&digest).map(|digest| (index, digest)));
        }
    }
    files
}

/// Returns whether a job may come to a seed.
fn is_wanted(job: &Job<'_>, index: usize, seed: &Seed) -> bool {
    match &job.goal {
        Goal::Seed(wanted) => *wanted == index,
        Goal::RunTo(target, _) => {
            let of_all = seed.environment().is_none();
            target.resolve(job.set).0 == job.set.migrations().len()
                && (of_all || seed.environment() == job.environment.as_deref())
        }
        _ => false,
    }
}

fn locate(set: &Set, folder: Option<&PathBuf>, seed: &Seed, rows: &Rows) -> Result<port::Rows> {
    let folder = folder
        .cloned()
        .or_else(|| set.seed_folder.as_deref().map(PathBuf::from));
    match folder {
        Some(folder) => Ok(port::Rows {
            path: folder.join(&*rows.file),
            seed: seed.script.checksum,
        }),
        None => Err(Error::new(
            Diagnostic::new(
                Code::SeedFile,
                format!(
                    "nobody says where the seeds' files are, such as `{}`",
                    rows.file
                ),
            )
            .note("they are read before anything is done, and nothing was")
            .help(WHERE),
        )),
    }
}

const WHERE: &str = "say where the folder of seeds is: `.seed_files(\"path/to/seeds\")`";

fn unreadable(shown: &str, why: &str) -> Error {
    Error::new(
        Diagnostic::new(Code::SeedFile, format!("`{shown}` cannot be read: {why}"))
            .note("it is read before anything is done, and nothing was")
            .help(WHERE)
            .help("a file of rows is not embedded: put it where the program runs"),
    )
}

fn another_header(seed: &Seed, shown: &str) -> Error {
    Error::new(
        Diagnostic::new(
            Code::SeedFile,
            format!("the first line of `{shown}` is not the one that the build has seen"),
        )
        .in_path(seed.script.path())
        .note("its columns were checked when the program was built; nothing was done")
        .help("build again, or put the file there that belongs to this build"),
    )
}

fn unsupported(seed: &Seed) -> Error {
    Error::new(
        Diagnostic::new(
            Code::SeedFile,
            format!("this driver does not send files, and {} is one", seed.path),
        )
        .in_path(seed.script.path())
        .note("nothing was done")
        .help("give the run a `postgres::Client` or a `tokio_postgres::Client`"),
    )
}

impl Execution<'_, '_> {
    /// Loads a file of rows in one transaction.
    pub(super) async fn rows(&self, raw: &mut Raw, index: usize) -> Result<Answer, Trouble> {
        let step = self.plan.steps.get(index);
        let Some((step, (seed, rows))) =
            step.and_then(|step| Some((step, self.writer.loaded(step)?)))
        else {
            return Ok(Answer::default());
        };
        let file = locate(self.job.set, self.job.seed_folder.as_ref(), seed, rows)?;
        let shown = file.path.display().to_string();
        let opened = self.writer.before_rows(step, before(self.plan, index));
        self.ask(raw, index, opened.into()).await?;
        let (failure, read) = self.port.copy(self.writer.copy(step), file).await;
        match failure {
            None => {}
            Some(Failure::Lost(reason)) => return Err(Self::lost(raw, &reason).into()),
            Some(Failure::Server(server)) => {
                let line = line(&server);
                let found = Found::Rows { step: index, line };
                return Err(self.refused(raw, *server, found).await);
            }
        }
        let planned = step.checksum.map(|checksum| checksum.to_string());
        let message = match read {
            Read::Whole { digest, .. } if Some(&digest) == planned.as_ref() => {
                return self.ask(raw, index, after_rows(&self.writer, step)).await;
            }
            Read::Whole { .. } => format!("`{shown}` was changed while the run was at work"),
            Read::Failed(why) => format!("`{shown}` cannot be read any more: {why}"),
            Read::Unsupported => return Err(unsupported(seed).into()),
        };
        self.port.query("ROLLBACK").await;
        Err(Error::new(
            Diagnostic::new(Code::SeedFile, message)
                .in_path(seed.script.path())
                .note(format!("{} was rolled back", step.subject))
                .note(standing(&raw.steps, &raw.current))
                .help("run again: it goes on here"),
        )
        .into())
    }

    /// Sends a message of the step that loads rows.
    async fn ask(&self, raw: &mut Raw, index: usize, query: Query) -> Result<Answer, Trouble> {
        let answer = self.port.query(query).await;
        add(raw, answer.elapsed);
        match answer.failure {
            None => Ok(answer),
            Some(Failure::Lost(reason)) => Err(Self::lost(raw, &reason).into()),
            Some(Failure::Server(server)) => {
                let (step, line) = (index, None);
                Err(self.refused(raw, *server, Found::Rows { step, line }).await)
            }
        }
    }
}

/// Returns the line of the file that the server stopped at: `COPY samokoder_rows, line 3, column id`,
/// in whatever language it says so.
fn line(server: &ServerError) -> Option<usize> {
    let context = server.context.as_deref()?.strip_prefix("COPY ")?;
    let (_, after) = context.split_once(", ")?;
    let digits = after.trim_start_matches(|c: char| !c.is_ascii_digit());
    let end = digits
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(digits.len());
    digits.get(..end)?.parse().ok()
}
