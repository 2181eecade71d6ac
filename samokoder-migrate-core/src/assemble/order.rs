//! Whether the migrations that were found are all that there are, in their order.

use crate::{Code, Diagnostics, catalog::proof::Proven};

/// Whether the migrations that were found are all that there are, in their order: if not, the schema
/// is not known at any of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Known,
    InDoubt,
}

impl Order {
    /// Sees in the findings whether a migration is missing, or in the wrong place.
    pub(super) fn of(diagnostics: &Diagnostics) -> Self {
        let hides = |code: Code| {
            matches!(
                code,
                Code::FileName
                    | Code::DuplicateVersion
                    | Code::OrphanDowngrade
                    | Code::VersionRange
                    | Code::MixedLayouts
                    | Code::LockedRemoved
                    | Code::BeforeLocked
            )
        };
        if diagnostics.iter().any(|finding| hides(finding.code())) {
            Self::InDoubt
        } else {
            Self::Known
        }
    }

    /// Drops what was proven of migrations that are in another order, or not all.
    pub(super) fn judge(self, proven: Proven) -> Proven {
        match self {
            Self::Known => proven,
            Self::InDoubt => Proven {
                opaque: true,
                ..Proven::default()
            },
        }
    }
}
