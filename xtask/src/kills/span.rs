//! The bytes of a whole run, of one direction.

use postgres::{Client, NoTls};
use samokoder_migrate::testing::{Database, Direction, Proxy, Traffic};

use super::victim::Victim;
use crate::Result;

/// How many bytes are carried before a run begins, and until it ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    connected: u64,
    pub(super) all: u64,
}

impl Span {
    /// Counts the bytes of a run that nobody cuts.
    pub(super) fn measure(database: &Database, of: Direction, args: &[&str]) -> Result<Self> {
        let proxy = Proxy::start(&database.url())?;
        drop(Client::connect(&proxy.url(), NoTls)?);
        let connected = bytes(proxy.traffic(), of);
        let proxy = Proxy::start(&database.url())?;
        let ended = Victim::through(&proxy, args)?.end()?;
        if !ended.status.success() {
            return Err(format!("a run that nobody cut failed: {:?}", ended.said).into());
        }
        Ok(Self {
            connected,
            all: bytes(proxy.traffic(), of),
        })
    }

    /// Returns the bytes at the middle of a part, of so many that are as long as each other.
    pub(super) fn point(self, part: usize, of: usize) -> Result<u64> {
        let length = self.all.saturating_sub(self.connected);
        let (part, of) = (u64::try_from(part)?, u64::try_from(of)?);
        Ok(self.connected + (length * (2 * part + 1)) / (2 * of))
    }
}

fn bytes(traffic: Traffic, of: Direction) -> u64 {
    match of {
        Direction::ToServer => traffic.to_server,
        Direction::ToClient => traffic.to_client,
        Direction::Both => traffic.bytes(),
    }
}
