//! The `lockstep` binary: the command line over the library.

use std::io;
use std::process::ExitCode;

fn main() -> ExitCode {
    lockstep::cli::run(std::env::args_os(), io::stdout(), io::stderr())
}
