//! What one request did to one key.

use std::rc::Rc;

use crate::store::Effect;
use crate::store::effect::{Change, Part};
use crate::time::Micros;

/// A key that came to be.
#[derive(Clone, Copy)]
pub(super) struct Placed {
    /// When it is gone by itself.
    pub(super) until: Option<Micros>,
}

/// What one request did to one key.
#[derive(Default)]
pub(super) struct Done {
    pub(super) client: Rc<str>,
    pub(super) removed: bool,
    pub(super) placed: Option<Placed>,
    pub(super) renewed: Option<(Option<Micros>, Option<Micros>)>,
    pub(super) parts_removed: Vec<Part>,
    pub(super) parts_placed: Vec<Part>,
}

impl Done {
    pub(super) fn note(&mut self, effect: &Effect) {
        match (&effect.change, &effect.item.part) {
            (Change::Placed { until, .. }, None) => self.placed = Some(Placed { until: *until }),
            (Change::Placed { .. }, Some(part)) => self.parts_placed.push(part.clone()),
            (Change::Removed { .. }, None) => {
                // What came and went again was nobody's.
                self.removed = true;
                self.placed = None;
            }
            (Change::Removed { .. }, Some(part)) => self.parts_removed.push(part.clone()),
            (Change::Renewed { until, before }, None) => match &mut self.placed {
                Some(placed) => placed.until = *until,
                None => {
                    let before = self.renewed.map_or(*before, |(_, before)| before);
                    self.renewed = Some((*until, before));
                }
            },
            _ => {}
        }
    }

    pub(super) fn parts(&self) -> impl Iterator<Item = &Part> {
        self.parts_removed.iter().chain(&self.parts_placed)
    }

    /// More parts than any lock has.
    pub(super) fn is_large(&self) -> bool {
        self.parts_removed.len() + self.parts_placed.len() > 512
    }
}
