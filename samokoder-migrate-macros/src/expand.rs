//! From arguments to tokens.

use std::path::{Path, PathBuf};

use proc_macro2::{Span, TokenStream};
use samokoder_migrate_core::{
    Severity,
    check::{Checked, Names, check},
    disk,
    folder::Folder,
};

use crate::{
    args::{self, Arguments},
    caller::Caller,
    emit::{self, Statics},
    failure::{self, Failure},
    locate::{Location, locate},
    module::Module,
    statics, stub, watch,
};

/// Expands one call.
pub(crate) fn expand(input: TokenStream, caller: &Caller) -> TokenStream {
    let (arguments, mut failures) = args::parse(input);
    let sources = read(&arguments, caller, &mut failures);
    let checked = sources.migrations.as_ref().map(|migrations| {
        check(
            &migrations.folder,
            sources.seeds.as_ref().map(|seeds| &seeds.folder),
            &arguments.options,
        )
    });
    let Some(checked) = checked else {
        return broken(&arguments, &failures, &Names::default());
    };
    if !failures.is_empty() {
        return broken(&arguments, &failures, &checked.names);
    }
    whole(&arguments, caller, &sources, &checked)
}

/// Expands a call about which nothing is known but that it failed.
pub(crate) fn failed(text: &str) -> TokenStream {
    let mut tokens = failure::error(Span::call_site(), text);
    let names = Names::default();
    let arguments = Arguments::default();
    tokens.extend(emit::module(
        &stub::module(&arguments, &names),
        &Statics::default(),
    ));
    tokens
}

/// The folders of a call, as far as they can be read.
struct Sources {
    migrations: Option<Source>,
    seeds: Option<Source>,
}

struct Source {
    location: Location,
    folder: Folder,
}

impl Sources {
    fn roots(&self) -> Vec<&Path> {
        let sources = [&self.migrations, &self.seeds].into_iter().flatten();
        sources
            .map(|source| source.location.root.as_path())
            .collect()
    }

    fn files(&self) -> Vec<PathBuf> {
        let sources = [&self.migrations, &self.seeds].into_iter().flatten();
        sources
            .flat_map(|source| {
                source
                    .folder
                    .files
                    .iter()
                    .map(|file| source.location.root.join(&file.0))
            })
            .collect()
    }
}

fn read(arguments: &Arguments, caller: &Caller, failures: &mut Vec<Failure>) -> Sources {
    // After a fault in the arguments, a default folder need not be the one that is meant.
    let is_sound = failures.is_empty();
    let mut source = |folder: &args::Folder, is_optional: Presence| {
        let path = folder.path();
        let location = locate(caller, &path);
        match disk::read(&location.root, &location.display) {
            Ok(folder) => Some(Source { location, folder }),
            Err(_) => {
                let is_default = matches!(folder, args::Folder::Default(_));
                let is_told = match is_optional {
                    Presence::Needed => is_sound || !is_default,
                    Presence::Optional => !is_default,
                };
                if is_told {
                    failures.push(Failure::new(folder.span(), location.missing(caller, &path)));
                }
                None
            }
        }
    };
    Sources {
        migrations: source(&arguments.migrations, Presence::Needed),
        seeds: source(&arguments.seeds, Presence::Optional),
    }
}

/// Whether a folder that no argument names must be there.
#[derive(Clone, Copy)]
enum Presence {
    Needed,
    Optional,
}

fn broken(arguments: &Arguments, failures: &[Failure], names: &Names) -> TokenStream {
    let folder = arguments.migrations.path();
    let mut tokens = failure::errors(failures, &folder);
    tokens.extend(emit::module(
        &stub::module(arguments, names),
        &Statics::default(),
    ));
    tokens
}

fn whole(
    arguments: &Arguments,
    caller: &Caller,
    sources: &Sources,
    checked: &Checked,
) -> TokenStream {
    // The folder's path, where there is one: a shorter mark than the whole call.
    let span = arguments.migrations.span();
    let found = |severity: Severity| {
        let findings = checked
            .diagnostics
            .iter()
            .filter(move |finding| finding.severity() == severity);
        findings.map(|finding| Failure::new(span, finding.clone()))
    };
    let Some(history) = &checked.history else {
        let errors: Vec<Failure> = found(Severity::Error).collect();
        return broken(arguments, &errors, &checked.names);
    };
    let mut warnings: Vec<Failure> = found(Severity::Warning).collect();
    let unwatched = watch::unwatched(caller, &sources.roots());
    warnings.extend(unwatched.map(|finding| Failure::new(span, finding)));
    let mut tokens = failure::warnings(warnings.iter());
    let statics = statics::statics(history, &sources.files());
    tokens.extend(emit::module(&Module::of(arguments, history), &statics));
    tokens
}
