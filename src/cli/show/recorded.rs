//! Recordings of real servers and logs of MONITOR, line by line.

use serde::Serialize;

use super::super::exit::Exit;
use super::super::failure::Failure;
use super::super::output::{FAINT, Output, TITLE};
use super::super::{files, models, quoted, surroundings};
use super::{Arguments, counted, only_for_runs};
use crate::report::recorded::{Heard, of_monitor, of_recording};
use crate::report::{words, wrapped};
use crate::trace::recorded::monitor;
use crate::trace::{Content, Origin, Trace, packed};

/// More lines than this are shown only if that is asked for.
const MOST: usize = 400;

/// `{"command": "show", "lines": […]}`.
#[derive(Serialize)]
struct Json {
    command: &'static str,
    lines: Vec<JsonLine>,
}

#[derive(Serialize)]
struct JsonLine {
    /// µs since the recording began.
    at: i64,
    #[serde(skip_serializing_if = "is_zero")]
    line: usize,
    #[serde(skip_serializing_if = "String::is_empty")]
    who: String,
    text: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands fields by reference")]
fn is_zero(line: &usize) -> bool {
    *line == 0
}

/// Shows the file if it is a recording or a log; nothing if it is something else.
pub(super) fn show(
    arguments: &Arguments,
    output: &mut Output<'_>,
) -> Result<Option<Exit>, Failure> {
    let path = &arguments.path;
    if models::is_stdin(path) || !path.is_file() {
        return Ok(None);
    }
    let opened = packed::open(path)?;
    let is_log = files::has_extension(path, "log") && opened.content.is_none();
    let heard = match opened.content {
        Some(Content::Monitor) => monitored(arguments, opened.source)?,
        None if is_log => monitored(arguments, opened.source)?,
        Some(Content::Trace) => {
            let trace = Trace::read(opened.source).map_err(|bad| bad.of(path))?;
            if trace.header.origin != Origin::Recorded {
                return Ok(None);
            }
            of_recording(&trace.events)
        }
        _ => return Ok(None),
    };
    if let Some(option) = only_for_runs(arguments) {
        let file = quoted::file(path);
        let message = format!(
            "{option} is for runs of this program: of a recording or a log the lines are shown, and `lockstep audit \
             {file}` says who held which lock when"
        );
        return Err(Failure::Wrong(message));
    }
    let chosen: Vec<&Heard> = heard.iter().filter(|it| is_chosen(it, arguments)).collect();
    if output.json {
        let line = |it: &&Heard| JsonLine {
            at: it.at.0,
            line: it.line,
            who: it.who.clone(),
            text: it.text.clone(),
        };
        output.write_json(&Json { command: "show", lines: chosen.iter().map(line).collect() })?;
        return Ok(Some(Exit::Expected));
    }
    table(&chosen, arguments, output)?;
    let text = format!("{} of {}", counted(chosen.len()), counted(heard.len()));
    output.text(
        FAINT,
        &format!("{text}; `lockstep audit {}` says who held which lock when", quoted::file(path)),
    )?;
    Ok(Some(Exit::Expected))
}

fn monitored(arguments: &Arguments, source: impl std::io::BufRead) -> Result<Vec<Heard>, Failure> {
    let driven = monitor::drive(source).map_err(|bad| bad.of(&arguments.path))?;
    Ok(of_monitor(&driven))
}

fn is_chosen(heard: &Heard, arguments: &Arguments) -> bool {
    let Arguments { from, to, who, key, .. } = arguments;
    from.is_none_or(|from| heard.at >= from.0)
        && to.is_none_or(|to| heard.at <= to.0)
        && (who.is_empty() || who.contains(&heard.who))
        && key.as_ref().is_none_or(|key| heard.about.contains(key))
}

fn table(chosen: &[&Heard], arguments: &Arguments, output: &mut Output<'_>) -> Result<(), Failure> {
    let shown = if arguments.all { chosen.len() } else { chosen.len().min(MOST) };
    let longest = |text: &dyn Fn(&Heard) -> usize, least: usize| {
        chosen[..shown].iter().map(|it| text(it)).max().unwrap_or(0).max(least)
    };
    let at = |it: &Heard| words::time(it.at);
    let times = longest(&|it| at(it).chars().count(), 4);
    let names = longest(&|it| it.who.chars().count(), 3).min(24);
    writeln!(output.out(), "{TITLE}{:>times$}  {:<names$}  what{TITLE:#}", "time", "who")?;
    let room = surroundings::width().saturating_sub(times + names + 4);
    for heard in &chosen[..shown] {
        for (number, line) in wrapped(&heard.text, room).iter().enumerate() {
            let (time, who) =
                if number == 0 { (at(heard), &*heard.who) } else { (String::new(), "") };
            writeln!(output.out(), "{time:>times$}  {who:<names$}  {line}")?;
        }
    }
    if shown < chosen.len() {
        let more = counted(chosen.len() - shown);
        output.text(FAINT, &format!("⋮ {more} more; --all shows everything"))?;
    }
    Ok(())
}
