//! One file, read: the script that it becomes if nothing is wrong.

use std::sync::Arc;

use crate::{
    Code, Diagnostic, Digest, SourceFile,
    check::Options,
    checksum::{self, Run},
    directive::{self, Copy, Directives, Role},
    folder::{Content, Folder, escape},
    lexer,
    migration::{Script, Statement, Transaction},
    rows::{Beside, Loading},
    sql,
};

/// A script with everything that was found in it, right or wrong.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) file: Arc<SourceFile>,
    pub(crate) directives: Directives,
    pub(crate) run: Run,
    pub(crate) statements: Vec<Statement>,
    pub(crate) settings: Vec<String>,
    pub(crate) checksum: Digest,
    pub(crate) findings: Vec<Diagnostic>,
    /// The rows that it loads, where it is a seed with a `copy` directive.
    pub(crate) loading: Option<Loading>,
    /// Whether it has a token that is neither a comment nor a `;`.
    pub(crate) does_something: bool,
}

/// A file to be read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Job<'a> {
    pub(crate) folder: &'a Folder,
    pub(crate) path: &'a str,
    pub(crate) role: Role,
    /// What the migration's metadata say.
    pub(crate) transaction: Transaction,
}

impl Job<'_> {
    /// Returns how many bytes there are to be read.
    pub(crate) fn size(&self) -> usize {
        match self.folder.get(self.path).map(|entry| &entry.content) {
            Some(Content::File(bytes)) => bytes.len(),
            _ => 0,
        }
    }

    /// Reads the file; an error if there is no text.
    pub(crate) fn read(&self, options: &Options) -> Result<Draft, Box<Diagnostic>> {
        let text = self.text()?;
        let file = Arc::new(SourceFile::new(self.folder.shown(self.path), text));
        let tokens = lexer::tokens(file.text());
        let (directives, mut findings) = directive::read(&file, &tokens, self.role);
        let run = Run {
            transaction: if directives.no_transaction.is_some() {
                Transaction::Outside
            } else {
                self.transaction
            },
            lock_timeout: directives.lock_timeout,
            statement_timeout: directives.statement_timeout,
        };
        let reading = sql::read(
            &file,
            &sql::Context {
                transaction: run.transaction,
                postgres: options.postgres,
                role: match self.role {
                    Role::Upgrade => sql::Role::Upgrade,
                    Role::Downgrade => sql::Role::Downgrade,
                    Role::Seed => sql::Role::Seed,
                },
            },
        );
        findings.extend(reading.diagnostics);
        let does_something = tokens
            .iter()
            .any(|token| !token.kind.is_comment() && file.slice(token.span) != ";");
        let mut checksum = checksum::checksum(file.text(), &tokens, &run);
        let mut loading = None;
        if let Some(copy) = &directives.copy {
            checksum = checksum::of_rows(&copy.text, &run);
            match self.loading(&file, copy, does_something, options) {
                Ok(read) => loading = Some(read),
                Err(finding) => findings.push(*finding),
            }
        }
        Ok(Draft {
            checksum,
            loading,
            file,
            directives,
            run,
            statements: reading.statements,
            settings: reading.settings,
            findings,
            does_something,
        })
    }

    /// Reads the header of the rows that a seed loads.
    fn loading(
        &self,
        file: &Arc<SourceFile>,
        copy: &Copy,
        does_something: bool,
        options: &Options,
    ) -> Result<Loading, Box<Diagnostic>> {
        if does_something {
            let finding = Diagnostic::new(
                Code::SeedRows,
                "a seed that copies a file has no statements of its own",
            );
            return Err(Box::new(
                finding
                    .at(file, copy.span)
                    .help("move the statements into a seed of their own"),
            ));
        }
        Beside {
            folder: self.folder,
            path: self.path,
            file,
            postgres: options.postgres,
        }
        .read(copy)
    }

    fn text(&self) -> Result<&str, Box<Diagnostic>> {
        let shown = || self.folder.shown(self.path);
        let name = || escape(self.path);
        let finding = |code, message: String| Diagnostic::new(code, message).in_path(shown());
        let bytes = match self.folder.get(self.path).map(|entry| &entry.content) {
            Some(Content::File(bytes)) => bytes,
            Some(Content::Unreadable(why)) => {
                let message = format!("`{}` cannot be read: {why}", name());
                return Err(Box::new(finding(Code::Unreadable, message)));
            }
            _ => {
                let message = format!("`{}` is not a file", name());
                return Err(Box::new(finding(Code::Unreadable, message)));
            }
        };
        if is_utf16(bytes) {
            let message = format!("`{}` is UTF-16, not UTF-8", name());
            return Err(Box::new(
                finding(Code::NotUtf8, message).help("save it as UTF-8"),
            ));
        }
        str::from_utf8(bytes).map_err(|error| {
            let (before, after) = bytes
                .split_at_checked(error.valid_up_to())
                .unwrap_or_default();
            let before = SourceFile::new("", str::from_utf8(before).unwrap_or_default());
            let byte = after.first().copied().unwrap_or_default();
            let at = before.position(before.text().len());
            let message = format!("`{}` is not UTF-8: byte 0x{byte:02X} at {at}", name());
            Box::new(finding(Code::NotUtf8, message).help("save it as UTF-8"))
        })
    }
}

/// Returns whether a file is UTF-16: by its byte order mark, or because each second byte of its
/// beginning is zero.
fn is_utf16(bytes: &[u8]) -> bool {
    let zeros = |first: usize| {
        let mut beginning = bytes.iter().take(64).skip(first).step_by(2).peekable();
        beginning.peek().is_some() && beginning.all(|byte| *byte == 0)
    };
    bytes.starts_with(&[0xFF, 0xFE])
        || bytes.starts_with(&[0xFE, 0xFF])
        || (bytes.len() > 3 && zeros(0) != zeros(1))
}

impl Draft {
    /// Returns the checksum that the script would have if it were run in another way.
    pub(crate) fn checksum_if(&self, run: &Run) -> Digest {
        let text = self.file.text();
        checksum::checksum(text, &lexer::tokens(text), run)
    }

    /// Makes the script; its findings stay behind.
    pub(crate) fn into_script(self) -> Script {
        Script {
            file: self.file,
            statements: self.statements,
            transaction: self.run.transaction,
            lock_timeout: self.run.lock_timeout,
            statement_timeout: self.run.statement_timeout,
            settings: self.settings,
            touches: self.directives.touches,
            checksum: self.checksum,
        }
    }
}
