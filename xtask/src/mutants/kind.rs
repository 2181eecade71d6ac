//! What a mutation does.

/// What a mutation does to one script, or to one migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Misspelt,
    NameOfScript,
    NameOfHistory,
    QualifierAdded,
    QualifierRemoved,
    Quoted,
    StatementDropped,
    StatementDoubled,
    StatementsSwapped,
    StatementMoved,
    GuardRemoved,
    CascadeRemoved,
    MigrationDropped,
}

impl Kind {
    /// All kinds, and how often each is tried.
    pub(crate) const ALL: [(Self, usize); 13] = [
        (Self::Misspelt, 5),
        (Self::NameOfScript, 3),
        (Self::NameOfHistory, 4),
        (Self::QualifierAdded, 2),
        (Self::QualifierRemoved, 1),
        (Self::Quoted, 2),
        (Self::StatementDropped, 4),
        (Self::StatementDoubled, 3),
        (Self::StatementsSwapped, 4),
        (Self::StatementMoved, 4),
        (Self::GuardRemoved, 1),
        (Self::CascadeRemoved, 1),
        (Self::MigrationDropped, 3),
    ];

    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Misspelt => "name misspelt",
            Self::NameOfScript => "name of the script",
            Self::NameOfHistory => "name of the history",
            Self::QualifierAdded => "schema added",
            Self::QualifierRemoved => "qualifier removed",
            Self::Quoted => "quoted, other case",
            Self::StatementDropped => "statement dropped",
            Self::StatementDoubled => "statement doubled",
            Self::StatementsSwapped => "statements swapped",
            Self::StatementMoved => "statement moved",
            Self::GuardRemoved => "IF EXISTS removed",
            Self::CascadeRemoved => "CASCADE removed",
            Self::MigrationDropped => "migration dropped",
        }
    }
}
