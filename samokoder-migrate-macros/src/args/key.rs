//! The names of arguments.

/// What may be named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Seeds,
    Module,
    Postgres,
    Profile,
    Baseline,
    Catalog,
    Set,
    Schema,
}

impl Key {
    /// All keys, in the order in which messages list them.
    pub(super) const ALL: [Self; 8] = [
        Self::Seeds,
        Self::Module,
        Self::Postgres,
        Self::Profile,
        Self::Baseline,
        Self::Catalog,
        Self::Set,
        Self::Schema,
    ];

    /// Returns how it is written.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Seeds => "seeds",
            Self::Module => "module",
            Self::Postgres => "postgres",
            Self::Profile => "profile",
            Self::Baseline => "baseline",
            Self::Catalog => "catalog",
            Self::Set => "set",
            Self::Schema => "schema",
        }
    }

    /// Returns an argument that is right.
    pub(super) fn example(self) -> &'static str {
        match self {
            Self::Seeds => "seeds = \"db/seeds\"",
            Self::Module => "module = \"billing_db\"",
            Self::Postgres => "postgres = 15",
            Self::Profile => "profile = \"supabase\"",
            Self::Baseline => "baseline = \"unknown\"",
            Self::Catalog => "catalog = \"warn\"",
            Self::Set => "set = \"billing\"",
            Self::Schema => "schema = \"samokoder_migrate\"",
        }
    }
}
