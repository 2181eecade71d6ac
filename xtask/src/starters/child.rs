//! One of the copies.

use std::time::Duration;

use samokoder_migrate::{
    event::Event,
    revision::{Point, Target},
    verb,
};

use super::kind::Build;
use crate::{
    Result,
    carry_out::carry_out,
    process::{hold, say},
};

/// Makes its set, says so, holds, and runs to head; says what it is told, and how it ended.
pub(crate) fn child(args: &[&str]) -> Result {
    let [driver, build, url] = args else {
        return Err("the copy is told too little".into());
    };
    let set = Build::named(build)?.set()?;
    let run = verb::run_to::<Point>(&set, Target::Head)
        // The gate may be closed for long.
        .lock_timeout(Duration::from_secs(60))
        .on_event(tell);
    say("ready");
    hold();
    match carry_out(run, driver, url)? {
        Ok(report) => {
            say(&format!("messages {}", report.round_trips()));
            Ok(())
        }
        Err(error) => {
            let messages = error
                .report()
                .map_or(0, samokoder_migrate::Report::round_trips);
            say(&format!("messages {messages}"));
            say(&format!("error {} ", error.code()));
            for line in error.rendered().lines() {
                say(&format!("  {line}"));
            }
            Err(error.into())
        }
    }
}

fn tell(event: &Event<'_>) {
    match event {
        Event::Done(step) => say(&format!("done {}", step.subject)),
        Event::Waiting { holder, waited, .. } => say(&format!(
            "waiting {} {}",
            waited.as_millis(),
            holder.map_or_else(|| "for nobody".to_owned(), ToString::to_string)
        )),
        Event::Retrying { subject, .. } => say(&format!("retrying {subject}")),
        _ => {}
    }
}
