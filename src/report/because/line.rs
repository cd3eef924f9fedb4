//! Why somebody in line was overtaken.

use std::collections::BTreeMap;

use super::evidence::{Evidence, is_unasked};
use super::link::{Link, Overtaken};
use crate::event::{Event, Who};
use crate::report::chronicle::At;
use crate::store::effect::Change;

/// Who stands in line since when, and when those who left the line got the lock.
struct Line {
    waits: BTreeMap<Who, At>,
    /// Those who got it since they came: who, the event with which it was in line, and that with which it entered.
    entered: Vec<(Who, At, At)>,
}

impl Line {
    fn of(evidence: &Evidence<'_>) -> Self {
        let mut line = Self { waits: BTreeMap::new(), entered: Vec::new() };
        for (at, record) in evidence.events.iter().enumerate() {
            match record.event {
                Event::InLine(who) => {
                    line.waits.entry(who).or_insert(at);
                }
                Event::Enters { who, .. } => {
                    if let Some(came) = line.waits.remove(&who) {
                        line.entered.push((who, came, at));
                    }
                }
                Event::Done(who) | Event::GivesUp(who) => {
                    line.waits.remove(&who);
                }
                _ => {}
            }
        }
        line
    }
}

/// So many of those who were overtaken are told.
const TOLD: usize = 2;

/// Of one who entered before others that had come earlier.
pub(super) fn overtaken(evidence: &Evidence<'_>) -> Vec<Link> {
    let line = Line::of(evidence);
    let Some(&(winner, came, entered)) = line.entered.last() else { return Vec::new() };
    let freed = evidence.backwards(entered).find_map(|(at, _)| {
        matches!(evidence.kept(at)?.change, Change::Removed { .. }).then_some(at)
    });
    let earlier = line.waits.iter().filter(|(_, since)| **since <= came);
    let tell = |(who, since): (&Who, &At)| {
        let last = evidence.last_request(*who, usize::MAX);
        let since_then = freed.or(last);
        Link::Overtaken(Overtaken {
            who: (*who, *since),
            winner: (winner, came),
            entered,
            last,
            freed,
            heard: since_then.and_then(|it| heard_since(evidence, *who, it)),
            told: freed.and_then(|it| heard_since(evidence, winner, it)),
        })
    };
    earlier.take(TOLD).map(tell).collect()
}

/// Of one who entered only after others that had come later.
pub(super) fn starved(evidence: &Evidence<'_>) -> Option<Link> {
    let line = Line::of(evidence);
    let &(writer, came, entered) = line.entered.last()?;
    let later = line
        .entered
        .iter()
        .filter(|(who, since, at)| *who != writer && *since > came && *at > came && *at < entered);
    let others: Vec<(Who, At, At)> = later.copied().collect();
    (!others.is_empty()).then_some(Link::Starved { who: writer, stood: (came, entered), others })
}

/// The first that the process of `who` heard by itself from the time of an event on.
fn heard_since(evidence: &Evidence<'_>, who: Who, since: At) -> Option<At> {
    let from = evidence.time(since);
    evidence.events.iter().enumerate().find_map(|(at, record)| match &record.event {
        Event::Received { process, message, .. }
            if *process == who.process
                && record.at >= from
                && at > since
                && is_unasked(message) =>
        {
            Some(at)
        }
        _ => None,
    })
}
