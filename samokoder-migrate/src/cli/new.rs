//! `new`: the files of a migration, to be written.

use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
};

use clap::{Arg, ArgMatches, Command};
use samokoder_migrate_core::{
    Version,
    folder::Folder,
    layout::{self, Found, Layout, Listing, next_version},
};

use super::{
    Subcommand, arguments::with_dir, exit::Exit, folders, stop::Stop, terminal::Terminal, time::Utc,
};

pub(super) const SUBCOMMAND: Subcommand = Subcommand { define, run };

/// The version of a folder's first migration.
const FIRST: &str = "001";

/// The versions that are read as times: 14 digits, year to second.
const TIMES: std::ops::Range<i64> = 19_700_101_000_000..100_000_000_000_000;

fn define() -> Command {
    let command = Command::new("new")
        .about("Writes the files of a new migration, which `check` refuses until they are filled")
        .arg(
            Arg::new("name")
                .value_name("NAME")
                .required(true)
                .help("What it does, such as add_user_preferences"),
        );
    with_dir(command).after_help(
        "Example: samokoder-migrate new \"add user preferences\"\n\n\
         The version is the next number, or the time in UTC where the others are times.\n\
         Exit status: 0 written, 1 failed, 2 wrong use.",
    )
}

fn run(matches: &ArgMatches, terminal: Terminal) -> Result<Exit, Stop> {
    let dir = matches
        .get_one::<PathBuf>("dir")
        .cloned()
        .unwrap_or_default();
    let title = matches.get_one::<String>("name").map_or("", String::as_str);
    let name = fit(title)?;
    let listing = layout::read(&existing(&dir)?);
    if let Some(found) = listing.found.iter().find(|found| found.name == name) {
        return Err(Stop::usage(format!(
            "a migration is called `{name}` already: {}",
            found.label
        )));
    }
    let version = version(listing.found.last(), Utc::now())?;
    let files = files(&listing, &version, &name, title.trim());
    for (path, text) in &files {
        let path = dir.join(path);
        write(&path, text).map_err(|error| cannot(&path, &error))?;
        terminal.print(&format!("{}\n", path.display()))?;
    }
    terminal.say("write both directions; `samokoder-migrate check` says whether they are right");
    Ok(Exit::Done)
}

/// Reads the folder; one that is not there holds nothing yet.
fn existing(dir: &Path) -> Result<Folder, Stop> {
    if dir.try_exists().is_ok_and(|exists| !exists) {
        return Ok(Folder::default());
    }
    folders::read(dir)
}

/// Makes a name of what a migration does: letters, digits and `_`.
fn fit(title: &str) -> Result<String, Stop> {
    let words: Vec<&str> = title
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    if words.is_empty() {
        return Err(Stop::usage(format!("`{title}` is not a name"))
            .help("say what the migration does, such as add_user_preferences"));
    }
    Ok(words.join("_"))
}

/// Returns the version that follows the last migration's, in its manner.
fn version(last: Option<&Found>, now: Utc) -> Result<String, Stop> {
    let Some(last) = last else {
        return Ok(FIRST.to_owned());
    };
    let next = next_version(&last.label, last.version).map(|(text, _)| text);
    let text = if TIMES.contains(&last.version.number()) {
        // A version of the same length stands for the shape: the clock's digits, with its dashes.
        let digits = now.digits();
        digits
            .parse::<i64>()
            .ok()
            .filter(|number| *number > last.version.number())
            .and_then(|number| next_version(&last.label, Version::new(number - 1)))
            .map(|(text, _)| text)
            .or(next)
    } else {
        next
    };
    text.ok_or_else(|| {
        Stop::usage(format!("no version can follow that of {}", last.label))
            .help("versions have at most 18 digits")
    })
}

fn files(listing: &Listing, version: &str, name: &str, title: &str) -> [(String, String); 2] {
    let label = format!("{version}_{name}");
    let paths = match listing.layout {
        Some(Layout::Diesel) => ["up", "down"].map(|way| format!("{label}/{way}.sql")),
        Some(Layout::Refinery) => {
            ["sql", "down.sql"].map(|way| format!("V{version}__{name}.{way}"))
        }
        _ => ["up", "down"].map(|way| format!("{label}.{way}.sql")),
    };
    let title: String = title
        .chars()
        .map(|character| {
            if character.is_control() {
                ' '
            } else {
                character
            }
        })
        .collect();
    let [up, down] = paths;
    [
        (up, format!("-- {title}\n\n")),
        (
            down,
            format!(
                "-- Takes back {label}: write how below, and remove the next line;\n\
                 -- or say in it why there is no way back.\n\
                 -- samokoder: irreversible \"\"\n\n"
            ),
        ),
    ]
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut file = fs::File::create_new(path)?;
    file.write_all(text.as_bytes())
}

fn cannot(path: &Path, error: &io::Error) -> Stop {
    Stop::failed(format!("`{}` cannot be written: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use samokoder_migrate_core::{folder::Folder, layout};

    use super::{Utc, fit, version};

    fn next(labels: &[&str], now: u64) -> String {
        let folder = labels.iter().fold(Folder::new("m"), |folder, label| {
            folder.file(format!("{label}/up.sql"), "SELECT 1")
        });
        version(layout::read(&folder).found.last(), Utc::at(now)).unwrap()
    }

    #[test]
    fn the_next_number_is_as_wide_as_the_last() {
        assert_eq!(next(&[], 0), "001");
        assert_eq!(next(&["001_a", "009_b"], 0), "010");
        assert_eq!(next(&["0099_a"], 0), "0100");
        assert_eq!(next(&["9_a"], 0), "10");
    }

    #[test]
    fn times_are_followed_by_the_time_in_their_manner() {
        let now = 951_868_800;
        assert_eq!(next(&["19990101000000_a"], now), "20000301000000");
        assert_eq!(next(&["1999-01-01-000000_a"], now), "2000-03-01-000000");
        assert_eq!(
            next(&["1999-01-01-000000-0000_a"], now),
            "2000-03-01-000000-0000"
        );
    }

    #[test]
    fn a_clock_that_is_behind_does_not_overtake() {
        assert_eq!(next(&["20300101000000_a"], 0), "20300101000001");
        assert_eq!(next(&["20000301000000_a"], 951_868_800), "20000301000001");
    }

    #[test]
    fn a_name_is_made_fit() {
        assert_eq!(
            fit(" add user-preferences! ").unwrap(),
            "add_user_preferences"
        );
        assert_eq!(fit("../a/б").unwrap(), "a_б");
        assert!(fit(" / ").is_err());
    }
}
