//! One file with markers: goose, sql-migrate and dbmate.

use super::NO_TRANSACTION;

/// The two halves of a file; each has the file's lines, those of the other half blank.
#[derive(Debug, Default)]
pub(super) struct Halves {
    pub(super) up: String,
    /// `None` if no marker begins it.
    pub(super) down: Option<String>,
    /// Annotations that are not understood.
    pub(super) unknown: Vec<String>,
}

/// Splits a file; `None` if no marker begins an upgrade or a downgrade.
pub(super) fn split(text: &str) -> Option<Halves> {
    let marks: Vec<Mark> = text.lines().filter_map(mark).collect();
    if !marks.iter().any(|mark| matches!(mark, Mark::Half(..))) {
        return None;
    }
    // Goose's annotation is about the whole file, wherever it is.
    let everywhere = marks.contains(&Mark::NoTransaction);
    let mut up = Half::default();
    let mut down = Half::default();
    let mut now = None;
    let mut unknown = Vec::new();
    for line in text.lines() {
        let (mut to_up, mut to_down) = ("", "");
        match mark(line) {
            Some(Mark::Half(direction, transaction)) => {
                now = Some(direction);
                let outside = everywhere || transaction == InTransaction::No;
                let half = match direction {
                    Direction::Up => &mut up,
                    Direction::Down => &mut down,
                };
                // The directive belongs at the head: on the first marker's line.
                let says = if outside && !half.is_begun {
                    NO_TRANSACTION
                } else {
                    ""
                };
                half.is_begun = true;
                match direction {
                    Direction::Up => to_up = says,
                    Direction::Down => to_down = says,
                }
            }
            Some(Mark::Unknown(annotation)) => unknown.push(annotation),
            Some(Mark::NoTransaction | Mark::Statement) => {}
            None => match now {
                Some(Direction::Up) => to_up = line,
                Some(Direction::Down) => to_down = line,
                None => {}
            },
        }
        up.line(to_up);
        down.line(to_down);
    }
    Some(Halves {
        up: up.text,
        down: down.is_begun.then_some(down.text),
        unknown,
    })
}

/// What is written so far of a half.
#[derive(Default)]
struct Half {
    text: String,
    is_begun: bool,
}

impl Half {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    Up,
    Down,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum InTransaction {
    Yes,
    No,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Mark {
    /// What follows is of this half.
    Half(Direction, InTransaction),
    /// Nothing of the file runs in a transaction.
    NoTransaction,
    /// Where a statement with `;` in it begins or ends, which PostgreSQL knows without being told.
    Statement,
    Unknown(String),
}

fn mark(line: &str) -> Option<Mark> {
    let comment = line
        .trim_start_matches('\u{feff}')
        .trim()
        .strip_prefix("--")?;
    let comment = comment.trim().to_ascii_lowercase();
    let (body, options) = if let Some(body) = comment
        .strip_prefix("+goose")
        .or_else(|| comment.strip_prefix("+migrate"))
    {
        body.trim()
            .split_once(char::is_whitespace)
            .unwrap_or((body.trim(), ""))
    } else {
        let body = comment.strip_prefix("migrate:")?;
        body.split_once(char::is_whitespace).unwrap_or((body, ""))
    };
    let options = options.trim();
    let transaction = match options {
        "" | "transaction:true" => InTransaction::Yes,
        "notransaction" | "transaction:false" => InTransaction::No,
        _ if body == "no" && options == "transaction" => return Some(Mark::NoTransaction),
        _ => return Some(Mark::Unknown(line.trim().to_owned())),
    };
    Some(match body {
        "up" => Mark::Half(Direction::Up, transaction),
        "down" => Mark::Half(Direction::Down, transaction),
        "statementbegin" | "statementend" => Mark::Statement,
        _ => Mark::Unknown(line.trim().to_owned()),
    })
}
