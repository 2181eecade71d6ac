//! The command `samokoder-migrate`.

use std::process::ExitCode;

fn main() -> ExitCode {
    samokoder_migrate::cli::main()
}
