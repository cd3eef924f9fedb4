//! Who has had what where the lock lives, from when, until when, and how that ended.

use super::{At, Chronicle};
use crate::choice::ServerId;
use crate::event::{By, Kept, Who};
use crate::store::effect::{Change, Item};
use crate::time::Micros;

/// One stay of a key, of a member of what is under it, or of a node, where the lock lives.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Holding {
    /// The server that keeps it; of an ensemble its first member.
    pub server: ServerId,
    /// What it is.
    pub item: Item,
    /// Whose it is: who placed it. Nobody's if it was there from the beginning, or if a fault placed it.
    pub owner: Option<Who>,
    /// The event with which it was placed.
    pub placed: At,
    /// The events with which its time to live was set anew, or what it holds was changed, and by whom.
    pub renewed: Vec<(At, By)>,
    /// The first instant (µs since the run began) at which it is gone by itself, as far as was said.
    pub until: Option<Micros>,
    /// The session that it ends with.
    pub session: Option<i64>,
    /// How it ended.
    pub end: Option<HoldingEnd>,
}

/// How a stay came to its end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HoldingEnd {
    /// With which event.
    pub at: At,
    /// Who or what ended it.
    pub by: EndedBy,
}

/// Who or what ended a stay.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EndedBy {
    /// As the store told it.
    Store(By),
    /// Its server died, and had it no longer when it was back, as far as is known.
    Crash,
}

impl Holding {
    /// Whether it is one of this on that server.
    pub fn is(&self, server: ServerId, item: &Item) -> bool {
        self.server == server && self.item == *item
    }
}

pub(super) fn take(chronicle: &mut Chronicle<'_>, at: At, kept: &Kept) {
    let place = (kept.server, kept.item.clone());
    match &kept.change {
        Change::Placed { until, session } => {
            if kept.by == By::Copy && revive(chronicle, kept) {
                return;
            }
            let holding = Holding {
                server: kept.server,
                item: kept.item.clone(),
                owner: kept.by.thread(),
                placed: at,
                renewed: Vec::new(),
                until: *until,
                session: *session,
                end: None,
            };
            chronicle.standing.insert(place, chronicle.holdings.len());
            chronicle.holdings.push(holding);
        }
        Change::Renewed { until, .. } => {
            if let Some(&number) = chronicle.standing.get(&place) {
                let holding = &mut chronicle.holdings[number];
                holding.until = *until;
                // A lock that is taken in two requests has no time to live before the second.
                holding.renewed.push((at, kept.by));
            }
        }
        Change::Rewritten { .. } => {
            if let Some(&number) = chronicle.standing.get(&place) {
                chronicle.holdings[number].renewed.push((at, kept.by));
            }
        }
        Change::Removed { .. } => {
            if let Some(number) = chronicle.standing.remove(&place) {
                let by = EndedBy::Store(kept.by);
                chronicle.holdings[number].end = Some(HoldingEnd { at, by });
            }
        }
    }
}

/// What a server had before it died is there again.
fn revive(chronicle: &mut Chronicle<'_>, kept: &Kept) -> bool {
    let same = |it: &Holding| it.server == kept.server && it.item == kept.item;
    let last = chronicle.holdings.iter().rposition(same);
    let crashed = |it: &Holding| matches!(it.end, Some(HoldingEnd { by: EndedBy::Crash, .. }));
    let Some(number) = last.filter(|it| crashed(&chronicle.holdings[*it])) else { return false };
    chronicle.holdings[number].end = None;
    chronicle.standing.insert((kept.server, kept.item.clone()), number);
    true
}

/// A server has died: what it kept is gone, unless it shows again.
pub(super) fn lost_with(chronicle: &mut Chronicle<'_>, at: At, server: ServerId) {
    let of_server: Vec<_> = chronicle.standing.keys().filter(|it| it.0 == server).cloned().collect();
    for place in of_server {
        if let Some(number) = chronicle.standing.remove(&place) {
            chronicle.holdings[number].end = Some(HoldingEnd { at, by: EndedBy::Crash });
        }
    }
}
