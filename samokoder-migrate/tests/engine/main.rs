//! The engine against a real server, through both drivers.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test stops at what it did not expect, and says where"
)]

mod activity;
mod between;
mod branches;
mod caller;
mod commit;
mod connect;
mod drift;
mod dry_run;
mod durability;
mod encodings;
mod events;
mod failure;
mod hostile;
mod isolation;
mod limits;
mod locks;
mod many;
mod names;
mod newer;
mod outside;
mod replay;
mod replica;
mod resume;
mod rights;
mod rows;
mod script_ends;
mod seeds;
mod session;
mod settings;
mod shared;
mod side_by_side;
mod size;
mod starters;
mod support;
mod surroundings;
mod trust;
mod verbs;
