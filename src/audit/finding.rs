//! What is wrong, or worth a look.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::hold::{Confidence, Moment};
use crate::time::Micros;

/// What kind of thing was found, the worst first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Kind {
    /// Two clients held a lock at one time, or more than a semaphore has permits.
    Overlap,
    /// Somebody released what was another's.
    ReleasedAnothers,
    /// Somebody put its own in the place of another's.
    Replaced,
    /// Somebody renewed what was another's.
    RenewedAnothers,
    /// A hold lasted longer than its time to live.
    LongerThanTtl,
    /// A release found nothing of its own any more.
    ReleasedNothing,
    /// A lock without a time to live was never released.
    LeftForEver,
    /// A lock was never released, and stood until its time to live was over.
    LeftBehind,
    /// A lock had no time to live.
    NoTtl,
    /// Somebody must have held a lock before the log began.
    HeldBefore,
}

impl Kind {
    /// All kinds, the worst first.
    pub const ALL: [Self; 10] = [
        Self::Overlap,
        Self::ReleasedAnothers,
        Self::Replaced,
        Self::RenewedAnothers,
        Self::LongerThanTtl,
        Self::ReleasedNothing,
        Self::LeftForEver,
        Self::LeftBehind,
        Self::NoTtl,
        Self::HeldBefore,
    ];

    /// Whether a lock does not do what it is for: two at one time, or what leads to it.
    pub fn is_wrong(self) -> bool {
        matches!(
            self,
            Self::Overlap
                | Self::ReleasedAnothers
                | Self::Replaced
                | Self::RenewedAnothers
                | Self::LongerThanTtl
                | Self::LeftForEver
        )
    }

    /// The name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Overlap => "overlap",
            Self::ReleasedAnothers => "released-anothers",
            Self::Replaced => "replaced",
            Self::RenewedAnothers => "renewed-anothers",
            Self::LongerThanTtl => "longer-than-ttl",
            Self::ReleasedNothing => "released-nothing",
            Self::LeftForEver => "left-for-ever",
            Self::LeftBehind => "left-behind",
            Self::NoTtl => "no-ttl",
            Self::HeldBefore => "held-before",
        }
    }
}

/// Something that was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// What kind of thing.
    pub kind: Kind,
    /// The lock.
    pub key: Rc<str>,
    /// Where.
    pub moment: Moment,
    /// Whose doing it is.
    pub client: Rc<str>,
    /// Whom it concerns besides, and since when that one had the lock.
    pub other: Option<(Rc<str>, Moment)>,
    /// When the hold of `client` that it is about began.
    pub since: Option<Moment>,
    /// How much (µs): how long two held it, by how much a hold was too long, how long a lock stood there for nothing.
    pub amount: Option<Micros>,
    /// The time to live (µs) that it is about.
    pub ttl: Option<Micros>,
    /// How sure it is.
    pub confidence: Confidence,
}

/// A time that somebody named.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Time {
    /// Of the log's own clock (µs).
    Clock(Micros),
    /// Since the log began (µs).
    Since(Micros),
}

impl Time {
    fn is_after(self, moment: Moment) -> bool {
        match self {
            Self::Clock(clock) => clock > moment.clock,
            Self::Since(at) => at > moment.at,
        }
    }
}

/// What somebody wants to hear of: everything, if nothing is said.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Window {
    /// Only of locks with this in their names.
    pub key: Option<String>,
    /// Only of clients with this in their address or session.
    pub client: Option<String>,
    /// From this time on.
    pub from: Option<Time>,
    /// Up to this time, and not at it.
    pub to: Option<Time>,
    /// From this line to that one, both included.
    pub lines: Option<(usize, usize)>,
}

impl Window {
    /// Whether a moment is inside.
    pub fn has(&self, moment: Moment) -> bool {
        self.from.is_none_or(|from| !from.is_after(moment))
            && self.to.is_none_or(|to| to.is_after(moment))
            && self.lines.is_none_or(|(first, last)| (first..=last).contains(&moment.line))
    }

    /// Whether a client is meant.
    pub fn is_about(&self, client: &str) -> bool {
        self.client.as_ref().is_none_or(|part| client.contains(&**part))
    }
}

/// What was found, within bounds: everything is counted, and of each kind the worst are kept.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Findings {
    counts: BTreeMap<Kind, u64>,
    kept: BTreeMap<Kind, Vec<Finding>>,
    window: Window,
}

impl Findings {
    /// How many of each kind are kept.
    pub const KEPT: usize = 1000;

    /// Nothing yet, of what is wanted.
    pub fn within(window: Window) -> Self {
        Self { window, ..Self::default() }
    }

    /// Whether somebody wants to hear of what this client did at that moment.
    pub fn wants(&self, client: &str, moment: Moment) -> bool {
        self.window.is_about(client) && self.window.has(moment)
    }

    /// One more, if it is wanted.
    pub fn add(&mut self, finding: Finding) {
        let other = finding.other.as_ref().is_some_and(|(who, _)| self.window.is_about(who));
        let key = self.window.key.as_ref().is_none_or(|part| finding.key.contains(&**part));
        if !key
            || !self.window.has(finding.moment)
            || !other && !self.window.is_about(&finding.client)
        {
            return;
        }
        *self.counts.entry(finding.kind).or_default() += 1;
        let kept = self.kept.entry(finding.kind).or_default();
        if kept.len() < Self::KEPT {
            return kept.push(finding);
        }
        let least = kept.iter().enumerate().min_by_key(|(_, it)| it.amount);
        if let Some((least, _)) = least.filter(|(_, least)| least.amount < finding.amount) {
            kept[least] = finding;
        }
    }

    /// A key is no lock after all: what was found of it is forgotten, as far as it was kept.
    pub fn forget(&mut self, key: &str) {
        for (kind, kept) in &mut self.kept {
            let before = kept.len();
            kept.retain(|finding| *finding.key != *key);
            if let Some(count) = self.counts.get_mut(kind) {
                *count -= (before - kept.len()) as u64;
            }
        }
    }

    /// How many there are of a kind.
    pub fn count(&self, kind: Kind) -> u64 {
        self.counts.get(&kind).copied().unwrap_or(0)
    }

    /// Those that are kept of a kind, in the order of the log.
    pub fn of(&self, kind: Kind) -> Vec<&Finding> {
        let mut found: Vec<&Finding> = self.kept.get(&kind).into_iter().flatten().collect();
        found.sort_by_key(|finding| (finding.moment, finding.client.clone()));
        found
    }

    /// The worst that are kept of a kind, at most so many.
    pub fn worst(&self, kind: Kind, most: usize) -> Vec<&Finding> {
        let mut found = self.of(kind);
        found.sort_by_key(|finding| std::cmp::Reverse((finding.confidence, finding.amount)));
        found.truncate(most);
        found
    }

    /// Whether there is one of a kind that is wrong.
    pub fn is_wrong(&self) -> bool {
        self.counts.iter().any(|(kind, count)| kind.is_wrong() && *count > 0)
    }
}
