//! What a page's `console` blocks show: commands, and lines of what they answer.

/// A command and what the page shows of its answer.
#[derive(Debug)]
pub(crate) struct Entry {
    /// The command's words, without the prompt.
    pub(crate) words: Vec<String>,
    /// Whether it goes on beside what follows.
    pub(crate) beside: bool,
    lines: Vec<String>,
}

/// What a command answered.
#[derive(Debug, Default)]
pub(crate) struct Shown {
    pub(crate) success: bool,
    pub(crate) output: String,
}

/// Reads a block: `$ command`, then lines that its answer has, in this order, among others.
///
/// A line that ends with `…` is the beginning of one: the rest is the system's own wording.
pub(crate) fn entries(body: &str) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for line in body.lines() {
        match (line.strip_prefix("$ "), entries.last_mut()) {
            (Some(command), _) => {
                let command = command.trim();
                let beside = command.ends_with(" &");
                entries.push(Entry {
                    words: command
                        .trim_end_matches(" &")
                        .split_whitespace()
                        .map(str::to_owned)
                        .collect(),
                    beside,
                    lines: Vec::new(),
                });
            }
            (None, Some(entry)) => entry.lines.push(line.to_owned()),
            (None, None) => panic!("`{line}` stands before a command"),
        }
    }
    entries
}

impl Entry {
    /// Returns the code of the error that the page shows.
    pub(crate) fn code(&self) -> Option<&str> {
        self.lines
            .iter()
            .find_map(|line| line.strip_prefix("error: [")?.split(']').next())
    }

    /// Says where the answer is not what the page shows.
    ///
    /// A command fails if and only if the page shows an error.
    pub(crate) fn compare(&self, shown: &Shown) -> Result<(), String> {
        let told = format!("$ {}\n{}", self.words.join(" "), shown.output);
        if shown.success == self.code().is_some() {
            return Err(format!("another end than shown:\n{told}"));
        }
        let mut answered = shown.output.lines();
        for line in &self.lines {
            let is_shown = |answer: &str| match line.strip_suffix('…') {
                Some(beginning) => answer.starts_with(beginning),
                None => answer == line,
            };
            if !answered.any(is_shown) {
                return Err(format!("no line `{line}` in its place:\n{told}"));
            }
        }
        Ok(())
    }
}
