//! What the command writes, and in which colours.

use std::{
    env,
    ffi::OsStr,
    io::{self, IsTerminal, Write},
};

use samokoder_migrate_core::diagnostic::Style;

use super::stop::Stop;

/// The two streams that the command writes to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terminal {
    /// How findings are drawn on stdout.
    pub(super) out: Style,
    /// How they are drawn on stderr.
    pub(super) err: Style,
}

impl Terminal {
    /// Looks at what the streams are: colours are for terminals that want them.
    pub(super) fn detect() -> Self {
        let (no_color, term) = (env::var_os("NO_COLOR"), env::var_os("TERM"));
        let wish = Wish {
            no_color: no_color.as_deref(),
            term: term.as_deref(),
        };
        Self {
            out: wish.style(io::stdout().is_terminal()),
            err: wish.style(io::stderr().is_terminal()),
        }
    }

    /// Writes to stdout.
    ///
    /// A reader that has seen enough, such as `head`, is no error.
    #[expect(clippy::unused_self, reason = "whoever writes is given the terminal")]
    pub(super) fn print(self, text: &str) -> Result<(), Stop> {
        let mut stdout = io::stdout().lock();
        let written = stdout
            .write_all(text.as_bytes())
            .and_then(|()| stdout.flush());
        match written {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Stop::Output(error)),
            _ => Ok(()),
        }
    }

    /// Writes a line to stderr; there is nowhere to say that it cannot be written.
    #[expect(clippy::unused_self, reason = "whoever writes is given the terminal")]
    pub(super) fn say(self, line: &str) {
        let mut stderr = io::stderr().lock();
        drop(stderr.write_all(format!("{line}\n").as_bytes()));
    }
}

/// What the environment wishes.
struct Wish<'e> {
    no_color: Option<&'e OsStr>,
    term: Option<&'e OsStr>,
}

impl Wish<'_> {
    fn style(&self, is_terminal: bool) -> Style {
        let refused = self.no_color.is_some_and(|value| !value.is_empty())
            || self.term.is_some_and(|term| term == "dumb");
        if is_terminal && !refused {
            Style::Coloured
        } else {
            Style::Plain
        }
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use samokoder_migrate_core::diagnostic::Style;

    use super::Wish;

    #[test]
    fn colours_are_for_terminals_that_want_them() {
        let style = |no_color: Option<&str>, term: Option<&str>, is_terminal: bool| {
            Wish {
                no_color: no_color.map(OsStr::new),
                term: term.map(OsStr::new),
            }
            .style(is_terminal)
        };
        assert_eq!(style(None, Some("xterm"), true), Style::Coloured);
        assert_eq!(style(Some(""), None, true), Style::Coloured);
        assert_eq!(style(Some("1"), Some("xterm"), true), Style::Plain);
        assert_eq!(style(None, Some("dumb"), true), Style::Plain);
        assert_eq!(style(None, Some("xterm"), false), Style::Plain);
    }
}
