//! Moving in from other tools, and back.

pub mod refinery;
