//! One lock, and everybody who has to do with it.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::finding::{Finding, Findings, Kind};
use super::hold::{Confidence, End, Hold, Lost, Moment};
use super::stats::Stats;
use crate::time::Micros;

/// How many holds of one lock may be open at a time, and how many waits.
pub(super) const MOST_OPEN: usize = 1000;
/// Who was not refused for so long (µs) waits no longer.
const GAVE_UP: Micros = Micros(60_000_000);

/// Since when somebody is refused.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wait {
    first: Micros,
    pub(super) last: Micros,
}

/// What somebody who gets a lock gets.
#[derive(Clone, Debug)]
pub struct Grant {
    /// What tells it from others.
    pub token: Rc<str>,
    /// Whether others may hold the lock with it.
    pub shared: bool,
    /// When it is over by itself.
    pub until: Option<Micros>,
    /// Whether it is over by itself in another way: with a session, or by the scores of a sorted set.
    pub session: bool,
    /// Whether it was given before the log began.
    pub before: bool,
    /// How sure it is.
    pub confidence: Confidence,
}

/// A request, as far as it says whose hold it is about.
#[expect(missing_debug_implementations, reason = "it holds a function")]
#[derive(Clone, Copy)]
pub struct By<'a> {
    /// Who sent it.
    pub client: &'a Rc<str>,
    /// Whether it names a token.
    pub names: &'a dyn Fn(&str) -> bool,
    /// When.
    pub moment: Moment,
}

/// One lock.
#[derive(Clone, Debug)]
pub struct Book {
    /// Its key or directory.
    pub key: Rc<str>,
    /// How many may hold it at once.
    pub limit: usize,
    /// What it came to.
    pub stats: Stats,
    /// Holds that are over, since they were last taken from here.
    pub over: Vec<Hold>,
    pub(super) open: Vec<Hold>,
    /// Holds that are over and that others which are not may overlap.
    pub(super) closed: Vec<Hold>,
    pub(super) waits: BTreeMap<Rc<str>, Wait>,
    number: u64,
    pub(super) first_without_ttl: Option<(Moment, Rc<str>)>,
}

impl Book {
    /// A lock of which nothing is known.
    pub fn new(key: Rc<str>) -> Self {
        Self {
            key,
            limit: 1,
            stats: Stats::default(),
            over: Vec::new(),
            open: Vec::new(),
            closed: Vec::new(),
            waits: BTreeMap::new(),
            number: 0,
            first_without_ttl: None,
        }
    }

    /// The holds that last.
    pub fn open(&self) -> &[Hold] {
        &self.open
    }

    /// The hold that a request is about: the one that it names, or the latest one of its client.
    pub fn own(&self, by: &By<'_>) -> Option<usize> {
        let mine = |hold: &&Hold| hold.client == *by.client;
        let find = |is: &dyn Fn(&&Hold) -> bool| {
            let latest = self.open.iter().filter(is).max_by_key(|hold| hold.number)?;
            self.open.iter().position(|hold| hold.number == latest.number)
        };
        find(&|hold| mine(hold) && (by.names)(&hold.token))
            .or_else(|| find(&|hold| (by.names)(&hold.token)))
            .or_else(|| find(&|hold| mine(hold) && hold.moved_on.is_none()))
    }

    /// Somebody gets the lock.
    pub fn granted(&mut self, by: &By<'_>, grant: Grant, findings: &mut Findings) {
        let Moment { at, .. } = by.moment;
        self.moves_on(by, findings);
        self.give_up(at, findings);
        let wait = self.waits.remove(by.client).filter(|wait| at - wait.last < GAVE_UP);
        let waited = wait.map(|wait| at - wait.first);
        if let Some(last) = wait.map(|wait| wait.last).filter(|last| *last < at) {
            self.stats.asked_again += 1;
            self.stats.asked_for += at - last;
        }
        if let Some(waited) = waited.filter(|_| findings.wants(by.client, by.moment)) {
            self.stats.waits += 1;
            self.stats.waited += waited;
            self.stats.longest_wait = self.stats.longest_wait.max(waited);
        }
        let ttl = grant.until.map(|until| ttl(until, at));
        self.saw_ttl(ttl);
        self.number += 1;
        self.open.push(Hold {
            client: by.client.clone(),
            token: grant.token,
            begin: by.moment,
            waited,
            shared: grant.shared,
            ttl,
            until: grant.until,
            renewals: 0,
            lost: None,
            end: None,
            before: grant.before,
            session: grant.session,
            confidence: grant.confidence,
            number: self.number,
            moved_on: None,
            looked: None,
            told: false,
        });
        let granted = self.open.iter().filter(|hold| hold.is_granted()).count() as u64;
        self.stats.most_at_once = self.stats.most_at_once.max(granted);
    }

