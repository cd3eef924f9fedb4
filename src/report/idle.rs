//! Why a verdict is vacuous: what the properties waited for in vain, and what faults looked for in vain.

use super::cast::Cast;
use super::{cover, words};
use crate::choice::FaultId;
use crate::explore::Outcome;
use crate::property;
use crate::sim::{Met, Phase, Setup};

/// What is to be said of these properties, which had nothing to judge.
pub(super) fn properties(names: &[&str]) -> String {
    let told = names.iter().map(|name| {
        let known = property::catalogue().iter().find(|entry| entry.about.name == *name);
        match known {
            Some(entry) => format!("{name} was never exercised: {}", entry.about.vacuous),
            None => format!("{name} was never exercised"),
        }
    });
    let told: Vec<String> = told.collect();
    format!("Nothing was violated, but {}. That says nothing about the lock.", told.join(", and "))
}

/// What is to be said of these faults, which never took effect.
pub(super) fn faults(setup: &Setup, outcome: &Outcome, faults: &[FaultId]) -> String {
    let told: Vec<String> =
        faults.iter().map(|it| never(setup, outcome.faults.met(), *it)).collect();
    format!(
        "Nothing was violated, but {}. So the verdict is not about what the model asks for: change the fault, or leave it \
         out.",
        told.join("; ")
    )
}

/// Why the fault of this number never took effect, as a sentence.
pub(super) fn never(setup: &Setup, met: &Met, number: FaultId) -> String {
    let fault = &setup.faults[usize::from(number)];
    let reason = no_phase(setup, met, number)
        .or_else(|| no_request(setup, met, number))
        .unwrap_or_else(|| format!("it needs {}, and no run has that", fault.needs()));
    format!("the fault `{}` never took effect: {reason}", fault.name())
}

/// No thread is ever where it must be.
fn no_phase(setup: &Setup, met: &Met, number: FaultId) -> Option<String> {
    let extent = setup.faults[usize::from(number)].extent();
    let all: Vec<u16> = (0..setup.processes.len() as u16).collect();
    let processes = extent.processes.filter(|it| !it.is_empty()).unwrap_or(&all);
    let mut seen: Vec<Phase> = Vec::new();
    for phase in processes.iter().flat_map(|process| met.phases(*process)) {
        if !seen.contains(&phase) {
            seen.push(phase);
        }
    }
    if extent.phases.is_empty() || extent.phases.iter().any(|phase| seen.contains(phase)) {
        return None;
    }
    let names = |phases: &[Phase]| {
        let names: Vec<String> = phases.iter().map(|it| cover::phase(*it).to_owned()).collect();
        names
    };
    let cast = Cast::of(setup);
    let who = match extent.processes {
        Some(some) if !some.is_empty() => {
            let names = some.iter().map(|it| cast.processes[usize::from(*it)].name.clone());
            format!("no thread of {}", words::list(&names.collect::<Vec<String>>()))
        }
        _ => "no thread".to_owned(),
    };
    let wanted = names(extent.phases).join(" or ");
    let mut text = format!("{who} is ever {wanted}");
    if !seen.is_empty() {
        text += &format!(", only {}", words::list(&names(&seen)));
    }
    if extent.phases.contains(&Phase::Waiting) && seen.contains(&Phase::Acquiring) {
        text += "; nobody is refused and waits before it asks again, and who waits inside a call is `acquiring`";
    }
    Some(text)
}

/// Nobody ever sends such a request.
fn no_request(setup: &Setup, met: &Met, number: FaultId) -> Option<String> {
    let fault = &setup.faults[usize::from(number)];
    let named = fault.near().map(|near| &*near.requests).or(fault.extent().requests);
    let named = named.filter(|it| !it.is_empty())?;
    let is_met = |name: &String| met.requests.iter().any(|it| it.eq_ignore_ascii_case(name));
    if named.iter().any(is_met) {
        return None;
    }
    let wanted: Vec<String> = named.iter().map(|name| format!("`{name}`")).collect();
    let sent: Vec<String> = met.requests.iter().map(|name| format!("`{name}`")).collect();
    Some(format!(
        "nobody ever sends {}; sent are {}",
        wanted.join(" or "),
        if sent.is_empty() { "no requests at all".to_owned() } else { words::list(&sent) },
    ))
}
