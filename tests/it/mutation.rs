//! A replay that never complains proves nothing: one change in a recording must show, and at its place.
//!
//! From each family of recordings 100 changes are drawn with a fixed seed: a recorded answer is altered, an
//! event is dropped, or two neighbours are swapped. Which changes can be seen at all is a matter of what a
//! recording says, not of what the program finds; the rules stand in `mutation_redis` and
//! `mutation_zookeeper`. Everything that they do not name is left out for one of these reasons:
//!
//! - A request dropped with its reply was perhaps a read, or a write that nobody read: what is left is a
//!   recording of another run that could have been. It shows only where something after it depends on it.
//! - Two neighbours swapped may commute, and then are another run that could have been.
//! - The last events of a connection may be missing: a recording may stop at any line.
//! - What a rule of tolerance leaves open (traces/README.md: masked replies, the instant of an expiry, sets,
//!   what an expired session still receives, how far a follower is) may be otherwise.

use lockstep::trace::recorded;
use lockstep::trace::{Line, Trace};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde_json::Value;

use super::tidy::files;
use super::{mutation_redis, mutation_zookeeper};

/// A recording, its events also as JSON.
pub(crate) struct Recording {
    pub(crate) name: String,
    pub(crate) trace: Trace,
    pub(crate) events: Vec<Value>,
}

/// What is changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Change {
    /// What the server said at this event.
    Alter,
    /// The event is left out.
    Drop,
    /// The event and the next one change places; each place keeps its instant.
    Swap,
}

/// A change that must show.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mutation {
    pub(crate) change: Change,
    /// The event, counted from 0.
    pub(crate) event: usize,
    /// The first and the last event at which it may show.
    pub(crate) shows: (usize, usize),
}

impl Mutation {
    pub(crate) fn new(change: Change, event: usize, shows: (usize, usize)) -> Self {
        Self { change, event, shows }
    }
}

/// How a family finds its mutations, and how it alters what the server said at an event.
pub(crate) struct Family {
    pub(crate) store: &'static str,
    pub(crate) find: fn(&Recording) -> Vec<Mutation>,
    pub(crate) alter: fn(&mut Value, &mut dyn FnMut(usize) -> usize),
}

#[test]
fn redis_recordings() {
    mutate(&mutation_redis::FAMILY);
}

#[test]
fn zookeeper_recordings() {
    mutate(&mutation_zookeeper::FAMILY);
}

fn load(store: &str) -> Vec<Recording> {
    let read = |(name, text): (String, String)| {
        let trace = Trace::read(text.as_bytes()).unwrap_or_else(|bad| panic!("{name}: {bad}"));
        let events = trace.events.iter().map(|line| line.parse().unwrap()).collect();
        Recording { name, trace, events }
    };
    files(&format!("traces/recorded/{store}"), &["jsonl"]).into_iter().map(read).collect()
}

/// The number of the first line at which the recording differs or is bad.
fn first_difference(recording: &Recording, events: &[Line]) -> Option<(usize, String)> {
    match recorded::replay(&recording.trace.header, events) {
        Ok(tally) => {
            let first = tally.differences.iter().min_by_key(|difference| difference.line);
            first.map(|first| (first.line, format!("{first:?}")))
        }
        Err(bad) => Some((bad.line, bad.to_string())),
    }
}

fn mutate(family: &Family) {
    // What differs already has a first difference of its own: whether any does is another test's question.
    let recordings = load(family.store);
    let recordings: Vec<Recording> = recordings
        .into_iter()
        .filter(|one| first_difference(one, &one.trace.events).is_none())
        .collect();
    let mut random = ChaCha8Rng::seed_from_u64(20_261_123);
    let mut pick = |n: usize| random.next_u64() as usize % n;

    let mut missed = Vec::new();
    for (change, wanted) in [(Change::Alter, 50), (Change::Drop, 25), (Change::Swap, 25)] {
        let mut candidates: Vec<(&Recording, Mutation)> = recordings
            .iter()
            .flat_map(|one| (family.find)(one).into_iter().map(move |mutation| (one, mutation)))
            .filter(|(_, mutation)| mutation.change == change)
            .collect();
        let count = candidates.len();
        assert!(count >= wanted, "only {count} ways to {change:?} a {} recording", family.store);
        for _ in 0..wanted {
            let (recording, mutation) = candidates.swap_remove(pick(candidates.len()));
            if let Err(why) = check(family, recording, mutation, &mut pick) {
                missed.push(why);
            }
        }
    }
    assert!(missed.is_empty(), "{} of 100:\n{}", missed.len(), missed.join("\n"));
}

/// Changes the recording and looks whether and where that shows.
fn check(
    family: &Family,
    recording: &Recording,
    mutation: Mutation,
    pick: &mut dyn FnMut(usize) -> usize,
) -> Result<(), String> {
    let mut events = recording.trace.events.clone();
    let index = mutation.event;
    let original = events[index].text.clone();
    match mutation.change {
        Change::Alter => {
            let mut event = recording.events[index].clone();
            (family.alter)(&mut event, pick);
            assert_ne!(event, recording.events[index], "the alteration changes nothing");
            events[index].text = event.to_string();
        }
        Change::Drop => {
            // The lines after it keep their numbers.
            events.remove(index);
        }
        Change::Swap => {
            let (mut first, mut second) =
                (recording.events[index + 1].clone(), recording.events[index].clone());
            first["at"] = recording.events[index]["at"].clone();
            second["at"] = recording.events[index + 1]["at"].clone();
            events[index].text = first.to_string();
            events[index + 1].text = second.to_string();
        }
    }
    let line = |event: usize| recording.trace.events[event].number;
    let (from, to) = (line(mutation.shows.0), line(mutation.shows.1));
    let place = format!("{}:{}", recording.name, line(index));
    let change = mutation.change;
    match first_difference(recording, &events) {
        Some((found, _)) if (from..=to).contains(&found) => Ok(()),
        Some((found, text)) => Err(format!(
            "{place}: {change:?} {original}\n  shows in line {found}, not in {from} to {to}: {text}"
        )),
        None => Err(format!("{place}: {change:?} {original}\n  does not show, in {from} to {to}")),
    }
}
