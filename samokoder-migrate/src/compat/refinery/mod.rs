//! Moving in from [refinery], and back.
//!
//! # Moving in
//!
//! Leave the files where they are: `V1__name.sql` is read in place. Write the way back of each
//! beside it as `V1__name.down.sql`, which refinery passes over (or list the migrations in
//! `migrations.lock`: what is locked and has no way back counts as irreversible). Until the move is
//! made, refinery runs the same folder.
//!
//! Then see that no program starts refinery any more, and adopt what it applied, once for each
//! database:
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let set = samokoder_migrate::Set::embedded("main", "samokoder_migrate", [None; 2], &[], &[], None);
//! # let mut client = postgres::Client::connect("", postgres::NoTls)?;
//! use samokoder_migrate::compat::refinery::adopt;
//!
//! // `set` is the one that is embedded: `migrations::SET`.
//! println!("{}", adopt(&set).check().on(&mut client)?); // compares, and writes nothing
//! println!("{}", adopt(&set).on(&mut client)?);
//! # Ok(())
//! # }
//! ```
//!
//! An adoption reads refinery's table and looks for each of its rows among the migrations: version,
//! name and refinery's own checksum must be those of the file. Versions of 32 and of 64 bits
//! (refinery's feature `int8-versions`) are recognised, and files that had CRLF or a byte order mark
//! when refinery read them. If all rows are the beginning of the set, without a gap and applied in
//! order of version, one transaction locks refinery's table against writers, compares it once more
//! and records the revision. Else nothing is written, and the error, SM0802, names each row that
//! does not fit and says what to do about it.
//!
//! An adoption can be repeated: what is recorded already is not recorded again. It does not go on
//! with a history that has been in use, since nothing tells whether refinery ran once more or
//! something was taken back here.
//!
//! # Running
//!
//! From here on everything is as in any other database: `run_to` runs what is pending, and the
//! adopted migrations can be taken back by their `.down.sql`. Refinery's table stays as it is, and
//! is not written to any more; refinery, were it started, would run again what ran here since.
//!
//! # Going back
//!
//! [`Comparison::runner`] makes refinery's `Runner` for the database that was compared, with texts
//! whose checksums are those that its table holds. [`Comparison::catch_up`] is the target with which
//! refinery records what ran here since the adoption. After both, refinery goes on:
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let set = samokoder_migrate::Set::embedded("main", "samokoder_migrate", [None; 2], &[], &[], None);
//! # let mut client = postgres::Client::connect("", postgres::NoTls)?;
//! use samokoder_migrate::compat::refinery::adopt;
//!
//! let comparison = adopt(&set).check().on(&mut client)?;
//! if let Some(target) = comparison.catch_up() {
//!     comparison.runner(&set)?.set_target(target).run(&mut client)?; // records, runs nothing
//! }
//! let report = comparison.runner(&set)?.run(&mut client)?; // runs what is pending
//! println!("{} migrations ran", report.applied_migrations().len());
//! # Ok(())
//! # }
//! ```
//!
//! [`runner`] makes one without a database, for a new one: its texts have LF. A runner's `run` needs
//! refinery's feature for the driver, `postgres` or `tokio-postgres`, in your own `Cargo.toml`.
//!
//! # Limits
//!
//! * A file that mixes LF and CRLF is not recognised, since only its text with LF is embedded. Where
//!   refinery itself takes it for unchanged, `stamp` records the revision without comparing.
//! * Refinery's `U1__name.sql` may run in any order and is not a migration here: rename it to `V`;
//!   the checksum stays, and rows that were applied out of order are refused. Files in inner folders
//!   and migrations written in Rust are not read: bring them into the folder as SQL.
//! * Refinery cannot run a migration outside a transaction (`no-transaction`, `CREATE INDEX
//!   CONCURRENTLY`), nor, without `int8-versions`, a version above 2147483647. A set that holds one
//!   is not handed over: SM0803.
//! * Refinery has no way down. What was taken back here below its last row stays in its table:
//!   [`adopt`] says so, and going back needs that row deleted by hand first.
//! * A table that was read by one width of versions is handed back to a refinery of that width.
//!
//! The feature `refinery` adds 41 crates to the 67 of the default features, and needs rustc 1.92,
//! where the rest needs 1.88: both are refinery-core's own.
//!
//! [refinery]: https://docs.rs/refinery

mod adopt;
mod checksum;
mod compare;
mod comparison;
mod foreign;
mod table;

pub use adopt::{Adopt, Check, adopt};
pub use checksum::{Form, Width};
pub use comparison::{Adoption, Comparison, Outcome, Row};
pub use foreign::runner;
pub use table::DEFAULT_TABLE;
