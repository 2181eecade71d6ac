//! A folder's listing in memory.

/// What a folder holds, with paths below it, sorted: pure, so that a test needs no disk.
///
/// ```
/// use samokoder_migrate_core::folder::Folder;
///
/// let folder = Folder::new("migrations")
///     .file("001_users.up.sql", "CREATE TABLE users ();")
///     .file("001_users.down.sql", "DROP TABLE users;");
/// assert_eq!(folder.entries().len(), 2);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folder {
    display: String,
    entries: Vec<Entry>,
}

/// One file or folder below a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// Its path below the folder, with `/` between the parts.
    pub path: String,
    /// What is there.
    pub content: Content,
}

/// What is at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Content {
    /// A file's bytes.
    File(Vec<u8>),
    /// The beginning of a file of rows, whose header is all that is needed.
    Head(Vec<u8>),
    /// A file that is not read, since nothing needs what is in it.
    Unread,
    /// A folder; what is in it has entries of its own, as far down as a layout goes.
    Folder,
    /// Something that cannot be read, and why.
    Unreadable(String),
}

impl Folder {
    /// Makes an empty folder with the path that messages show, such as `migrations`.
    #[must_use]
    pub fn new(display: impl Into<String>) -> Self {
        Self {
            display: display.into(),
            entries: Vec::new(),
        }
    }

    /// Adds a file, and the folder that it is in.
    #[must_use]
    pub fn file(mut self, path: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        let path = path.into();
        if let Some((folder, _)) = path.rsplit_once('/') {
            self.add(folder.to_owned(), Content::Folder);
        }
        self.add(path, Content::File(bytes.into()));
        self
    }

    /// Adds a file of which only the beginning is read.
    #[must_use]
    pub fn head(mut self, path: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        self.add(path.into(), Content::Head(bytes.into()));
        self
    }

    /// Adds a folder.
    #[must_use]
    pub fn folder(mut self, path: impl Into<String>) -> Self {
        self.add(path.into(), Content::Folder);
        self
    }

    /// Adds a file that is not read.
    #[must_use]
    pub fn unread(mut self, path: impl Into<String>) -> Self {
        self.add(path.into(), Content::Unread);
        self
    }

    /// Adds what cannot be read, and why.
    #[must_use]
    pub fn unreadable(mut self, path: impl Into<String>, why: impl Into<String>) -> Self {
        self.add(path.into(), Content::Unreadable(why.into()));
        self
    }

    /// Returns the path that messages show.
    #[must_use]
    pub fn display(&self) -> &str {
        &self.display
    }

    /// Returns the entries, sorted by path.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Returns what is at a path.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&Entry> {
        let at = self.search(path).ok()?;
        self.entries.get(at)
    }

    /// Returns the entries that are directly in the folder.
    pub fn top(&self) -> impl Iterator<Item = &Entry> {
        self.entries
            .iter()
            .filter(|entry| !entry.path.contains('/'))
    }

    /// Returns the entries that are directly in one of its folders.
    pub fn inside(&self, folder: &str) -> impl Iterator<Item = &Entry> {
        let prefix = format!("{folder}/");
        let start = self.entries.partition_point(|entry| entry.path < prefix);
        self.entries
            .iter()
            .skip(start)
            .map_while(move |entry| Some((entry, entry.path.strip_prefix(&prefix)?)))
            .filter(|(_, rest)| !rest.contains('/'))
            .map(|(entry, _)| entry)
    }

    /// Returns the path of an entry as messages show it; control characters are escaped.
    #[must_use]
    pub fn shown(&self, path: &str) -> String {
        let shown = if self.display.is_empty() {
            path.to_owned()
        } else {
            format!("{}/{path}", self.display)
        };
        escape(&shown)
    }

    /// Returns the folder without some of its entries.
    pub(crate) fn clone_without(&self, without: impl Fn(&Entry) -> bool) -> Self {
        Self {
            display: self.display.clone(),
            entries: self
                .entries
                .iter()
                .filter(|entry| !without(entry))
                .cloned()
                .collect(),
        }
    }

    fn search(&self, path: &str) -> Result<usize, usize> {
        self.entries
            .binary_search_by(|entry| entry.path.as_str().cmp(path))
    }

    /// Adds an entry, or puts it in the place of the one at its path.
    fn add(&mut self, path: String, content: Content) {
        // Entries mostly come sorted; then nothing moves.
        match self.search(&path) {
            Ok(at) => {
                if let Some(entry) = self.entries.get_mut(at) {
                    entry.content = content;
                }
            }
            Err(at) => self.entries.insert(at, Entry { path, content }),
        }
    }
}

impl Entry {
    /// Returns the last part of its path.
    #[must_use]
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// Returns whether it is a folder.
    #[must_use]
    pub fn is_folder(&self) -> bool {
        self.content == Content::Folder
    }
}

/// Returns whether a name is hidden or an editor's leftover: nobody's migration.
#[must_use]
pub fn is_ignored(name: &str) -> bool {
    name.starts_with('.')
        || name.ends_with('~')
        || (name.starts_with('#') && name.ends_with('#'))
        || [".swp", ".swo", ".swx", ".tmp"]
            .iter()
            .any(|suffix| name.ends_with(suffix))
        || name.eq_ignore_ascii_case("thumbs.db")
        || name.eq_ignore_ascii_case("desktop.ini")
}

/// Writes control characters as escapes, so that a name cannot change what a terminal shows.
pub(crate) fn escape(text: &str) -> String {
    text.chars().fold(String::new(), |mut escaped, c| {
        if c.is_control() {
            escaped.extend(c.escape_default());
        } else {
            escaped.push(c);
        }
        escaped
    })
}

#[cfg(test)]
mod tests {
    use super::{Folder, is_ignored};

    #[test]
    fn entries_are_sorted_and_folders_are_listed_once() {
        let folder = Folder::new("m")
            .file("b/up.sql", "")
            .file("a.sql", "")
            .file("b/down.sql", "")
            .file("b.sql", "");
        let paths: Vec<&str> = folder
            .entries()
            .iter()
            .map(|entry| entry.path.as_str())
            .collect();
        assert_eq!(paths, ["a.sql", "b", "b.sql", "b/down.sql", "b/up.sql"]);
        let inside: Vec<&str> = folder.inside("b").map(super::Entry::name).collect();
        assert_eq!(inside, ["down.sql", "up.sql"]);
        assert_eq!(folder.top().count(), 3);
    }

    #[test]
    fn leftovers_of_editors_are_ignored() {
        for name in [
            ".gitkeep",
            ".DS_Store",
            "001_a.up.sql~",
            ".001_a.up.sql.swp",
            "#a.sql#",
        ] {
            assert!(is_ignored(name), "{name}");
        }
        assert!(!is_ignored("001_a.up.sql"));
    }

    #[test]
    fn control_characters_are_shown_escaped() {
        assert_eq!(Folder::new("m").shown("a\u{1b}[2J\nb"), "m/a\\u{1b}[2J\\nb");
    }
}
