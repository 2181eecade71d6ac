//! Carrying out a run, or printing what it would send.

use std::sync::{Mutex, PoisonError};

use clap::{Arg, ArgAction, ArgMatches, Command};
use samokoder_migrate_core::{Code, Diagnostic};

use super::{
    arguments::{with_database, with_dir, with_run, with_seeds, with_set},
    checks::with_checks,
    database,
    exit::Exit,
    folders::Folders,
    interrupt, psql,
    stop::Stop,
    terminal::Terminal,
};
use crate::{
    driver::Interruptible, engine::Preview, event::Event, revision::Point, set::Set, verb::Run,
};

/// Adds `--dry-run`.
pub(super) fn with_dry_run(command: Command) -> Command {
    command.arg(
        Arg::new("dry-run")
            .long("dry-run")
            .action(ArgAction::SetTrue)
            .help("Print the scripts that would run, for psql, and run nothing"),
    )
}

/// Adds what every run has that loads no seeds, and says how it ends.
pub(super) fn with_all(command: Command, example: &str) -> Command {
    let command = with_database(with_set(with_seeds(with_dir(with_checks(command)))));
    with_run(with_dry_run(command)).after_help(help(example))
}

/// Returns what stands at the end of a run's help.
pub(super) fn help(example: &str) -> String {
    format!(
        "Example: DATABASE_URL=postgres://localhost/app samokoder-migrate {example}\n\n\
         Exit status: 0 done or nothing to do, 1 failed, 2 wrong use, 3 another run is at work."
    )
}

/// Whether a run says beforehand what it will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Announce {
    Steps,
    Nothing,
}

/// Checks the folders, makes a run of the set in them, and carries it out on the database.
///
/// `run` is called once or twice with the same set, and must make the same run.
pub(super) fn carry_out(
    matches: &ArgMatches,
    terminal: Terminal,
    announce: Announce,
    run: impl for<'s> Fn(&'s Set) -> Result<Run<'s, Point>, Stop>,
) -> Result<Exit, Stop> {
    let set = Folders::of(matches).set(matches, terminal)?;
    let planned = run(&set)?;
    let mut client = database::connect(matches)?;
    if matches.get_flag("dry-run") {
        return print(&planned.dry_run().on(&mut client)?, terminal);
    }
    if announce == Announce::Steps {
        let preview = run(&set)?.dry_run().on(&mut client)?;
        if !preview.steps().is_empty() {
            terminal.say(&format!("will do:\n{}", indented(&preview.to_string())));
        }
    }
    let interrupt = interrupt::on_signal(client.cancel(), terminal);
    let mut connection = Interruptible::new(&mut client, interrupt.clone());
    let planned = planned.on_event(tells(terminal));
    let again = matches.clone();
    let _watcher = planned.watcher(move || database::connect(&again).ok());
    match planned.on(&mut connection) {
        Ok(report) => {
            terminal.print(&format!("{report}\n"))?;
            Ok(Exit::Done)
        }
        Err(error) if interrupt.is_raised() && error.code() != Code::Busy => {
            Err(error.map(interrupted).into())
        }
        Err(error) => Err(error.into()),
    }
}

/// Returns what says whom a run waits for, once for each, how far an index is, in tenths, and that a
/// step is tried again.
fn tells(terminal: Terminal) -> impl Fn(&Event<'_>) + Send + Sync + 'static {
    let last = Mutex::new(None);
    let told = Mutex::new(None);
    move |event| match event {
        Event::Building { holder, progress } => {
            let tenth = progress.done.saturating_mul(10).checked_div(progress.total);
            let now = Some((holder.pid.clone(), progress.phase.clone(), tenth));
            let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
            if *told != now {
                terminal.say(&format!("{}: {progress}", holder.application));
                *told = now;
            }
        }
        Event::Waiting {
            holder: Some(holder),
            ..
        } => {
            let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
            if last.as_ref() != Some(&holder.pid) {
                terminal.say(&format!("waiting for {holder}"));
                *last = Some(holder.pid.clone());
            }
        }
        Event::Retrying {
            subject, attempt, ..
        } => terminal.say(&format!("{subject} lost a lock; attempt {attempt}")),
        _ => {}
    }
}

/// Says that the run was interrupted; then there is nothing to mend.
fn interrupted(diagnostic: Diagnostic) -> Diagnostic {
    let mends = |help: &String| help.starts_with("mend ");
    let diagnostic = diagnostic.note("the run was interrupted");
    if diagnostic.help_lines().iter().any(mends) {
        diagnostic
            .without_help()
            .help("run again: it goes on where this one ended")
    } else {
        diagnostic
    }
}

fn print(preview: &Preview, terminal: Terminal) -> Result<Exit, Stop> {
    for warning in preview.warnings() {
        terminal.say(&format!("warning: {warning}"));
    }
    terminal.say(preview.to_string().trim_end());
    if !preview.scripts().is_empty() {
        terminal.print(&psql::script(preview.scripts()))?;
    }
    Ok(Exit::Done)
}

fn indented(lines: &str) -> String {
    let lines: Vec<String> = lines.lines().map(|line| format!("  {line}")).collect();
    lines.join("\n")
}
