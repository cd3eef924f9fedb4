//! The interactive shells: lines from standard input to a [`Shell`], and what it says to standard output.

use std::io::{self, BufRead, IsTerminal};

use super::exit::Exit;
use super::failure::Failure;
use super::output::Output;
use crate::shell::{Said, Shell, next_line};
use crate::visible;

/// Drives `shell` until the input ends or a line ends it.
///
/// A line that goes wrong says so and is no failure of the command, as in the tools that these shells stand for.
pub(super) fn drive(mut shell: impl Shell, output: &mut Output<'_>) -> Result<Exit, Failure> {
    if output.json {
        let message = "a shell has no result that could be JSON: leave out `--json`";
        return Err(Failure::Wrong(message.to_owned()));
    }
    let is_terminal = io::stdin().is_terminal() && io::stdout().is_terminal();
    let mut input = io::stdin().lock();
    if is_terminal {
        write!(output.out(), "{}", shell.greeting())?;
    }
    converse(&mut shell, &mut input, is_terminal, output)?;
    Ok(Exit::Expected)
}

fn converse(
    shell: &mut dyn Shell,
    input: &mut impl BufRead,
    is_terminal: bool,
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    loop {
        if is_terminal {
            write!(output.out(), "{}", shell.prompt())?;
        }
        // Whoever talks with the shell over pipes waits for the answer.
        output.flush()?;
        if output.is_unread() {
            return Ok(());
        }
        let unreadable =
            |error| Failure::Wrong(format!("standard input could not be read: {error}"));
        match next_line(input).map_err(unreadable)? {
            Some(Ok(line)) => {
                let Said { text, ends } = shell.enter(&line);
                write!(output.out(), "{}", visible::lines(&text))?;
                if ends {
                    return Ok(());
                }
            }
            Some(Err(bad)) => writeln!(output.out(), "error: {bad}")?,
            None => {
                if is_terminal {
                    writeln!(output.out())?;
                }
                return Ok(());
            }
        }
    }
}
