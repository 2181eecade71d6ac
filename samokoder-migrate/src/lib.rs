//! PostgreSQL migrations that are checked when the program is built, and run by the program.
//!
//! [`embed_migrations!`] reads `migrations/` and `seeds/` beside `Cargo.toml`. `cargo build` fails, at
//! the file, line and column, on SQL that PostgreSQL would refuse, on a migration without a way back
//! and on a history that was tampered with. Else the macro writes a module with a variant of
//! `Revision` for each migration, and the functions that move a database to any of them:
//!
//! ```text
//! samokoder_migrate::embed_migrations!();
//!
//! use migrations::Revision;
//!
//! let report = migrations::run_to(Revision::Head).on(&mut client)?;          // postgres::Client
//! let report = migrations::run_to(Revision::Head).on(&mut client).await?;    // tokio_postgres::Client
//! migrations::downgrade(1).on(&mut client)?;
//! assert!(!migrations::status().on(&mut client)?.is_at_head());
//! ```
//!
//! What these functions return is in [`verb`]; what they give in the end is a [`Report`], a
//! [`Status`] or an [`Error`], whose `Debug` shows the failed line with a caret, what stands and what
//! to do. [`Connection`] says what they can be given.
//!
//! A set can also be read from a folder at run time (feature `check`), as the command does:
//!
#![cfg_attr(feature = "check", doc = "```")]
#![cfg_attr(not(feature = "check"), doc = "```text")]
//! use samokoder_migrate::{Set, revision::{Point, Target}, verb};
//! use samokoder_migrate_core::{check::{Options, check}, folder::Folder};
//!
//! let folder = Folder::new("migrations")
//!     .file("001_users.up.sql", "CREATE TABLE users (id bigint PRIMARY KEY);")
//!     .file("001_users.down.sql", "DROP TABLE users;");
//! let history = check(&folder, None, &Options::default()).history.expect("no finding is an error");
//! let set = Set::of_history(&history, "main", "samokoder_migrate");
//! let run = verb::run_to::<Point>(&set, Target::Head);
//! // run.on(&mut client)?
//! # drop(run);
//! ```
//!
//! # Features
//!
//! | feature | gives |
//! | --- | --- |
//! | `postgres` (default) | blocking connections, `from_env` |
//! | `tokio-postgres` | async connections |
//! | `check` | reading and checking folders at run time, with the parsers; the macro needs none of it |
//! | `cli` | the command `samokoder-migrate` |
//! | `refinery` | moving in from refinery, and back |
//! | `tracing` | spans of the run and its steps, for whoever collects them |
//! | `testing` | throwaway PostgreSQL servers for tests |
//!
//! Without features the crate carries the engine and its scripts: no driver, no parser.

#![deny(missing_docs)]

#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;
#[cfg(feature = "refinery")]
pub mod compat;
pub mod driver;
mod engine;
pub mod error;
pub mod event;
pub mod name;
mod plan;
mod query;
mod quote;
pub mod report;
pub mod revision;
mod script;
pub mod set;
#[cfg(feature = "check")]
mod set_of_history;
#[cfg(feature = "tracing")]
mod spans;
mod state;
pub mod status;
mod stored;
#[cfg(feature = "testing")]
pub mod testing;
mod traced;
pub mod verb;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

pub use driver::Connection;
pub use engine::Preview;
pub use error::{Error, Result, ServerError};
pub use plan::{Kind, NewerDatabase, Repair, Step};
pub use report::{Current, Report, StepReport};
pub use samokoder_migrate_core::{Code, Diagnostic, Digest, Severity, SourceFile, Span, Version};
pub use samokoder_migrate_macros::embed_migrations;
pub use set::Set;
pub use status::Status;
