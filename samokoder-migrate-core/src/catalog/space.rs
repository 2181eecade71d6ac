//! Where names must differ from each other.

/// Where names must differ from each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Space {
    Schema,
    Extension,
    Role,
    Language,
    AccessMethod,
    Cast,
    EventTrigger,
    Publication,
    Subscription,
    Wrapper,
    Server,
    Tablespace,
    /// Tables, views, sequences, indexes, composite types.
    Relation,
    /// Types, domains, and the row types of relations.
    Type,
    /// Functions, procedures, aggregates: overloads share a name.
    Routine,
    /// Operators share a name too.
    Operator,
    OperatorClass,
    OperatorFamily,
    Collation,
    Conversion,
    Statistics,
    TextSearchConfiguration,
    TextSearchDictionary,
    TextSearchParser,
    TextSearchTemplate,
    /// Of a table or a domain.
    Constraint,
    Trigger,
    Policy,
    Rule,
}

impl Space {
    /// Returns what messages call the objects in it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Schema => "schema",
            Self::Extension => "extension",
            Self::Role => "role",
            Self::Language => "language",
            Self::AccessMethod => "access method",
            Self::Cast => "cast",
            Self::EventTrigger => "event trigger",
            Self::Publication => "publication",
            Self::Subscription => "subscription",
            Self::Wrapper => "foreign-data wrapper",
            Self::Server => "server",
            Self::Tablespace => "tablespace",
            Self::Relation => "relation",
            Self::Type => "type",
            Self::Routine => "function",
            Self::Operator => "operator",
            Self::OperatorClass => "operator class",
            Self::OperatorFamily => "operator family",
            Self::Collation => "collation",
            Self::Conversion => "conversion",
            Self::Statistics => "statistics object",
            Self::TextSearchConfiguration => "text search configuration",
            Self::TextSearchDictionary => "text search dictionary",
            Self::TextSearchParser => "text search parser",
            Self::TextSearchTemplate => "text search template",
            Self::Constraint => "constraint",
            Self::Trigger => "trigger",
            Self::Policy => "policy",
            Self::Rule => "rule",
        }
    }

    /// Returns whether several objects may have one name in it.
    pub(super) fn shares_names(self) -> bool {
        matches!(
            self,
            Self::Routine | Self::Operator | Self::OperatorClass | Self::OperatorFamily
        )
    }
}

macro_rules! alone {
    ($($space:ident)*) => {
        impl Space {
            /// Returns itself as the only one of a list.
            pub(super) fn alone(self) -> &'static [Self] {
                match self { $(Self::$space => &[Self::$space],)* }
            }
        }
    };
}

alone! {
    Schema Extension Role Language AccessMethod Cast EventTrigger Publication Subscription Wrapper
    Server Tablespace Relation Type Routine Operator OperatorClass OperatorFamily Collation Conversion
    Statistics TextSearchConfiguration TextSearchDictionary TextSearchParser TextSearchTemplate
    Constraint Trigger Policy Rule
}
