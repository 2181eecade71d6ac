//! One step between two neighbouring revisions.

use super::Script;
use crate::{digest::Digest, version::Version};

/// The way back of a migration.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Downgrade {
    /// A script that leads back.
    Script(Script),
    /// None, for a reason.
    Irreversible {
        /// The reason that the directive, or the lock file, gives.
        reason: String,
    },
}

/// One step between two neighbouring revisions: a version, a name, an upgrade, a way back.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Migration {
    /// Orders it.
    pub version: Version,
    /// The rest of its file name: `initial_schema`.
    pub name: String,
    /// Version and name as its files write them: `001_initial_schema`.
    pub label: String,
    /// The upgrade.
    pub upgrade: Script,
    /// The way back.
    pub downgrade: Downgrade,
    /// Digest of all upgrades up to this one.
    pub chain: Digest,
    /// Digest of all downgrades up to this one.
    pub downgrade_chain: Digest,
}
