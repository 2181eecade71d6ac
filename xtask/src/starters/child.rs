//! One of the copies.

use std::time::Duration;

use postgres::{Client, NoTls};
use samokoder_migrate::{
    event::Event,
    revision::{Point, Target},
    verb,
};

use super::kind::Build;
use crate::{
    Result,
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
    let outcome = if *driver == "async" {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        runtime.block_on(async {
            let (mut client, connection) = tokio_postgres::connect(url, NoTls).await?;
            tokio::spawn(connection);
            Ok::<_, tokio_postgres::Error>(run.on(&mut client).await)
        })?
    } else {
        run.on(&mut Client::connect(url, NoTls)?)
    };
    match outcome {
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
