//! Functions, aggregates and procedures, by name.

use super::lookup::{Line, Table, table};

const ROUTINES: Table = table!("data/routines.txt");

/// What is known of all routines of one name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Routine {
    /// How many arguments the overloads take.
    pub(crate) arities: Arities,
    /// The type that each overload returns, as `format_type` writes it; `None` where they differ,
    /// where it depends on the arguments, or where it is not known.
    pub(crate) returns: Option<&'static str>,
    /// The first major version that has the name; `None` if 13 has it or it is not known.
    pub(crate) since: Option<u32>,
}

/// How many arguments the overloads of a routine take, defaults counted: `0,2-3,5*`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arities(&'static str);

/// Returns the routines of a name in `pg_catalog`, in any supported version.
///
/// A call of one argument whose name is a type's may also be a cast, and one on a row a column.
pub(crate) fn routine(name: &str) -> Option<Routine> {
    let line = ROUTINES.find(&[name])?;
    let since = line.field(4).parse().ok();
    Some(Routine::read(line, 1).since(since))
}

impl Routine {
    /// Returns whether an overload may take so many arguments; those of `WITHIN GROUP` count too.
    pub(crate) fn takes(&self, count: usize) -> bool {
        self.arities.hold(count)
    }

    /// Reads arities, result and kind from a field on.
    pub(super) fn read(line: Line, position: usize) -> Self {
        Self {
            arities: Arities(line.field(position)),
            returns: line.filled(position + 1),
            since: None,
        }
    }

    fn since(mut self, version: Option<u32>) -> Self {
        self.since = version;
        self
    }
}

impl Arities {
    /// Returns whether a number of arguments is among them; any is where they are not known.
    pub(crate) fn hold(self, count: usize) -> bool {
        self.0.is_empty() || self.0.split(',').any(|range| within(range, count))
    }
}

fn within(range: &str, count: usize) -> bool {
    let number = |text: &str| text.parse::<usize>().ok();
    if let Some(least) = range.strip_suffix('*') {
        return number(least).is_some_and(|least| least <= count);
    }
    let (least, most) = range.split_once('-').unwrap_or((range, range));
    number(least).is_some_and(|least| least <= count)
        && number(most).is_some_and(|most| count <= most)
}
