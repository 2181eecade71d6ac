//! Why a command ended before it had done what it was asked.

use std::io;

use samokoder_migrate_core::{
    Code, Diagnostic, Diagnostics,
    diagnostic::{Style, render},
};

use super::{exit::Exit, format, terminal::Terminal};
use crate::Error;

/// Why a command ended before it had done what it was asked.
#[derive(Debug)]
pub(super) enum Stop {
    /// The arguments are not those of a command; the text is clap's.
    Arguments(clap::Error),
    /// What the arguments name is not there, or makes no sense.
    Usage(Usage),
    /// The folders were checked, and hold errors: nothing else was done.
    Refused(Box<Refused>),
    /// What was asked could not be done, though it makes sense.
    Failed(String),
    /// A run failed.
    Run(Box<Error>),
    /// What was found could not be written.
    Output(io::Error),
}

/// What the checks found, and what would let it pass as it is.
#[derive(Debug)]
pub(super) struct Refused {
    diagnostics: Diagnostics,
    way_out: Option<&'static str>,
}

/// What makes no sense, and what would.
#[derive(Debug, Default)]
pub(super) struct Usage {
    message: String,
    help: Vec<String>,
}

impl Stop {
    /// Says what makes no sense.
    pub(super) fn usage(message: impl Into<String>) -> Self {
        Self::Usage(Usage {
            message: message.into(),
            help: Vec::new(),
        })
    }

    /// Says what the checks found.
    pub(super) fn refused(diagnostics: Diagnostics) -> Self {
        Self::Refused(Box::new(Refused {
            diagnostics,
            way_out: None,
        }))
    }

    /// Says what the checks found, and what would let it pass as it is.
    pub(super) fn refused_but(diagnostics: Diagnostics, way_out: &'static str) -> Self {
        Self::Refused(Box::new(Refused {
            diagnostics,
            way_out: Some(way_out),
        }))
    }

    /// Says what could not be done.
    pub(super) fn failed(message: impl Into<String>) -> Self {
        Self::Failed(message.into())
    }

    /// Adds what to do.
    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        if let Self::Usage(usage) = &mut self {
            usage.help.push(help.into());
        }
        self
    }

    /// Tells it on stderr, and says how the command ends.
    pub(super) fn show(&self, terminal: Terminal) -> Exit {
        match self {
            Self::Arguments(error) => {
                terminal.say(error.to_string().trim_end());
                Exit::Misused
            }
            Self::Usage(usage) => {
                terminal.say(&usage.to_string());
                Exit::Misused
            }
            Self::Refused(refused) => {
                terminal.say(&format::human(&refused.diagnostics, terminal.err));
                terminal.say("nothing was done: the folder has errors");
                if let Some(way_out) = refused.way_out {
                    terminal.say(way_out);
                }
                Exit::Failed
            }
            Self::Failed(message) => {
                terminal.say(&format!("error: {message}"));
                Exit::Failed
            }
            Self::Run(error) => {
                if let Some(report) = error.report().filter(|report| !report.is_noop()) {
                    terminal.say(&format!("{report}\n"));
                }
                terminal.say(&rendered(error, terminal.err));
                if error.code() == Code::Busy {
                    Exit::Busy
                } else {
                    Exit::Failed
                }
            }
            Self::Output(error) => {
                terminal.say(&format!("error: the output cannot be written: {error}"));
                Exit::Failed
            }
        }
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Run(Box::new(error))
    }
}

impl std::fmt::Display for Usage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "error: {}", self.message)?;
        for help in &self.help {
            write!(f, "\n  = help: {help}")?;
        }
        Ok(())
    }
}

/// Draws an error, with help in the words of the command: the engine's are those of a program.
fn rendered(error: &Error, style: Style) -> String {
    let Some(help) = help(error.code()) else {
        return render(error.diagnostic(), style);
    };
    let diagnostic = error.diagnostic().clone().without_help();
    render(
        &help.iter().fold(diagnostic, |diagnostic, help| {
            Diagnostic::help(diagnostic, *help)
        }),
        style,
    )
}

fn help(code: Code) -> Option<&'static [&'static str]> {
    Some(match code {
        Code::WouldGoDown => &[
            "`samokoder-migrate down REVISION` goes down, and so does `up REVISION --allow-downgrade`",
        ],
        Code::NotBelow => {
            &["`samokoder-migrate up REVISION` goes up; `down base` takes back all that is applied"]
        }
        Code::Busy => &["wait for it, or give `--wait` more time"],
        Code::Untrusted => {
            &["drop what was planted, or name the role that may own it: `--trust ROLE`"]
        }
        Code::Connect => &["is the server up, and is the URL right?"],
        Code::NoSession => &[
            "connect to the server itself, or to the pooler's session port (Supabase: 5432 instead of 6543)",
        ],
        Code::NewerDatabase => {
            &["are these files stale? run it where the migrations are that the database has"]
        }
        _ => return None,
    })
}
