//! The types that functions and operators take, and what becomes of a type without a word.

use super::lookup::{Line, Table, table};

const OPERATORS: Table = table!("data/operators.txt");
const SIGNATURES: Table = table!("data/signatures.txt");
const CASTS: Table = table!("data/casts.txt");

/// An operator of `pg_catalog`; types are by their internal names, arrays as `_text`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Operator {
    /// None of a prefix operator.
    pub(crate) left: Option<&'static str>,
    pub(crate) right: &'static str,
    pub(crate) result: &'static str,
}

/// What one function of a name takes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Signature(Line);

/// Where a cast is made without being written (chapter "`pg_cast`").
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Context {
    /// Anywhere.
    Implicit,
    /// Where a value is stored.
    Assignment,
    /// Where it is written.
    Explicit,
}

/// Returns the operators of a name.
pub(crate) fn operators(name: &str) -> impl Iterator<Item = Operator> {
    OPERATORS.all([name]).map(|line| Operator {
        left: line.filled(1),
        right: line.field(2),
        result: line.field(3),
    })
}

/// Returns what the functions of a name take that take anything; none of a name that is not listed: a
/// function that operators are made of, or that only the server calls.
pub(crate) fn signatures(name: &str) -> impl Iterator<Item = Signature> {
    SIGNATURES.all([name]).map(Signature)
}

/// Returns where a cast from one type to another need not be written.
pub(crate) fn cast(from: &str, to: &str) -> Option<Context> {
    // Servers may differ: what any of them does is held possible.
    let contexts = CASTS.all([from, to]).map(|line| match line.field(2) {
        "i" => Context::Implicit,
        "a" => Context::Assignment,
        _ => Context::Explicit,
    });
    contexts.min()
}

impl Signature {
    /// Returns the types of so many arguments; `None` if it does not take as many.
    pub(crate) fn inputs(self, count: usize) -> Option<impl Iterator<Item = &'static str>> {
        let Self(line) = self;
        let least: usize = line.field(1).parse().ok()?;
        let (types, variadic) = match line.field(2).strip_suffix('*') {
            Some(types) => (types, types.rsplit(',').next()),
            None => (line.field(2), None),
        };
        let most = types.split(',').count();
        if count < least || count > most && variadic.is_none() {
            return None;
        }
        // The last stands for any number of what it is an array of.
        let spread = variadic.map(|array| array.strip_prefix('_').unwrap_or("any"));
        let placed = most - usize::from(variadic.is_some());
        let types = types.split(',').take(placed);
        Some(types.chain(spread.into_iter().cycle()).take(count))
    }

    /// Returns the type of its result.
    pub(crate) fn result(self) -> &'static str {
        self.0.field(3)
    }
}
