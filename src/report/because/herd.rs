//! What one change in the store set in motion.

use super::evidence::{Evidence, asker};
use super::link::Link;
use crate::choice::ProcessId;
use crate::event::{Event, Who};
use crate::report::chronicle::At;

pub(super) fn link(evidence: &Evidence<'_>) -> Option<Link> {
    woken(evidence).or_else(|| requests(evidence))
}

/// Who was woken by the last change, if it is that which is too much, and by what they had asked to be.
fn woken(evidence: &Evidence<'_>) -> Option<Link> {
    let Event::Wakes { clients, .. } = &evidence.events.last()?.event else { return None };
    let acts = |event: &Event<'_>| matches!(event, Event::Executed { .. } | Event::Woke { .. });
    let (change, _) = evidence.backwards(usize::MAX).find(|(_, it)| acts(&it.event))?;
    // What a client did just now is not what it waited with.
    let asked = |process: ProcessId| {
        evidence.backwards(change).find_map(|(at, it)| {
            asker(it).filter(|who| who.process == process).map(|who| (who, at))
        })
    };
    let woken = clients.iter().map(|process| (*process, asked(*process))).collect();
    Some(Link::Woke { change, woken })
}

/// What those who wait have asked since anybody entered.
fn requests(evidence: &Evidence<'_>) -> Option<Link> {
    let mut requests: Vec<(Who, Vec<At>)> = Vec::new();
    let mut since = None;
    for (at, record) in evidence.events.iter().enumerate() {
        match record.event {
            Event::InLine(who) => {
                let Some(request) = evidence.last_request(who, at) else { continue };
                match requests.iter_mut().find(|it| it.0 == who) {
                    Some((_, of)) => of.push(request),
                    None => requests.push((who, vec![request])),
                }
            }
            Event::Enters { .. } => {
                requests.clear();
                since = Some(at);
            }
            _ => {}
        }
    }
    requests.sort_by_key(|(who, of)| (std::cmp::Reverse(of.len()), *who));
    (!requests.is_empty()).then_some(Link::Asked { since, requests })
}
