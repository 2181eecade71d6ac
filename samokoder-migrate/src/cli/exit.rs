//! How the command ends.

use std::process::ExitCode;

/// How the command ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    /// All was done, or there was nothing to do.
    Done,
    /// Something failed, or errors were found.
    Failed,
    /// It was called in a way that makes no sense.
    Misused,
    /// Another run is at work.
    Busy,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::Misused => 2,
            Exit::Busy => 3,
        })
    }
}
