//! The run after a kill: it finishes, or says what a person has to decide.

use postgres::Client;
use samokoder_migrate::{
    Code, Set,
    revision::{Point, Target},
    verb,
};

use super::{
    Way,
    held::Held,
    set::{Course, STEPS, label, moved},
};
use crate::Result;

/// How the next run went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// It finished, and had no doubt to speak of.
    Finished,
    /// It found a doubt, and could tell by itself what stands.
    Resumed,
    /// It said what is in doubt, and finished once that was decided.
    Asked,
}

/// Has the next run finish, in a doubt as a person would: by undoing what is left, and saying so.
pub(super) fn run(
    watcher: &mut Client,
    set: &Set,
    held: &Held,
    (way, course): (Way, Course),
) -> Result<Next> {
    let next = match moved(set, way).on(watcher) {
        Ok(_) if held.doubt.is_some() => Next::Resumed,
        Ok(_) => Next::Finished,
        Err(error) => {
            let doubt = held.doubt.as_ref().filter(|doubt| {
                error.code() == Code::InDoubt && error.rendered().contains(&doubt.label)
            });
            let Some(step) =
                doubt.and_then(|doubt| (1..=STEPS).find(|&step| label(step) == doubt.label))
            else {
                return Err(format!("the next run failed: {error:?}; {held:?}").into());
            };
            let clear = format!("DROP TABLE IF EXISTS t{step}");
            watcher.batch_execute(&clear)?;
            verb::stamp::<Point>(set, Target::At(Point(step - 1))).on(watcher)?;
            moved(set, way).on(watcher)?;
            Next::Asked
        }
    };
    Held::look(watcher)?.is_finished(way, course)?;
    Ok(next)
}
