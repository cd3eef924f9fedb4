//! Who has a lock already: Curator's `threadData`.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde::Deserialize;

use crate::cx::{Cell, Cx, TaskId};

/// Where it is noted that a thread has the lock.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Reentrant {
    /// In the lock object: two objects on one path know nothing of each other.
    #[default]
    Object,
    /// In the process, by thread and path.
    Path,
}

/// The node, and how often the thread has the lock.
pub(super) type Held = (Rc<str>, u32);

impl Reentrant {
    /// The parameter.
    pub(super) const ABOUT: (&'static str, &'static str) = (
        "reentrant",
        "the thread that has the lock gets it again through the same \"object\", or through any on its \"path\": \
         \"object\"",
    );

    /// What this thread has.
    pub(super) fn get(self, cx: &Cx, object: Option<&Held>, path: &str) -> Option<Held> {
        match self {
            Self::Object => object.cloned(),
            Self::Path => by_path(cx).get().get(&key(cx, path)).cloned(),
        }
    }

    /// From now on it has this.
    pub(super) fn set(self, cx: &Cx, object: &mut Option<Held>, path: &str, held: Option<Held>) {
        match self {
            Self::Object => *object = held,
            Self::Path => {
                let mut all = by_path(cx).get();
                all.remove(&key(cx, path));
                all.extend(held.map(|held| (key(cx, path), held)));
                by_path(cx).set(all);
            }
        }
    }
}

fn by_path(cx: &Cx) -> Cell<BTreeMap<(TaskId, String), Held>> {
    cx.cell("what threads hold")
}

fn key(cx: &Cx, path: &str) -> (TaskId, String) {
    (cx.surroundings().thread, path.to_owned())
}
