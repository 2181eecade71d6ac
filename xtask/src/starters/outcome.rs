//! What one copy did, and whether that may be.

use std::time::Duration;

use super::kind::{Build, Kind, PARTING};
use crate::{Result, process::Ended};

/// What one copy did.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) build: Build,
    /// The steps that it did, in order.
    pub(super) done: Vec<String>,
    /// How many messages it sent and waited for.
    pub(super) messages: usize,
    /// How long it waited for others, as it told last.
    pub(super) waited: Duration,
    /// How often it told of a wait.
    pub(super) waits: usize,
    diverged: bool,
    ended: Ended,
}

impl Outcome {
    pub(super) fn read(build: Build, ended: Ended) -> Result<Self> {
        let done = ended.said_after("done ").map(str::to_owned).collect();
        let messages = ended
            .said_after("messages ")
            .next()
            .ok_or_else(|| format!("a copy did not come to its end: {ended:?}"))?
            .parse()?;
        let mut waited = Duration::ZERO;
        for told in ended.said_after("waiting ") {
            let (millis, holder) = told.split_once(' ').unwrap_or((told, ""));
            let known = holder.starts_with("process ")
                && ["`starter", "`samokoder-migrate "]
                    .iter()
                    .any(|name| holder.contains(&format!("(application {name}")));
            if !known {
                return Err(format!("a wait does not say whom for: {told}").into());
            }
            waited += Duration::from_millis(millis.parse()?).saturating_sub(waited);
        }
        Ok(Self {
            build,
            done,
            messages,
            waited,
            waits: ended.said_after("waiting ").count(),
            diverged: ended.error().is_some_and(|(code, _)| code == "SM0603"),
            ended,
        })
    }

    /// Fails unless it ended as it should; `winner` is the build whose history is there.
    pub(super) fn judge(&self, kind: Kind, winner: Build) -> Result {
        if kind == Kind::Diverged && self.build != winner {
            return self.is_told_where_it_parts(winner);
        }
        if !self.ended.status.success() {
            return Err(format!("a copy failed: {:?}", self.ended).into());
        }
        Ok(())
    }

    /// Returns whether it did nothing, and was told of nobody whom it waited for: it came when all was
    /// done, or found each time, after a pause, that the one before had just ended.
    pub(super) fn is_untold(&self) -> bool {
        self.done.is_empty() && self.waits == 0
    }

    /// Both builds' labels at the parting are said, and what this one did before it was overtaken.
    fn is_told_where_it_parts(&self, winner: Build) -> Result {
        let said = self.ended.said.join("\n");
        let mut labels =
            [winner, self.build].map(|build| build.labels().into_iter().nth(PARTING - 1));
        let named = labels
            .iter_mut()
            .filter_map(Option::take)
            .all(|label| said.contains(&label));
        if self.ended.status.success() || !self.diverged || !named {
            return Err(format!(
                "a copy was not told that it parts at {PARTING}: {:?}",
                self.ended
            )
            .into());
        }
        if !self.done.is_empty() && said.contains("nothing was done") {
            return Err(format!("a copy was told that it did nothing: {:?}", self.ended).into());
        }
        Ok(())
    }
}
