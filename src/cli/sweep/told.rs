//! What a sweep came to, in words and as JSON.

use serde_json::{Value, json};

use super::super::check::witness::{heading, line};
use super::super::exit::Exit;
use super::super::failure::Failure as Wrong;
use super::super::output::{BAD, FAINT, GOOD, Output, TITLE};
use super::part::{Failure, Part, kind};
use super::rate::Rate;
use crate::model::Model;
use crate::report::words;
use crate::run::{failure, shrunk};
use crate::time::Micros;
use crate::visible;

/// What is known of waits: how many of a thousand are no longer.
const PERCENTILES: [(&str, u64); 5] =
    [("p50", 500), ("p90", 900), ("p99", 990), ("p99.9", 999), ("max", 1000)];

/// More of those who gave up are not named one by one.
const MOST: usize = 12;

/// Tells it; what the process exits with.
pub(super) fn tell(
    whole: &Part,
    model: &Model,
    exit: Exit,
    output: &mut Output<'_>,
) -> Result<Exit, Wrong> {
    let mut failures: Vec<Failure> = whole.failures.values().cloned().collect();
    // The most frequent first; among equals the one with the first seed.
    failures.sort_by(|a, b| b.runs.cmp(&a.runs).then_with(|| a.seeds.cmp(&b.seeds)));
    for it in &mut failures {
        output.progress(format_args!("looking for the smallest run of each failure"));
        *it = smallest(model, it);
    }
    if output.json {
        output.write_json(&in_json(whole, model, &failures, exit))?;
        return Ok(exit);
    }
    let sums = &whole.sums;
    heading(model, output)?;
    let path = visible::line(&whole.path);
    output.text(FAINT, &format!("{path}, {}", seeds(&whole.seeds)))?;
    writeln!(output.out())?;
    let style = if exit == Exit::Expected { GOOD } else { BAD };
    let rate =
        Rate::of(sums.violated, sums.runs).map_or(String::new(), |it| format!(", {}", it.text()));
    let runs = words::counted(sums.runs, "run");
    let violated = words::count(sums.violated);
    output.text(style, &format!("{runs}: {violated} violated{rate}"))?;
    if sums.cut > 0 {
        line("cut", &format!("{} stopped by a limit", words::counted(sums.cut, "run")), output)?;
    }
    if whole.seeds != whole.asked {
        line("missing", &format!("of {} not all were run", seeds(&whole.asked)), output)?;
    }
    for (place, it) in failures.iter().enumerate() {
        writeln!(output.out())?;
        tell_failure(place + 1, it, whole, output)?;
    }
    writeln!(output.out())?;
    numbers(whole, model, output)?;
    Ok(exit)
}

/// `seeds 1 to 100`, of which some may be missing.
fn seeds(ranges: &[(u64, u64)]) -> String {
    let one = |(first, count): &(u64, u64)| {
        let last = first.saturating_add(count.saturating_sub(1));
        if first == &last { first.to_string() } else { format!("{first} to {last}") }
    };
    let all: Vec<String> = ranges.iter().map(one).collect();
    if all.is_empty() { "no seeds".to_owned() } else { format!("seeds {}", words::list(&all)) }
}

/// The smallest run of these failures with as few faults as show it.
fn smallest(model: &Model, of: &Failure) -> Failure {
    let seed = of.smallest.2;
    let same = Some((of.property.clone(), of.shape.clone()));
    let small = shrunk(failure(model, seed), |it| kind(it) == same);
    match Failure::of(&small, seed) {
        Some(small) => {
            let (runs, seeds) = (of.runs, of.seeds.clone());
            Failure { runs, seeds, ..small }
        }
        None => of.clone(),
    }
}

fn tell_failure(
    number: usize,
    it: &Failure,
    whole: &Part,
    output: &mut Output<'_>,
) -> Result<(), Wrong> {
    let rate =
        Rate::of(it.runs, whole.sums.runs).map_or(String::new(), |it| format!(", {}", it.text()));
    let runs = words::counted(it.runs, "run");
    output.text(TITLE, &format!("{number}. {}: {runs}{rate}", it.property))?;
    let (deviations, steps, seed) = it.smallest;
    line("what", &it.what, output)?;
    if let Some(because) = &it.because {
        line("because", because, output)?;
    }
    let faults = words::counted(deviations, "fault");
    let story =
        if it.story.is_empty() { String::new() } else { format!(": {}", it.story.join("; ")) };
    let steps = words::counted(steps, "step");
    line("smallest", &format!("seed {seed}, {faults} in {steps}{story}"), output)?;
    let seeds: Vec<String> = it.seeds.iter().map(u64::to_string).collect();
    let more = if it.runs > it.seeds.len() as u64 { ", ..." } else { "" };
    line("seeds", &format!("{}{more}", seeds.join(", ")), output)?;
    let path = super::super::quoted::argument(&whole.path);
    line("look at", &format!("lockstep run {path} --seed {seed}"), output)
}

