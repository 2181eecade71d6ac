//! The `embed_migrations!` macro of `samokoder-migrate`, which re-exports it.
//!
//! The macro is a shell: it reads its arguments ([`args`]), finds the folders ([`locate`]), has
//! `samokoder-migrate-core` check them, and writes a module ([`emit`]) or, after an error, the
//! errors and a module with the same names ([`stub`]).

mod args;
mod caller;
mod docs;
mod emit;
mod enums;
mod expand;
mod failure;
mod locate;
mod module;
mod names;
mod sources;
mod statics;
mod stub;
mod watch;

use std::panic::{self, AssertUnwindSafe};

use proc_macro::{Span, TokenStream};

/// Checks folders of migrations and seeds when the crate is built, and embeds them as a module.
#[proc_macro]
pub fn embed_migrations(input: TokenStream) -> TokenStream {
    let caller = caller::Caller::new(Span::call_site().local_file());
    let input = input.into();
    // The last line of defence: a panic of a macro hides every other error of the crate.
    panic::catch_unwind(AssertUnwindSafe(|| expand::expand(input, &caller)))
        .unwrap_or_else(|panic| expand::failed(&failure::defect(&*panic)))
        .into()
}
