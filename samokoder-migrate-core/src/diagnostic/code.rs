//! The codes: the one list of what can be found.

use std::{fmt, str::FromStr};

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Severity {
    /// The build or the run fails.
    Error,
    /// It goes on.
    Warning,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

macro_rules! codes {
    ($($number:literal $name:ident $severity:ident $title:literal;)*) => {
        /// What was found; `Display` writes `SM` and four digits, and numbers are never used again.
        ///
        /// The first two digits are the stage: 00 arguments, 01 files and names, 02 SQL text,
        /// 03 history and lock, 04 catalog, 05 safety rules, 06 plan, 07 run, 08 drift.
        /// `samokoder-migrate explain CODE` prints the cause, a broken example and the mended one.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = concat!("`SM", $number, "`: ", $title, ".")] $name,)*
        }

        impl Code {
            /// All codes, in order.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// Returns the code as it is printed, such as `SM0201`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => concat!("SM", $number),)* }
            }

            /// Returns what the code stands for, in a few words.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }

            /// Returns the severity that its findings have.
            #[must_use]
            pub const fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity,)* }
            }
        }

        /// Returns the page of a code in Markdown: its cause, a broken example, the mended one.
        #[cfg(feature = "check")]
        #[must_use]
        pub const fn explain(code: Code) -> &'static str {
            match code {
                $(Code::$name => include_str!(concat!("../../explain/SM", $number, ".md")),)*
            }
        }
    };
}

codes! {
    "0001" Arguments Error "the macro's arguments are not understood";
    "0002" FolderMissing Error "the folder is not there";
    "0003" NotWatched Warning "the build does not watch the folder, so a new file would go unnoticed";

    "0101" NotUtf8 Error "a file is not UTF-8 text";
    "0102" FileName Error "a file's name is not that of a migration";
    "0103" DuplicateVersion Error "two migrations have one version";
    "0104" OrphanDowngrade Error "a downgrade has no upgrade";
    "0105" NoDowngrade Error "a migration has no downgrade";
    "0106" EmptyDowngrade Error "a downgrade has no statement";
    "0107" EmptyFolder Error "the folder holds no migration";
    "0108" VersionRange Error "a version has more than 18 digits";
    "0109" Unreadable Error "a file cannot be read";
    "0110" SeedName Error "a seed's name does not fit";
    "0111" MixedLayouts Error "a folder mixes two layouts";
    "0112" Metadata Error "a metadata.toml is not understood";
    "0113" SeedRows Error "a seed's file of rows is not as it must be";

    "0201" SyntaxError Error "PostgreSQL refuses the statement's syntax";
    "0202" PsqlCommand Error "a psql command is not SQL";
    "0203" CopyFromStdin Error "a script cannot send rows to COPY, nor take them";
    "0204" NulByte Error "a script holds a NUL byte or a character that no one sees";
    "0205" Template Error "a template was not filled in";
    "0206" TransactionControl Error "a script controls the transaction that the runner owns";
    "0207" OutsideTransaction Error "a statement cannot run inside a transaction";
    "0208" NewerSyntax Error "the syntax is newer than the oldest server that must take it";
    "0209" UnknownDirective Error "a directive is not understood";
    "0210" MissingReason Error "a directive does not give its reason";
    "0211" UnusedAllow Error "an allow allows nothing";

    "0301" LockedEdited Error "a locked migration was edited";
    "0302" LockedRemoved Error "a locked migration is gone";
    "0303" BeforeLocked Error "a new migration comes before a locked one";
    "0304" LockSyntax Error "the lock file is not understood";
    "0305" LockedWithoutDowngrade Warning "locked migrations have no downgrade and count as irreversible";
    "0306" UnusedAcceptance Error "the lock file accepts a downgrade that has no fault";

    "0401" NameMissing Error "a statement names what does not exist";
    "0402" NameTaken Error "a statement makes what exists already";
    "0403" StillNeeded Error "a statement drops what something else needs";
    "0404" DoesNotFit Error "a statement does not fit what is there";
    "0405" LeftBehind Error "a downgrade leaves behind what its upgrade made";
    "0406" NotRestored Error "a downgrade does not restore what its upgrade dropped";
    "0407" LeftChanged Error "a downgrade leaves changed what its upgrade changed";
    "0408" ExpressionDiffers Warning "a downgrade restores an expression with another text";
    "0409" NotRepeatable Error "an upgrade cannot run again after its downgrade";

    "0501" SeedNotRepeatable Warning "a seed inserts rows that a second run would insert again";

    "0601" WouldGoDown Error "the target is below the revision that the database is at";
    "0602" Irreversible Error "a migration on the way down is irreversible";
    "0603" Diverged Error "the database's history is not this build's";
    "0604" NewerDatabase Error "the database is ahead of this build";
    "0605" UnknownRevision Error "no revision has that name";
    "0606" InDoubt Error "a script outside a transaction was interrupted, and its outcome is not known";
    "0607" NotBelow Error "the target is above the revision that the database is at";
    "0608" NotAtHead Error "a seed runs at head only";
    "0609" SeedFile Error "a seed's file of rows cannot be loaded";

    "0701" StatementFailed Error "the server refused a statement";
    "0702" Busy Error "another run is at work";
    "0703" OpenTransaction Error "the connection is inside a transaction of its owner";
    "0704" Untrusted Error "the history belongs to a role that is not trusted";
    "0705" ConnectionLost Error "the connection to the server failed";
    "0706" HistoryRefused Error "the server refused to read or write the history";
    "0707" Connect Error "there is nothing to connect to";
    "0708" BlockingInAsync Error "a blocking connection was used inside an async runtime";
    "0709" HistoryMoved Error "the history changed while it was being worked on";
    "0710" DeadlinePassed Error "the time given to the run is over";
    "0711" NoSession Error "a pooler does not keep the session that a script needs";

    "0801" Drift Error "the history table was altered by hand";
    "0802" ForeignHistory Error "another tool's history is not the beginning of this build's";
    "0803" ForeignRunner Error "another tool cannot run a migration of this build";
}

impl Code {
    /// Returns its stage, the first two digits: `04` of `SM0401`.
    #[must_use]
    pub fn stage(self) -> &'static str {
        self.as_str().get(2..4).unwrap_or_default()
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that is no code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownCode;

impl fmt::Display for UnknownCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a code is SM and four digits, such as SM0201")
    }
}

impl std::error::Error for UnknownCode {}

impl FromStr for Code {
    type Err = UnknownCode;

    /// Reads `SM0201`, in either case.
    fn from_str(text: &str) -> Result<Self, UnknownCode> {
        Self::ALL
            .iter()
            .copied()
            .find(|code| code.as_str().eq_ignore_ascii_case(text))
            .ok_or(UnknownCode)
    }
}

#[cfg(test)]
mod tests {
    use super::Code;

    #[test]
    fn codes_are_sorted_and_read_back() {
        assert!(
            Code::ALL
                .windows(2)
                .all(|pair| pair[0].as_str() < pair[1].as_str())
        );
        for code in Code::ALL {
            assert_eq!(code.as_str().to_lowercase().parse(), Ok(*code));
        }
    }
}