fn numbers(whole: &Part, model: &Model, output: &mut Output<'_>) -> Result<(), Wrong> {
    let sums = &whole.sums;
    let waits: Vec<String> = PERCENTILES
        .iter()
        .filter_map(|(name, part)| {
            let us = whole.waits.per_mille(*part)?;
            Some(format!("{name} {}", words::time(Micros(us))))
        })
        .collect();
    if !waits.is_empty() {
        line("waits", &format!("{} (to three digits)", waits.join(", ")), output)?;
    }
    let text = format!(
        "{}, {}, {}, {}",
        words::counted(sums.sections, "section"),
        words::counted(sums.requests, "request"),
        words::counted(sums.notifications, "notification"),
        words::counted(sums.deviations, "fault"),
    );
    line("in all", &text, output)?;
    let share = |runs: u64| {
        Rate::of(runs, sums.runs).map_or(String::new(), |it| format!(", {}", it.text()))
    };
    for (place, (name, (runs, times))) in faults(whole, model).into_iter().enumerate() {
        let head = if place == 0 { "faults" } else { "" };
        let text = match times {
            0 => format!("{name} never took effect"),
            _ => format!(
                "{name} took effect {} in {}{}",
                times_of(times),
                words::counted(runs, "run"),
                share(runs)
            ),
        };
        line(head, &text, output)?;
    }
    for (place, (what, (runs, times))) in whole.happened.iter().enumerate() {
        let head = if place == 0 { "happened" } else { "" };
        let text = format!(
            "{what}: {} in {}{}",
            times_of(*times),
            words::counted(*runs, "run"),
            share(*runs)
        );
        line(head, &text, output)?;
    }
    if !whole.gave_up.is_empty() {
        let mut who: Vec<String> = whole
            .gave_up
            .iter()
            .take(MOST)
            .map(|(who, times)| format!("{} {}", visible::line(who), times_of(*times)))
            .collect();
        let more = whole.gave_up.len().saturating_sub(MOST);
        if more > 0 {
            who.push(format!("{} more", words::count(more as u64)));
        }
        line("gave up", &words::list(&who), output)?;
    }
    Ok(())
}

fn times_of(times: u64) -> String {
    if times == 1 { "once".to_owned() } else { format!("{} times", words::count(times)) }
}

/// The model's faults by name, each with in how many runs and how often it took effect.
fn faults(whole: &Part, model: &Model) -> Vec<(&'static str, (u64, u64))> {
    let setup = model.sampled_setup();
    let names = setup.faults.iter().map(crate::sim::Fault::name);
    let counts = whole.faults.iter().copied().chain(std::iter::repeat((0, 0)));
    names.zip(counts).collect()
}

fn in_json(whole: &Part, model: &Model, failures: &[Failure], exit: Exit) -> Value {
    let sums = &whole.sums;
    let rate = |count: u64| {
        Rate::of(count, sums.runs).map(|it| {
            let six = |value: f64| (value * 1e9).round() / 1e9;
            json!({"part": six(it.part), "low": six(it.low), "high": six(it.high)})
        })
    };
    let failures: Vec<Value> = failures
        .iter()
        .map(|it| {
            json!({
                "property": it.property, "shape": it.shape, "runs": it.runs, "rate": rate(it.runs),
                "seeds": it.seeds, "what": it.what, "because": it.because,
                "smallest": {"seed": it.smallest.2, "deviations": it.smallest.0, "steps": it.smallest.1, "story": it.story},
            })
        })
        .collect();
    let faults: Vec<Value> = faults(whole, model)
        .into_iter()
        .map(|(name, (runs, times))| json!({"fault": name, "runs": runs, "times": times, "rate": rate(runs)}))
        .collect();
    let happened: Vec<Value> = whole
        .happened
        .iter()
        .map(|(what, (runs, times))| json!({"what": what, "runs": runs, "times": times, "rate": rate(*runs)}))
        .collect();
    let waits: serde_json::Map<String, Value> = PERCENTILES
        .iter()
        .filter_map(|(name, part)| {
            Some((format!("{name}_us"), json!(whole.waits.per_mille(*part)?)))
        })
        .collect();
    json!({
        "command": "sweep", "path": whole.path, "title": model.title(),
        "asked": whole.asked, "seeds": whole.seeds, "runs": sums.runs,
        "violated": sums.violated, "rate": rate(sums.violated), "cut": sums.cut,
        "failures": failures, "waits": waits, "faults": faults, "happened": happened, "gave_up": whole.gave_up,
        "sections": sums.sections, "requests": sums.requests, "notifications": sums.notifications,
        "deviations": sums.deviations, "exit": exit.code(),
    })
}
