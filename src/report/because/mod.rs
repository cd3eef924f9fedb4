//! Why it came to a violation: the chain of causes, made of the events of the run and of nothing else.
//!
//! Of two that believe to have the lock: what became of the first one's key or node, who had set it when and for how
//! long, and since when its owner could have known. Of those who wait in vain: what stands in their way, whose it is, and
//! what they wait for.

mod overlap;
mod tenure;
mod wait;

use super::cast::Cast;
use super::words;
use crate::time::Micros;
use crate::trace::own::{Event, What};

/// The chain of causes of the violation among `events`, in sentences; none if there is nothing to add.
pub fn because(cast: &Cast, events: &[Event]) -> Option<String> {
    let violated = events.iter().rposition(|it| matches!(it.what, What::Violated { .. }))?;
    let What::Violated { violated: property, .. } = &events[violated].what else { return None };
    let tenures = tenure::tenures(cast, &events[..violated]);
    let waits = ["orphaned-lock", "deadlock", "livelock", "bounded-wait"];
    let events = &events[..violated];
    let removed = (property == "release-safety").then(|| overlap::removal(cast, events, &tenures));
    let sentences = if let Some(removed) = removed.flatten() {
        vec![removed]
    } else if waits.contains(&&**property) {
        wait::sentences(cast, events, &tenures)
    } else {
        overlap::sentences(cast, events, &tenures)
    };
    (!sentences.is_empty()).then(|| sentences.join(" "))
}

/// A point in time; the beginning is `0 s`.
fn moment(at: Micros) -> String {
    if at == Micros::ZERO { "0 s".to_owned() } else { words::time(at) }
}
