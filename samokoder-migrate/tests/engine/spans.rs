//! Spans and events of `tracing`.

use std::{
    fmt,
    sync::{Arc, Mutex},
    time::Duration,
};

use samokoder_migrate::{revision::Target, verb};
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};
use tracing_subscriber::{
    Layer,
    layer::{Context, SubscriberExt as _},
    registry::{LookupSpan, Registry},
};

use crate::support::{set, worlds};

/// Collects a line for each span that is opened or closed, and each event.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<String>>>);

/// The fields of a span or event, as text.
#[derive(Default)]
struct Fields(String);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // What differs from run to run.
        let value = match field.name() {
            "run" | "duration_ms" | "pause_ms" => "…".to_owned(),
            _ => format!("{value:?}"),
        };
        self.0.push_str(&format!(" {}={value}", field.name()));
    }
}

impl<S: Subscriber + for<'s> LookupSpan<'s>> Layer<S> for Lines {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let name = attributes.metadata().name();
        if !name.starts_with("samokoder_migrate") {
            return;
        }
        let parent = context.span(id).unwrap().parent();
        let parent = parent.map_or("nothing", |parent| parent.name());
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        self.push(format!("open {name} in {parent}{}", fields.0));
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let mut fields = Fields::default();
        values.record(&mut fields);
        self.push(format!(
            "record {}{}",
            context.span(id).unwrap().name(),
            fields.0
        ));
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        if event.metadata().target() != "samokoder_migrate::spans" {
            return;
        }
        let within = context
            .event_span(event)
            .map_or("nothing", |span| span.name());
        let mut fields = Fields::default();
        event.record(&mut fields);
        let level = event.metadata().level();
        self.push(format!("{level} in {within}{}", fields.0));
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let name = context.span(&id).unwrap().name();
        if name.starts_with("samokoder_migrate") {
            self.push(format!("close {name}"));
        }
    }
}

impl Lines {
    fn push(&self, line: String) {
        self.0.lock().unwrap().push(line);
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

#[test]
fn a_run_and_its_steps_are_spans() {
    let set = set(&[
        ("a", "CREATE TABLE a (id int)", "DROP TABLE a"),
        ("b", "LOCK TABLE gate NOWAIT", "SELECT 1"),
    ]);
    for mut world in worlds() {
        let lines = Lines::default();
        world.admin.execute("CREATE TABLE gate (id int)");
        let mut gate = world.connect();
        gate.execute("BEGIN; LOCK TABLE gate");
        let collected = Registry::default().with(lines.clone());
        tracing::subscriber::with_default(collected, || {
            let run = verb::run_to(&set, Target::Head).retries(1);
            world.client.run(run).unwrap_err();
            gate.execute("ROLLBACK");
            lines.push("---".to_owned());
            let run = verb::run_to(&set, Target::Head).lock_timeout(Duration::from_secs(1));
            world.client.run(run).unwrap();
        });
        insta::assert_snapshot!("run", lines.take().join("\n"));
    }
}
