//! The generated module, before it is tokens.

use proc_macro2::Ident;
use samokoder_migrate_core::migration::History;

use crate::{args::Arguments, docs, names};

/// What the module holds: the same for a checked history and for the stub after an error.
#[derive(Debug)]
pub(crate) struct Module<'h> {
    /// Its name.
    pub(crate) name: Ident,
    /// The set's name, where it is not the default.
    pub(crate) set: Option<&'h str>,
    /// The schema that holds the history, where it is not the default.
    pub(crate) schema: Option<&'h str>,
    /// The migrations' variants, in order.
    pub(crate) revisions: Vec<Variant>,
    /// The seeds' variants, in order, each with the position of its environment.
    pub(crate) seeds: Vec<(Variant, Option<usize>)>,
    /// The environments' variants, in order, each with its name.
    pub(crate) environments: Vec<(Variant, &'h str)>,
}

/// A variant of a generated enum.
#[derive(Debug)]
pub(crate) struct Variant {
    /// Its name.
    pub(crate) name: Ident,
    /// Its doc comment.
    pub(crate) doc: String,
}

impl<'h> Module<'h> {
    /// Describes a checked history.
    pub(crate) fn of(arguments: &'h Arguments, history: &'h History) -> Self {
        let migrations = history.migrations();
        let seeds = history.seeds();
        let environments = history.environments();
        let revisions = names::revisions(
            migrations
                .iter()
                .map(|migration| (migration.version, migration.name.as_str())),
        );
        let seed_names = names::seeds(seeds.iter().map(|seed| seed.path.as_str()));
        Self {
            name: arguments.module.clone(),
            set: arguments.set.as_deref(),
            schema: arguments.schema.as_deref(),
            revisions: revisions
                .into_iter()
                .zip(migrations)
                .map(|(name, migration)| Variant {
                    name,
                    doc: docs::migration(migration),
                })
                .collect(),
            seeds: seed_names
                .into_iter()
                .zip(seeds)
                .map(|(name, seed)| {
                    let environment = seed.environment.as_deref();
                    let position = environments
                        .iter()
                        .position(|name| Some(*name) == environment);
                    (
                        Variant {
                            name,
                            doc: docs::seed(seed),
                        },
                        position,
                    )
                })
                .collect(),
            environments: Variant::environments(&environments),
        }
    }
}

impl Variant {
    /// Names the environments, given in order, each once.
    pub(crate) fn environments<'h>(names: &[&'h str]) -> Vec<(Self, &'h str)> {
        names::environments(names.iter().copied())
            .into_iter()
            .zip(names)
            .map(|(name, text)| {
                (
                    Self {
                        name,
                        doc: docs::path(text),
                    },
                    *text,
                )
            })
            .collect()
    }
}
