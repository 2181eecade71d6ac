//! Spans and events of `tracing`, in a process of its own: a subscriber belongs to all of its threads.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::{
    fmt,
    sync::{Arc, Mutex},
    time::Duration,
};

use postgres::{Client, NoTls};
use samokoder_migrate::{
    Set,
    revision::{Point, Target},
    testing::Server,
    verb,
};
use samokoder_migrate_core::{
    check::{Options, check},
    folder::Folder,
};
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
            // Where the statement is, one of the drivers does not tell of a lost lock.
            "message" => format!("{value:?}")
                .split(" at ")
                .next()
                .unwrap()
                .to_owned(),
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

/// Two migrations; the second waits for no lock.
fn set() -> Set {
    let folder = Folder::new("migrations")
        .file("001_a.up.sql", "CREATE TABLE a (id int)")
        .file("001_a.down.sql", "DROP TABLE a")
        .file("002_b.up.sql", "LOCK TABLE a NOWAIT")
        .file("002_b.down.sql", "SELECT 1");
    let history = check(&folder, None, &Options::default()).history.unwrap();
    Set::of_history(&history, "main", "samokoder_migrate")
}

#[test]
fn a_run_and_its_steps_are_spans() {
    let (set, lines) = (set(), Lines::default());
    tracing::subscriber::set_global_default(Registry::default().with(lines.clone())).unwrap();
    let database = Server::shared().unwrap().database().unwrap();
    let connect = || Client::connect(&database.url(), NoTls).unwrap();
    let (mut client, mut gate) = (connect(), connect());
    let up = |point: usize| verb::run_to::<Point>(&set, Target::At(Point(point)));
    up(1).on(&mut client).unwrap();
    lines.push("--- a lock is lost".to_owned());
    gate.batch_execute("BEGIN; LOCK TABLE a").unwrap();
    up(2).retries(1).on(&mut client).unwrap_err();
    lines.push("--- and had".to_owned());
    gate.batch_execute("ROLLBACK").unwrap();
    up(2)
        .lock_timeout(Duration::from_secs(1))
        .on(&mut client)
        .unwrap();
    insta::assert_snapshot!("run", lines.take().join("\n"));
}
