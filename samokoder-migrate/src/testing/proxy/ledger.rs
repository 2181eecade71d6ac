//! What a proxy has carried, and how much it may.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Which bytes are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Those that clients send.
    ToServer,
    /// Those that the server sends.
    ToClient,
    /// All of them.
    Both,
}

/// What a proxy has carried, over all its connections.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Traffic {
    /// How often clients had to wait: the server's bytes came after bytes of theirs. The exchange that
    /// begins a session is one, and each of TLS and of a password adds its own.
    pub waits: u64,
    /// How many bytes went to the server.
    pub to_server: u64,
    /// How many bytes went to clients.
    pub to_client: u64,
    /// How many connections were made.
    pub connections: u64,
    /// How many connections the limit of bytes has cut.
    pub cuts: u64,
}

/// The account of one proxy. Bytes are entered before they are written, so that whoever has read
/// them finds them counted.
#[derive(Debug, Default)]
pub(super) struct Ledger(Mutex<Account>);

#[derive(Debug, Default)]
struct Account {
    traffic: Traffic,
    limit: Option<Limit>,
}

/// How many bytes are carried before a connection is cut.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limit {
    pub(super) left: u64,
    pub(super) of: Direction,
}

/// What may be done with bytes that were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pass {
    /// All of them go on.
    All,
    /// So many go on, and then the connection is cut.
    Until(usize),
}

impl Traffic {
    /// Returns what was carried since an earlier moment of the same proxy.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Self {
        Self {
            waits: self.waits.saturating_sub(earlier.waits),
            to_server: self.to_server.saturating_sub(earlier.to_server),
            to_client: self.to_client.saturating_sub(earlier.to_client),
            connections: self.connections.saturating_sub(earlier.connections),
            cuts: self.cuts.saturating_sub(earlier.cuts),
        }
    }

    /// Returns how many bytes were carried in both directions.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.to_server.saturating_add(self.to_client)
    }
}

impl Ledger {
    pub(super) fn new(limit: Option<Limit>) -> Self {
        Self(Mutex::new(Account {
            traffic: Traffic::default(),
            limit,
        }))
    }

    pub(super) fn traffic(&self) -> Traffic {
        self.lock().traffic
    }

    pub(super) fn connected(&self) {
        self.lock().traffic.connections += 1;
    }

    pub(super) fn waited(&self) {
        self.lock().traffic.waits += 1;
    }

    /// Enters bytes of one direction, up to the limit, which cuts one connection and no other.
    pub(super) fn enter(&self, direction: Direction, bytes: usize) -> Pass {
        let mut account = self.lock();
        let offered = u64::try_from(bytes).unwrap_or(u64::MAX);
        let mut carried = offered;
        let mut pass = Pass::All;
        if let Some(limit) = account
            .limit
            .as_mut()
            .filter(|limit| limit.meets(direction))
        {
            carried = offered.min(limit.left);
            limit.left -= carried;
            if limit.left == 0 {
                pass = Pass::Until(usize::try_from(carried).unwrap_or(bytes));
                account.limit = None;
                account.traffic.cuts += 1;
            }
        }
        match direction {
            Direction::ToServer => account.traffic.to_server += carried,
            _ => account.traffic.to_client += carried,
        }
        pass
    }

    fn lock(&self) -> MutexGuard<'_, Account> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Limit {
    fn meets(&self, direction: Direction) -> bool {
        self.of == Direction::Both || self.of == direction
    }
}
