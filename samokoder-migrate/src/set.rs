//! The embedded set: what the macro writes into a program, or the command reads from a folder.

use std::{borrow::Cow, time::Duration};

use samokoder_migrate_core::trace::Trace;

use crate::{Digest, Span, Version};

/// The schema that holds the history where nothing else is said.
pub const DEFAULT_SCHEMA: &str = "samokoder_migrate";

/// The name of a set where nothing else is said.
pub const DEFAULT_SET: &str = "main";

/// Checked migrations and seeds, ready to run; several sets live in one database side by side.
#[derive(Clone, Debug)]
pub struct Set {
    pub(crate) name: Cow<'static, str>,
    pub(crate) schema: Cow<'static, str>,
    /// The name and version of the package that it is built into, where that is known.
    pub(crate) package: [Option<&'static str>; 2],
    pub(crate) migrations: Cow<'static, [Migration]>,
    pub(crate) seeds: Cow<'static, [Seed]>,
    /// The folder that the seeds were in when the program was built, where one is a file of rows.
    pub(crate) seed_folder: Option<Cow<'static, str>>,
}

/// One migration of a set.
#[derive(Clone, Debug)]
pub struct Migration {
    pub(crate) version: Version,
    pub(crate) name: Cow<'static, str>,
    pub(crate) label: Cow<'static, str>,
    pub(crate) upgrade: Script,
    pub(crate) downgrade: Downgrade,
    pub(crate) chain: Digest,
    pub(crate) downgrade_chain: Digest,
}

/// The way back of a migration.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Downgrade {
    /// A script that leads back.
    Script(Script),
    /// None, for a reason.
    Irreversible(Cow<'static, str>),
}

/// One direction of a migration, or a seed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    pub(crate) path: Cow<'static, str>,
    pub(crate) text: Cow<'static, str>,
    pub(crate) statements: Cow<'static, [[u32; 2]]>,
    pub(crate) transaction: Transaction,
    pub(crate) lock_timeout: Option<Duration>,
    pub(crate) statement_timeout: Option<Duration>,
    pub(crate) settings: Cow<'static, [Cow<'static, str>]>,
    /// By what it is seen whether each statement happened; empty for a script inside a transaction.
    pub(crate) traces: Cow<'static, [Trace]>,
    pub(crate) checksum: Digest,
}

impl Script {
    /// A script that says nothing of settings and timeouts.
    pub(crate) const PLAIN: Self = Self {
        path: Cow::Borrowed(""),
        text: Cow::Borrowed(""),
        statements: Cow::Borrowed(&[]),
        transaction: Transaction::Inside,
        lock_timeout: None,
        statement_timeout: None,
        settings: Cow::Borrowed(&[]),
        traces: Cow::Borrowed(&[]),
        checksum: Digest::new([0; 32]),
    };
}

/// Whether a script runs inside a transaction that the runner opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Transaction {
    /// The script and its row in the history are one transaction.
    Inside,
    /// Each statement runs alone, between two marks in the history.
    Outside,
}

/// One seed of a set.
#[derive(Clone, Debug)]
pub struct Seed {
    pub(crate) path: Cow<'static, str>,
    pub(crate) environment: Option<Cow<'static, str>>,
    pub(crate) script: Script,
    pub(crate) rows: Option<Rows>,
}

/// A file of rows, which is read when the program runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rows {
    /// Its path below the seeds folder.
    pub(crate) file: Cow<'static, str>,
    /// Its first line, without what ends it.
    pub(crate) header: Cow<'static, str>,
    pub(crate) table: Names,
    pub(crate) columns: Names,
    pub(crate) key: Names,
}

type Names = Cow<'static, [Cow<'static, str>]>;

impl Set {
    /// Makes a set; for generated code, which has checked what it passes. `package` is the name
    /// and the version of what it is built into.
    #[doc(hidden)]
    #[must_use]
    pub const fn embedded(
        name: &'static str,
        schema: &'static str,
        package: [Option<&'static str>; 2],
        migrations: &'static [Migration],
        seeds: &'static [Seed],
        seed_folder: Option<&'static str>,
    ) -> Self {
        Self {
            name: Cow::Borrowed(name),
            schema: Cow::Borrowed(schema),
            package,
            migrations: Cow::Borrowed(migrations),
            seeds: Cow::Borrowed(seeds),
            seed_folder: match seed_folder {
                Some(folder) => Some(Cow::Borrowed(folder)),
                None => None,
            },
        }
    }

    /// Returns the set's name, which keys its rows in the history.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the schema that holds the history.
    #[must_use]
    pub fn schema(&self) -> &str {
        &self.schema
    }

    /// Returns the migrations, in order of version.
    #[must_use]
    pub fn migrations(&self) -> &[Migration] {
        &self.migrations
    }

    /// Returns the seeds: those of every environment first, then by environment and path.
    #[must_use]
    pub fn seeds(&self) -> &[Seed] {
        &self.seeds
    }

    /// Returns name and version of the package that it is built into: `shop 1.4.2`.
    pub(crate) fn package(&self) -> Option<String> {
        let [name, version] = self.package;
        name.map(|name| format!("{name} {}", version.unwrap_or_default()))
    }

    /// Returns the migration that leads to a position, counted from 1.
    pub(crate) fn migration(&self, position: usize) -> Option<&Migration> {
        self.migrations.get(position.checked_sub(1)?)
    }
}

impl Migration {
    /// Makes a migration; for generated code.
    #[doc(hidden)]
    #[must_use]
    pub const fn embedded(
        version: Version,
        name: &'static str,
        label: &'static str,
        upgrade: Script,
        downgrade: Downgrade,
        chain: [u8; 32],
        downgrade_chain: [u8; 32],
    ) -> Self {
        Self {
            version,
            name: Cow::Borrowed(name),
            label: Cow::Borrowed(label),
            upgrade,
            downgrade,
            chain: Digest::new(chain),
            downgrade_chain: Digest::new(downgrade_chain),
        }
    }

