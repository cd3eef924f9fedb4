//! Why it came to a violation: a chain of causes, each a claim that refers to events of the run and to nothing else.
//!
//! Of two that believe to have the lock: what became of what the first one had placed, until when it was to last, and
//! since when its owner could have known. Of those who wait in vain: what stands in their way, whose it is, and what they
//! wait for. Of those who are overtaken: since when they stood in line, and what they did while others passed. Of tokens:
//! where they come from. Of a herd: what woke it. Sentences are made of that in `sentences` and nowhere else.

mod evidence;
mod herd;
mod late;
mod line;
mod link;
mod obstacle;
mod overlap;
mod removal;
mod sentences;
mod shape;
mod stays;
mod token;
mod wait;

pub use link::{Cause, Gone, Knew, Late, Link, Obstacle, Overtaken, Took};

use evidence::Evidence;

use super::cast::Cast;
use crate::event::{Event, Record};

/// The chain of causes of a violation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Because {
    /// Its links.
    pub links: Vec<Link>,
}

/// The chain of causes of the violation among `events`; none if there is nothing to add.
///
/// `goes_round` says that the end of the run comes again and again.
pub fn because(cast: &Cast, events: &[Record], goes_round: bool) -> Option<Because> {
    let violated = events.iter().rposition(|it| matches!(it.event, Event::Violated { .. }))?;
    let Event::Violated { property, .. } = events[violated].event else { return None };
    let evidence = Evidence::of(cast, &events[..violated]);
    let links = match property {
        "orphaned-lock" | "deadlock" | "livelock" | "bounded-wait" => {
            wait::links(&evidence, goes_round)
        }
        "fifo" => line::overtaken(&evidence),
        "writer-starvation" => line::starved(&evidence).into_iter().collect(),
        "fencing-order" => token::links(&evidence),
        "spacing" => overlap::handover(&evidence).into_iter().collect(),
        "herd" => herd::link(&evidence).into_iter().collect(),
        "release-safety" => match removal::link(&evidence) {
            Some(removed) => vec![removed],
            None => overlap::links(&evidence),
        },
        _ => match overlap::links(&evidence) {
            none if none.is_empty() => late::link(&evidence).into_iter().collect(),
            links => links,
        },
    };
    (!links.is_empty()).then_some(Because { links })
}

impl Because {
    /// The chain in sentences.
    pub fn text(&self, cast: &Cast, events: &[Record]) -> String {
        sentences::text(&self.links, cast, events)
    }
}
