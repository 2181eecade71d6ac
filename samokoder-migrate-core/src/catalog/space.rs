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
