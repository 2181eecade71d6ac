//! The `embed_migrations!` macro of `samokoder-migrate`, which re-exports it.
//!
//! The macro is a shell: `args` reads its arguments and `locate` finds the folders,
//! `samokoder-migrate-core` checks them, and `emit` writes a module; after an error `failure` writes
//! the errors, and `stub` a module with the same names. Only `caller` reads the environment.

#![deny(missing_docs)]

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
///
/// ```text
/// samokoder_migrate::embed_migrations!();
///
/// let report = migrations::run_to(migrations::Revision::Head).on(&mut client)?;
/// ```
///
/// # Arguments
///
/// All are optional; the folder of migrations comes first, without a name.
///
/// ```text
/// samokoder_migrate::embed_migrations!(
///     "db/migrations",              // `migrations`
///     seeds = "db/seeds",           // `seeds`; by default it need not be there
///     module = "billing_db",        // `migrations`: the module's name
///     postgres = 15,                // the oldest major version that must take the SQL: 13 to 19
///     profile = "supabase",         // the platform whose schemas, roles and functions are there
///     baseline = "unknown",         // `empty`: what the database holds before the first migration
///     catalog = "warn",             // `deny`: whether findings of the catalog fail the build
///     set = "billing",              // `main`: several sets live in one database side by side
///     schema = "samokoder_migrate", // the schema that holds the history
/// );
/// ```
///
/// A path that begins with `./` or `../` is relative to the calling file, any other to the crate
/// root, the folder of `Cargo.toml`.
///
/// # The module
///
/// * `Revision`: `Base`, a variant for each migration, and `Head`. FORMATS.md has the rules by which
///   a file's name becomes a variant's. To add a migration adds a variant, which for a published
///   library is a breaking change.
/// * `Seed` and `Env`: the seeds, and the folders that they are in.
/// * `run_to`, `downgrade`, `downgrade_to`, `stamp`, `repair`, `seed`, `status`, `plan_to` and `verify`, which
///   return builders that do nothing until they are given a connection.
/// * `SET`: the embedded set itself.
///
/// # Errors
///
/// Each finding of the checks is a compile error that begins with its code and shows the line of
/// SQL; at most 20 are shown. The module is there in spite of them, so that they are the only
/// errors. Findings that are advice (`SM0003`, `SM0305`, `SM0501`) are warnings, and stay warnings
/// where the crate denies warnings. rustc has no other way for a macro to warn than a deprecated
/// item, so that is what they are called.
///
/// # Building again
///
/// When a file is edited, cargo builds again by itself. That a file was added or deleted it sees
/// only by a build script; where its lines are missing, the macro warns (`SM0003`):
///
/// ```
/// // in `main` of build.rs, beside Cargo.toml
/// println!("cargo::rerun-if-changed=migrations");
/// println!("cargo::rerun-if-changed=seeds");
/// println!("cargo::rustc-env=SAMOKODER_MIGRATE_WATCH=migrations,seeds");
/// ```
///
/// Name only folders that are there: cargo takes a missing one for a changed one, and then builds
/// every time.
///
/// The macro runs at every edit of its crate. A thousand migrations take it about a second, so give
/// a long history a small crate of its own.
#[proc_macro]
pub fn embed_migrations(input: TokenStream) -> TokenStream {
    let caller = caller::Caller::new(Span::call_site().local_file());
    let input = input.into();
    // The last line of defence: a panic of a macro hides every other error of the crate.
    panic::catch_unwind(AssertUnwindSafe(|| expand::expand(input, &caller)))
        .unwrap_or_else(|panic| expand::failed(&failure::defect(&*panic)))
        .into()
}
