//! Waiting for what blocks, on a thread of its own: this needs no runtime, whichever polls it.

use std::{
    future::{Future, poll_fn},
    sync::{Arc, Mutex, PoisonError},
    task::{Poll, Waker},
    thread,
    time::Duration,
};

/// What the thread and the future share.
struct Shared<T> {
    done: Option<T>,
    waker: Option<Waker>,
}

/// Completes after some time: tokio's own timer panics in a runtime that was built without one.
pub(super) fn sleep(time: Duration) -> impl Future<Output = ()> + Send {
    offload(move || thread::sleep(time))
}

/// Completes with what blocks meanwhile.
pub(super) fn offload<T: Send + 'static>(
    blocks: impl FnOnce() -> T + Send + 'static,
) -> impl Future<Output = T> + Send {
    let shared = Arc::new(Mutex::new(Shared {
        done: None,
        waker: None,
    }));
    let mut begin = Some((Arc::clone(&shared), blocks));
    poll_fn(move |context| {
        let mut state = shared.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(done) = state.done.take() {
            return Poll::Ready(done);
        }
        state.waker = Some(context.waker().clone());
        if let Some((shared, blocks)) = begin.take() {
            thread::spawn(move || {
                let done = blocks();
                let waker = {
                    let mut state = shared.lock().unwrap_or_else(PoisonError::into_inner);
                    state.done = Some(done);
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
