//! A way to a server that is as slow, or as unreliable, as a network.

mod builder;
mod ledger;
mod link;

use std::{
    net::{SocketAddr, TcpStream},
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
};

pub use builder::ProxyBuilder;
pub use ledger::{Direction, Traffic};

use super::Error;
use ledger::Ledger;
use link::Link;

/// A stand-in for a server's address that passes on what it is sent, counts it, and may be late or cut.
///
/// It listens on a free port of 127.0.0.1 until it is dropped, which ends its connections.
///
/// ```no_run
/// use std::time::Duration;
/// use samokoder_migrate::testing::{Proxy, Server};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let database = Server::shared()?.database()?;
/// let proxy = Proxy::builder().round_trip(Duration::from_millis(40)).start(&database.url())?;
/// let mut client = postgres::Client::connect(&proxy.url(), postgres::NoTls)?;
/// let connected = proxy.traffic();
/// client.batch_execute("SELECT 1")?;
/// assert_eq!(proxy.traffic().since(&connected).waits, 1);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Proxy {
    url: String,
    address: SocketAddr,
    state: Arc<State>,
    acceptor: Option<JoinHandle<()>>,
}

/// What the proxy shares with its threads.
#[derive(Debug, Default)]
struct State {
    ledger: Ledger,
    links: Mutex<Vec<Weak<Link>>>,
    closing: AtomicBool,
}

impl Proxy {
    /// Starts a proxy that passes on at once all that it is sent.
    ///
    /// # Errors
    ///
    /// As [`ProxyBuilder::start`].
    pub fn start(url: &str) -> Result<Self, Error> {
        Self::builder().start(url)
    }

    /// Returns the options of a proxy, to change before it starts.
    pub fn builder() -> ProxyBuilder {
        ProxyBuilder::default()
    }

    /// Returns the server's URL with the proxy's address in place of the server's.
    #[must_use]
    pub fn url(&self) -> String {
        self.url.clone()
    }

    /// Returns where the proxy listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns what was carried until now, over all connections.
    #[must_use]
    pub fn traffic(&self) -> Traffic {
        self.state.ledger.traffic()
    }

    /// Cuts all connections that are open now. The next one is let through.
    pub fn cut(&self) {
        self.state.cut();
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.state.closing.store(true, Ordering::SeqCst);
        // Wakes the thread that waits for a connection.
        let woken = TcpStream::connect(self.address).is_ok();
        if let Some(acceptor) = self.acceptor.take().filter(|_| woken) {
            drop(acceptor.join());
        }
        self.state.cut();
    }
}

impl State {
    fn cut(&self) {
        let links = self.links.lock().unwrap_or_else(PoisonError::into_inner);
        for link in links.iter().filter_map(Weak::upgrade) {
            link.cut();
        }
    }

    fn keep(&self, link: &Arc<Link>) {
        let mut links = self.links.lock().unwrap_or_else(PoisonError::into_inner);
        links.retain(|link| link.strong_count() > 0);
        links.push(Arc::downgrade(link));
    }
}
