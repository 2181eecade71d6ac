//! Findings as one JSON object.

use samokoder_migrate_core::{Diagnostic, check::Checked, exception::Exception};
use serde_json::Value;

/// The folders that paths are written relative to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Roots<'r> {
    /// The path of the migrations as findings show it; theirs are written without it.
    pub(crate) migrations: &'r str,
    /// The path of the seeds as findings show it; theirs are written with its last part only.
    pub(crate) seeds: Option<&'r str>,
}

/// Writes what was read, all findings and all ways out that were taken, one on a line.
pub(crate) fn json(checked: &Checked, roots: Roots<'_>) -> String {
    let diagnostics = checked.diagnostics.iter();
    let diagnostics = list(diagnostics.map(|diagnostic| finding(diagnostic, roots)));
    let exceptions = checked.exceptions.iter();
    let exceptions = list(exceptions.map(|exception| way_out(exception, roots)));
    format!(
        "{{\n  \"migrations\": {},\n  \"statements\": {},\n  \"diagnostics\": {diagnostics},\n  \"exceptions\": {exceptions}\n}}\n",
        checked.migrations, checked.statements
    )
}

/// Writes an array with one object on a line.
fn list(objects: impl Iterator<Item = String>) -> String {
    let mut text = String::new();
    for object in objects {
        text.push_str(if text.is_empty() { "[" } else { "," });
        text.push_str("\n    ");
        text.push_str(&object);
    }
    text.push_str(if text.is_empty() { "[]" } else { "\n  ]" });
    text
}

/// Writes one finding, its members in the order in which the format is documented.
fn finding(diagnostic: &Diagnostic, roots: Roots<'_>) -> String {
    let number = |number: Option<usize>| Value::from(number);
    let (start, end) = (diagnostic.position(), diagnostic.end_position());
    let help = diagnostic.help_lines();
    let members = [
        ("code", Value::from(diagnostic.code().as_str())),
        ("severity", Value::from(diagnostic.severity().to_string())),
        (
            "file",
            Value::from(diagnostic.path().and_then(|path| roots.relative(path))),
        ),
        ("line", number(start.map(|start| start.line))),
        ("column", number(start.map(|start| start.column))),
        ("end_line", number(end.map(|end| end.line))),
        ("end_column", number(end.map(|end| end.column))),
        ("message", Value::from(diagnostic.message())),
        (
            "help",
            Value::from((!help.is_empty()).then(|| help.join("\n"))),
        ),
        ("sqlstate", Value::from(diagnostic.sqlstate_code())),
    ];
    object(&members)
}

/// Writes one way out that was taken.
fn way_out(exception: &Exception, roots: Roots<'_>) -> String {
    let path = exception.path.as_deref();
    let position = exception.position;
    object(&[
        (
            "file",
            Value::from(path.and_then(|path| roots.relative(path))),
        ),
        ("line", Value::from(position.map(|position| position.line))),
        (
            "column",
            Value::from(position.map(|position| position.column)),
        ),
        ("what", Value::from(exception.kind.to_string())),
        ("reason", Value::from(exception.reason.as_deref())),
    ])
}

fn object(members: &[(&str, Value)]) -> String {
    let members: Vec<String> = members
        .iter()
        .map(|(name, value)| format!("\"{name}\": {value}"))
        .collect();
    format!("{{{}}}", members.join(", "))
}

impl Roots<'_> {
    /// Returns a path relative to its folder; `None` is the folder of the migrations itself.
    fn relative(self, path: &str) -> Option<String> {
        // The deeper folder decides where one is in the other.
        if let Some(seeds) = self.seeds
            && seeds.len() >= self.migrations.len()
            && let Some(path) = below(seeds, path)
        {
            return Some(join(seeds, path));
        }
        if let Some(path) = below(self.migrations, path) {
            return (!path.is_empty()).then(|| path.to_owned());
        }
        let in_seeds = self
            .seeds
            .and_then(|seeds| Some(join(seeds, below(seeds, path)?)));
        Some(in_seeds.unwrap_or_else(|| path.to_owned()))
    }
}

/// Returns the rest of a path below a folder; an empty one is the folder itself.
fn below<'p>(folder: &str, path: &'p str) -> Option<&'p str> {
    let rest = path.strip_prefix(folder)?;
    if rest.is_empty() {
        return Some(rest);
    }
    rest.strip_prefix('/')
}

/// Puts a folder's last part before a path below it.
fn join(folder: &str, path: &str) -> String {
    let name = folder.rsplit('/').next().unwrap_or(folder);
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{name}/{path}")
    }
}

#[cfg(test)]
mod tests {
    use super::Roots;

    #[test]
    fn paths_are_relative_to_the_folder_that_was_named() {
        let roots = Roots {
            migrations: "/srv/db/migrations",
            seeds: Some("/srv/db/seeds"),
        };
        let relative = |path: &str| roots.relative(path);
        assert_eq!(
            relative("/srv/db/migrations/001_a/up.sql").as_deref(),
            Some("001_a/up.sql")
        );
        assert_eq!(
            relative("/srv/db/seeds/dev/x.sql").as_deref(),
            Some("seeds/dev/x.sql")
        );
        assert_eq!(relative("/srv/db/migrations"), None);
        assert_eq!(relative("elsewhere").as_deref(), Some("elsewhere"));
    }

    #[test]
    fn seeds_below_the_migrations_keep_their_name() {
        let roots = Roots {
            migrations: "db",
            seeds: Some("db/seeds"),
        };
        assert_eq!(
            roots.relative("db/seeds/x.sql").as_deref(),
            Some("seeds/x.sql")
        );
        assert_eq!(
            roots.relative("db/001_a.up.sql").as_deref(),
            Some("001_a.up.sql")
        );
        let inside_out = Roots {
            migrations: "db/migrations",
            seeds: Some("db"),
        };
        assert_eq!(inside_out.relative("db/x.sql").as_deref(), Some("db/x.sql"));
        assert_eq!(
            inside_out.relative("db/migrations/1_a.up.sql").as_deref(),
            Some("1_a.up.sql")
        );
    }
}
