//! A seed that is a file of rows: its header, and the statement that the rows become, by which the
//! catalog checks it.

mod header;

use std::{ops::Range, sync::Arc};

use crate::{
    Code, Diagnostic, SourceFile, Span,
    directive::Copy,
    folder::{Content, Folder},
    migration::{Rows, Statement, Transaction},
    near, sql,
};
use header::{Column, header};

/// A file of rows as a script would load it.
#[derive(Debug)]
pub(crate) struct Loading {
    pub(crate) rows: Rows,
    /// The statement that loads it, which no file holds.
    pub(crate) file: Arc<SourceFile>,
    pub(crate) statements: Vec<Statement>,
    places: Vec<(Range<usize>, Arc<SourceFile>, Span)>,
    /// Where the directive is.
    whole: (Arc<SourceFile>, Span),
}

/// Where a seed's directive is, and what is beside it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Beside<'a> {
    pub(crate) folder: &'a Folder,
    /// The seed's path below the folder.
    pub(crate) path: &'a str,
    pub(crate) file: &'a Arc<SourceFile>,
    pub(crate) postgres: Option<u16>,
}

impl<'a> Beside<'a> {
    /// Reads the header of the rows, and makes the statement that loads them.
    pub(crate) fn read(self, copy: &Copy) -> Result<Loading, Box<Diagnostic>> {
        let path = match self.path.rsplit_once('/') {
            Some((folder, _)) => format!("{folder}/{}", copy.file),
            None => copy.file.clone(),
        };
        let text = self.text(copy, &path)?;
        let rows = Arc::new(SourceFile::new(self.folder.shown(&path), text));
        let columns = header(&rows).map_err(|(why, span)| {
            let finding = Diagnostic::new(Code::SeedRows, why).at(&rows, span);
            Box::new(finding.help("write the columns' names, with `,` between, as the first line"))
        })?;
        if let Some((name, span)) = copy
            .key
            .iter()
            .find(|(name, _)| columns.iter().all(|column| column.name != *name))
        {
            let finding = Diagnostic::new(
                Code::SeedRows,
                format!("the file has no column `{name}`, which the key names"),
            );
            let names = columns.iter().map(|column| column.name.as_str());
            let near = near::closest(name, names.clone());
            let help = near.map_or_else(
                || format!("its columns are {}", names.collect::<Vec<_>>().join(", ")),
                |near| format!("did you mean `{near}`?"),
            );
            return Err(Box::new(finding.at(self.file, *span).help(help)));
        }
        Ok(self.loading(copy, path, &rows, &columns))
    }

    /// Returns the beginning of the file, as text.
    fn text(self, copy: &Copy, path: &str) -> Result<&'a str, Box<Diagnostic>> {
        let finding =
            |code, message| Box::new(Diagnostic::new(code, message).at(self.file, copy.file_span));
        let shown = self.folder.shown(path);
        let bytes = match self.folder.get(path).map(|entry| &entry.content) {
            Some(Content::File(bytes) | Content::Head(bytes)) => bytes,
            Some(Content::Unreadable(why)) => {
                let message = format!("`{shown}` cannot be read: {why}");
                return Err(finding(Code::Unreadable, message));
            }
            Some(Content::Unread) => {
                let message = format!("`{shown}` does not end in `.csv`");
                let finding = finding(Code::SeedRows, message);
                return Err(Box::new(finding.help("rename it")));
            }
            Some(Content::Folder) => {
                return Err(finding(Code::SeedRows, format!("`{shown}` is a folder")));
            }
            None => {
                let beside = self.folder.entries().iter().filter_map(|entry| {
                    let name = entry.name();
                    (entry.path.len() - name.len() == path.len() - copy.file.len()
                        && name.to_lowercase().ends_with(".csv"))
                    .then_some(name)
                });
                let near = near::closest(&copy.file, beside);
                let missing = finding(Code::SeedRows, format!("`{shown}` is not there"));
                return Err(Box::new(
                    near.into_iter().fold(*missing, |missing, near| {
                        missing.help(format!("did you mean `{near}`?"))
                    }),
                ));
            }
        };
        let head = bytes
            .split(|byte| *byte == b'\n')
            .next()
            .unwrap_or_default();
        str::from_utf8(head).map_err(|_| {
            let finding = finding(Code::NotUtf8, format!("`{shown}` is not UTF-8 text"));
            Box::new(finding.help("save it as UTF-8"))
        })
    }

    fn loading(
        self,
        copy: &Copy,
        path: String,
        rows: &Arc<SourceFile>,
        columns: &[Column],
    ) -> Loading {
        let mut text = Written::default();
        text.plain("INSERT INTO ");
        let table: Vec<String> = copy.table.iter().map(|part| quoted(part)).collect();
        text.placed(&table.join("."), self.file, copy.table_span);
        for (before, after) in [(" (", ") SELECT "), ("", " FROM ")] {
            text.plain(before);
            for (index, column) in columns.iter().enumerate() {
                text.plain(if index == 0 { "" } else { ", " });
                text.placed(&quoted(&column.name), rows, column.span);
            }
            text.plain(after);
        }
        text.placed(&table.join("."), self.file, copy.table_span);
        text.plain(" ON CONFLICT (");
        for (index, (name, span)) in copy.key.iter().enumerate() {
            text.plain(if index == 0 { "" } else { ", " });
            text.placed(&quoted(name), self.file, *span);
        }
        let is_key = |column: &Column| copy.key.iter().any(|(name, _)| *name == column.name);
        let mut action = ") DO UPDATE SET ";
        for column in columns.iter().filter(|column| !is_key(column)) {
            let name = quoted(&column.name);
            text.plain(action);
            text.placed(&format!("{name} = EXCLUDED.{name}"), rows, column.span);
            action = ", ";
        }
        if columns.iter().all(is_key) {
            text.plain(") DO NOTHING");
        }
        let file = Arc::new(SourceFile::new(self.file.path(), &text.text));
        let context = sql::Context {
            transaction: Transaction::Inside,
            postgres: self.postgres,
            role: sql::Role::Seed,
        };
        Loading {
            rows: Rows {
                file: path,
                header: header::line(rows).to_owned(),
                table: copy.table.clone(),
                columns: columns.iter().map(|column| column.name.clone()).collect(),
                key: copy.key.iter().map(|(name, _)| name.clone()).collect(),
            },
            statements: sql::read(&file, &context).statements,
            file,
            places: text.places,
            whole: (Arc::clone(self.file), copy.span),
        }
    }
}

impl Loading {
    /// Points a finding about the statement at what its author wrote.
    pub(crate) fn place(&self, finding: Diagnostic) -> Diagnostic {
        let start = finding.source().map(|(_, span)| span.start);
        let place = self
            .places
            .iter()
            .find(|(range, ..)| start.is_some_and(|start| range.contains(&start)));
        match (place, &self.whole) {
            (Some((_, file, span)), _) | (None, (file, span)) => finding.at(file, *span),
        }
    }
}

/// A text that knows whose words are where in it.
#[derive(Debug, Default)]
struct Written {
    text: String,
    places: Vec<(Range<usize>, Arc<SourceFile>, Span)>,
}

impl Written {
    fn plain(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn placed(&mut self, text: &str, file: &Arc<SourceFile>, span: Span) {
        let start = self.text.len();
        self.text.push_str(text);
        let range = start..self.text.len();
        self.places.push((range, Arc::clone(file), span));
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests;
