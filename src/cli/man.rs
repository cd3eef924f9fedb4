//! `lockstep man`: pages of man, from the one definition of the command line.

use clap::CommandFactory;
use serde::Serialize;

use super::exit::Exit;
use super::failure::Failure;
use super::output::Output;
use crate::suggest;
use crate::visible;

/// Write the page of man of the program, or of one of its commands
#[derive(clap::Args, Debug)]
#[command(after_help = "\
lockstep man | man -l -           reads it
lockstep man check > lockstep-check.1")]
pub(super) struct Arguments {
    /// Which command; the program itself if none is named
    #[arg(value_name = "COMMAND")]
    command: Option<String>,
}

/// `{"command": "man", "text": "…"}`.
#[derive(Serialize)]
struct Json {
    command: &'static str,
    text: String,
}

pub(super) fn execute(arguments: &Arguments, output: &mut Output<'_>) -> Result<Exit, Failure> {
    let mut program = super::Arguments::command();
    program.build();
    let page = match &arguments.command {
        None => program,
        Some(name) => match program.find_subcommand(name) {
            Some(command) => command.clone(),
            None => return Err(unknown(name, &program)),
        },
    };
    let mut text = Vec::new();
    clap_mangen::Man::new(page).render(&mut text)?;
    let text = String::from_utf8_lossy(&text).into_owned();
    if output.json {
        output.write_json(&Json { command: "man", text })?;
    } else {
        write!(output.out(), "{text}")?;
    }
    Ok(Exit::Expected)
}

fn unknown(name: &str, program: &clap::Command) -> Failure {
    let names: Vec<&str> = program.get_subcommands().map(clap::Command::get_name).collect();
    let near = suggest::nearest(name, names.iter().copied());
    let near = near.map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
    let name = visible::line(name);
    Failure::Wrong(format!("{name} is no command; {near}there are {}", names.join(", ")))
}
