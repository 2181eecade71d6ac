//! Refinery.

mod adopt;
mod checksum;
mod compare;
mod comparison;
mod foreign;
mod table;

pub use adopt::{Adopt, Check, adopt};
pub use checksum::{Form, Width};
pub use comparison::{Adoption, Comparison, Outcome, Row};
pub use foreign::runner;
pub use table::DEFAULT_TABLE;
