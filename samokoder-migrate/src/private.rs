//! What generated code names, and nothing else does.

pub use std::{borrow::Cow, fmt, option::Option, result::Result, str::FromStr};

pub use samokoder_migrate_core::Version;

pub use crate::{
    revision::{EnvironmentKind, Point, RevisionKind, Target, UnknownRevision},
    set::{Downgrade, Migration, Script, Seed, Set, Transaction},
    verb::{
        Plan, ReadStatus, Run, Verify, downgrade, downgrade_to, plan_to, run_to, seed, stamp,
        status, verify,
    },
};
