//! All properties, by their names in model files.

use super::{
    Balance, BoundedWait, ByAct, Deadlock, Facts, FencingOrder, Fifo, Herd, Livelock, LostUpdate,
    MutualExclusion, OrphanedLock, Permits, PropertyBox, RedPackets, ReleaseSafety, RepeatableRead,
    Spacing, StaleRead, WriterStarvation,
};
use crate::json::{Problem, Section};

/// What a property is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct About {
    /// Its name in model files.
    pub name: &'static str,
    /// One line.
    pub title: &'static str,
    /// What is so in all runs where it has nothing to judge, in words.
    pub vacuous: &'static str,
    /// Where it comes from.
    pub source: &'static str,
    /// Its parameters, each with what it means and its default.
    pub params: &'static [(&'static str, &'static str)],
}

/// One property of the catalogue.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// What it is.
    pub about: &'static About,
    build: fn(&Section<'_>, &Facts) -> Result<PropertyBox, Box<Problem>>,
}

macro_rules! entries {
    ($($property:ty),* $(,)?) => {
        &[$(Entry {
            about: &<$property>::ABOUT,
            build: |section, facts| {
                <$property>::from_section(section, facts).map(PropertyBox::new)
            },
        }),*]
    };
}

/// All properties.
pub fn catalogue() -> &'static [Entry] {
    const ENTRIES: &[Entry] = entries![
        MutualExclusion,
        ByAct,
        LostUpdate,
        RedPackets,
        Balance,
        RepeatableRead,
        StaleRead,
        ReleaseSafety,
        OrphanedLock,
        Deadlock,
        Livelock,
        BoundedWait,
        Fifo,
        WriterStarvation,
        Permits,
        Spacing,
        FencingOrder,
        Herd,
    ];
    ENTRIES
}

/// The property of one entry of a model's list: `"fifo"` or `{"fifo": {"overtakings": 3}}`.
pub fn build(entry: &Section<'_>, facts: &Facts) -> Result<PropertyBox, Box<Problem>> {
    let find = |name: &str| catalogue().iter().find(|known| known.about.name == name);
    let known = || catalogue().iter().map(|known| known.about.name);
    if entry.raw().starts_with('"') {
        let name: String = entry.to()?;
        let found = find(&name).ok_or_else(|| entry.unknown_name("property", &name, known()))?;
        return (found.build)(entry, facts);
    }
    let member = entry.only_member()?;
    let found = find(&member.name).ok_or_else(|| member.unknown("property", known()))?;
    (found.build)(&member.value, facts)
}
