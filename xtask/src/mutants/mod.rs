//! Mutants of real histories: does the check refuse what PostgreSQL refuses, and nothing else?
//!
//! Each mutant changes one script of a history that runs, and goes to a server and to the check.

mod arguments;
pub(crate) mod history;
mod kind;
mod mutate;
pub(crate) mod picture;
mod report;
mod sample;
mod source;
pub(crate) mod stage;
mod tally;
mod trial;

use std::{
    path::Path,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Instant,
};

use arguments::Arguments;
use history::History;
use sample::{Mutant, allot, sample};
use trial::{Baseline, Tried, try_all};

use crate::{Result, corpora, folder};

/// Each with a server of its own.
const WORKERS: usize = 2;
/// Mutants that one server tries: few enough that the workers end together.
const BATCH: usize = 60;

/// Makes mutants of the corpora in a folder, tries them, and fails on an error that is false.
pub(crate) fn run(args: &[&str]) -> Result {
    let arguments = Arguments::parse(args)?;
    let begun = Instant::now();
    let histories = histories(&arguments.dir)?;
    println!("histories run in {:.0} s\n", begun.elapsed().as_secs_f32());

    let begun = Instant::now();
    let mutants = mutants(&arguments, &histories);
    let mut tried = try_mutants(&histories, &mutants)?;
    tried.sort_by_key(|(_, tried)| tried.mutant.number);
    let took = begun.elapsed();
    if tried.is_empty() {
        return Err("no mutants".into());
    }

    print!(
        "{}",
        report::misses(&tried, &histories, arguments.seed, arguments.misses)
    );
    print!(
        "{}",
        report::false_errors(&tried, &histories, arguments.seed)
    );
    let (tables, all) = report::tables(&tried, &histories);
    println!("\n{tables}\n{}\n", tally::LEGEND);
    println!(
        "{} mutants tried in {:.0} s",
        tried.len(),
        took.as_secs_f32()
    );
    if all.recall() < tally::WANTED {
        println!(
            "the check finds {:.1} % of what the server refuses: less than {:.0} %",
            all.recall() * 100.0,
            tally::WANTED * 100.0
        );
    }
    match all.false_errors() {
        0 => Ok(()),
        count => Err(format!("{count} mutants with an error that the server disproves").into()),
    }
}

/// Reads all corpora, whichever are asked for: their sizes decide how many mutants each has.
fn histories(dir: &Path) -> Result<Vec<History>> {
    let mut projects = Vec::new();
    for (name, path) in corpora::folders(dir)? {
        projects.extend(folder::read(&name, &path)?);
    }
    let read = side_by_side(&projects, History::read)?;
    let mut histories = Vec::new();
    for (project, history) in projects.iter().zip(read) {
        for note in &project.notes {
            println!("{}: note: {note}", project.name);
        }
        println!(
            "{}: {} migrations, {} statements, {} downgrades lead back{}",
            history.name,
            history.steps.len(),
            history.statements,
            history.steps.iter().filter(|step| step.leads_back).count(),
            left_out(&history.refused)
        );
        if !history.steps.is_empty() {
            histories.push(history);
        }
    }
    Ok(histories)
}

fn left_out(refused: &[String]) -> String {
    let named: Vec<&str> = refused.iter().take(3).map(String::as_str).collect();
    match refused.len().saturating_sub(named.len()) {
        _ if refused.is_empty() => String::new(),
        0 => format!("; the server refuses {}", named.join(", ")),
        more => format!("; the server refuses {} and {more} more", named.join(", ")),
    }
}

/// Makes the mutants: for each history those of its share, in order of their migrations.
fn mutants(arguments: &Arguments, histories: &[History]) -> Vec<(usize, Vec<Mutant>)> {
    let mut number = 0;
    let mut all = Vec::new();
    for (at, (history, share)) in histories
        .iter()
        .zip(allot(arguments.count, histories))
        .enumerate()
    {
        let mut mutants = sample(history, share, arguments.seed);
        mutants.sort_by_key(|mutant| (mutant.step, mutant.side));
        for mutant in &mut mutants {
            number += 1;
            mutant.number = number;
        }
        if arguments
            .only
            .as_ref()
            .is_none_or(|only| is_of(&history.name, only))
        {
            all.push((at, mutants));
        }
    }
    all
}

/// Returns whether a history is a project's: the one it has, or one of several.
fn is_of(history: &str, project: &str) -> bool {
    history
        .strip_prefix(project)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn try_mutants(
    histories: &[History],
    mutants: &[(usize, Vec<Mutant>)],
) -> Result<Vec<(usize, Tried)>> {
    let baselines = side_by_side(histories, |history| Ok(Baseline::of(history)))?;
    for (at, _) in mutants {
        if let (Some(history), Some(baseline)) = (histories.get(*at), baselines.get(*at)) {
            println!(
                "{}: {} errors before any mutation",
                history.name,
                baseline.len()
            );
        }
    }
    println!();
    let batches: Vec<(usize, &[Mutant])> = mutants
        .iter()
        .flat_map(|(at, mutants)| mutants.chunks(BATCH).map(|batch| (*at, batch)))
        .collect();
    let tried = side_by_side(&batches, |(at, batch)| {
        let (history, baseline) = histories
            .get(*at)
            .zip(baselines.get(*at))
            .ok_or("no such history")?;
        try_all(history, baseline, batch)
    })?;
    Ok(batches
        .iter()
        .zip(tried)
        .flat_map(|((at, _), tried)| tried.into_iter().map(|tried| (*at, tried)))
        .collect())
}

/// Does jobs on two threads, and returns what they gave in the jobs' order, or the first error.
fn side_by_side<J: Sync, T: Send>(
    jobs: &[J],
    work: impl Fn(&J) -> Result<T> + Sync,
) -> Result<Vec<T>> {
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, std::result::Result<T, String>)>> = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(job) = jobs.get(at) else { return };
                    let result = work(job).map_err(|error| error.to_string());
                    done.lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .push((at, result));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(at, _)| *at);
    done.into_iter()
        .map(|(_, result)| result.map_err(Into::into))
        .collect()
}
