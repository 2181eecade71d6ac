//! Builds the contestants, runs them on a server of its own, and prints what they cost.
//!
//! `cargo run --release -p runner -- --help` says how.

mod args;
mod binaries;
mod cold;
mod field;
mod goals;
mod ground;
mod measure;
mod process;
mod results;
mod starters;
mod tables;

use std::process::ExitCode;

use args::{Args, Command};

type Result<T = (), E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

fn main() -> ExitCode {
    let done = match Args::read() {
        Ok(args) => match args.command {
            Command::Help => {
                println!("{}", args::USAGE);
                Ok(true)
            }
            Command::Build => cold::run(&args).map(|()| true),
            Command::Run => run(&args),
        },
        Err(error) => Err(format!("{error}\n{}", args::USAGE).into()),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

/// Compares, prints, and returns whether what is no matter of luck is as it should be.
fn run(args: &Args) -> Result<bool> {
    let mut built = Vec::new();
    for &count in &args.counts {
        built.push((count, binaries::build(count, &args.field)?));
    }
    let results = measure::run(args, &built)?;
    tables::print(args, &results);
    let goals = goals::judge(&results);
    println!("## Goals\n");
    for goal in &goals {
        println!("{goal}");
    }
    Ok(goals.iter().all(goals::Goal::is_kept))
}
