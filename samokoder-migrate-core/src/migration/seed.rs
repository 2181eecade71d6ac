//! A data script, separate from the migrations.

use super::Script;

/// A data script: tracked by its checksum, repeatable, run at head.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Seed {
    /// Its path below the seeds folder, with `/`, without `.sql`: `ai_providers`, `dev/demo_users`.
    pub path: String,
    /// The environment it belongs to: its folder; `None` runs in every environment.
    pub environment: Option<String>,
    /// The script.
    pub script: Script,
}
