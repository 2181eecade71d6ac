//! `lock`: writes down what has been released.

use std::{fs, io, path::Path, sync::Arc};

use clap::{Arg, ArgMatches, Command};
use samokoder_migrate_core::{
    SourceFile,
    check::{Checked, Options, check},
    folder::{Content, Folder},
    lock::{self, Lock},
};

use super::{
    Subcommand,
    arguments::with_dir,
    checks::{options, with_checks},
    exit::Exit,
    folders,
    stop::Stop,
    terminal::Terminal,
};

pub(super) const SUBCOMMAND: Subcommand = Subcommand { define, run };

fn define() -> Command {
    let command = Command::new("lock")
        .about("Writes migrations.lock: what is released, which nobody may edit any more")
        .arg(
            Arg::new("accept-downgrades")
                .long("accept-downgrades")
                .value_name("REASON")
                .value_parser(reason)
                .help("Lock also what has no downgrade or a broken one: it is never run"),
        );
    with_checks(with_dir(command)).after_help(
        "Example: samokoder-migrate lock --accept-downgrades \"written before we checked them\"\n\n\
         What is locked already stays as it is; new migrations are added.\n\
         Exit status: 0 locked or nothing to lock, 1 the folder has errors, 2 wrong use.",
    )
}

fn run(matches: &ArgMatches, terminal: Terminal) -> Result<Exit, Stop> {
    let dir = matches
        .get_one::<std::path::PathBuf>("dir")
        .cloned()
        .unwrap_or_default();
    let folder = folders::read(&dir)?;
    let before = parse(&folder)?;
    let options = options(matches);
    let checked = check(&folder, None, &options);
    let after = match matches.get_one::<String>("accept-downgrades") {
        Some(reason) => accepting(&folder, &before, &checked, &options, reason)?,
        None => match &checked.history {
            Some(history) => before.clone().extend(history),
            None => return Err(refused(&folder, &before, checked, &options)),
        },
    };
    if after == before {
        terminal.print("nothing to lock\n")?;
        return Ok(Exit::Done);
    }
    let path = dir.join(lock::FILE);
    replace(&path, &after.to_string()).map_err(|error| {
        Stop::failed(format!("`{}` cannot be written: {error}", path.display()))
    })?;
    terminal.print(&news(&before, &after))?;
    Ok(Exit::Done)
}

/// Locks what there is, accepting each downgrade that is broken; all else must be right.
fn accepting(
    folder: &Folder,
    before: &Lock,
    checked: &Checked,
    options: &Options,
    reason: &str,
) -> Result<Lock, Stop> {
    let after = checked.broken_downgrades.iter().fold(
        before.clone().extend_with(checked.upgrades.iter().cloned()),
        |lock, label| lock.accept(label, reason),
    );
    let locked = folder.clone().file(lock::FILE, after.to_string());
    let checked = check(&locked, None, options);
    if checked.history.is_some() {
        Ok(after)
    } else {
        Err(Stop::refused(checked.diagnostics))
    }
}

/// Refuses to lock what has errors; says so where accepting the downgrades would be enough.
fn refused(folder: &Folder, before: &Lock, checked: Checked, options: &Options) -> Stop {
    let enough = accepting(folder, before, &checked, options, "accepted").is_ok();
    if enough {
        Stop::refused_but(
            checked.diagnostics,
            "all of them are in downgrades: `lock --accept-downgrades REASON` locks those as they are, never to be run",
        )
    } else {
        Stop::refused(checked.diagnostics)
    }
}

fn parse(folder: &Folder) -> Result<Lock, Stop> {
    let bytes = match folder.get(lock::FILE).map(|entry| &entry.content) {
        None => return Ok(Lock::default()),
        Some(Content::File(bytes)) => bytes,
        Some(_) => {
            return Err(Stop::failed(format!(
                "`{}` cannot be read",
                folder.shown(lock::FILE)
            )));
        }
    };
    let text = String::from_utf8_lossy(bytes);
    let file = Arc::new(SourceFile::new(folder.shown(lock::FILE), &text));
    lock::parse(&file).map_err(|findings| Stop::refused(findings.into_iter().collect()))
}

/// Says what is locked that was not.
fn news(before: &Lock, after: &Lock) -> String {
    let mut text = String::new();
    for line in after.lines() {
        let old = before.lines().iter().find(|old| old.label == line.label);
        if old.is_none() {
            text.push_str(&format!("locked {}\n", line.label));
        }
        let accepted = old.and_then(|old| old.accepted.as_ref());
        if let Some(reason) = line
            .accepted
            .as_ref()
            .filter(|reason| Some(*reason) != accepted)
        {
            text.push_str(&format!(
                "accepted the downgrade of {}: {reason}\n",
                line.label
            ));
        }
    }
    text
}

/// Puts a file in the place of another in one go, so that nobody reads half of it.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let scratch = path.with_file_name(format!(".{}.{}", lock::FILE, std::process::id()));
    fs::write(&scratch, text)
        .and_then(|()| fs::rename(&scratch, path))
        .inspect_err(|_| drop(fs::remove_file(&scratch)))
}

fn reason(text: &str) -> Result<String, String> {
    if text.trim().is_empty() {
        return Err("a reason has at least one word".to_owned());
    }
    Ok(text.trim().to_owned())
}
