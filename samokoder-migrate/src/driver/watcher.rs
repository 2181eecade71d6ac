//! A look at a run from outside while it is at work: how far an index is that it builds.

use std::{
    sync::{Arc, Condvar, Mutex, PoisonError},
    thread,
    time::Duration,
};

use samokoder_migrate_core::trace::Trace;

use super::{Own, postgres::query};
use crate::{
    event::{Event, Holder, Listener},
    script::{read::holder, tables::Tables},
    set::{Script, Set},
};

/// How long lies between two looks, and before the first.
const PAUSE: Duration = Duration::from_secs(1);

/// A second connection, made when a run takes longer, that tells a listener of indexes; it ends when
/// this is dropped.
#[derive(Debug)]
#[must_use = "it ends when it is dropped"]
pub(crate) struct Watcher {
    ended: Arc<(Mutex<bool>, Condvar)>,
}

impl Watcher {
    /// Begins to watch runs of a set, if a script of it builds an index concurrently and somebody
    /// listens. Where no second connection can be had, nothing is told.
    pub(crate) fn start<C>(set: &Set, listener: &Listener, connect: C) -> Option<Self>
    where
        C: FnOnce() -> Option<Own> + Send + 'static,
    {
        if listener.is_none() || !builds_indexes(set) {
            return None;
        }
        let ended = Arc::new((Mutex::new(false), Condvar::new()));
        let (watched, listener) = (Arc::clone(&ended), listener.clone());
        let question = holder(&Tables::of(set)).into();
        let watch = move || {
            let mut own = None;
            let mut connect = Some(connect);
            while !is_over(&watched) {
                if let Some(connect) = connect.take() {
                    own = connect();
                }
                let Some(own) = &mut own else {
                    return;
                };
                let answer = query(&mut own.client, &question);
                if answer.failure.is_some() {
                    return;
                }
                let found = answer.rows.last().and_then(|row| Holder::read(row));
                if let Some(holder) = &found
                    && let Some(progress) = &holder.progress
                    && !is_ended(&watched)
                {
                    listener.tell(&Event::Building { holder, progress });
                }
            }
        };
        let thread = thread::Builder::new().name("samokoder-migrate watcher".to_owned());
        thread.spawn(watch).ok()?;
        Some(Self { ended })
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        *self.ended.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.ended.1.notify_all();
    }
}

/// Waits for the pause; returns whether the run ended in it.
fn is_over(ended: &(Mutex<bool>, Condvar)) -> bool {
    let state = ended.0.lock().unwrap_or_else(PoisonError::into_inner);
    let (state, _) = ended
        .1
        .wait_timeout_while(state, PAUSE, |ended| !*ended)
        .unwrap_or_else(PoisonError::into_inner);
    *state
}

fn is_ended(ended: &(Mutex<bool>, Condvar)) -> bool {
    *ended.0.lock().unwrap_or_else(PoisonError::into_inner)
}

fn builds_indexes(set: &Set) -> bool {
    let builds = |script: &Script| {
        let mut traces = script.traces.iter();
        traces.any(|trace| matches!(trace, Trace::IndexMade { .. }))
    };
    set.migrations().iter().any(|migration| {
        builds(migration.upgrade()) || migration.downgrade().script().is_some_and(builds)
    })
}
