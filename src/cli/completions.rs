//! `lockstep completions`: what a shell needs to complete commands, options and formats.

use clap::CommandFactory;
use clap_complete::Shell;
use serde::Serialize;

use super::exit::Exit;
use super::failure::Failure;
use super::output::Output;

/// Write the completions of a shell
#[derive(clap::Args, Debug)]
#[command(after_help = "\
bash  lockstep completions bash > ~/.local/share/bash-completion/completions/lockstep
zsh   lockstep completions zsh > a directory of $fpath, as _lockstep
fish  lockstep completions fish > ~/.config/fish/completions/lockstep.fish")]
pub(super) struct Arguments {
    /// Which shell
    shell: Shell,
}

/// `{"command": "completions", "shell": "bash", "text": "…"}`.
#[derive(Serialize)]
struct Json {
    command: &'static str,
    shell: String,
    text: String,
}

pub(super) fn execute(arguments: &Arguments, output: &mut Output<'_>) -> Result<Exit, Failure> {
    let mut text = Vec::new();
    let mut command = super::Arguments::command();
    clap_complete::generate(arguments.shell, &mut command, "lockstep", &mut text);
    let text = String::from_utf8_lossy(&text).into_owned();
    if output.json {
        let shell = arguments.shell.to_string();
        output.write_json(&Json { command: "completions", shell, text })?;
    } else {
        write!(output.out(), "{text}")?;
    }
    Ok(Exit::Expected)
}
