//! The seeds' folder.

use std::collections::BTreeSet;

use crate::{
    Code, Diagnostic, Span,
    draft::Draft,
    folder::{Content, Entry, Folder, escape, is_ignored},
    migration::Insert,
};

/// One seed's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FoundSeed {
    /// Its path below the folder, without `.sql`.
    pub(crate) path: String,
    /// Its folder.
    pub(crate) environment: Option<String>,
    /// Its path below the folder.
    pub(crate) file: String,
}

/// Lists the seeds: those of every environment first, then by environment and path.
pub(crate) fn list(folder: &Folder) -> (Vec<FoundSeed>, Vec<Diagnostic>) {
    let mut found = Vec::new();
    let mut findings = Vec::new();
    for entry in folder.entries() {
        if entry.path.split('/').any(is_ignored) {
            continue;
        }
        match refusal(folder, entry) {
            Some(finding) => findings.push(finding),
            None => found.extend(seed(entry)),
        }
    }
    found.sort_by(|a, b| (&a.environment, &a.path).cmp(&(&b.environment, &b.path)));
    (found, findings)
}

fn seed(entry: &Entry) -> Option<FoundSeed> {
    let path = entry.path.strip_suffix(".sql")?;
    if entry.is_folder() {
        return None;
    }
    Some(FoundSeed {
        path: path.to_owned(),
        environment: path
            .split_once('/')
            .map(|(environment, _)| environment.to_owned()),
        file: entry.path.clone(),
    })
}

/// Says why an entry is neither a seed, nor an environment, nor another's file.
fn refusal(folder: &Folder, entry: &Entry) -> Option<Diagnostic> {
    let name = entry.name();
    let shown = escape(&entry.path);
    let finding = |code, message: String| {
        Some(Diagnostic::new(code, message).in_path(folder.shown(&entry.path)))
    };
    let deep = entry.path.matches('/').count() > usize::from(!entry.is_folder());
    if name.chars().any(char::is_control) {
        return finding(
            Code::SeedName,
            format!("`{shown}` holds a control character"),
        );
    }
    if deep {
        return finding(
            Code::SeedName,
            format!("`{shown}` is a folder inside an environment"),
        )
        .map(|finding| finding.help("an environment is one folder: move its seeds up"));
    }
    let lower = name.to_lowercase();
    let is_seed = name.strip_suffix(".sql").is_some();
    if let Content::Unreadable(why) = &entry.content
        && !is_seed
    {
        return finding(Code::Unreadable, format!("`{shown}` cannot be read: {why}"));
    }
    let stem = name.strip_suffix(".sql").unwrap_or(name);
    if (is_seed || entry.is_folder()) && !stem.chars().any(char::is_alphanumeric) {
        return finding(
            Code::SeedName,
            format!("`{shown}` has no letter or digit in its name"),
        )
        .map(|finding| finding.help("rename it, such as to `default_settings.sql`"));
    }
    if is_seed || entry.is_folder() {
        return None;
    }
    let misspelt = [".sql", ".pgsql", ".psql", ".ddl"]
        .iter()
        .find_map(|extension| {
            let at = lower.find(&format!("{extension}.")).or_else(|| {
                let at = lower.len().checked_sub(extension.len())?;
                lower.ends_with(extension).then_some(at)
            })?;
            name.get(..at)
        })?;
    finding(Code::SeedName, format!("`{shown}` does not end in `.sql`"))
        .map(|finding| finding.help(format!("rename it to `{misspelt}.sql`")))
}

/// Finds the inserts that a second run of a seed would repeat.
pub(crate) fn repeatable(draft: &Draft) -> Vec<Diagnostic> {
    let mut emptied: BTreeSet<&str> = BTreeSet::new();
    let mut findings = Vec::new();
    for statement in &draft.statements {
        emptied.extend(statement.facts.empties.iter().map(String::as_str));
        let plain = statement
            .facts
            .inserts
            .iter()
            .find_map(|insert| match insert {
                // Without a name only the verdict is known, which does not tell.
                Insert::Plain { table }
                    if !table.is_empty() && !emptied.contains(table.as_str()) =>
                {
                    Some(table)
                }
                _ => None,
            });
        let Some(table) = plain else { continue };
        let text = draft.file.slice(statement.span);
        let line = text.find('\n').unwrap_or(text.len());
        let start = statement.span.start;
        findings.push(
            Diagnostic::new(
                Code::SeedNotRepeatable,
                format!("a second run would insert these rows into `{table}` again"),
            )
            .at(&draft.file, Span::new(start, start + line))
            .note("a seed runs again when it changes, and after a downgrade")
            .help("add `ON CONFLICT (…) DO UPDATE SET …` or `ON CONFLICT DO NOTHING`")
            .help("where that is meant: `-- samokoder: allow(seed-not-repeatable) \"why\"`"),
        );
    }
    findings
}
