//! The walk by typed commands: for pipes, scripts and simple terminals.

use std::io::{self, BufRead, IsTerminal};
use std::path::Path;

use super::super::exit::Exit;
use super::super::failure::Failure;
use super::super::output::{BAD, FAINT, Output, TITLE};
use super::super::trace_file::Target;
use super::super::{quoted, surroundings};
use super::walk::Walk;
use crate::report::html::VerdictTone;
use crate::report::{picture::Tone, words};
use crate::visible;

/// The longest command that is read, in bytes.
const LONGEST: u64 = 4096;

/// Reads commands until there are no more.
pub(super) fn walk(walk: &mut Walk, output: &mut Output<'_>) -> Result<Exit, Failure> {
    output.text(TITLE, &walk.subject.title())?;
    verdict(walk, output)?;
    let input = io::stdin();
    let typed = input.is_terminal();
    if typed {
        output
            .text(FAINT, "n next, b back, v violation, s state, a alternatives, h help, q end")?;
    }
    here(walk, output)?;
    let mut input = input.lock();
    let mut exit = Exit::Expected;
    loop {
        if typed {
            write!(output.out(), "> ")?;
            output.flush()?;
        }
        let mut line = Vec::new();
        let mut limited = io::Read::take(&mut input, LONGEST);
        let read = limited.read_until(b'\n', &mut line);
        if read
            .map_err(|error| Failure::Wrong(format!("the commands could not be read: {error}")))?
            == 0
            || output.is_unread()
        {
            return Ok(exit);
        }
        let line = String::from_utf8_lossy(&line).trim().to_owned();
        if matches!(&*line, "q" | "quit" | "exit") {
            return Ok(exit);
        }
        if let Err(wrong) = command(walk, &line, output)? {
            exit = Exit::Wrong;
            output.text(BAD, &visible::line(&wrong))?;
        }
    }
}

/// Does what a line says; what is wrong with it, if it is not understood or finds nothing.
fn command(
    walk: &mut Walk,
    line: &str,
    output: &mut Output<'_>,
) -> Result<Result<(), String>, Failure> {
    let (name, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let rest = rest.trim();
    let count = || if rest.is_empty() { Some(1) } else { rest.parse::<u32>().ok().map(i64::from) };
    let done = match (name, rest) {
        ("" | "n" | "next", _) => count().map(|by| walk.go(by)).ok_or("n takes a number: n 5"),
        ("b" | "back", _) => count().map(|by| walk.go(-by)).ok_or("b takes a number: b 5"),
        ("g" | "go", _) => found(walk.go_to(rest), "g takes the number of a step: g 12, g 12.2"),
        ("v", _) => found(walk.go_to_violation(), "nothing is wrong in this run"),
        ("l", _) => found(walk.go_to_next_of(rest), "l takes the name of a client or a server"),
        ("s" | "state", _) => {
            write!(output.out(), "{}", walk.state(surroundings::width()))?;
            return Ok(Ok(()));
        }
        ("a" | "alternatives", _) => return alternatives(walk, output).map(Ok),
        ("pick", _) => {
            let picked = rest.parse().is_ok_and(|number| walk.pick(number));
            if picked {
                verdict(walk, output)?;
            }
            found(picked, "pick takes the number of a way: `a` lists them")
        }
        ("r" | "reset", _) => {
            walk.reset();
            Ok(())
        }
        ("save", _) => return save(walk, rest, output),
        ("h" | "help" | "?", _) => {
            output.text(FAINT, HELP)?;
            return Ok(Ok(()));
        }
        (search, _) if search.as_bytes().first() == Some(&b'/') => {
            found(walk.search(line[1..].trim()), "no step has this text")
        }
        _ => Err("that is no command: h lists them"),
    };
    if let Err(wrong) = done {
        return Ok(Err(format!("{line}: {wrong}")));
    }
    here(walk, output)?;
    Ok(Ok(()))
}

const HELP: &str = "n [K] next, b [K] back, g STEP go to, v violation, / TEXT search, l NAME next of a lane, s state, \
                    a alternatives, pick K go that way, r reset, save FILE, q end";

fn found(found: bool, otherwise: &'static str) -> Result<(), &'static str> {
    if found { Ok(()) } else { Err(otherwise) }
}

/// Tells the step at which one is.
fn here(walk: &Walk, output: &mut Output<'_>) -> Result<(), Failure> {
    let Some(step) = walk.picture.steps.get(walk.at) else {
        return output.text(FAINT, &walk.place());
    };
    let (sign, style) = match step.tone {
        Tone::Plain => ("", anstyle::Style::new()),
        Tone::Fault => ("! ", anstyle::AnsiColor::Yellow.on_default()),
        Tone::Bad => ("✗ ", BAD),
    };
    let text = format!("{sign}{}", walk.words(walk.at));
    output.text(FAINT, &walk.place())?;
    for line in crate::report::wrapped(&text, surroundings::width().saturating_sub(2)) {
        writeln!(output.out(), "  {style}{}{style:#}", line.trim_start())?;
    }
    Ok(())
}

fn verdict(walk: &Walk, output: &mut Output<'_>) -> Result<(), Failure> {
    let (tone, text) = walk.subject.verdict();
    let style = if tone == VerdictTone::Good { super::super::output::GOOD } else { BAD };
    output.text(style, &text)
}

fn alternatives(walk: &Walk, output: &mut Output<'_>) -> Result<(), Failure> {
    let ways = walk.ways();
    if ways.all.len() < 2 {
        return output.text(FAINT, "nothing else could happen after this step");
    }
    for number in 0..ways.all.len() {
        let text = format!("{number:>3}  {}", walk.way(&ways, number));
        output.text(anstyle::Style::new(), &visible::line(&text))?;
    }
    output.text(FAINT, "pick K goes that way; the numbers are those of this step")
}

/// Keeps the run as a trace; what became of that.
pub(super) fn kept(walk: &Walk, file: &str, output: &mut Output<'_>) -> Result<String, String> {
    if file.is_empty() || file == "-" {
        return Err("save takes the name of a file: save mine.jsonl".to_owned());
    }
    let told = |failure: Failure| match failure {
        Failure::Wrong(why) => why,
        Failure::Unwritable(error) => error.to_string(),
    };
    let path = Path::new(file);
    let target = Target::of(path, &[&walk.subject.path]).map_err(told)?;
    target.write(walk.recording(), true, output).map_err(told)?;
    let steps = words::counted(walk.recording().ended.steps, "step");
    let file = quoted::file(path);
    Ok(format!("{file} is written: {steps}; `lockstep replay {file}` makes it again"))
}

fn save(walk: &Walk, file: &str, output: &mut Output<'_>) -> Result<Result<(), String>, Failure> {
    match kept(walk, file, output) {
        Ok(told) => output.text(FAINT, &told).map(Ok),
        Err(why) => Ok(Err(why)),
    }
}
