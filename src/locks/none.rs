//! No lock at all: what every other recipe is compared with.

use serde::Deserialize;

use super::{About, Store};
use crate::cx::{Cx, Grant, Lock, LockError};
use crate::json::{Problem, Section};

/// Everybody enters at once.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NoLock {}

impl NoLock {
    /// What it is.
    pub const ABOUT: About = About {
        name: "none",
        title: "no lock: everybody enters at once",
        source: "the absence of one",
        store: Store::None,
        params: &[],
    };

    /// The recipe with the parameters in `section`.
    pub fn from_section(section: &Section<'_>) -> Result<Self, Box<Problem>> {
        section.to()
    }
}

impl Lock for NoLock {
    async fn acquire(&mut self, _: &Cx) -> Result<Grant, LockError> {
        Ok(Grant::default())
    }

    async fn release(&mut self, _: &Cx) -> Result<(), LockError> {
        Ok(())
    }

    fn place(&self) -> String {
        "none".to_owned()
    }
}
