//! What a verdict covers, in words.

use super::cast::{Cast, Misfortune};
use super::{growth, idle, words};
use crate::choice::FaultId;
use crate::explore::{Cut, Outcome, Verdict};
use crate::run::Refused;
use crate::sim::{Arrival, Effect, Effects, Fault, OPEN, Phase, Setup, Timing};
use std::fmt::Write as _;

/// The faults that `setup` allows, one a line: `pause of any process, at most once, for 9 s or 11 s, at work`.
pub fn faults(setup: &Setup) -> Vec<String> {
    let cast = Cast::of(setup);
    let faults = setup.faults.iter().zip(&cast.faults);
    let faults = faults.filter(|(fault, _)| !is_tried_anyway(setup, fault));
    faults.map(|(fault, misfortune)| self::fault(fault, misfortune, &cast)).collect()
}

/// Whether a search of `setup` tries what the fault does at no cost.
fn is_tried_anyway(setup: &Setup, fault: &Fault) -> bool {
    setup.lateness.is_some() && setup.timing == Timing::Abstract && fault.is_always_tried()
}

/// What else a search of `setup` tries, that costs nothing, and how often in one run; nothing if it tries nothing else.
fn freely(setup: &Setup, outcome: &Outcome) -> Option<String> {
    let arrives = setup.processes.iter().any(|process| process.arrival == Arrival::Free);
    let mut tried = Vec::new();
    if arrives {
        tried.push("clients that come later, once more or never".to_owned());
        tried.push("tries of another phase".to_owned());
    }
    if let Some(lateness) = setup.lateness {
        tried.push(format!(
            "messages that travel for up to {}, so that others come before them",
            words::time(lateness)
        ));
    }
    if outcome.seen.drawn.delays {
        tried.push(
            "delays other than each client's usual one: the shortest, the middle and the longest"
                .to_owned(),
        );
    }
    if tried.is_empty() || setup.most_free == 0 {
        return None;
    }
    let together = if arrives { "" } else { " Clients come when the model says." };
    Some(format!(
        "Beside that: {}, at most {} of these and of faults together in one run.{together}",
        words::list(&tried),
        setup.most_free
    ))
}

/// What the faults did, one a line: `pause took effect 12 times: acquiring, at work`.
pub fn effects(setup: &Setup, effects: &Effects) -> Vec<String> {
    let effect = |(fault, effect): (&Fault, &Effect)| {
        let name = fault.name();
        let times = match effect.times {
            0 => return format!("{name} never took effect"),
            1 => "once".to_owned(),
            times => format!("{} times", words::count(times)),
        };
        let phases: Vec<&str> = effect.phases().map(phase).collect();
        let whose = if fault.extent().processes.is_some() { "" } else { "while somebody was " };
        match phases.as_slice() {
            [] => format!("{name} took effect {times}"),
            _ => format!("{name} took effect {times}: {whose}{}", phases.join(", ")),
        }
    };
    setup.faults.iter().zip(effects.iter()).map(effect).collect()
}

fn fault(fault: &Fault, misfortune: &Misfortune, cast: &Cast) -> String {
    let extent = fault.extent();
    let of = |names: Vec<String>, any: &str| {
        if names.is_empty() { format!(" of {any}") } else { format!(" of {}", words::list(&names)) }
    };
    let mut text = fault.name().to_owned();
    if let Some(requests) = extent.requests {
        text += &of(requests.to_vec(), "any message");
    }
    if let Some(processes) = extent.processes {
        let names = processes.iter().map(|it| cast.processes[usize::from(*it)].name.clone());
        text += &of(names.collect(), "any process");
    }
    if let Some(servers) = extent.servers {
        let names = servers.iter().map(|it| cast.servers[usize::from(*it)].name.clone());
        text += &of(names.collect(), "any server");
    }
    if let Some((sides, _)) = &misfortune.sides {
        let sides: Vec<String> = sides.iter().map(|side| format!("({side})")).collect();
        let _ = write!(text, " between {}", words::list(&sides));
    }
    let often = match fault.budget {
        None => ", any number of times".to_owned(),
        Some(1) => ", at most once".to_owned(),
        Some(times) => format!(", at most {times} times"),
    };
    text += &often;
    let longest = extent.spans.iter().max().filter(|_| extent.up_to);
    if extent.spans.contains(&OPEN) {
        text += ", for any time";
    } else if let Some(longest) = longest {
        let _ = write!(text, ", for up to {}", words::time(*longest));
    } else if !extent.spans.is_empty() {
        let spans: Vec<String> = extent.spans.iter().map(|it| words::time(*it)).collect();
        let _ = write!(text, ", for {}", spans.join(" or "));
    }
    if !extent.jumps.is_empty() {
        let jumps: Vec<String> = extent.jumps.iter().map(|it| words::time(*it)).collect();
        let _ = write!(text, ", by {}", jumps.join(" or "));
    }
    if !extent.phases.is_empty() {
        let phases: Vec<&str> = extent.phases.iter().map(|it| phase(*it)).collect();
        let _ = write!(text, ", while it is {}", phases.join(" or "));
    }
    if let Some(near) = &misfortune.near {
        let _ = write!(text, ", {}", super::fault::near(near));
    }
    text
}

/// What a phase is called.
pub fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Acquiring => "acquiring",
        Phase::Waiting => "waiting",
        Phase::Working => "at work",
        Phase::Releasing => "releasing",
        Phase::Done => "done",
    }
}

