//! Why it came to a violation: the chain of causes, made of the events of the run and of nothing else.
//!
//! Of two that believe to have the lock: what became of the first one's key or node, who had set it when and for how
//! long, and since when its owner could have known. Of those who wait in vain: what stands in their way, whose it is, and
//! what they wait for. Of those who are overtaken: since when they stood in line, and what they did while others passed.
//! Of tokens: where they come from. Of a herd: what woke it.

mod herd;
mod late;
mod line;
mod overlap;
mod tenure;
mod token;
mod wait;

use super::cast::{Cast, thread_name};
use super::words;
use crate::time::Micros;
use crate::trace::own::{Event, What};

/// The chain of causes of the violation among `events`, in sentences; none if there is nothing to add.
///
/// `goes_round` says that the end of the run comes again and again.
pub fn because(cast: &Cast, events: &[Event], goes_round: bool) -> Option<String> {
    let violated = events.iter().rposition(|it| matches!(it.what, What::Violated { .. }))?;
    let What::Violated { violated: property, .. } = &events[violated].what else { return None };
    let events = &events[..violated];
    let tenures = tenure::tenures(cast, events);
    let sentences = match &**property {
        "orphaned-lock" | "deadlock" | "livelock" | "bounded-wait" => {
            wait::sentences(cast, events, &tenures, goes_round)
        }
        "fifo" => line::overtaken(events),
        "writer-starvation" => line::starved(events),
        "fencing-order" => token::sentences(events),
        "spacing" => overlap::handover(cast, events, &tenures).into_iter().collect(),
        "herd" => herd::sentences(events),
        "release-safety" => match overlap::removal(cast, events, &tenures) {
            Some(removed) => vec![removed],
            None => overlap::sentences(cast, events, &tenures),
        },
        _ => match overlap::sentences(cast, events, &tenures) {
            none if none.is_empty() => late::act(cast, events).into_iter().collect(),
            sentences => sentences,
        },
    };
    (!sentences.is_empty()).then(|| sentences.join(" "))
}

/// A point in time; the beginning is `0 s`.
fn moment(at: Micros) -> String {
    if at == Micros::ZERO { "0 s".to_owned() } else { words::time(at) }
}

/// A request and its answer.
struct Asked {
    at: Micros,
    request: String,
}

/// The last request of a thread that was executed.
fn last_request(events: &[Event], who: &str) -> Option<Asked> {
    events.iter().rev().find_map(|event| match &event.what {
        What::Executed { from, thread, call, reply, .. } if thread_name(from, *thread) == who => {
            let reply = reply.as_ref().map(|it| format!(" → {}", words::reply(it)));
            let request = format!("{}{}", words::call(call), reply.unwrap_or_default());
            Some(Asked { at: event.at, request })
        }
        _ => None,
    })
}
