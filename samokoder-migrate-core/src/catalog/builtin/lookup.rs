//! Looking names up in the data files as they stand, without building anything at run time.

use std::cmp::Ordering;

/// A text of lines in byte order, each of fields with tabs between.
///
/// A tab sorts before all that a name is written with, so that lines in order are fields in order.
#[derive(Clone, Copy, Debug)]
pub(super) struct Table {
    text: &'static str,
    /// Where each line begins, and the end of the text: found by the compiler, as looking for it takes
    /// most of a search where nothing is optimised.
    starts: &'static [u32],
}

/// Makes a [`Table`] of a file.
macro_rules! table {
    ($path:literal) => {{
        const TEXT: &str = include_str!($path);
        const LINES: usize = $crate::catalog::builtin::lookup::lines(TEXT);
        static STARTS: [u32; LINES + 1] = $crate::catalog::builtin::lookup::starts(TEXT);
        $crate::catalog::builtin::lookup::Table::new(TEXT, &STARTS)
    }};
}
pub(super) use table;

/// A line of a [`Table`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Line(&'static str);

impl Table {
    /// Makes a table of a text and what [`starts`] says of it.
    pub(super) const fn new(text: &'static str, starts: &'static [u32]) -> Self {
        Self { text, starts }
    }

    /// Returns the first line that begins with these fields.
    pub(super) fn find(self, key: &[&str]) -> Option<Line> {
        self.line(self.first(key)?).map(Line)
    }

    /// Returns all lines that begin with these fields.
    pub(super) fn all<const FIELDS: usize>(
        self,
        key: [&str; FIELDS],
    ) -> impl Iterator<Item = Line> {
        let end = self.starts.len();
        let lines = (self.first(&key).unwrap_or(end)..end).map_while(move |at| self.line(at));
        lines
            .take_while(move |line| compare(line.as_bytes(), &key) == Ordering::Equal)
            .map(Line)
    }

    /// Returns the number of the first line that begins with these fields.
    fn first(self, key: &[&str]) -> Option<usize> {
        let (mut low, mut high) = (0, self.starts.len().checked_sub(1)?);
        let mut found = None;
        while low < high {
            let middle = low + (high - low) / 2;
            match compare(self.line(middle)?.as_bytes(), key) {
                Ordering::Less => low = middle + 1,
                Ordering::Equal => {
                    found = Some(middle);
                    high = middle;
                }
                Ordering::Greater => high = middle,
            }
        }
        // A tab in a name is none between fields.
        found.filter(|_| key.iter().all(|field| !field.contains('\t')))
    }

    /// Returns whether a line begins with these fields.
    pub(super) fn has(self, key: &[&str]) -> bool {
        self.find(key).is_some()
    }

    fn line(self, number: usize) -> Option<&'static str> {
        let start = *self.starts.get(number)?;
        let end = *self.starts.get(number + 1)?;
        self.text
            .get(start as usize..(end as usize).checked_sub(1)?)
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

/// Returns how many lines a text has.
pub(super) const fn lines(text: &str) -> usize {
    let (mut count, mut rest) = (0, text.as_bytes());
    while let [byte, tail @ ..] = rest {
        if *byte == b'\n' {
            count += 1;
        }
        rest = tail;
    }
    count
}

/// Returns where each line of a text begins, and its end.
#[expect(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "run by the compiler, which refuses what is out of bounds; no file is that long"
)]
pub(super) const fn starts<const COUNT: usize>(text: &str) -> [u32; COUNT] {
    let mut starts = [0; COUNT];
    let (mut line, mut rest) = (0, text.as_bytes());
    while let [byte, tail @ ..] = rest {
        if *byte == b'\n' {
            line += 1;
            starts[line] = (text.len() - tail.len()) as u32;
        }
        rest = tail;
    }
    starts
}

/// Compares the first fields of a line with a key.
fn compare(line: &[u8], key: &[&str]) -> Ordering {
    let mut rest = line;
    for field in key {
        let Some((head, tail)) = rest.split_at_checked(field.len()) else {
            // Shorter than the field: less, or greater by an earlier byte.
            return rest.cmp(field.as_bytes());
        };
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
