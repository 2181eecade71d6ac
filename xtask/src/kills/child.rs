//! The victim: a process that runs the set, and says what it is told.

use std::sync::atomic::{AtomicUsize, Ordering};

use samokoder_migrate::{Error, Kind, StepReport, event::Event};

use super::{
    Way,
    set::{Course, moved, set},
};
use crate::{
    Result,
    carry_out::carry_out,
    process::{self, say},
};

/// Runs the set on a connection; says in a line each what it is told, while it is told it. It holds
/// after so many steps as it is to hold at.
pub(crate) fn child(args: &[&str]) -> Result {
    let [driver, way, course, hold, url] = args else {
        return Err("the victim is told too little".into());
    };
    let set = set(Course::named(course))?;
    let way = if *way == Way::Down.name() {
        Way::Down
    } else {
        Way::Up
    };
    let (hold, told) = (hold.parse::<usize>()?, AtomicUsize::new(0));
    let run = moved(&set, way).on_event(move |event| {
        tell(event);
        if matches!(event, Event::Done(_)) && 1 + told.fetch_add(1, Ordering::Relaxed) == hold {
            process::hold();
        }
    });
    match carry_out(run, driver, url)? {
        Ok(_) => Ok(()),
        Err(error) => {
            refused(&error);
            Err(error.into())
        }
    }
}

fn tell(event: &Event<'_>) {
    match event {
        Event::Done(step) => say(&stands(step)),
        Event::Planned { .. } => say("planned"),
        Event::Retrying { subject, .. } => say(&format!("retrying {subject}")),
        _ => {}
    }
}

/// Says what an error says of what stands, and which error it is.
fn refused(error: &Error) {
    for step in error.report().iter().flat_map(|report| report.steps()) {
        say(&stands(step));
    }
    let sqlstate = error.server().map(|server| server.sqlstate.as_str());
    say(&format!(
        "error {} {}",
        error.code(),
        sqlstate.unwrap_or_default()
    ));
}

fn stands(step: &StepReport) -> String {
    let kind = match step.kind {
        Kind::Upgrade => "upgrade",
        Kind::Downgrade => "downgrade",
        _ => "seed",
    };
    format!("stands {kind} {}", step.subject)
}
