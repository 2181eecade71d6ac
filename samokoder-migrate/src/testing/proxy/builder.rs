//! How a proxy is to be.

use std::{
    io,
    net::{TcpListener, TcpStream},
    sync::{Arc, atomic::Ordering},
    thread,
    time::Duration,
};

use super::{
    Direction, Proxy, State,
    ledger::{Ledger, Limit},
    link::{Link, spawn},
};
use crate::testing::Error;

/// The options of a [`Proxy`], made by [`Proxy::builder`].
#[derive(Debug, Clone, Default)]
#[must_use = "nothing is passed on before `start`"]
pub struct ProxyBuilder {
    route: Route,
    limit: Option<Limit>,
}

/// How late bytes arrive.
#[derive(Debug, Clone, Copy, Default)]
struct Route {
    to_server: Duration,
    to_client: Duration,
}

impl ProxyBuilder {
    /// Makes an answer late by this much: half of it on the way to the server, half on the way back.
    ///
    /// A new connection is late by a round trip more, as its handshake would be. Bytes that follow
    /// each other do not wait for each other: the way is long, and not narrow.
    pub fn round_trip(self, delay: Duration) -> Self {
        self.delay(Direction::Both, delay / 2)
    }

    /// Makes the bytes of a direction, or of each, late by this much.
    pub fn delay(mut self, direction: Direction, delay: Duration) -> Self {
        if direction != Direction::ToClient {
            self.route.to_server = delay;
        }
        if direction != Direction::ToServer {
            self.route.to_client = delay;
        }
        self
    }

    /// Cuts the connection, at both ends, in which the last of so many bytes was passed on.
    ///
    /// Bytes are counted over all connections, those of a direction or both. One connection is cut;
    /// those after it are let through. With 0 bytes it is cut before the first.
    pub fn cut_after(mut self, bytes: u64, of: Direction) -> Self {
        self.limit = Some(Limit { left: bytes, of });
        self
    }

    /// Starts to listen, for the server in a URL such as `postgres://postgres@127.0.0.1:5432/app`.
    ///
    /// The server is looked for when a client comes: one that does not answer ends the connection.
    ///
    /// # Errors
    ///
    /// Where the URL names no server, or no port is free.
    pub fn start(self, url: &str) -> Result<Proxy, Error> {
        let (before, server, after) = parts(url)
            .ok_or_else(|| Error::new(format!("there is no `//host:port` in `{}`", bare(url))))?;
        let cannot = |error| Error::new("cannot start a proxy").because(error);
        let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(cannot)?;
        let address = listener.local_addr().map_err(cannot)?;
        let state = Arc::new(State {
            ledger: Ledger::new(self.limit),
            ..State::default()
        });
        let (accepting, server) = (Arc::clone(&state), server.to_owned());
        let acceptor = thread::Builder::new()
            .name("proxy".to_owned())
            .spawn(move || accept(&listener, &server, self.route, &accepting))
            .map_err(cannot)?;
        Ok(Proxy {
            url: format!("{before}{address}{after}"),
            address,
            state,
            acceptor: Some(acceptor),
        })
    }
}

/// Takes connections until the proxy closes.
fn accept(listener: &TcpListener, server: &str, route: Route, state: &Arc<State>) {
    loop {
        let client = listener.accept();
        if state.closing.load(Ordering::SeqCst) {
            return;
        }
        // A client that is gone already, and no file handle for one, are no reason to stop.
        let Ok((client, _)) = client else { continue };
        let (server, accepted) = (server.to_owned(), Arc::clone(state));
        // Without a thread the client is dropped, which tells it.
        drop(spawn(move || {
            drop(open(client, &server, route, &accepted));
        }));
    }
}

/// Opens the way from a client to the server.
fn open(client: TcpStream, server: &str, route: Route, state: &Arc<State>) -> io::Result<()> {
    thread::sleep(route.to_server + route.to_client);
    let link = Arc::new(Link::new(client, TcpStream::connect(server)?)?);
    state.ledger.connected();
    state.keep(&link);
    if state.closing.load(Ordering::SeqCst) {
        link.cut();
    }
    let carried = link
        .carry(state, Direction::ToServer, route.to_server)
        .and_then(|()| link.carry(state, Direction::ToClient, route.to_client));
    if carried.is_err() {
        link.cut();
    }
    carried
}

/// Returns what is before a URL's host and port, these, and what is after them.
fn parts(url: &str) -> Option<(&str, &str, &str)> {
    let authority = url.find("//")? + 2;
    let rest = url.get(authority..)?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let host = rest.get(..end)?.rfind('@').map_or(0, |at| at + 1);
    let (start, end) = (authority + host, authority + end);
    let server = url.get(start..end)?;
    let (_, port) = server.rsplit_once(':')?;
    port.parse::<u16>().ok()?;
    Some((url.get(..start)?, server, url.get(end..)?))
}

/// Returns a URL without what may be a password.
fn bare(url: &str) -> &str {
    url.rsplit_once('@').map_or(url, |(_, rest)| rest)
}