/// The faults that the model allows and that a finished search never saw take effect, by name.
///
/// A search that stops at a violation has not come to all of them: then there is nothing to report.
pub fn unused_faults(setup: &Setup, outcome: &Outcome) -> Vec<String> {
    let unused = unused(outcome).into_iter();
    unused.map(|it| setup.faults[usize::from(it)].name().to_owned()).collect()
}

/// The same with the reason, each a sentence.
pub fn unused_notes(setup: &Setup, outcome: &Outcome) -> Vec<String> {
    unused(outcome).into_iter().map(|it| idle::never(setup, outcome.faults.met(), it)).collect()
}

fn unused(outcome: &Outcome) -> Vec<FaultId> {
    match outcome.verdict {
        Verdict::Violated { .. } | Verdict::Cut(_) => Vec::new(),
        _ => outcome.faults.never().collect(),
    }
}

/// What servers refuse without a fault: `SET is answered with ERR ... (5 times)`.
pub fn refused(refused: &Refused) -> String {
    let Refused { request, said, times } = refused;
    let often =
        if *times > 1 { format!(", {} times", words::count(*times)) } else { String::new() };
    format!(
        "without a fault {request} is answered with the error `{}`{often}",
        words::clipped(said.clone(), 120)
    )
}

/// The names of these faults, each once.
pub fn names(setup: &Setup, faults: &[FaultId]) -> String {
    let mut names: Vec<String> = Vec::new();
    for fault in faults {
        let name = setup.faults[usize::from(*fault)].name();
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    words::list(&names)
}

/// The name of a verdict: `violated`, `holds`, `holds-within`, `vacuous`, `cut`.
pub fn verdict(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Violated { .. } => "violated",
        Verdict::Holds => "holds",
        Verdict::HoldsWithin(_) => "holds-within",
        Verdict::Vacuous(_) | Verdict::NeverStruck(_) => "vacuous",
        Verdict::Cut(_) => "cut",
    }
}

/// What the search of `setup` came to, as a sentence or two, and what that covers.
pub fn covers(setup: &Setup, outcome: &Outcome) -> String {
    let mut text = of_verdict(setup, outcome);
    if let Some(freely) = freely(setup, outcome)
        && matches!(
            outcome.verdict,
            Verdict::Holds | Verdict::HoldsWithin(_) | Verdict::Violated { deviations: 1.., .. }
        )
    {
        text = format!("{text} {freely}");
    }
    if outcome.seen.drawn.thinned {
        format!("Of draws of more than 16 values only the ends and the middle were tried. {text}")
    } else {
        text
    }
}

fn of_verdict(setup: &Setup, outcome: &Outcome) -> String {
    let faults = faults(setup).len();
    match &outcome.verdict {
        Verdict::Violated { deviations: 0, steps: 0, .. } => {
            "No fault is needed: the run in which nothing goes wrong does it.".to_owned()
        }
        Verdict::Violated { deviations: 0, .. } => {
            "No fault is needed. No run that was tried does it in fewer steps.".to_owned()
        }
        Verdict::Violated { deviations: 1, steps, .. } => format!(
            "Without a fault nothing is violated, and with one no run does it in fewer than {}.",
            words::counted(u64::from(*steps), "step"),
        ),
        Verdict::Violated { deviations, steps, .. } => format!(
            "With fewer than {deviations} faults nothing is violated, and with as many no run does it in fewer than {}.",
            words::counted(u64::from(*steps), "step"),
        ),
        Verdict::Holds if faults == 0 => {
            "Every run of this model, in which nothing goes wrong: clients come together, and messages arrive as they were sent.".to_owned()
        }
        Verdict::Holds => {
            "Every run with the faults below, at every moment and in every combination.".to_owned()
        }
        Verdict::HoldsWithin(within) => format!(
            "Every run with at most {}, of the kinds below; runs with more were not looked at.",
            words::counted(u64::from(*within), "fault"),
        ),
        Verdict::Vacuous(names) => idle::properties(names),
        Verdict::NeverStruck(faults) => idle::faults(setup, outcome, faults),
        Verdict::Cut(Cut::States(states)) => format!(
            "The search stopped at {}, before it had seen everything. {} `--states` raises the limit.",
            words::counted(*states as u64, "state"),
            so_far(setup, outcome),
        ),
        Verdict::Cut(Cut::Steps(steps)) => format!(
            "A run was still going on after {}. {}",
            words::counted(u64::from(*steps), "step"),
            so_far(setup, outcome),
        ),
        Verdict::Cut(Cut::Memory(bytes)) => format!(
            "The search stopped at {} MB of memory, before it had seen everything. {} --memory raises the limit.",
            words::count(bytes / 1_000_000),
            so_far(setup, outcome),
        ),
        Verdict::Cut(Cut::Stopped) => {
            format!("The search was stopped, before it had seen everything. {}", so_far(setup, outcome))
        }
    }
}

/// What is known when a search is cut, and why it was so large.
fn so_far(setup: &Setup, outcome: &Outcome) -> String {
    let known = known(outcome);
    match growth::told(setup, outcome) {
        Some(large) => format!("{known} {large}"),
        None => known,
    }
}

fn known(outcome: &Outcome) -> String {
    match outcome.complete {
        None => "Nothing was violated so far.".to_owned(),
        Some(0) => {
            "It holds without a fault so far; with faults nothing was violated yet.".to_owned()
        }
        Some(within) => format!(
            "It holds within {} so far; with more nothing was violated yet.",
            words::counted(u64::from(within), "fault"),
        ),
    }
}
