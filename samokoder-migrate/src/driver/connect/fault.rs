//! What is wrong with a connection string, without showing it.

/// What is wrong with a connection string; it shows neither the string nor its password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It cannot be read.
    Unreadable,
    /// It can, and asks for something that cannot be done.
    Refused {
        message: String,
        help: Option<String>,
    },
}

impl Fault {
    pub(in crate::driver) fn refused(message: impl Into<String>) -> Self {
        Self::Refused {
            message: message.into(),
            help: None,
        }
    }

    pub(in crate::driver) fn with_help(self, advice: impl Into<String>) -> Self {
        match self {
            Self::Refused { message, .. } => Self::Refused {
                message,
                help: Some(advice.into()),
            },
            Self::Unreadable => Self::Unreadable,
        }
    }
}
