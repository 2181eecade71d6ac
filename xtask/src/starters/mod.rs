//! Many copies that start at once, each a process of its own: one does the work, the others wait, are told
//! whom for, and find nothing to do.

mod builder;
mod child;
mod figures;
mod kind;
mod outcome;
mod round;

use samokoder_migrate::testing::Server;

use crate::Result;
use figures::Figures;
use kind::Kind;
use round::Start;

pub(crate) use child::child;

/// How many copies start at once: half of them blocking, half async.
const STARTERS: usize = 8;

/// Runs so many rounds, of each kind by turns, and fails at the first copy that did not do as it should.
pub(crate) fn run(args: &[&str]) -> Result {
    let rounds = match args {
        [] => 100,
        [rounds] => rounds.parse()?,
        _ => return Err("starters [ROUNDS]".into()),
    };
    let server = Server::start()?;
    let mut figures = Figures::default();
    for round in 0..rounds {
        let kind = *Kind::ALL
            .get(round % Kind::ALL.len())
            .ok_or("there is no kind of round")?;
        let start = if (round / Kind::ALL.len()).is_multiple_of(2) {
            Start::Held
        } else {
            Start::Free
        };
        round::run(&server, kind, start, &mut figures)
            .map_err(|error| format!("round {round}, {kind}, {start}: {error}"))?;
    }
    println!("{figures}");
    Ok(())
}
