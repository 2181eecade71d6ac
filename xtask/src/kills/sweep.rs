//! Cuts of the connection after k bytes, k swept evenly over a whole run's.

use postgres::{Client, NoTls};
use samokoder_migrate::testing::{Database, Direction, Proxy, Server};

use super::{
    DRIVERS, WAYS, Way,
    figures::Figures,
    held::Held,
    next,
    set::{Course, moved, set},
    span::Span,
    victim::{Ended, Victim},
};
use crate::Result;

/// What is swept: one driver, one way, one direction of bytes.
#[derive(Debug, Clone, Copy)]
struct Lane {
    driver: &'static str,
    way: Way,
    of: Direction,
}

/// Cuts so many runs.
pub(super) fn run(count: usize) -> Result {
    let server = Server::start()?;
    let mut figures = Figures::default();
    let mut lanes = Vec::new();
    for driver in DRIVERS {
        for way in WAYS {
            for of in [Direction::ToServer, Direction::ToClient] {
                lanes.push(Lane { driver, way, of });
            }
        }
    }
    let each = count.div_ceil(lanes.len());
    for lane in lanes {
        let origin = lane.origin(&server)?;
        let span = Span::measure(&origin.copy()?, lane.of, &lane.victim())?;
        for point in 0..each {
            let after = span.point(point, each)?;
            lane.cut(&origin, after, span, &mut figures)
                .map_err(|error| format!("{} after {after} bytes: {error}", lane.name()))?;
        }
    }
    println!("cuts of the connection: {figures}");
    Ok(())
}

impl Lane {
    fn name(self) -> String {
        let of = match self.of {
            Direction::ToServer => "to the server",
            _ => "to the client",
        };
        format!("{} {}, bytes {of}", self.driver, self.way.name())
    }

    /// Makes a database as it is before the run.
    fn origin(self, server: &Server) -> Result<Database> {
        let database = server.database()?;
        if self.way == Way::Down {
            let set = set(Course::Smooth)?;
            moved(&set, Way::Up).on(&mut Client::connect(&database.url(), NoTls)?)?;
        }
        Ok(database)
    }

    /// Returns the victim's command.
    fn victim(self) -> [&'static str; 5] {
        [
            "kills-child",
            self.driver,
            self.way.name(),
            Course::Smooth.name(),
            "0",
        ]
    }

    /// Cuts one run.
    fn cut(self, origin: &Database, after: u64, span: Span, figures: &mut Figures) -> Result {
        let set = set(Course::Smooth)?;
        let database = origin.copy()?;
        let proxy = Proxy::builder()
            .cut_after(after, self.of)
            .start(&database.url())?;
        let ended = Victim::through(&proxy, &self.victim())?.end()?;
        let mut watcher = Client::connect(&database.url(), NoTls)?;
        let held = Held::look(&mut watcher)?;
        held.judge(self.way, Course::Smooth)?;
        held.keeps(&ended)?;
        let how = (self.way, Course::Smooth);
        let next = next::run(&mut watcher, &set, &held, how)?;
        if proxy.traffic().cuts == 1 && in_mid_run(&ended) {
            figures.enter(
                format!("{} of {}", self.name(), span.all),
                &held,
                &ended,
                next,
            );
        } else {
            figures.miss();
        }
        Ok(())
    }
}

/// Returns whether a cut came after the connection was made, and before the run had ended.
fn in_mid_run(ended: &Ended) -> bool {
    !ended.status.success() && ended.was_killed()
}
