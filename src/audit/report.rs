//! What an audit comes to.

use std::collections::BTreeMap;
use std::io::{self, BufRead};
use std::rc::Rc;

use super::finding::{Findings, Window};
use super::hold::{Hold, Moment};
use super::redis::{Auditor, Place};
use super::stats::Stats;
use crate::trace::recorded::monitor::{Counts, Groups, Skipped};

/// What somebody wants to know.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Options {
    /// Only of what is inside.
    pub window: Window,
}

/// A lock, and what it came to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lock {
    /// Its key or directory.
    pub key: Rc<str>,
    /// How many may hold it at once.
    pub limit: usize,
    /// What it came to.
    pub stats: Stats,
}

/// What an audit comes to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Audit {
    /// The first and the last moment; none if there is none.
    pub span: Option<(Moment, Moment)>,
    /// How many commands were read.
    pub commands: u64,
    /// The lines that could not be read.
    pub skipped: Skipped,
    /// What the model made of the commands.
    pub counts: Counts,
    /// The locks, those with the most holds first.
    pub locks: Vec<Lock>,
    /// Locks that are not kept one by one: how many, and what they came to.
    pub others: (u64, Stats),
    /// What was found.
    pub findings: Findings,
    /// Holds with the names of their locks, in the order in which they began.
    pub holds: Vec<(Rc<str>, Hold)>,
    /// How many holds are not among them, because there are too many.
    pub holds_left_out: u64,
}

/// How many holds are kept.
const MOST_HOLDS: usize = 50_000;

impl Audit {
    /// Reads a log of MONITOR. `progress` hears how many bytes were read.
    pub fn of_monitor(
        source: impl BufRead,
        options: &Options,
        progress: &mut dyn FnMut(u64),
    ) -> io::Result<Self> {
        let mut groups = Groups::new(source);
        let mut auditor: Option<Auditor> = None;
        let mut findings = Findings::within(options.window.clone());
        let mut kept = Kept::new(options);
        let mut steps = 0_u64;
        while let Some(group) = groups.next_group()? {
            let Some(first) = group.first() else { continue };
            let auditor = auditor.get_or_insert_with(|| Auditor::new(first.at));
            auditor.step(&group, &mut findings, &mut |place, hold| kept.add(place, hold));
            steps += 1;
            if steps.is_multiple_of(1 << 12) {
                progress(groups.read_so_far());
            }
        }
        let mut audit = kept.audit(findings);
        (audit.commands, audit.skipped) = (groups.commands, groups.skipped);
        if let Some(auditor) = auditor {
            audit.take(auditor, options);
        }
        Ok(audit)
    }

    /// What one server's log comes to.
    pub(super) fn take(&mut self, mut auditor: Auditor, options: &Options) {
        let mut kept = Kept::new(options);
        auditor.finish(&mut self.findings, &mut |place, hold| kept.add(place, hold));
        self.holds.append(&mut kept.holds);
        let data: Vec<Rc<str>> = auditor.data.iter().map(super::redis::name).collect();
        self.holds.retain(|(key, _)| !data.contains(key));
        self.holds_left_out += kept.left_out;
        self.holds.sort_by_key(|(_, hold)| (hold.begin, hold.number));
        let span = self.span.into_iter().chain(auditor.span);
        self.span = span.reduce(|one, two| (one.0.min(two.0), one.1.max(two.1)));
        self.counts.add(auditor.counts());
        self.locks.extend(locks(&auditor.books, options));
        self.others.0 += auditor.others.0;
        self.others.1.add(&auditor.others.1);
    }

    /// All locks together.
    pub fn sum(&self) -> Stats {
        let mut sum = self.others.1.clone();
        for lock in &self.locks {
            sum.add(&lock.stats);
        }
        sum
    }
}

fn locks(books: &BTreeMap<Place, super::Book>, options: &Options) -> Vec<Lock> {
    let wanted = |key: &str| options.window.key.as_ref().is_none_or(|part| key.contains(&**part));
    let all = books.values().filter(|book| book.stats.holds() > 0 && wanted(&book.key));
    let mut locks: Vec<Lock> = all
        .map(|book| Lock { key: book.key.clone(), limit: book.limit, stats: book.stats.clone() })
        .collect();
    locks.sort_by(|one, other| {
        let order = |lock: &Lock| (lock.stats.overlaps, lock.stats.holds());
        order(other).cmp(&order(one)).then_with(|| one.key.cmp(&other.key))
    });
    locks
}

/// Holds within bounds.
pub(super) struct Kept<'o> {
    options: &'o Options,
    holds: Vec<(Rc<str>, Hold)>,
    left_out: u64,
}

impl<'o> Kept<'o> {
    pub(super) fn new(options: &'o Options) -> Self {
        Self { options, holds: Vec::new(), left_out: 0 }
    }

    /// An audit with these holds.
    pub(super) fn audit(self, findings: Findings) -> Audit {
        Audit {
            span: None,
            commands: 0,
            skipped: Skipped::default(),
            counts: Counts::default(),
            locks: Vec::new(),
            others: (0, Stats::default()),
            findings,
            holds: self.holds,
            holds_left_out: self.left_out,
        }
    }

    pub(super) fn add(&mut self, place: &Place, hold: Hold) {
        let name = super::redis::name(place);
        if self.options.window.key.as_ref().is_some_and(|part| !name.contains(&**part)) {
            return;
        }
        if self.holds.len() < MOST_HOLDS {
            self.holds.push((name, hold));
        } else {
            self.left_out += 1;
        }
    }
}
