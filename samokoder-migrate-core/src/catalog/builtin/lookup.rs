//! Looking names up in the data files as they stand, without building anything from them.

use std::cmp::Ordering;

/// A text of lines in byte order, each of fields with tabs between.
///
/// A tab sorts before all that a name is written with, so that lines in order are fields in order.
#[derive(Clone, Copy, Debug)]
pub(super) struct Table(pub(super) &'static str);

/// A line of a [`Table`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Line(&'static str);

impl Table {
    /// Returns the first line that begins with these fields.
    pub(super) fn find(self, key: &[&str]) -> Option<Line> {
        if key.iter().any(|field| field.contains(['\t', '\n'])) {
            return None;
        }
        let (mut low, mut high) = (0, self.0.len());
        while low < high {
            let (line, start, end) = self.around(low, low.midpoint(high))?;
            match compare(line.0, key) {
                Ordering::Less => low = end,
                Ordering::Equal | Ordering::Greater => high = start,
            }
        }
        let (line, ..) = self.around(low, low)?;
        (compare(line.0, key) == Ordering::Equal).then_some(line)
    }

    /// Returns whether a line begins with these fields.
    pub(super) fn has(self, key: &[&str]) -> bool {
        self.find(key).is_some()
    }

    /// Returns the line that a position is in, with its bounds; `low` begins a line before it.
    fn around(self, low: usize, position: usize) -> Option<(Line, usize, usize)> {
        let start = match self.0.get(low..position)?.rfind('\n') {
            Some(newline) => low + newline + 1,
            None => low,
        };
        let rest = self.0.get(position..)?;
        let end = position + rest.find('\n')?;
        Some((Line(self.0.get(start..end)?), start, end + 1))
    }
}

impl Line {
    /// Returns a field, empty where the line has no more.
    pub(super) fn field(self, position: usize) -> &'static str {
        self.0.split('\t').nth(position).unwrap_or_default()
    }

    /// Returns a field, or `None` where it is empty.
    pub(super) fn filled(self, position: usize) -> Option<&'static str> {
        Some(self.field(position)).filter(|field| !field.is_empty())
    }

    /// Returns the items of a field that is a list.
    pub(super) fn list(self, position: usize) -> impl Iterator<Item = &'static str> {
        let items = self.field(position).split(',');
        items.filter(|item| !item.is_empty())
    }
}

/// Compares the first fields of a line with a key.
fn compare(line: &str, key: &[&str]) -> Ordering {
    let mut rest = line.as_bytes();
    for field in key {
        let (head, tail) = rest.split_at_checked(field.len()).unwrap_or((rest, &[]));
        match head.cmp(field.as_bytes()) {
            Ordering::Equal => {}
            unequal => return unequal,
        }
        rest = match tail {
            [] => tail,
            [b'\t', tail @ ..] => tail,
            _ => return Ordering::Greater,
        };
    }
    Ordering::Equal
}
