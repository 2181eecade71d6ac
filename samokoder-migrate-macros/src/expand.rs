//! From arguments to tokens.

use proc_macro2::{Span, TokenStream};
use samokoder_migrate_core::{
    Severity,
    check::{Checked, Names, check},
};

use crate::{
    args::{self, Arguments},
    caller::Caller,
    emit::{self, Statics},
    failure::{self, Failure},
    module::Module,
    sources::{self, Sources},
    statics, stub, watch,
};

/// Expands one call.
pub(crate) fn expand(input: TokenStream, caller: &Caller) -> TokenStream {
    let (arguments, mut failures) = args::parse(input);
    let sources = sources::read(&arguments, caller, &mut failures);
    expand_sources(&arguments, &failures, caller, &sources)
}

fn expand_sources(
    arguments: &Arguments,
    failures: &[Failure],
    caller: &Caller,
    sources: &Sources,
) -> TokenStream {
    let Some(migrations) = &sources.migrations else {
        return broken(arguments, failures, &Names::default());
    };
    let seeds = sources.seeds.as_ref().map(|seeds| &seeds.folder);
    let checked = check(&migrations.folder, seeds, &arguments.options);
    if failures.is_empty() {
        whole(arguments, caller, sources, &checked)
    } else {
        broken(arguments, failures, &checked.names)
    }
}

/// Expands a call about which nothing is known but that it failed.
pub(crate) fn failed(text: &str) -> TokenStream {
    let mut tokens = failure::error(Span::call_site(), text);
    let (arguments, names) = (Arguments::default(), Names::default());
    let stub = stub::module(&arguments, &names);
    tokens.extend(emit::module(&stub, &Statics::default()));
    tokens
}

fn broken(arguments: &Arguments, failures: &[Failure], names: &Names) -> TokenStream {
    let mut tokens = failure::errors(failures, &arguments.migrations.path());
    let stub = stub::module(arguments, names);
    tokens.extend(emit::module(&stub, &Statics::default()));
    tokens
}

fn whole(
    arguments: &Arguments,
    caller: &Caller,
    sources: &Sources,
    checked: &Checked,
) -> TokenStream {
    // The folder's path, where it is written: a shorter mark than the whole call.
    let span = arguments.migrations.span();
    let found = |severity: Severity| -> Vec<Failure> {
        let findings = checked.diagnostics.iter();
        findings
            .filter(|finding| finding.severity() == severity)
            .map(|finding| Failure::new(span, finding.clone()))
            .collect()
    };
    let Some(history) = &checked.history else {
        return broken(arguments, &found(Severity::Error), &checked.names);
    };
    let mut warnings = found(Severity::Warning);
    let unwatched = watch::unwatched(caller, &sources.roots());
    warnings.extend(unwatched.map(|finding| Failure::new(span, finding)));
    let mut tokens = failure::warnings(&warnings);
    let statics = statics::statics(history, &sources.files());
    tokens.extend(emit::module(&Module::of(arguments, history), &statics));
    tokens
}

#[cfg(test)]
mod layout;
#[cfg(test)]
mod tests;
