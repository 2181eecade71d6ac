//! One message to the server, and what each stretch of it is.

/// What a stretch of a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// Our own: the opening, guards, settings, rows of the history.
    Ours,
    /// A script's text.
    Script,
    /// The COMMIT of a step, at which deferred constraints are checked.
    Commit,
}

/// A stretch of a message.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    part: Part,
    /// Which step of the plan; `None` for what belongs to no step.
    step: Option<usize>,
    /// How many characters it has.
    characters: usize,
    /// How many statements the server sees in it.
    statements: usize,
}

/// A place in a message, as the server's answer tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) part: Part,
    pub(crate) step: Option<usize>,
    /// Characters, or statements, from the beginning of the stretch.
    pub(crate) offset: usize,
}

/// One message to the server.
#[derive(Clone, Debug, Default)]
pub(crate) struct Message {
    sql: String,
    stretches: Vec<Stretch>,
}

impl Message {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Adds text of ours that belongs to a step, or to none.
    pub(crate) fn ours(&mut self, step: Option<usize>, sql: &str, statements: usize) {
        self.push(Part::Ours, step, sql, statements);
    }

    /// Adds a script's text, and what ends it whatever its last line is: a comment there would
    /// swallow what follows.
    pub(crate) fn script(&mut self, step: usize, text: &str, statements: usize) {
        self.push(Part::Script, Some(step), text, statements);
        self.push(Part::Script, Some(step), "\n;\n", 0);
    }

    /// Adds the end of a step's transaction.
    pub(crate) fn commit(&mut self, step: usize) {
        self.push(Part::Commit, Some(step), "COMMIT;\n", 1);
    }

    fn push(&mut self, part: Part, step: Option<usize>, sql: &str, statements: usize) {
        self.sql.push_str(sql);
        self.stretches.push(Stretch {
            part,
            step,
            characters: sql.chars().count(),
            statements,
        });
    }

    pub(crate) fn sql(&self) -> &str {
        &self.sql
    }

    pub(crate) fn into_sql(self) -> String {
        self.sql
    }

    /// Returns the place of a character of the message, counted from 1 as the server counts.
    pub(crate) fn at_character(&self, position: usize) -> Option<Place> {
        self.find(position.checked_sub(1)?, |stretch| stretch.characters)
    }

    /// Returns the place of the statement that follows `completed` others.
    pub(crate) fn after_statements(&self, completed: usize) -> Option<Place> {
        self.find(completed, |stretch| stretch.statements)
    }

    fn find(&self, mut offset: usize, size: impl Fn(&Stretch) -> usize) -> Option<Place> {
        for stretch in &self.stretches {
            let size = size(stretch);
            if offset < size {
                return Some(Place {
                    part: stretch.part,
                    step: stretch.step,
                    offset,
                });
            }
            offset -= size;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::{Message, Part, Place};

    #[test]
    fn finds_characters_and_statements() {
        let mut message = Message::new();
        message.ours(None, "BEGIN;\n", 1);
        message.script(3, "SELECT 'привет'; SELECT 2 -- x", 2);
        message.commit(3);
        let script = |offset| {
            Some(Place {
                part: Part::Script,
                step: Some(3),
                offset,
            })
        };
        assert_eq!(message.at_character(8), script(0));
        assert_eq!(message.at_character(17), script(9));
        assert_eq!(message.after_statements(2), script(1));
        assert_eq!(
            message.after_statements(3),
            Some(Place {
                part: Part::Commit,
                step: Some(3),
                offset: 0
            })
        );
        assert_eq!(message.after_statements(4), None);
        assert_eq!(message.at_character(0), None);
    }
}
