//! The module that stands in after an error: the same names, so that one fault does not make forty.

use samokoder_migrate_core::check::Names;

use crate::{
    args::Arguments,
    docs,
    module::{Module, Variant},
    names,
};

/// Names what a module would hold, as far as that is known.
pub(crate) fn module<'n>(arguments: &'n Arguments, known: &'n Names) -> Module<'n> {
    let migrations = known.migrations.iter();
    let revisions = names::revisions(
        migrations
            .clone()
            .map(|(version, name)| (*version, name.as_str())),
    );
    let folder = |path: &'n String| path.split_once('/').map(|(folder, _)| folder);
    let mut environments: Vec<&str> = known.seeds.iter().filter_map(folder).collect();
    environments.sort_unstable();
    environments.dedup();
    let seeds = names::seeds(known.seeds.iter().map(String::as_str));
    Module {
        name: arguments.module.clone(),
        set: arguments.set.as_deref(),
        schema: arguments.schema.as_deref(),
        revisions: revisions
            .into_iter()
            .zip(migrations)
            .map(|(variant, (version, name))| Variant {
                name: variant,
                doc: docs::migration_name(*version, name),
            })
            .collect(),
        seeds: seeds
            .into_iter()
            .zip(&known.seeds)
            .map(|(variant, path)| {
                let doc = docs::path(path);
                let environment = folder(path);
                let position = environments
                    .iter()
                    .position(|name| Some(*name) == environment);
                (Variant { name: variant, doc }, position)
            })
            .collect(),
        environments: Variant::environments(&environments),
    }
}
