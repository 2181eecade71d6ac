//! Doc comments of what is generated: what an editor shows on hover.

use samokoder_migrate_core::{
    Version,
    migration::{Downgrade, Migration, Script, Seed, Transaction},
};

/// How many lines of a script are shown.
const LINES: usize = 40;

/// How many characters of a line are shown.
const COLUMNS: usize = 160;

/// Describes a migration: its label, way back, first comment and statements.
pub(crate) fn migration(migration: &Migration) -> String {
    let mut text = format!("{}.", code(&migration.label));
    if migration.upgrade.transaction == Transaction::Outside {
        text.push_str(" Runs outside a transaction.");
    }
    if let Downgrade::Irreversible { reason } = &migration.downgrade {
        text.push_str(" Irreversible: ");
        text.push_str(&code(reason));
        text.push('.');
    }
    let script = &migration.upgrade;
    let mut lines: Vec<String> = first_comment(script).map(str::to_owned).collect();
    for statement in &script.statements {
        let sql = script.file.slice(statement.span);
        lines.extend(sql.lines().map(str::to_owned));
        if let Some(last) = lines.last_mut() {
            last.push(';');
        }
    }
    text + &fence(&lines)
}

/// Describes a seed: its path, first comment and size; never its data.
pub(crate) fn seed(seed: &Seed) -> String {
    let count = seed.script.statements.len();
    let noun = if count == 1 {
        "statement"
    } else {
        "statements"
    };
    if let Some(rows) = &seed.rows {
        return format!(
            "{}: the rows of {}, into {}.",
            code(&seed.path),
            code(&rows.file),
            code(&rows.table.join("."))
        );
    }
    let lines: Vec<String> = first_comment(&seed.script).map(str::to_owned).collect();
    format!("{}: {count} {noun}.{}", code(&seed.path), fence(&lines))
}

/// Describes a migration of which only the name is known.
pub(crate) fn migration_name(version: Version, name: &str) -> String {
    format!("{}, version {version}.", code(name))
}

/// Describes a seed or an environment by its path.
pub(crate) fn path(path: &str) -> String {
    format!("{}.", code(path))
}

/// Writes a code span that no text can end.
pub(crate) fn code(text: &str) -> String {
    let text: String = text
        .chars()
        .map(|character| {
            if character.is_control() {
                ' '
            } else {
                character
            }
        })
        .collect();
    let ticks = "`".repeat(longest_ticks(&text) + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') || text.trim().is_empty() {
        " "
    } else {
        ""
    };
    format!("{ticks}{pad}{text}{pad}{ticks}")
}

/// Writes a block of SQL: rustdoc takes what is indented outside a fence for a Rust test.
fn fence(lines: &[String]) -> String {
    if lines.is_empty() {
        return String::new();
    }
    let shown: Vec<String> = lines.iter().take(LINES).map(|line| cut(line)).collect();
    let ticks = shown
        .iter()
        .map(|line| longest_ticks(line))
        .max()
        .unwrap_or(0);
    let fence = "`".repeat(ticks.max(2) + 1);
    let mut text = format!("\n\n{fence}sql\n{}\n", shown.join("\n"));
    let rest = lines.len().saturating_sub(LINES);
    if rest > 0 {
        let noun = if rest == 1 { "line" } else { "lines" };
        text.push_str(&format!("-- … {rest} more {noun}\n"));
    }
    text + &fence
}

fn cut(line: &str) -> String {
    match line.char_indices().nth(COLUMNS) {
        Some((end, _)) => format!("{} …", line.get(..end).unwrap_or(line)),
        None => line.trim_end().to_owned(),
    }
}

fn longest_ticks(text: &str) -> usize {
    text.split(|character| character != '`')
        .map(str::len)
        .max()
        .unwrap_or(0)
}

/// Returns the lines of the first comment before the first statement, without directives.
fn first_comment(script: &Script) -> impl Iterator<Item = &str> {
    let text = script.file.text();
    let end = script
        .statements
        .first()
        .map_or(text.len(), |statement| statement.span.start);
    comment_lines(text.get(..end).unwrap_or_default()).into_iter()
}

/// Returns the first comment of a text that holds only comments and white space.
fn comment_lines(head: &str) -> Vec<&str> {
    let mut lines = head
        .lines()
        .map(str::trim)
        .skip_while(|line| line.is_empty() || is_directive(line))
        .peekable();
    if lines.peek().is_some_and(|line| line.starts_with("/*")) {
        let mut depth = 0_usize;
        return lines
            .take_while(|line| {
                let inside = depth > 0 || line.starts_with("/*");
                depth =
                    (depth + line.matches("/*").count()).saturating_sub(line.matches("*/").count());
                inside
            })
            .collect();
    }
    lines
        .take_while(|line| line.starts_with("--"))
        .filter(|line| !is_directive(line))
        .collect()
}

fn is_directive(line: &str) -> bool {
    line.strip_prefix("--")
        .is_some_and(|comment| comment.trim_start().starts_with("samokoder:"))
}

#[cfg(test)]
mod tests {
    use super::{code, comment_lines, fence};

    #[test]
    fn a_code_span_holds_any_text() {
        assert_eq!(code("001_a"), "`001_a`");
        assert_eq!(code("a`b``c"), "```a`b``c```");
        assert_eq!(code("`a"), "`` `a ``");
        assert_eq!(code("two\nlines"), "`two lines`");
    }

    #[test]
    fn a_fence_is_longer_than_any_inside() {
        let lines = [
            "-- see".to_owned(),
            "-- ```rust".to_owned(),
            "SELECT '````';".to_owned(),
        ];
        assert_eq!(
            fence(&lines),
            "\n\n`````sql\n-- see\n-- ```rust\nSELECT '````';\n`````"
        );
        assert_eq!(fence(&[]), "");
    }

    #[test]
    fn a_long_script_is_cut() {
        let lines: Vec<String> = (1..=42).map(|i| format!("SELECT {i};")).collect();
        let text = fence(&lines);
        assert!(
            text.ends_with("SELECT 40;\n-- … 2 more lines\n```"),
            "{text}"
        );
        let long = fence(&["я".repeat(500)]);
        assert_eq!(long.matches('я').count(), 160);
    }

    #[test]
    fn the_first_comment_is_the_first_block() {
        assert_eq!(
            comment_lines("\n-- a\n--   b\n\n-- c\n"),
            ["-- a", "--   b"]
        );
        assert_eq!(
            comment_lines("-- samokoder: no-transaction\n\n-- a\n-- samokoder: x\n-- b\n"),
            ["-- a", "-- b"]
        );
        assert_eq!(
            comment_lines("/* a\n /* b */\n c */\n-- d\n"),
            ["/* a", "/* b */", "c */"]
        );
        assert_eq!(comment_lines("/* a */\n-- d\n"), ["/* a */"]);
        assert_eq!(comment_lines(" \n"), Vec::<&str>::new());
    }
}
