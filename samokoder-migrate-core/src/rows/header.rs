//! The first line of a file of rows: the names of its columns.

use crate::{SourceFile, Span};

/// A column that a header names, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) span: Span,
}

/// Why a header cannot be read, and where.
pub(super) type Misread = (&'static str, Span);

/// Reads a header by the rules of COPY's csv format: `,` between, `"` around, `""` for `"`.
pub(super) fn header(file: &SourceFile) -> Result<Vec<Column>, Misread> {
    let line = line(file);
    if line.trim().is_empty() {
        return Err((
            "the file does not begin with the names of its columns",
            Span::at(0),
        ));
    }
    let mut columns: Vec<Column> = Vec::new();
    let mut at = 0;
    loop {
        let rest = line.get(at..).unwrap_or_default();
        let (name, length) = if let Some(inside) = rest.strip_prefix('"') {
            let end =
                closing(inside).ok_or(("a column's name is not closed by `\"`", Span::at(at)))?;
            let name = inside.get(..end).unwrap_or_default();
            (name.replace("\"\"", "\""), end + 2)
        } else {
            let end = rest.find(',').unwrap_or(rest.len());
            (rest.get(..end).unwrap_or_default().to_owned(), end)
        };
        let span = Span::new(at, at + length);
        if name.is_empty() {
            return Err(("a column has no name", span));
        }
        if columns.iter().any(|column| column.name == name) {
            return Err(("this column is named twice", span));
        }
        columns.push(Column { name, span });
        at += length;
        match line.get(at..).unwrap_or_default().chars().next() {
            None => return Ok(columns),
            Some(',') => at += 1,
            Some(_) => {
                return Err((
                    "a `,` should follow the column's name here",
                    Span::new(at, line.len()),
                ));
            }
        }
    }
}

/// Returns the first line of a file of rows, without what ends it.
pub(super) fn line(file: &SourceFile) -> &str {
    file.text().split(['\n', '\r']).next().unwrap_or_default()
}

/// Returns where a quoted name ends.
fn closing(inside: &str) -> Option<usize> {
    let mut quotes = inside.match_indices('"').map(|(at, _)| at).peekable();
    while let Some(at) = quotes.next() {
        if quotes.next_if_eq(&(at + 1)).is_none() {
            return Some(at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::header;
    use crate::SourceFile;

    fn names(text: &str) -> Result<Vec<String>, String> {
        let file = SourceFile::new("a.csv", text);
        header(&file)
            .map(|columns| columns.into_iter().map(|column| column.name).collect())
            .map_err(|(why, span)| format!("{}: {why}", span.start))
    }

    #[test]
    fn reads_names_as_copy_does() {
        for (text, expected) in [
            ("id,name\n1,x\n", vec!["id", "name"]),
            ("\u{feff}id,name\r\n1,x", vec!["id", "name"]),
            ("\"a,\"\"b\"\"\",c d, e ", vec!["a,\"b\"", "c d", " e "]),
            ("имя", vec!["имя"]),
            ("\"\"\"\"\n", vec!["\""]),
        ] {
            assert_eq!(names(text).unwrap(), expected, "{text:?}");
        }
    }

    #[test]
    fn refuses_what_names_no_columns_and_says_where() {
        for (text, why) in [
            ("", "0: the file does not begin"),
            ("\n1,2", "0: the file does not begin"),
            ("a,,b", "2: a column has no name"),
            ("a,", "2: a column has no name"),
            ("a,\"b", "2: a column's name is not closed"),
            ("a,b,a", "4: this column is named twice"),
            ("\"a\"b,c", "3: a `,` should follow"),
        ] {
            let said = names(text).unwrap_err();
            assert!(said.starts_with(why), "{text:?}: {said}");
        }
    }
}
