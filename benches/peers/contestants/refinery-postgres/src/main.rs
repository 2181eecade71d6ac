//! refinery with the blocking driver. It knows no way back.

use contestant::{Result, Verb};
use postgres::{Client, NoTls};

mod table {
    include!(concat!(env!("OUT_DIR"), "/table.rs"));
}

fn main() -> Result {
    let call = contestant::call()?;
    if call.verb == Verb::Down {
        return Err("refinery has no downgrades".into());
    }
    let mut client = Client::connect(&call.url, NoTls)?;
    table::runner().set_grouped(call.grouped).run(&mut client)?;
    contestant::tell()
}
