//! What the replay of an own trace tells.

use serde::Serialize;

use super::super::failure::Failure;
use super::super::output::{BAD, FAINT, GOOD, Output};
use crate::report::words;
use crate::trace::own::{Difference, Replayed};
use crate::visible;

/// Writes what came of one trace.
pub(super) fn show(
    path: &str,
    crlf: bool,
    replayed: &Replayed,
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    let Replayed { equal, difference, ended } = replayed;
    let lines = words::counted(*equal as u64, "line");
    let Some(difference) = difference else {
        let end = ended.end.name();
        let steps = words::counted(ended.steps, "step");
        write!(output.out(), "{GOOD}the same run{GOOD:#}  {path}  ")?;
        let equal = if crlf {
            "equal, but the file's lines end in CR LF, which this program does not write"
        } else {
            "equal to the byte"
        };
        writeln!(output.out(), "{FAINT}{lines} {equal}; {steps}, {end}{FAINT:#}")?;
        if let Some(violation) = &ended.violation {
            let why = visible::line(&violation.why);
            writeln!(output.out(), "{FAINT}  {}: {why}{FAINT:#}", violation.property)?;
        }
        return Ok(());
    };
    let Difference { line, step, trace, run, hints } = difference;
    writeln!(
        output.out(),
        "{BAD}another run{BAD:#}   {path}  {FAINT}{lines} equal before{FAINT:#}"
    )?;
    writeln!(output.out(), "  first difference in line {line}, step {step}")?;
    let told = |text: &Option<String>| {
        visible::line(text.as_deref().unwrap_or("nothing: the end")).into_owned()
    };
    writeln!(output.out(), "    expected  {}", told(trace))?;
    writeln!(output.out(), "    got       {BAD}{}{BAD:#}", told(run))?;
    for hint in hints {
        writeln!(output.out(), "    {}", visible::line(hint))?;
    }
    Ok(())
}

/// An own trace in the result: `{"origin": "check", "lines_equal": 12, "difference": null, …}`.
#[derive(Serialize)]
pub(super) struct Json<'r> {
    /// `run` or `check`.
    origin: &'static str,
    /// Lines that are equal to the byte, before the first difference if there is one.
    lines_equal: usize,
    difference: Option<JsonDifference<'r>>,
    /// `done`, `stuck`, `violated` or `cut`.
    end: &'static str,
    steps: u64,
}

#[derive(Serialize)]
struct JsonDifference<'r> {
    line: usize,
    step: u64,
    /// What the trace says; null if it ends before.
    expected: Option<&'r str>,
    /// What the new run says; null if it ends before.
    got: Option<&'r str>,
    hints: &'r [String],
}

impl<'r> Json<'r> {
    pub(super) fn of(origin: &'static str, replayed: &'r Replayed) -> Self {
        let difference = replayed.difference.as_ref().map(|it| JsonDifference {
            line: it.line,
            step: it.step,
            expected: it.trace.as_deref(),
            got: it.run.as_deref(),
            hints: &it.hints,
        });
        Self {
            origin,
            lines_equal: replayed.equal,
            difference,
            end: replayed.ended.end.name(),
            steps: replayed.ended.steps,
        }
    }
}