    /// Returns the version.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// Returns the name: `initial_schema`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns version and name as the files write them: `001_initial_schema`.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.label
    }

    /// Returns the upgrade.
    #[must_use]
    pub fn upgrade(&self) -> &Script {
        &self.upgrade
    }

    /// Returns the way back.
    #[must_use]
    pub fn downgrade(&self) -> &Downgrade {
        &self.downgrade
    }
}

impl Downgrade {
    /// Makes a migration's lack of a way back; for generated code.
    #[doc(hidden)]
    #[must_use]
    pub const fn irreversible(reason: &'static str) -> Self {
        Self::Irreversible(Cow::Borrowed(reason))
    }

    /// Returns the script, if there is one.
    #[must_use]
    pub fn script(&self) -> Option<&Script> {
        match self {
            Self::Script(script) => Some(script),
            Self::Irreversible(_) => None,
        }
    }
}

impl Script {
    /// Makes a script; for generated code. Timeouts are in milliseconds.
    #[doc(hidden)]
    #[must_use]
    #[expect(
        clippy::too_many_arguments,
        reason = "called by generated code only, with one value a field"
    )]
    pub const fn embedded(
        path: &'static str,
        text: &'static str,
        statements: &'static [[u32; 2]],
        transaction: Transaction,
        lock_timeout: Option<u64>,
        statement_timeout: Option<u64>,
        settings: &'static [Cow<'static, str>],
        traces: &'static [Trace],
        checksum: [u8; 32],
    ) -> Self {
        const fn millis(timeout: Option<u64>) -> Option<Duration> {
            match timeout {
                Some(millis) => Some(Duration::from_millis(millis)),
                None => None,
            }
        }
        Self {
            path: Cow::Borrowed(path),
            text: Cow::Borrowed(text),
            statements: Cow::Borrowed(statements),
            transaction,
            lock_timeout: millis(lock_timeout),
            statement_timeout: millis(statement_timeout),
            settings: Cow::Borrowed(settings),
            traces: Cow::Borrowed(traces),
            checksum: Digest::new(checksum),
        }
    }

    /// Returns the path of its file, as messages show it.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the text that runs.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns whether it runs inside a transaction.
    #[must_use]
    pub fn transaction(&self) -> Transaction {
        self.transaction
    }

    /// Returns the SHA-256 of its canonical form.
    #[must_use]
    pub fn checksum(&self) -> Digest {
        self.checksum
    }

    /// Returns the span of a statement, counted from 0; an empty one where there is none.
    pub(crate) fn span(&self, statement: usize) -> Span {
        self.statements
            .get(statement)
            .map_or(Span::at(0), |&[start, end]| {
                Span::new(start as usize, end as usize)
            })
    }

    /// Returns by what it is seen whether a statement, counted from 0, happened.
    pub(crate) fn trace(&self, statement: usize) -> &Trace {
        self.traces.get(statement).unwrap_or(&Trace::None)
    }

    /// Returns the text of a statement, counted from 0; an empty one where there is none.
    pub(crate) fn statement(&self, statement: usize) -> &str {
        self.text
            .get(self.span(statement).range())
            .unwrap_or_default()
    }
}

impl Seed {
    /// Makes a seed; for generated code.
    #[doc(hidden)]
    #[must_use]
    pub const fn embedded(
        path: &'static str,
        environment: Option<&'static str>,
        script: Script,
        rows: Option<Rows>,
    ) -> Self {
        Self {
            path: Cow::Borrowed(path),
            environment: match environment {
                Some(name) => Some(Cow::Borrowed(name)),
                None => None,
            },
            script,
            rows,
        }
    }

    /// Returns its path below the seeds folder, with `/`, without `.sql`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the environment it belongs to; `None` runs in every environment.
    #[must_use]
    pub fn environment(&self) -> Option<&str> {
        self.environment.as_deref()
    }

    /// Returns the script; without a statement where it is a file of rows.
    #[must_use]
    pub fn script(&self) -> &Script {
        &self.script
    }

    /// Returns the path of its file of rows as messages show its own.
    pub(crate) fn shown_rows(&self) -> String {
        let name = self.rows().unwrap_or_default();
        let name = name.rsplit('/').next().unwrap_or_default();
        match self.script.path().rsplit_once('/') {
            Some((folder, _)) => format!("{folder}/{name}"),
            None => name.to_owned(),
        }
    }

    /// Returns the path, below the seeds folder, of the file of rows that it loads, if it does.
    #[must_use]
    pub fn rows(&self) -> Option<&str> {
        self.rows.as_ref().map(|rows| &*rows.file)
    }
}

impl Rows {
    /// Makes a file of rows; for generated code.
    #[doc(hidden)]
    #[must_use]
    pub const fn embedded(
        file: &'static str,
        header: &'static str,
        table: &'static [Cow<'static, str>],
        columns: &'static [Cow<'static, str>],
        key: &'static [Cow<'static, str>],
    ) -> Self {
        Self {
            file: Cow::Borrowed(file),
            header: Cow::Borrowed(header),
            table: Cow::Borrowed(table),
            columns: Cow::Borrowed(columns),
            key: Cow::Borrowed(key),
        }
    }
}
