//! What makes the worlds of a search many: who draws, and how many steps come of it.

use std::collections::BTreeMap;

use crate::sim::{Step, World};

/// Who draws.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Drawer {
    /// The process of this number.
    Process(u16),
    /// The server of this number.
    Server(u16),
}

/// How many steps there are because something is drawn: beyond the first outcome of each, by who drew it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Growth(BTreeMap<Drawer, u64>);

impl Growth {
    /// One more outcome of a step from a world.
    pub(super) fn drew(&mut self, world: &World, step: Step) {
        if let Some(drawer) = world.drawer(step) {
            *self.0.entry(drawer).or_default() += 1;
        }
    }

    /// The steps that come of draws, by who drew.
    pub fn iter(&self) -> impl Iterator<Item = (Drawer, u64)> + '_ {
        self.0.iter().map(|(drawer, steps)| (*drawer, *steps))
    }
}

impl World {
    fn drawer(&self, step: Step) -> Option<Drawer> {
        if step != Step::Next {
            return None;
        }
        match (self.acting_process(), self.acting_server()) {
            (Some(process), _) => Some(Drawer::Process(process)),
            (None, Some(server)) => Some(Drawer::Server(server)),
            (None, None) => None,
        }
    }
}
