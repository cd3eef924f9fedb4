//! One model: its shortest violation step by step, or what the verdict covers.

use super::super::exit::Exit;
use super::super::failure::Failure;
use super::super::output::{BAD, FAINT, GOOD, Output};
use super::super::quoted;
use super::super::trace_file::Target;
use super::{Arguments, Row, json, view};
use crate::explore::{Outcome, Verdict};
use crate::report::{Cast, because, cover, expected, story, timeline, words};
use crate::run::{self, Checked, Recording};
use crate::sim::Setup;
use crate::visible;
use std::fmt::Write as _;

pub(super) fn show(
    row: &Row,
    arguments: &Arguments,
    target: Option<&Target>,
    output: &mut Output<'_>,
) -> Result<Exit, Failure> {
    let Row { path, checked, took, interrupted } = row;
    let recording = checked.recording();
    let kept = match (target, &recording) {
        (Some(target), Some(recording)) => target.write(recording, true, output).map(|()| false),
        // What an earlier search found is not left there as if it were of this one.
        (Some(target), None) => target.clear(),
        (None, _) => Ok(false),
    };
    if let (Some(Target::Stdout), Some(_)) = (target, &recording) {
        return kept.map(|_| row.exit());
    }
    if output.json {
        json::one(row, recording.as_ref(), output)?;
        return kept.map(|_| row.exit());
    }
    heading(&checked.model, output)?;
    output.text(FAINT, &quoted::path(path))?;
    if let Some(recording) = &recording {
        let cast = Cast::of(&recording.setup);
        let view = view(arguments.all);
        writeln!(output.out())?;
        write!(output.out(), "{}", timeline(&cast, &recording.events, view))?;
        writeln!(output.out())?;
        write!(output.out(), "{}", story(&cast, &recording.events, view.width))?;
    }
    writeln!(output.out())?;
    let why = recording.as_ref().and_then(told);
    if *interrupted {
        line("stopped", "by Ctrl-C", output)?;
    }
    verdict(row, why.as_deref(), output)?;
    let again = match (target.and_then(Target::path), &recording, &kept) {
        (Some(written), Some(_), Ok(_)) => format!("lockstep replay {}", quoted::file(written)),
        (Some(path), None, Ok(old)) => {
            let old = if *old {
                format!(", and the old trace {} was removed", quoted::path(path))
            } else {
                String::new()
            };
            line("trace", &format!("none was written: no run violates a property{old}"), output)?;
            command(row, arguments)
        }
        _ => command(row, arguments),
    };
    line("again", &again, output)?;
    writeln!(output.err(), "{FAINT}{took}{FAINT:#}")?;
    kept.map(|_| row.exit())
}

/// What the model shows, if it says so.
pub(in super::super) fn heading(
    model: &crate::model::Model,
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    if !model.title().is_empty() {
        output.text(anstyle::Style::new(), model.title())?;
    }
    Ok(())
}

/// Why it came to the violation.
pub(super) fn told(recording: &Recording) -> Option<String> {
    let Recording { spec, setup, events, .. } = recording;
    let cast = Cast::of(setup);
    because(&cast, events, spec.round.is_some()).map(|it| it.text(&cast, events))
}

/// The command that does the same again.
fn command(row: &Row, arguments: &Arguments) -> String {
    let mut text = format!("lockstep check {}", quoted::file(&row.path));
    if let Some(deviations) = arguments.deviations {
        let _ = write!(text, " --deviations {deviations}");
    }
    if let Some(states) = arguments.states {
        let _ = write!(text, " --states {states}");
    }
    if let Some(limit) = arguments.time_limit {
        let _ = write!(text, " --time-limit {limit}");
    }
    if let Some(memory) = arguments.memory {
        let _ = write!(text, " --memory {memory}");
    }
    text
}

/// A word and what it says, over several lines if need be.
pub(in super::super) fn line(
    name: &str,
    text: &str,
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    let width = super::super::surroundings::width().saturating_sub(10);
    for (number, line) in crate::report::wrapped(&visible::line(text), width).iter().enumerate() {
        let name = if number == 0 { name } else { "" };
        writeln!(output.out(), "{name:<9} {}", line.trim_start())?;
    }
    Ok(())
}

fn verdict(row: &Row, because: Option<&str>, output: &mut Output<'_>) -> Result<(), Failure> {
    let Checked { model, outcome, .. } = &row.checked;
    let setup = model.abstract_setup();
    let (style, headline) = headline(row);
    output.text(style, &headline)?;
    if let Some(because) = because {
        line("because", because, output)?;
    }
    if !model.why().is_empty() {
        line("why", model.why(), output)?;
    }
    line("covers", &cover::covers(&setup, outcome), output)?;
    if matches!(outcome.verdict, Verdict::Holds | Verdict::HoldsWithin(_)) {
        for fault in cover::faults(&setup) {
            line("", &format!("- {fault}"), output)?;
        }
    }
    let effects = cover::effects(&setup, &outcome.faults);
    for (place, effect) in effects.iter().enumerate() {
        line(if place == 0 { "faults" } else { "" }, effect, output)?;
    }
    // Where this is the verdict it is said already.
    if !matches!(outcome.verdict, Verdict::NeverStruck(_)) {
        for note in cover::unused_notes(&setup, outcome) {
            line("note", &note, output)?;
        }
    }
    if let Verdict::Vacuous(_) = outcome.verdict
        && let Some(refused) = run::refused(model)
    {
        line("note", &cover::refused(&refused), output)?;
    }
    line("searched", &searched(&setup, outcome), output)
}

pub(super) fn headline(row: &Row) -> (anstyle::Style, String) {
    let checked = &row.checked;
    let beside = expected::beside(&checked.found(), checked.model.expect(), checked.bounded);
    let name = cover::verdict(&checked.outcome.verdict).to_uppercase();
    let style = if row.exit() == Exit::Expected { GOOD } else { BAD };
    let text = match &checked.outcome.verdict {
        // It is waited in vain from the start on: no step leads there.
        Verdict::Violated { violation, deviations: 0, steps: 0 } => {
            format!("{name}  {}, without a fault, from the start on{beside}", violation.property)
        }
        Verdict::Violated { violation, deviations, steps } => format!(
            "{name}  {}, with {} in {}{beside}",
            violation.property,
            words::counted(u64::from(*deviations), "fault"),
            words::counted(u64::from(*steps), "step"),
        ),
        Verdict::Vacuous(names) => format!("{name}  {}{beside}", names.join(", ")),
        Verdict::NeverStruck(faults) => {
            let names = cover::names(&row.checked.model.abstract_setup(), faults);
            format!("{name}  {names} never took effect{beside}")
        }
        Verdict::HoldsWithin(within) => {
            format!("HOLDS within {}{beside}", words::counted(u64::from(*within), "fault"))
        }
        _ => format!("{name}{beside}"),
    };
    (style, text)
}

fn searched(setup: &Setup, outcome: &Outcome) -> String {
    let names: Vec<String> = setup.properties.iter().map(|it| it.name().to_owned()).collect();
    format!(
        "{}, {}, at most {} and {}; judged: {}",
        words::counted(outcome.states as u64, "state"),
        words::counted(outcome.transitions, "transition"),
        words::counted(u64::from(outcome.deviations), "fault"),
        words::counted(u64::from(outcome.steps), "step"),
        words::list(&names),
    )
}
