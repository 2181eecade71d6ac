//! What the files become: scripts, migrations, seeds, and the checked history.

mod history;
#[expect(clippy::module_inception, reason = "one noun a file")]
mod migration;
mod script;
mod seed;

pub use history::History;
pub use migration::{Downgrade, Migration};
pub use script::{Facts, Insert, Script, Statement, Transaction};
pub use seed::{Rows, Seed};
