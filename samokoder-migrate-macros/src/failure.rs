//! Findings as tokens: `compile_error!` for errors, a use of a deprecated item for warnings.

use std::{any::Any, fmt};

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;
use samokoder_migrate_core::{
    Diagnostic, Severity,
    diagnostic::{Style, render},
};

/// How many errors are shown.
const CAP: usize = 20;

/// A finding, and the tokens that it is shown at.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    span: Span,
    diagnostic: Diagnostic,
}

impl Failure {
    /// Makes a failure that rustc shows at `span`.
    pub(crate) fn new(span: Span, diagnostic: Diagnostic) -> Self {
        Self { span, diagnostic }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = render(&self.diagnostic, Style::Plain);
        if self.diagnostic.path().is_none() {
            // rustc shows the call; there is no other place to draw a margin for.
            text = text.replacen("\n |\n", "\n", 1);
        }
        let level = match self.diagnostic.severity() {
            Severity::Warning => "warning: ",
            _ => "error: ",
        };
        f.write_str(text.strip_prefix(level).unwrap_or(&text))
    }
}

/// Writes the errors, at most [`CAP`] of them, and says how many more there are.
pub(crate) fn errors(failures: &[Failure], folder: &str) -> TokenStream {
    let mut tokens: TokenStream = failures
        .iter()
        .take(CAP)
        .map(|failure| error(failure.span, &failure.to_string()))
        .collect();
    let rest = failures.len().saturating_sub(CAP);
    if rest > 0 {
        let noun = if rest == 1 { "error" } else { "errors" };
        tokens.extend(error(
            Span::call_site(),
            &format!("… and {rest} more {noun}; `samokoder-migrate check {folder}` lists them all"),
        ));
    }
    tokens
}

/// Writes one error.
pub(crate) fn error(span: Span, text: &str) -> TokenStream {
    quote_spanned!(span=> ::samokoder_migrate::__private::compile_error! { #text })
}

/// Writes the warnings.
///
/// A macro has no other way to warn on stable than to use an item that is deprecated. The levels
/// are set again inside, since a warning is advice: under `-D warnings` it stays a warning, so that
/// a finding that nobody can silence does not break a build.
pub(crate) fn warnings(failures: &[Failure]) -> TokenStream {
    failures.iter().map(warning).collect()
}

fn warning(failure: &Failure) -> TokenStream {
    let text = failure.to_string();
    let item = Ident::new(failure.diagnostic.code().as_str(), failure.span);
    quote_spanned! {failure.span=>
        #[warn(warnings, deprecated)]
        const _: () = {
            #[deprecated(note = #text)]
            const #item: () = ();
            #item
        };
    }
}

/// Describes a panic of this crate or one below it.
pub(crate) fn defect(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!(
        "embed_migrations! failed: {}\n\nThis is a defect of samokoder-migrate {}, not of the migrations. \
         Please report it, with the migration that brings it about, at\n{}/issues",
        text.unwrap_or("a panic without a message"),
        env!("CARGO_PKG_VERSION"),
        env!("CARGO_PKG_REPOSITORY"),
    )
}

#[cfg(test)]
mod tests {
    use super::{Failure, errors, warnings};
    use proc_macro2::Span as Place;
    use samokoder_migrate_core::{Code, Diagnostic, SourceFile, Span};
    use std::sync::Arc;

    fn failure(code: Code, message: &str) -> Failure {
        Failure::new(Place::call_site(), Diagnostic::new(code, message))
    }

    #[test]
    fn a_failure_begins_with_its_code() {
        let file = Arc::new(SourceFile::new(
            "migrations/001_a.up.sql",
            "CREATE TABEL a ();",
        ));
        let diagnostic = Diagnostic::new(Code::SyntaxError, "syntax error at or near \"TABEL\"")
            .at(&file, Span::new(7, 12))
            .label("PostgreSQL stops here (42601)");
        let failure = Failure::new(Place::call_site(), diagnostic);
        insta::assert_snapshot!(failure.to_string());
        let warning = Failure::new(
            Place::call_site(),
            Diagnostic::new(Code::SeedNotRepeatable, "a row twice"),
        );
        assert_eq!(warning.to_string(), "[SM0501] a row twice");
    }

    #[test]
    fn twenty_errors_are_shown_and_the_rest_counted() {
        let all: Vec<Failure> = (0..22)
            .map(|i| failure(Code::FileName, &format!("name {i}")))
            .collect();
        let shown = |count: usize| errors(&all[..count], "db/migrations").to_string();
        assert_eq!(shown(20).matches("compile_error").count(), 20);
        assert!(!shown(20).contains("more"));
        assert!(shown(21).contains(
            "… and 1 more error; `samokoder-migrate check db/migrations` lists them all"
        ));
        assert!(shown(22).contains("… and 2 more errors;"));
        assert!(!shown(22).contains("name 20"));
    }

    #[test]
    fn a_warning_uses_a_deprecated_item_named_by_its_code() {
        let all = [
            failure(Code::NotWatched, "x"),
            failure(Code::SeedNotRepeatable, "y"),
        ];
        let text = warnings(&all).to_string();
        assert!(text.contains("note = \"[SM0003] x\""), "{text}");
        assert!(text.contains("const SM0501 : ()"), "{text}");
        assert!(!text.contains("compile_error"), "{text}");
    }
}
