//! Commands of the project itself: `cargo xtask corpora DIR`, `embed DIR`, `broken DIR`, `mutants DIR`, `kills [N]`.

#![expect(clippy::print_stdout, reason = "a command prints")]

mod broken;
mod corpora;
mod embed;
mod kills;
mod mutants;
mod random;

use std::{path::Path, process::ExitCode};

type Result<T = (), E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

const USAGE: &str = "usage: cargo xtask corpora DIR | embed DIR | broken DIR | mutants DIR | kills [N]

corpora DIR  checks each folder of real migrations in DIR, and fails on an error that PostgreSQL
             does not share (DIR/NAME/truth.json says what it did)
embed DIR    embeds DIR/migrations by the macro in a crate of its own, locked, builds it, and runs
             it on a throwaway server: to head, status, down as far as its downs go, up again
broken DIR   breaks 300 scripts of DIR in ten ways, asks a server and the check, and compares
mutants DIR  changes scripts of DIR that run, asks a server and the check, and fails on an error that
             the server disproves; [--seed N] [--count N] [--only CORPUS] [--list]
kills [N]    kills N runs, clients and backends, in the middle, and looks what stands";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match args.as_slice() {
        ["corpora", dir] => corpora::run(Path::new(dir)),
        ["embed", dir] => embed::run(Path::new(dir)),
        ["broken", dir] => broken::run(Path::new(dir)),
        ["mutants", args @ ..] => mutants::run(args),
        ["kills"] => kills::run(100),
        ["kills", count] => count.parse().map_err(Into::into).and_then(kills::run),
        ["kills-child", url, driver, target] => kills::child(url, driver, target),
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
