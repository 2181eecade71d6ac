//! What went wrong with a throwaway server.

use std::{fmt, process::Command, sync::Arc};

/// A failure to find, start or use a throwaway server.
///
/// `Display`, and `Debug` for the sake of `unwrap` and `main`, show what failed, the command, the
/// end of its output and what to do, each on lines of its own.
#[derive(Clone)]
pub struct Error {
    parts: Arc<Parts>,
}

#[derive(Clone)]
struct Parts {
    what: String,
    command: Option<String>,
    output: Option<String>,
    help: Option<String>,
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

/// How many of a command's last lines an error shows.
const TAIL: usize = 20;

impl Error {
    pub(super) fn new(what: impl Into<String>) -> Self {
        let what = what.into();
        Self {
            parts: Arc::new(Parts {
                what,
                command: None,
                output: None,
                help: None,
                source: None,
            }),
        }
    }

    /// An error of reading or writing at `path`.
    pub(super) fn io(doing: &str, path: &std::path::Path, source: std::io::Error) -> Self {
        Self::new(format!("cannot {doing} {}", path.display())).because(source)
    }

    pub(super) fn because(self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.with(|parts| parts.source = Some(Arc::new(source)))
    }

    pub(super) fn command(self, command: &Command) -> Self {
        self.with(|parts| parts.command = Some(command_line(command)))
    }

    /// Keeps the last lines of `output`.
    pub(super) fn output(self, output: &str) -> Self {
        let lines: Vec<&str> = output.trim_end().lines().collect();
        let tail = lines
            .get(lines.len().saturating_sub(TAIL)..)
            .unwrap_or_default()
            .join("\n");
        self.with(|parts| parts.output = (!tail.is_empty()).then_some(tail))
    }

    pub(super) fn help(self, help: impl Into<String>) -> Self {
        self.with(|parts| parts.help = Some(help.into()))
    }

    fn with(mut self, change: impl FnOnce(&mut Parts)) -> Self {
        change(Arc::make_mut(&mut self.parts));
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Parts {
            what,
            command,
            output,
            help,
            source,
        } = &*self.parts;
        f.write_str(what)?;
        let mut cause = source
            .as_ref()
            .map(|source| &**source as &dyn std::error::Error);
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        if let Some(command) = command {
            write!(f, "\n  command: {command}")?;
        }
        if let Some(output) = output {
            f.write_str("\n  output:")?;
            output
                .lines()
                .try_for_each(|line| write!(f, "\n    {line}"))?;
        }
        if let Some(help) = help {
            write!(f, "\n  help: {help}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

// The cause is part of `Display`, so it is not a `source` as well: a reporter that prints the
// chain would say it twice.
impl std::error::Error for Error {}

/// Writes a command as one would type it.
fn command_line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let words = words.map(|word| {
        let word = word.to_string_lossy();
        let plain = |c: char| c.is_alphanumeric() || "-_=./:@+,".contains(c);
        if !word.is_empty() && word.chars().all(plain) {
            word.into_owned()
        } else {
            format!("'{}'", word.replace('\'', r"'\''"))
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::Error;

    #[test]
    fn shows_command_output_and_help_on_lines_of_their_own() {
        let error = Error::new("initdb failed")
            .because(std::io::Error::other("exit status: 1"))
            .command(Command::new("initdb").args(["-D", "/tmp/a b", "-c", "it's"]))
            .output("one\ntwo\n")
            .help("do this");
        let shown = "initdb failed: exit status: 1\n  command: initdb -D '/tmp/a b' -c 'it'\\''s'\n  \
                     output:\n    one\n    two\n  help: do this";
        assert_eq!(error.to_string(), shown);
        assert_eq!(format!("{error:?}"), shown);
    }

    #[test]
    fn keeps_the_last_lines_of_a_long_output() {
        let output: Vec<String> = (0..100).map(|n| format!("line {n}")).collect();
        let shown = Error::new("failed").output(&output.join("\n")).to_string();
        assert!(
            shown.ends_with("line 99") && shown.contains("line 80\n") && !shown.contains("line 79"),
            "{shown}"
        );
    }
}