    fn saw_ttl(&mut self, ttl: Option<Micros>) {
        if let Some(ttl) = ttl {
            let (least, most) = self.stats.ttl.unwrap_or((ttl, ttl));
            self.stats.ttl = Some((least.min(ttl), most.max(ttl)));
        }
    }

    /// Somebody wants the lock and does not get it.
    pub fn refused(&mut self, by: &By<'_>, findings: &mut Findings) {
        self.moves_on(by, findings);
        let wanted = findings.wants(by.client, by.moment);
        self.stats.refused += u64::from(wanted);
        let at = by.moment.at;
        let new = Wait { first: at, last: at };
        let wait = self.waits.entry(by.client.clone()).or_insert(new);
        if at - wait.last >= GAVE_UP {
            *wait = new;
        } else if wait.last < at && wanted {
            self.stats.asked_again += 1;
            self.stats.asked_for += at - wait.last;
        }
        wait.last = at;
        if self.waits.len() > MOST_OPEN {
            self.waits.retain(|_, wait| at - wait.last < GAVE_UP);
        }
    }

    /// A client that wants the lock anew no longer believes to have what it lost.
    fn moves_on(&mut self, by: &By<'_>, findings: &mut Findings) {
        for at in (0..self.open.len()).rev() {
            let hold = &mut self.open[at];
            if hold.client != *by.client || hold.is_granted() || hold.moved_on.is_some() {
                continue;
            }
            hold.moved_on = Some(by.moment);
            if matches!(hold.lost, Some((_, Lost::RemovedBy(_)))) {
                self.without_release(at, findings);
            }
        }
    }

    /// The time to live is set anew.
    pub fn renewed(
        &mut self,
        by: &By<'_>,
        until: Option<Micros>,
        before: Option<Micros>,
        findings: &mut Findings,
    ) {
        let at = by.moment.at;
        let is_own = |hold: &Hold| hold.client == *by.client || (by.names)(&hold.token);
        let granted = |hold: &&mut Hold| hold.is_granted();
        let ttl = until.map(|until| ttl(until, at));
        let own = self.open.iter().any(|hold| hold.is_granted() && is_own(hold));
        if own {
            for hold in self.open.iter_mut().filter(granted) {
                if before.is_none() && until.is_some() {
                    self.stats.late_ttl += 1;
                    let without = at - hold.begin.at;
                    self.stats.longest_without = self.stats.longest_without.max(without);
                } else if is_own(hold) {
                    hold.renewals += 1;
                    self.stats.renewals += 1;
                }
                (hold.until, hold.ttl) = (until, ttl);
            }
            return self.saw_ttl(ttl);
        }
        let believes = self.open.iter().any(|hold| hold.client == *by.client);
        let since = self.open.iter().find(|hold| hold.client == *by.client).map(|it| it.begin);
        for hold in self.open.iter_mut().filter(granted) {
            (hold.until, hold.ttl) = (until, ttl);
            if !believes && host(&hold.client) == host(by.client) {
                continue;
            }
            findings.add(Finding {
                kind: Kind::RenewedAnothers,
                key: self.key.clone(),
                moment: by.moment,
                client: by.client.clone(),
                other: Some((hold.client.clone(), hold.begin)),
                since,
                amount: None,
                ttl,
                confidence: if believes { Confidence::Certain } else { Confidence::Likely },
            });
        }
    }

    /// Grants end by themselves: all, or the one of this token.
    pub fn expired(&mut self, token: Option<&str>, moment: Moment) {
        self.lost(token, moment, &Lost::Expired);
    }

    /// The server has no grant any more, and nobody did anything.
    pub fn gone(&mut self, moment: Moment) {
        self.lost(None, moment, &Lost::Gone);
    }

    fn lost(&mut self, token: Option<&str>, moment: Moment, why: &Lost) {
        for hold in self.open.iter_mut().filter(|hold| hold.is_granted()) {
            if token.is_none_or(|token| *hold.token == *token) {
                hold.lost = Some((moment, why.clone()));
            }
        }
    }

