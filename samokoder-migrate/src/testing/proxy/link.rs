//! One connection through a proxy.

use std::{
    io::{self, Read, Write},
    net::{Shutdown, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use super::{
    State,
    ledger::{Direction, Pass},
};

/// The two sockets of a connection.
#[derive(Debug)]
pub(super) struct Link {
    client: TcpStream,
    server: TcpStream,
    /// Whether the client has sent something that the server has not answered.
    asked: AtomicBool,
    is_cut: AtomicBool,
}

/// Bytes under way, and when they arrive. None at all are the end of the direction.
type Parcel = (Instant, Vec<u8>);

const BUFFER: usize = 64 * 1024;

impl Link {
    pub(super) fn new(client: TcpStream, server: TcpStream) -> io::Result<Self> {
        client.set_nodelay(true)?;
        server.set_nodelay(true)?;
        Ok(Self {
            client,
            server,
            asked: AtomicBool::new(false),
            is_cut: AtomicBool::new(false),
        })
    }

    /// Ends both sides, whatever is under way.
    pub(super) fn cut(&self) {
        self.is_cut.store(true, Ordering::SeqCst);
        for socket in [&self.client, &self.server] {
            // It may be over already.
            drop(socket.shutdown(Shutdown::Both));
        }
    }

    /// Carries bytes of one direction on threads of their own, until that direction ends.
    pub(super) fn carry(
        self: &Arc<Self>,
        state: &Arc<State>,
        direction: Direction,
        delay: Duration,
    ) -> io::Result<()> {
        let (link, state) = (Arc::clone(self), Arc::clone(state));
        if delay.is_zero() {
            spawn(move || {
                link.read(direction, |bytes| link.pass(&state, direction, bytes));
            })?;
            return Ok(());
        }
        // What is under way is not bounded: a network's wire is as long as its delay.
        let (wire, arrivals) = mpsc::channel::<Parcel>();
        let writer = Arc::clone(&link);
        spawn(move || {
            for (due, bytes) in arrivals {
                thread::sleep(due.saturating_duration_since(Instant::now()));
                if !writer.pass(&state, direction, &bytes) {
                    return;
                }
            }
        })?;
        spawn(move || {
            link.read(direction, |bytes| {
                wire.send((Instant::now() + delay, bytes.to_vec())).is_ok()
            });
        })
    }

    /// Reads until the direction ends, or whoever takes the bytes has no use for more.
    fn read(&self, direction: Direction, mut take: impl FnMut(&[u8]) -> bool) {
        let mut from = match direction {
            Direction::ToServer => &self.client,
            _ => &self.server,
        };
        let mut buffer = vec![0; BUFFER];
        loop {
            match from.read(&mut buffer) {
                Ok(read) => {
                    let bytes = buffer.get(..read).unwrap_or_default();
                    if direction == Direction::ToServer && !bytes.is_empty() {
                        self.asked.store(true, Ordering::SeqCst);
                    }
                    if !take(bytes) || bytes.is_empty() {
                        return;
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return self.cut(),
            }
        }
    }

    /// Passes on what arrived; tells whether more may follow.
    fn pass(&self, state: &State, direction: Direction, bytes: &[u8]) -> bool {
        let mut to = match direction {
            Direction::ToServer => &self.server,
            _ => &self.client,
        };
        if self.is_cut.load(Ordering::SeqCst) {
            return false;
        }
        if bytes.is_empty() {
            drop(to.shutdown(Shutdown::Write));
            return false;
        }
        if direction == Direction::ToClient && self.asked.swap(false, Ordering::SeqCst) {
            state.ledger.waited();
        }
        match state.ledger.enter(direction, bytes.len()) {
            Pass::All if to.write_all(bytes).is_ok() => true,
            Pass::All => {
                self.cut();
                false
            }
            Pass::Until(count) => {
                // From here on the other direction carries no more.
                self.is_cut.store(true, Ordering::SeqCst);
                drop(to.write_all(bytes.get(..count).unwrap_or_default()));
                self.cut();
                false
            }
        }
    }
}

/// Starts a thread that ends with its connection.
pub(super) fn spawn(work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    thread::Builder::new()
        .name("proxy".to_owned())
        .spawn(work)
        .map(drop)
}
