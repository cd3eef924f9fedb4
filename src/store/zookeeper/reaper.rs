//! Empty containers and nodes that outlived their time (fact 24).

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::time::Micros;

use super::config::Moment;
use super::id::Path;
use super::moment::Happens;
use super::node::Owner;
use super::tree::{Tree, Trigger};

/// What the reaper needs to know of the nodes it may take. Clones share everything until they change it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Reaper {
    interval: Option<Micros>,
    moment: Moment,
    entries: Rc<BTreeMap<Path, Entry>>,
}

/// A container or a node with a time to live.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Entry {
    /// Not before this: the last change and the time to live.
    fresh_until: Option<Micros>,
    /// Since when it has no children; a container that never had one does not count as empty.
    empty_since: Option<Micros>,
    /// Whether it was asked if it is taken early.
    asked: bool,
}

impl Reaper {
    pub(super) fn new(interval: Option<Micros>, moment: Moment) -> Self {
        Self { interval, moment, entries: Rc::default() }
    }

    /// Takes note of a change of the tree.
    pub(super) fn note(&mut self, tree: &Tree, trigger: &Trigger, now: Micros) {
        match trigger {
            Trigger::Created { path, parent, .. } => {
                self.update(parent, |entry| entry.empty_since = None);
                let entry = match tree.get(path).map(|node| node.owner) {
                    Some(Owner::Container) => {
                        Entry { fresh_until: None, empty_since: None, asked: false }
                    }
                    Some(Owner::Ttl(ms)) => {
                        let fresh_until = Some(now + Micros::from_ms(ms));
                        Entry { fresh_until, empty_since: Some(now), asked: false }
                    }
                    _ => return,
                };
                Rc::make_mut(&mut self.entries).insert(path.clone(), entry);
            }
            Trigger::Deleted { path, parent, .. } => {
                if self.entries.contains_key(path) {
                    Rc::make_mut(&mut self.entries).remove(path);
                }
                if tree.get(parent).is_some_and(|node| node.children.is_empty()) {
                    self.update(parent, |entry| entry.empty_since = Some(now));
                }
            }
            Trigger::DataChanged { path, .. } => {
                if let Some(Owner::Ttl(ms)) = tree.get(path).map(|node| node.owner) {
                    self.update(path, |entry| entry.fresh_until = Some(now + Micros::from_ms(ms)));
                }
            }
        }
    }

    pub(super) fn deadline(&self) -> Option<Micros> {
        let interval = self.interval?;
        let wake = |entry: &Entry| Some(self.moment.wake(entry.due()?, interval, entry.asked));
        self.entries.values().filter_map(wake).min()
    }

    /// The nodes that are taken at `now`; `ask` decides where that is open.
    pub(super) fn taking(&mut self, now: Micros, ask: &mut dyn FnMut(&Path) -> bool) -> Vec<Path> {
        let Some(interval) = self.interval else { return Vec::new() };
        let mut taken = Vec::new();
        let mut later = Vec::new();
        for (path, entry) in self.entries.iter() {
            let Some(due) = entry.due() else { continue };
            match self.moment.at(now, due, interval, entry.asked) {
                Happens::Yes => taken.push(path.clone()),
                Happens::No => {}
                Happens::Perhaps if ask(path) => taken.push(path.clone()),
                Happens::Perhaps => later.push(path.clone()),
            }
        }
        if self.moment == Moment::Drawn {
            for path in later {
                if let Some(entry) = Rc::make_mut(&mut self.entries).get_mut(&path) {
                    entry.asked = true;
                }
            }
        }
        taken
    }

    pub(super) fn rebase(&mut self, dt: Micros) {
        self.moment.rebase(dt, self.interval.unwrap_or(Micros(1)));
        if !self.entries.is_empty() {
            for entry in Rc::make_mut(&mut self.entries).values_mut() {
                entry.fresh_until = entry.fresh_until.map(|at| at - dt);
                entry.empty_since = entry.empty_since.map(|at| at - dt);
            }
        }
    }

    /// Each node with the instants that decide when it is taken, and whether that was asked.
    pub(super) fn iter(
        &self,
    ) -> impl Iterator<Item = (&Path, Option<Micros>, Option<Micros>, bool)> {
        // The interval is as it was set up; the moment is asked for beside this.
        let Self { interval: _, moment: _, entries } = self;
        entries.iter().map(|(path, Entry { fresh_until, empty_since, asked })| {
            (path, *fresh_until, *empty_since, *asked)
        })
    }

    /// The phase of the checks relative to the origin of time, where there is one.
    pub(super) const fn moment(&self) -> Moment {
        self.moment
    }

    fn update(&mut self, path: &Path, change: impl FnOnce(&mut Entry)) {
        if self.entries.contains_key(path)
            && let Some(entry) = Rc::make_mut(&mut self.entries).get_mut(path)
        {
            change(entry);
            entry.asked = false;
        }
    }
}

impl Entry {
    fn due(&self) -> Option<Micros> {
        let empty_since = self.empty_since?;
        Some(self.fresh_until.map_or(empty_since, |fresh| fresh.max(empty_since)))
    }
}
