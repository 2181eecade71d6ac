//! A timer that needs no runtime: a run sleeps only while it waits for another.

use std::{
    future::{Future, poll_fn},
    sync::{Arc, Mutex, PoisonError},
    task::{Poll, Waker},
    thread,
    time::Duration,
};

/// What the thread and the future share.
#[derive(Default)]
struct Alarm {
    rang: bool,
    waker: Option<Waker>,
}

/// Completes after some time, whatever runtime polls it: tokio's own timer panics in a runtime
/// that was built without one.
pub(super) fn sleep(time: Duration) -> impl Future<Output = ()> + Send {
    let alarm = Arc::new(Mutex::new(Alarm::default()));
    let mut thread = Some(Arc::clone(&alarm));
    poll_fn(move |context| {
        let mut state = alarm.lock().unwrap_or_else(PoisonError::into_inner);
        if state.rang {
            return Poll::Ready(());
        }
        state.waker = Some(context.waker().clone());
        if let Some(alarm) = thread.take() {
            thread::spawn(move || {
                thread::sleep(time);
                let waker = {
                    let mut state = alarm.lock().unwrap_or_else(PoisonError::into_inner);
                    state.rang = true;
                    state.waker.take()
                };
                if let Some(waker) = waker {
                    waker.wake();
                }
            });
        }
        Poll::Pending
    })
}
