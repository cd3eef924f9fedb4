//! All kinds of faults, by their names in model files.

use std::rc::Rc;

use super::entry::{Entry, Scope};
use super::near::Near;
use super::{About, Fault, KINDS, Kind};
use crate::json::{Problem, Section};

/// Reads the entry of a model's list that names a kind.
pub(super) type Read = fn(&Entry<'_, '_>) -> Result<Rc<dyn Kind>, Box<Problem>>;

/// The list of kinds, in the order in which they are shown.
macro_rules! kinds {
    ($($kind:ty),* $(,)?) => {
        const KINDS: &[(&About, catalogue::Read)] = &[$((&<$kind>::ABOUT, |entry| {
            <$kind>::read(entry).map(|kind| -> Rc<dyn Kind> { Rc::new(kind) })
        })),*];
    };
}
pub(super) use kinds;

/// All kinds of faults.
pub fn catalogue() -> impl Iterator<Item = &'static About> {
    KINDS.iter().map(|(about, _)| *about)
}

/// The fault of one entry of a model's list.
pub(super) fn read(section: &Section<'_>, scope: &Scope<'_>) -> Result<Fault, Box<Problem>> {
    let known = || catalogue().map(|about| about.name);
    let find = |name: &str| KINDS.iter().find(|(about, _)| about.name == name);
    let (found, member) = if section.raw().starts_with('"') {
        let name: String = section.to()?;
        (find(&name).ok_or_else(|| section.unknown_name("fault", &name, known()))?, None)
    } else {
        let member = section.only_member()?;
        (find(&member.name).ok_or_else(|| member.unknown("fault", known()))?, Some(member))
    };
    let (about, read) = found;
    let entry = Entry::new(about, *section, member, scope)?;
    let near = Near::read(&entry)?;
    Ok(Fault { budget: entry.budget()?, about, near, kind: read(&entry)? })
}
