//! Threads with a stack that deeply nested SQL does not overflow.

use std::{
    panic,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

/// The SQL parser recurses, and in a build without optimisation overflows the usual 2 MB.
const STACK: usize = 64 * 1024 * 1024;

/// Runs work on a thread with a large stack.
pub(crate) fn on_large_stack<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let mut work = Some(work);
    let slot = &mut work;
    let done = thread::scope(|scope| {
        let spawned = thread::Builder::new()
            .name("samokoder-check".to_owned())
            .stack_size(STACK)
            .spawn_scoped(scope, move || slot.take().map(|work| work()));
        spawned.ok().and_then(|handle| {
            handle
                .join()
                .unwrap_or_else(|cause| panic::resume_unwind(cause))
        })
    });
    match (done, work) {
        (Some(done), _) => done,
        // No thread could be made: this one has to do.
        (None, Some(work)) => work(),
        (None, None) => unreachable!("the work was either done or is still there"),
    }
}

/// Runs jobs in order of their index, here and on a second thread, and returns what they gave in
/// that order.
pub(crate) fn on_two_threads<J: Sync, T: Send>(
    jobs: &[J],
    work: impl Fn(&J) -> T + Sync,
) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let drain = || {
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(job) = jobs.get(index) else {
                return done;
            };
            done.push((index, work(job)));
        }
    };
    let mut done = thread::scope(|scope| {
        let second = thread::Builder::new()
            .name("samokoder-check-2".to_owned())
            .stack_size(STACK)
            .spawn_scoped(scope, drain);
        let mut done = drain();
        if let Ok(second) = second {
            done.extend(
                second
                    .join()
                    .unwrap_or_else(|cause| panic::resume_unwind(cause)),
            );
        }
        done
    });
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::{on_large_stack, on_two_threads};

    #[test]
    fn results_come_in_the_order_of_their_jobs() {
        let jobs: Vec<usize> = (0..1_000).collect();
        assert_eq!(
            on_two_threads(&jobs, |job| job * 2),
            (0..2_000).step_by(2).collect::<Vec<_>>()
        );
    }

    #[test]
    fn a_deep_recursion_fits() {
        fn depth(n: u32) -> u32 {
            let page = std::hint::black_box([n; 1_024]);
            if n == 0 { page[0] } else { depth(n - 1) + 1 }
        }
        assert_eq!(on_large_stack(|| depth(4_000)), 4_000);
    }
}
