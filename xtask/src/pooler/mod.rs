//! Runs through pgbouncer: what passes in transaction mode, what is refused there before anything is
//! written, and what is left behind.

mod bouncer;
mod client;
mod session;
mod transactional;

use std::path::PathBuf;

use samokoder_migrate::testing::Server;

use crate::Result;
use bouncer::{Bouncer, Mode};

/// A server whose log tells each message, and the program to put in front of it.
struct World {
    server: Server,
    program: PathBuf,
}

type Check = (&'static str, fn(&World) -> Result);

const CHECKS: [Check; 7] = [
    (
        "a transactional set goes up and down in transaction mode, by both drivers",
        transactional::goes_up_and_down,
    ),
    (
        "of eight starters at once one does the work",
        transactional::of_eight_starters_one_works,
    ),
    (
        "a set that needs a session is refused in transaction mode, and nothing is written",
        session::is_refused_in_transaction_mode,
    ),
    ("it works in session mode", session::works_in_session_mode),
    (
        "who says that a pooler keeps sessions is not believed where it is seen to change them",
        session::is_not_believed,
    ),
    (
        "a session that is lost in the middle leaves the doubt on record, and no lock",
        session::is_lost_in_the_middle,
    ),
    (
        "no statement of any of these runs had a name",
        transactional::no_statement_had_a_name,
    ),
];

/// Runs every check, and fails at the first that does not hold.
pub(crate) fn run() -> Result {
    let program = Bouncer::find()?;
    let server = Server::builder().setting("log_statement", "all").start()?;
    let world = World { server, program };
    for (name, check) in CHECKS {
        check(&world).map_err(|error| format!("{name}: {error}"))?;
        println!("ok: {name}");
    }
    Ok(())
}

pub(crate) use session::child;

impl World {
    fn bouncer(&self, mode: Mode) -> Result<Bouncer> {
        Bouncer::start(&self.program, &self.server, mode)
    }
}
