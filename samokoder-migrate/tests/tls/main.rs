//! Connections under TLS: what each `sslmode` checks, on servers with certificates of a private authority.

#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops at what it did not expect, and says where"
)]

mod authority;
mod child;
mod command;
mod modes;
mod negotiation;
mod secured;
