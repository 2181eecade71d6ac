//! Commands of the project itself: `cargo xtask corpora DIR`, `snapshots DIR`, `embed DIR`, `broken DIR`,
//! `mutants DIR`, `kills [N]`, `bulk [MB]`, `starters [ROUNDS]`, `pooler`, `matrix`, `weight`,
//! `builtins [--check] DIR…`.

#![expect(clippy::print_stdout, reason = "a command prints")]

mod broken;
mod builtins;
mod bulk;
mod carry_out;
mod corpora;
mod embed;
mod folder;
mod kills;
mod matrix;
mod mutants;
mod pooler;
mod process;
mod random;
mod script;
mod snapshot;
mod starters;
mod weight;

use std::{path::Path, process::ExitCode};

type Result<T = (), E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

const USAGE: &str = "usage: cargo xtask corpora DIR | snapshots DIR [--print N] | embed DIR | broken DIR | mutants DIR
       | kills [moments | sweep | refinery] [N] | starters [ROUNDS] | pooler | matrix [DIR] [MAJOR…]
       | bulk [MB] | weight [check | build | DIR]
       | builtins [--check] DIR…

corpora DIR  checks each folder of real migrations in DIR, and fails on an error that PostgreSQL
             does not share (DIR/NAME/truth.json says what it did; without it a server is asked); counts how many of the downgrades that are wrong are found
snapshots DIR  applies each of them to a server, migration after migration, and holds the catalog that
             the replay gives against the server's; --print N prints the server's after N migrations
embed DIR    embeds DIR/migrations by the macro in a crate of its own, locked, builds it, and runs
             it on a throwaway server: to head, status, down as far as its downs go, up again
broken DIR   breaks 300 scripts of DIR in ten ways, asks a server and the check, and compares
mutants DIR  changes scripts of DIR that run, asks a server and the check, and fails on an error that
             the server disproves; [--seed N] [--count N] [--only CORPUS] [--list]
             (all 2,000 are for a release build: cargo run --release -p xtask -- mutants DIR)
kills [N]    kills N runs in the middle (clients, backends, connections, the server), cuts the connection
             of 2 N after k bytes, k swept over a whole run's, and looks what stands, what was reported, and
             whether the next run finishes; kills moments | sweep [N]: one of the two alone;
             kills refinery [N]: what the same kills leave of refinery's blocking path
pooler       runs sets through a pgbouncer of its own, in transaction and in session mode
starters [ROUNDS]  starts eight processes at once on a fresh database, ROUNDS times, and fails unless one
             did the work and the others waited for it, or were told where their history parts
bulk [MB]    loads a seed of so many megabytes (200) through both drivers, prints how fast, and fails
             where that takes memory by its size
matrix       runs the tests that ask a server against each major version of PostgreSQL, or those named,
             which npm brings; with DIR, `snapshots DIR` too
weight       prints what checks of generated histories, and builds of a crate that embeds them, cost;
             check, build: one of the two alone; DIR: checks of the projects in DIR
builtins DIR…  asks the server in each folder of binaries what it and its extensions provide, and
             writes the core's data files; with --check, fails unless the files say the same";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match args.as_slice() {
        ["corpora", dir] => corpora::run(Path::new(dir)),
        ["snapshots", dir] => snapshot::run(Path::new(dir)),
        ["snapshots", dir, "--print", count] => count
            .parse()
            .map_err(Into::into)
            .and_then(|count| snapshot::print(Path::new(dir), count)),
        ["embed", dir] => embed::run(Path::new(dir)),
        ["broken", dir] => broken::run(Path::new(dir)),
        ["mutants", args @ ..] => mutants::run(args),
        ["kills", args @ ..] => kills::run(args),
        ["kills-child", args @ ..] => kills::child(args),
        ["kills-refinery-child", url] => kills::refinery_child(url),
        ["pooler"] => pooler::run(),
        ["pooler-child"] => pooler::child(),
        ["starters", args @ ..] => starters::run(args),
        ["starters-child", args @ ..] => starters::child(args),
        ["bulk"] => bulk::run(200),
        ["bulk", size] => size.parse().map_err(Into::into).and_then(bulk::run),
        ["bulk-child", url, driver, folder] => bulk::load(url, driver, folder),
        ["matrix", args @ ..] => matrix::run(args),
        ["weight"] => weight::run(),
        ["weight", "check"] => weight::checks(),
        ["weight", "build"] => weight::builds(),
        ["weight", dir] => weight::projects(Path::new(dir)),
        ["builtins", "--check", dirs @ ..] if !dirs.is_empty() => builtins::check(dirs),
        ["builtins", dirs @ ..] if !dirs.is_empty() => builtins::write(dirs),
        ["builtins-child"] => builtins::child(),
        _ => {
            println!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
