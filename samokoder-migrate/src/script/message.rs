//! One message to the server, and what each stretch of it is.

use crate::query::{Query, Question};

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
    query: Query,
    stretches: Vec<Stretch>,
}

impl Message {
    /// Makes an empty one, with room for so many bytes.
    pub(crate) fn with_capacity(size: usize) -> Self {
        Self {
            query: String::with_capacity(size).into(),
            stretches: Vec::new(),
        }
    }

    /// Adds text of ours that belongs to a step, or to none.
    pub(crate) fn ours(&mut self, step: Option<usize>, sql: &str, statements: usize) {
        self.push(Part::Ours, step, sql, statements);
    }

    /// Adds text of ours that is written in place.
    pub(crate) fn write(
        &mut self,
        step: usize,
        statements: usize,
        write: impl FnOnce(&mut String),
    ) {
        let text = self.query.text_mut();
        let before = text.len();
        write(text);
        let characters = text.get(before..).unwrap_or_default().chars().count();
        self.stretches.push(Stretch {
            part: Part::Ours,
            step: Some(step),
            characters,
            statements,
        });
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
        self.query.text_mut().push_str(sql);
        self.stretches.push(Stretch {
            part,
            step,
            characters: sql.chars().count(),
            statements,
        });
    }

    /// Returns the message with a question of ours at its end.
    pub(crate) fn asking(mut self, question: &Question) -> Self {
        self.query = self.query.asking(question);
        self
    }

    /// Returns what is sent.
    pub(crate) fn query(&self) -> &Query {
        &self.query
    }

    /// Returns the place of a character of the message, counted from 1 as the server counts.
    pub(crate) fn at_character(&self, position: usize) -> Option<Place> {
        self.find(position.checked_sub(1)?, |stretch| stretch.characters)
    }

    /// Returns the place of the statement that follows `completed` others.
    pub(crate) fn after_statements(&self, completed: usize) -> Option<Place> {
        self.find(completed, |stretch| stretch.statements)
    }

    /// Returns where a character first is, counted from 1 as the server counts.
    pub(crate) fn character(&self, wanted: char) -> Option<usize> {
        Some(
            self.query
                .text()
                .chars()
                .position(|character| character == wanted)?
                + 1,
        )
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
        let mut message = Message::default();
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

    #[test]
    fn finds_the_step_among_several_whatever_their_characters_are() {
        let mut message = Message::default();
        for (step, text) in ["SELECT '漢字 🦀'", "SELECT 1; SELECT 2;\n-- e\u{301}"]
            .into_iter()
            .enumerate()
        {
            message.ours(Some(step), "BEGIN;\nSELECT 1;\n", 2);
            message.ours(Some(step), "-- a path\n", 0);
            message.script(step, text, if step == 0 { 1 } else { 2 });
            message.commit(step);
        }
        message.ours(None, "SELECT 3;\n", 1);
        let before = |needle: &str, nth: usize| {
            let (at, _) = message
                .query()
                .text()
                .match_indices(needle)
                .nth(nth)
                .unwrap();
            message.query().text()[..at].chars().count() + 1
        };
        let place = |part, step, offset| Some(Place { part, step, offset });
        assert_eq!(
            message.at_character(before("🦀", 0)),
            place(Part::Script, Some(0), 11)
        );
        assert_eq!(
            message.at_character(before("SELECT 2", 0)),
            place(Part::Script, Some(1), 10)
        );
        assert_eq!(
            message.at_character(before("COMMIT", 1)),
            place(Part::Commit, Some(1), 0)
        );
        assert_eq!(
            message.at_character(before("SELECT 3", 0)),
            place(Part::Ours, None, 0)
        );
        assert_eq!(
            message.at_character(message.query().text().chars().count() + 1),
            None
        );
        // BEGIN, ours, script, COMMIT; BEGIN, ours, script, script, COMMIT; ours.
        let parts = [
            place(Part::Ours, Some(0), 0),
            place(Part::Ours, Some(0), 1),
            place(Part::Script, Some(0), 0),
            place(Part::Commit, Some(0), 0),
            place(Part::Ours, Some(1), 0),
            place(Part::Ours, Some(1), 1),
            place(Part::Script, Some(1), 0),
            place(Part::Script, Some(1), 1),
            place(Part::Commit, Some(1), 0),
            place(Part::Ours, None, 0),
            None,
        ];
        for (completed, expected) in parts.into_iter().enumerate() {
            assert_eq!(message.after_statements(completed), expected, "{completed}");
        }
    }
}
