//! Ctrl-C, and the signal that a service manager sends: the server is told to cancel, and the run
//! reports what it undid. A library installs no signal handler; the command does.

use std::{io, process, thread, time::Duration};

use postgres::CancelToken;
use tokio::runtime::{Builder, Runtime};

use super::terminal::Terminal;
use crate::driver::{Interrupt, Tls};

/// How long to wait before the server is told again: it may not have begun when it was first told.
const AGAIN: Duration = Duration::from_millis(500);

/// What a shell says of a process that Ctrl-C ended.
const AT_ONCE: i32 = 130;

/// Raises an interrupt at the first signal, and ends the process at the second.
///
/// Until now a signal ended the process, which had begun nothing; from now on it does not.
pub(super) fn on_signal(cancel: (CancelToken, Tls), terminal: Terminal) -> Interrupt {
    let interrupt = Interrupt::default();
    let raised = interrupt.clone();
    let watched = Watch::new().and_then(|watch| {
        thread::Builder::new()
            .name("signals".to_owned())
            .spawn(move || watch.run(&cancel, &raised, terminal))
    });
    if let Err(error) = watched {
        terminal.say(&format!(
            "warning: signals cannot be watched ({error}), so Ctrl-C leaves the step at work to the server"
        ));
    }
    interrupt
}

struct Watch {
    runtime: Runtime,
    signals: Signals,
}

impl Watch {
    fn new() -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let signals = {
            let _guard = runtime.enter();
            Signals::new()?
        };
        Ok(Self { runtime, signals })
    }

    fn run(mut self, (token, tls): &(CancelToken, Tls), interrupt: &Interrupt, terminal: Terminal) {
        self.runtime.block_on(self.signals.next());
        interrupt.raise();
        terminal.say("interrupted: the step at work is cancelled; once more leaves at once");
        loop {
            if interrupt.wants_cancel()
                && let Err(error) = token.cancel_query(tls.clone())
            {
                terminal.say(&format!(
                    "warning: the server cannot be told to cancel: {error}"
                ));
            }
            let signals = &mut self.signals;
            let again = self
                .runtime
                .block_on(async { tokio::time::timeout(AGAIN, signals.next()).await });
            if again.is_ok() {
                process::exit(AT_ONCE);
            }
        }
    }
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) {
        std::future::poll_fn(|context| {
            let came = self.interrupt.poll_recv(context).is_ready()
                || self.terminate.poll_recv(context).is_ready();
            if came {
                std::task::Poll::Ready(())
            } else {
                std::task::Poll::Pending
            }
        })
        .await;
    }
}

#[cfg(not(unix))]
struct Signals(tokio::signal::windows::CtrlC);

#[cfg(not(unix))]
impl Signals {
    fn new() -> io::Result<Self> {
        tokio::signal::windows::ctrl_c().map(Self)
    }

    async fn next(&mut self) {
        self.0.recv().await;
    }
}