    /// Somebody removes grants: all, or the one of this token. Another key in its place is another's.
    pub fn removed(
        &mut self,
        by: &By<'_>,
        token: Option<&str>,
        replaced: bool,
        findings: &mut Findings,
    ) {
        let mut own = self.own(by).map(|at| self.open[at].number);
        // What another connection of its host released is over.
        if let Some(at) = self.own(by)
            && let Some((_, Lost::RemovedBy(other))) = &self.open[at].lost
            && !self.open[at].told
            && host(other) == host(by.client)
            && !(by.names)(&self.open[at].token)
        {
            self.without_release(at, findings);
            own = None;
        }
        let victims: Vec<u64> = self
            .open
            .iter()
            .filter(|hold| hold.is_granted() && token.is_none_or(|token| *hold.token == *token))
            .map(|hold| hold.number)
            .collect();
        let mut anothers = false;
        for number in victims {
            let Some(at) = self.open.iter().position(|hold| hold.number == number) else {
                continue;
            };
            let hold = &self.open[at];
            // A release that takes the whole key takes all that are its client's.
            let is_own =
                own == Some(number) || hold.client == *by.client || (by.names)(&hold.token);
            if is_own {
                self.open[at].lost = Some((by.moment, Lost::Released));
                self.close(at, by.moment, End::Released, findings);
                continue;
            }
            anothers = true;
            let taken = if replaced { Lost::ReplacedBy } else { Lost::RemovedBy };
            self.open[at].lost = Some((by.moment, taken(by.client.clone())));
            let since = own.and_then(|own| self.open.iter().find(|hold| hold.number == own));
            let since = since.map(|hold| hold.begin);
            let waits = self.waits.contains_key(by.client);
            if replaced || since.is_some() || waits {
                let kind = if replaced { Kind::Replaced } else { Kind::ReleasedAnothers };
                let sure =
                    if waits && since.is_none() { Confidence::Likely } else { Confidence::Certain };
                self.takes(at, kind, by.client.clone(), by.moment, since, sure, findings);
            }
        }
        // Whoever deletes another's believed to have it.
        let believed = own.and_then(|own| self.open.iter().position(|it| it.number == own));
        if let Some(at) = believed.filter(|_| anothers) {
            self.tells_who(at, findings);
            self.close(at, by.moment, End::TooLate, findings);
        }
    }

    /// A release that finds nothing of its own, and removes nothing.
    pub fn too_late(&mut self, at: usize, by: &By<'_>, findings: &mut Findings) {
        self.tells_who(at, findings);
        let hold = &self.open[at];
        let lost = hold.lost.as_ref().map_or(by.moment, |(lost, _)| *lost);
        let hold = &self.open[at];
        findings.add(Finding {
            kind: Kind::ReleasedNothing,
            key: self.key.clone(),
            moment: by.moment,
            client: hold.client.clone(),
            other: self
                .open
                .iter()
                .find(|other| other.is_granted())
                .map(|other| (other.client.clone(), other.begin)),
            since: Some(hold.begin),
            amount: Some(by.moment.at - lost.at),
            ttl: hold.ttl,
            confidence: Confidence::Certain,
        });
        self.close(at, by.moment, End::TooLate, findings);
    }

    /// Its client looks at the lock, and learns whether it has it.
    pub fn looks(&mut self, at: usize, moment: Moment) {
        let hold = &mut self.open[at];
        let ttl = hold.ttl.unwrap_or(Micros::ZERO);
        // Much later it looks for another reason.
        if let Some((lost, _)) = &hold.lost
            && hold.moved_on.is_none()
            && moment.at - lost.at <= ttl
        {
            hold.looked.get_or_insert(moment);
            hold.confidence = hold.confidence.min(Confidence::Likely);
        }
    }

    /// Nobody had been told that it was refused: a client that asks again with the token of its hold did not get it
    /// before, so somebody else had the lock.
    pub fn was_refused(&mut self, at: usize, by: &By<'_>, findings: &mut Findings) {
        let hold = &mut self.open[at];
        let first = std::mem::replace(&mut hold.begin, by.moment);
        hold.confidence = Confidence::Possible;
        hold.until = hold.ttl.map(|ttl| by.moment.at + ttl);
        hold.waited = Some(hold.waited.unwrap_or(Micros::ZERO) + (by.moment.at - first.at));
        if self.stats.held_before == 0 {
            self.held_before(by.moment, "(not in the log)".into(), findings);
        }
    }

    /// Somebody must have held it before the log began.
    pub fn held_before(&mut self, moment: Moment, client: Rc<str>, findings: &mut Findings) {
        self.stats.held_before += 1;
        findings.add(Finding {
            kind: Kind::HeldBefore,
            key: self.key.clone(),
            moment,
            client,
            other: None,
            since: None,
            amount: None,
            ttl: None,
            confidence: Confidence::Likely,
        });
    }
}

/// The time to live (µs) that somebody asked for, in whole ms: a key is gone with the first instant of the ms after it.
fn ttl(until: Micros, now: Micros) -> Micros {
    Micros::from_ms((until - now - Micros(1)).as_ms())
}

/// The host of a client's address; sessions and sockets are hosts of their own.
pub(super) fn host(client: &str) -> &str {
    client.rsplit_once(':').map_or(client, |(host, _)| host)
}
