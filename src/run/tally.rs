//! What a run amounts to, in numbers.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::event::{Event, Sent, Who, answer_in};
use crate::sim::Setup;
use crate::store::ledger::Account;
use crate::store::zookeeper::{Op, Request};
use crate::store::{AnyRequest, Outbound};
use crate::time::Micros;

/// Counters of a run.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Tally {
    /// Requests that servers executed, by server, without pings.
    pub requests: BTreeMap<String, u64>,
    /// How often a ZooKeeper client said only that it is alive.
    pub pings: u64,
    /// Messages that servers sent without being asked in that moment: pushes, watch events, late answers.
    pub notifications: u64,
    /// Sections that were entered.
    pub entries: u64,
    /// Sections that were entered while somebody else was inside.
    pub overlaps: u64,
    /// Acquisitions that were refused.
    pub refusals: u64,
    /// Writes to the ledger that replaced another value than their writer had read.
    pub lost_updates: u64,
    /// What the ledger said last, if anybody asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ledger: Option<i64>,
    /// Deviations, ends of them not counted.
    pub deviations: u64,
    /// What recipes and workloads counted.
    pub noted: BTreeMap<&'static str, i64>,
    /// How long those waited who got the lock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waits: Option<Waits>,
    #[serde(skip)]
    /// Who is inside, and whether it shares the lock.
    inside: Vec<(Who, bool)>,
    #[serde(skip)]
    last_read: BTreeMap<(Who, Account), i64>,
    /// What each account said last.
    #[serde(skip)]
    said: BTreeMap<Account, i64>,
}

/// How long the entries of a run were waited for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Waits {
    /// The shortest wait (µs).
    pub min_us: i64,
    /// The one in the middle (µs), rounded down.
    pub median_us: i64,
    /// The longest wait (µs).
    pub max_us: i64,
}

impl Waits {
    /// The waits of some entries; none if there were none.
    pub fn of(mut waits: Vec<Micros>) -> Option<Self> {
        waits.sort_unstable();
        let (first, last) = (waits.first()?, waits.last()?);
        let (low, high) = (waits[(waits.len() - 1) / 2], waits[waits.len() / 2]);
        Some(Self { min_us: first.0, median_us: (low.0 + high.0).div_euclid(2), max_us: last.0 })
    }
}

impl Tally {
    /// Counts what happened.
    pub(super) fn count(&mut self, event: &Event<'_>, setup: &Setup) {
        match *event {
            Event::Executed { ref request, .. } if is_ping(request) => self.pings += 1,
            Event::Executed { server, ref sent, link, .. } => {
                let name = &setup.servers[usize::from(server)].name;
                match self.requests.get_mut(name) {
                    Some(count) => *count += 1,
                    None => drop(self.requests.insert(name.clone(), 1)),
                }
                let answers = usize::from(answer_in(sent, link).is_some());
                self.notifications += (messages(sent) - answers) as u64;
            }
            Event::Woke { ref sent, .. } => self.notifications += messages(sent) as u64,
            Event::Deviated { cost, .. } => self.deviations += u64::from(cost),
            Event::Noted { what, amount, .. } => *self.noted.entry(what).or_default() += amount,
            Event::Crashes(process) => self.inside.retain(|(who, _)| who.process != process),
            Event::Enters { who, shared, .. } => {
                self.entries += 1;
                let disturbs = self.inside.iter().any(|(_, other)| !(shared && *other));
                self.overlaps += u64::from(disturbs);
                self.inside.push((who, shared));
            }
            Event::Leaves(who) => self.inside.retain(|(inside, _)| *inside != who),
            Event::Refused(_) => self.refusals += 1,
            Event::Read { who, account, value } => {
                self.last_read.insert((who, account), value);
                self.says(account, value);
            }
            Event::Wrote { who, account, value } => {
                let read = self.last_read.get(&(who, account));
                self.lost_updates += u64::from(read != self.said.get(&account));
                self.says(account, value);
            }
            _ => {}
        }
    }

    fn says(&mut self, account: Account, value: i64) {
        self.said.insert(account, value);
        if account.is_whole() {
            self.ledger = Some(value);
        }
    }
}

/// Whether a request asks for nothing.
fn is_ping(request: &AnyRequest) -> bool {
    matches!(request, AnyRequest::ZooKeeper(Request::Call { op: Op::Ping, .. }))
}

/// How many of these are messages: that a connection is closed is none.
fn messages(sent: &[Sent]) -> usize {
    sent.iter().filter(|(_, it)| matches!(it, Outbound::Message(_))).count()
}
