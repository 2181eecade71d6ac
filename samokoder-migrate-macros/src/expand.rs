//! From arguments to tokens.

use proc_macro2::{Span, TokenStream};
use samokoder_migrate_core::{
    Diagnostic, Severity,
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
    let (arguments, faults) = args::parse(input);
    let sources = sources::read(&arguments, &faults, caller);
    expand_sources(&arguments, &faults, &sources, caller)
}

fn expand_sources(
    arguments: &Arguments,
    faults: &[Failure],
    sources: &Sources,
    caller: &Caller,
) -> TokenStream {
    let mut errors = [faults, &sources.missing].concat();
    let Some(migrations) = &sources.migrations else {
        return broken(arguments, &errors, &Names::default());
    };
    let seeds = sources.seeds.as_ref().map(|seeds| &seeds.folder);
    let checked = check(&migrations.folder, seeds, &arguments.options);
    // What was checked under arguments that are not those that were meant says nothing.
    if faults.is_empty() {
        errors.extend(found(arguments, &checked, Severity::Error));
    }
    match &checked.history {
        Some(history) if errors.is_empty() => {
            let mut warnings = found(arguments, &checked, Severity::Warning);
            let unwatched = watch::unwatched(caller, &sources.roots());
            warnings.extend(unwatched.map(|finding| at(arguments, finding)));
            let mut tokens = failure::warnings(&warnings);
            let statics =
                statics::statics(history, &sources.files(), sources.seed_root().as_deref());
            tokens.extend(emit::module(&Module::of(arguments, history), &statics));
            tokens
        }
        _ => broken(arguments, &errors, &checked.names),
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

fn found(arguments: &Arguments, checked: &Checked, severity: Severity) -> Vec<Failure> {
    let findings = checked.diagnostics.iter();
    findings
        .filter(|finding| finding.severity() == severity)
        .map(|finding| at(arguments, finding.clone()))
        .collect()
}

/// Shows a finding at the folder's path, where it is written: a shorter mark than the whole call.
fn at(arguments: &Arguments, finding: Diagnostic) -> Failure {
    Failure::new(arguments.migrations.span(), finding)
}

#[cfg(test)]
mod layout;
#[cfg(test)]
mod tests;
