//! What clients do while they have the lock, one file each.

pub mod counter;
mod kept;
pub mod read_twice;
pub mod red_packets;
pub mod section;
pub mod steps;
pub mod transfer;

use serde::Deserialize;

use crate::cx::{Cell, Cx, Grant, Instant, WorkBox};
use crate::json::{Problem, Section};
use crate::locks::{lease, lost};
use crate::time::Micros;

/// What a workload is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct About {
    /// Its name in model files.
    pub name: &'static str,
    /// One line.
    pub title: &'static str,
    /// Whether it needs the resource that the lock guards.
    pub ledger: bool,
    /// How many accounts the ledger must have at least, beside its main number.
    pub accounts: usize,
    /// Its parameters, each with what it means and its default.
    pub params: &'static [(&'static str, &'static str)],
}

/// The names of some workloads.
pub fn names(works: &[&About]) -> String {
    let names: Vec<&str> = works.iter().map(|work| work.name).collect();
    names.join("` and `")
}

/// One workload of the catalogue.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// What it is.
    pub about: &'static About,
    build: fn(&Section<'_>) -> Result<WorkBox, Box<Problem>>,
}

impl Entry {
    /// The workload with the parameters in `section`, an object.
    pub fn build(&self, section: &Section<'_>) -> Result<WorkBox, Box<Problem>> {
        (self.build)(section)
    }
}

macro_rules! entries {
    ($($work:ty),* $(,)?) => {
        &[$(Entry {
            about: &<$work>::ABOUT,
            build: |section| <$work>::from_section(section).map(WorkBox::new),
        }),*]
    };
}

/// All workloads.
pub fn catalogue() -> &'static [Entry] {
    const ENTRIES: &[Entry] = entries![
        section::PlainSection,
        counter::Counter,
        red_packets::RedPackets,
        transfer::Transfer,
        read_twice::ReadTwice,
        steps::LongWork,
    ];
    ENTRIES
}

/// The workload `name` with the parameters in `section`.
pub fn build(name: &str, section: &Section<'_>) -> Result<WorkBox, Box<Problem>> {
    match catalogue().iter().find(|entry| entry.about.name == name) {
        Some(entry) => entry.build(section),
        None => {
            let known = catalogue().iter().map(|entry| entry.about.name);
            Err(section.unknown_name("workload", name, known))
        }
    }
}

/// When a client stops by itself.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stop {
    /// Never: it trusts that the lock outlives its work.
    #[default]
    Never,
    /// When its grant ends, or when a watchdog says that the lock is lost.
    AtValidity,
    /// When a watchdog says that the lock is lost: whoever stood still first waits for its word.
    WhenLost,
}

impl Stop {
    const ABOUT: (&'static str, &'static str) = (
        "stop",
        "\"never\"; \"at-validity\" of the grant, whatever is left; \"when-lost\", which the recipe's watchdog says: \
         \"never\"",
    );

    /// Whether the client must not go on.
    fn is_over(self, cx: &Cx, grant: &Grant) -> bool {
        if self == Self::Never {
            return false;
        }
        let thread = cx.surroundings().thread;
        let until = lease(cx, thread).get().or(grant.until).filter(|_| self == Self::AtValidity);
        lost(cx, thread).get() || until.is_some_and(|until| cx.is_past(until))
    }

    /// Works for `span` (µs), or less if it must stop before.
    async fn work(self, cx: &Cx, grant: &Grant, span: Micros) {
        if self == Self::Never {
            return cx.sleep(span).await;
        }
        let thread = cx.surroundings().thread;
        let (lost, lease) = (lost(cx, thread), lease(cx, thread));
        if lease.get().is_some() {
            return self.work_while_extended(cx, &lost, &lease, span).await;
        }
        let until = grant.until.filter(|_| self == Self::AtValidity);
        let span = until.map_or(span, |until| span.min(cx.until(until)));
        if !lost.get() {
            cx.race(cx.sleep(span), lost.changed()).await;
        }
    }

    /// The same where somebody moves the end of the lease.
    async fn work_while_extended(
        self,
        cx: &Cx,
        lost: &Cell<bool>,
        lease: &Cell<Option<Instant>>,
        span: Micros,
    ) {
        let mut end = cx.looping(cx.now() + span);
        loop {
            cx.turn(&mut end).await;
            if lost.get() {
                return;
            }
            let Some(until) = lease.get() else {
                // Nobody says any more how long it is valid, and the client is none the wiser.
                return cx.sleep(cx.until(*end)).await;
            };
            let (at_validity, is_over) = (self == Self::AtValidity, cx.is_past(until));
            if is_over && !at_validity {
                // The process stood still, and its watchdog with it: now that asks whether the lock is still there.
                cx.race(lease.changed(), lost.changed()).await;
            } else if is_over || cx.is_past(*end) {
                return;
            } else {
                let rest = cx.until(*end);
                let rest = if at_validity { rest.min(cx.until(until)) } else { rest };
                cx.race(cx.sleep(rest), lost.changed()).await;
            }
        }
    }
}
