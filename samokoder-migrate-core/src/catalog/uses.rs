//! What objects need of each other.

use super::store::Oid;

/// One object's need of another: `pg_depend`'s row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Use {
    /// What is needed.
    pub(super) what: Oid,
    /// The column of it that is needed; `None` is the whole.
    pub(super) column: Option<ColumnId>,
    /// The part of the user that needs it.
    pub(super) part: Part,
    /// What happens to the user when it goes.
    pub(super) tie: Tie,
}

impl Use {
    /// The whole user needs the whole of another, and stops its drop without CASCADE.
    pub(super) fn of(what: Oid) -> Self {
        Self {
            what,
            column: None,
            part: Part::Whole,
            tie: Tie::Normal,
        }
    }

    /// Of a column alone.
    pub(super) fn column(mut self, column: ColumnId) -> Self {
        self.column = Some(column);
        self
    }

    /// By a part of the user alone.
    pub(super) fn by(mut self, part: Part) -> Self {
        self.part = part;
        self
    }

    /// With another tie.
    pub(super) fn tied(mut self, tie: Tie) -> Self {
        self.tie = tie;
        self
    }
}

/// A column's number in its relation: it stays when the column is renamed, and is never given again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct ColumnId(pub(super) u16);

/// The part of an object that needs another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// All of it: it goes with what it needs.
    Whole,
    /// A column: it goes with what it needs.
    Column(ColumnId),
    /// A column's default or generation expression.
    Default(ColumnId),
}

/// What happens to a user when what it uses is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tie {
    /// RESTRICT refuses the drop (2BP01), CASCADE takes the user with it.
    Normal,
    /// The user goes too, without a word: an index with its column, an owned sequence.
    Auto,
    /// The user is part of the other and cannot be dropped alone: the index of a constraint, an
    /// identity column's sequence.
    Internal,
}
