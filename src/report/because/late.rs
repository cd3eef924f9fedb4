//! Why somebody acts whose lease is over, although nobody believes so any more.

use super::evidence::Evidence;
use super::link::{Late, Link};
use crate::event::{Event, Who};
use crate::report::chronicle::At;

/// Of the last read or write whose lease had ended before it arrived.
pub(super) fn link(evidence: &Evidence<'_>) -> Option<Link> {
    evidence.backwards(usize::MAX).find_map(|(at, it)| match it.event {
        Event::Wrote { who, .. } | Event::Read { who, .. } => late(evidence, at, who),
        _ => None,
    })
}

fn late(evidence: &Evidence<'_>, act: At, who: Who) -> Option<Link> {
    let (entered, until) = evidence.backwards(act).find_map(|(at, it)| match it.event {
        Event::Enters { who: it, until, .. } if it == who => Some((at, until)),
        _ => None,
    })?;
    let until = until.filter(|until| *until < evidence.time(act))?;
    let next = evidence.events.iter().enumerate().find_map(|(at, it)| match it.event {
        Event::Enters { who: other, .. } if other != who && it.at >= until => Some((other, at)),
        _ => None,
    });
    let fault = evidence.known.last_fault_of(who.process, act).map(|it| it.0);
    Some(Link::Late(Late { who, act, entered, until, fault, next }))
}
