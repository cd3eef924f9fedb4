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
    /// Whose it is: who placed it, or what it is a copy of. Nobody's if a fault placed it.
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
    /// Who or what ended it, as the store told it.
    pub by: By,
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
            let holding = Holding {
                server: kept.server,
                item: kept.item.clone(),
                owner: owner(chronicle, kept),
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
                chronicle.holdings[number].end = Some(HoldingEnd { at, by: kept.by });
            }
        }
    }
}

/// Whose it is: a copy is whose the original is.
fn owner(chronicle: &Chronicle<'_>, kept: &Kept) -> Option<Who> {
    match kept.by {
        By::Thread(who) => Some(who),
        By::Copy => chronicle.holdings.iter().rev().find(|it| it.item == kept.item)?.owner,
        _ => None,
    }
}
