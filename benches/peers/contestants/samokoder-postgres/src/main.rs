//! samokoder-migrate with the blocking driver.

use contestant::{Result, Verb};
use postgres::{Client, NoTls};

include!(concat!(env!("OUT_DIR"), "/table.rs"));

use migrations::Revision;

fn main() -> Result {
    let call = contestant::call()?;
    let mut client = Client::connect(&call.url, NoTls)?;
    match call.verb {
        Verb::Up => migrations::run_to(Revision::Head).on(&mut client)?,
        Verb::Down => migrations::downgrade_to(Revision::Base).on(&mut client)?,
    };
    contestant::tell()
}
