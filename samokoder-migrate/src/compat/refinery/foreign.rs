//! The one place that knows refinery's own types: its runner, its versions, its way with names.

use refinery_core::{Migration, Runner, SchemaVersion, Target, parse_migration_name};
use samokoder_migrate_core::{Code, Diagnostic};

use super::{
    checksum::{Form, Width},
    comparison::{Comparison, Outcome},
};
use crate::{
    error::{Error, Result},
    set::{self, Set, Transaction},
};

/// How wide the versions are that this build's refinery knows.
const WIDTH: Width = match size_of::<SchemaVersion>() {
    8 => Width::Bits64,
    _ => Width::Bits32,
};

/// Makes refinery's runner of a set, with the texts as the set has them: lines end in `\n`.
///
/// The checksums are those that refinery computes of such files. For a database whose rows refinery
/// wrote from files with CRLF, [`Comparison::runner`] gives texts that fit it.
///
/// # Errors
///
/// SM0803 where refinery cannot run a migration: it runs outside a transaction, its version has
/// more bits than this build of refinery takes or a part of diesel's, or its name is not one.
pub fn runner(set: &Set) -> Result<Runner> {
    make(set, |_| Form::default())
}

impl Comparison {
    /// Makes refinery's runner of a set for the database that was compared: its table, and each
    /// text as refinery read it, so that refinery finds its own checksums again.
    ///
    /// # Errors
    ///
    /// SM0802 where the table does not fit the set, SM0803 as [`runner`] and where the table's
    /// checksums are of versions that are wider, or less wide, than this build's refinery has.
    pub fn runner(&self, set: &Set) -> Result<Runner> {
        if let Some(problem) = self.problem() {
            return Err(problem.clone().into());
        }
        let forms = || {
            self.rows().iter().filter_map(|row| match row.outcome {
                Outcome::Matched { form, width } => Some((row, form, width)),
                _ => None,
            })
        };
        if let Some((row, _, width)) = forms().find(|(_, _, width)| *width != WIDTH) {
            return Err(other_width(&row.to_string(), width));
        }
        let usual = forms()
            .next_back()
            .map_or_else(Form::default, |(_, form, _)| form);
        let mut runner = make(set, |migration| {
            forms()
                .find(|(row, ..)| row.version == migration.version())
                .map_or(usual, |(_, form, _)| form)
        })?;
        runner.set_migration_table_name(self.table());
        Ok(runner)
    }

    /// Returns the target with which refinery records, without running anything, what this history
    /// holds and refinery's table does not; `None` where there is no such migration.
    #[must_use]
    pub fn catch_up(&self) -> Option<Target> {
        let version = SchemaVersion::try_from(self.beyond?.number()).ok()?;
        Some(Target::FakeVersion(version))
    }
}

/// Returns a name as refinery reads it off a file: as far as its characters are those of a word.
pub(super) fn name_in_refinery(name: &str) -> Option<String> {
    let (_, _, name) = parse_migration_name(&format!("V1__{name}")).ok()?;
    Some(name)
}

fn make(set: &Set, form: impl Fn(&set::Migration) -> Form) -> Result<Runner> {
    let mut migrations = Vec::new();
    let mut refused = Vec::new();
    for migration in set.migrations() {
        match unapplied(migration, form(migration)) {
            Ok(unapplied) => migrations.push(unapplied),
            Err(reason) => refused.push((migration, reason)),
        }
    }
    let Some(((first, reason), others)) = refused.split_first() else {
        return Ok(Runner::new(&migrations));
    };
    let diagnostic = others.iter().fold(
        Diagnostic::new(
            Code::ForeignRunner,
            format!("refinery cannot run {}: {reason}", first.label()),
        )
        .in_path(first.upgrade().path()),
        |diagnostic, (migration, reason)| {
            diagnostic.note(format!("nor {}: {reason}", migration.label()))
        },
    );
    Err(diagnostic
        .help("write such a migration so that refinery can run it, or keep it out of what is handed over")
        .into())
}

fn unapplied(migration: &set::Migration, form: Form) -> Result<Migration, String> {
    if migration.upgrade().transaction() == Transaction::Outside {
        return Err("it runs outside a transaction, and refinery has no such".to_owned());
    }
    let version = migration.version();
    if version.part().is_some() {
        return Err(format!("its version {version} is not a whole number"));
    }
    let Ok(number) = SchemaVersion::try_from(version.number()) else {
        return Err(format!(
            "its version {version} needs refinery's feature `int8-versions`"
        ));
    };
    let text = form.of(migration.upgrade().text());
    Migration::unapplied(&format!("V{number}__{}", migration.name()), &text)
        .map_err(|error| format!("its name is not one: {error}"))
}

fn other_width(row: &str, width: Width) -> Error {
    let (holds, help) = match width {
        Width::Bits64 => ("64", "build with refinery's feature `int8-versions`"),
        Width::Bits32 => (
            "32",
            "build without refinery's feature `int8-versions`, which something here turns on",
        ),
    };
    Diagnostic::new(
        Code::ForeignRunner,
        format!("refinery's checksum of {row} is of a version of {holds} bits, and this build's refinery has others"),
    )
    .note("refinery would find every migration changed")
    .help(help)
    .into()
}
