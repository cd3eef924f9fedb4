//! What clients do while they have the lock, one file each.

pub mod counter;
pub mod read_twice;
pub mod red_packets;
pub mod section;
pub mod steps;
pub mod transfer;

use serde::Deserialize;

use crate::cx::{Cx, Grant, WorkBox};
use crate::json::{Problem, Section};
use crate::locks::lost;
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
}

impl Stop {
    const ABOUT: (&'static str, &'static str) =
        ("stop", "\"never\", or \"at-validity\" of the grant, whatever is left: \"never\"");

    /// Whether the client must not go on.
    fn is_over(self, cx: &Cx, grant: &Grant) -> bool {
        self == Self::AtValidity
            && (grant.until.is_some_and(|until| cx.is_past(until))
                || lost(cx, cx.surroundings().thread).get())
    }

    /// Works for `span` (µs), or less if it must stop before.
    async fn work(self, cx: &Cx, grant: &Grant, span: Micros) {
        if self == Self::Never {
            return cx.sleep(span).await;
        }
        let span = grant.until.map_or(span, |until| span.min(cx.until(until)));
        let lost = lost(cx, cx.surroundings().thread);
        if !lost.get() {
            cx.race(cx.sleep(span), lost.changed()).await;
        }
    }
}
