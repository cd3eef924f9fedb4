//! What became of what the stores keep, step by step.

use serde::Serialize;

use super::Drawing;
use crate::run::{StateChange, States};
use crate::sim::Kept;
use crate::store::content::EntryKind;
use crate::store::zookeeper::SessionId;
use crate::time::Micros;
use crate::trace::own::Sessions;
use crate::visible;

/// What became of one thing that a server keeps.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Change {
    /// With which step of the run; 0 is what was there before the first.
    pub step: u64,
    /// The lane of the server.
    pub lane: usize,
    /// What it is, in a word.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// What it is now; none if it is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub now: Option<Entry>,
}

/// One thing that a server keeps.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Entry {
    /// What it holds.
    pub value: String,
    /// The first instant (µs since the run began) at which it is gone by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Micros>,
    /// The process whose session it ends with, or is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Its session, by the name that traces have for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// How often its data was set, of a node.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<i32>,
    /// The processes that watch it, wait for it or are subscribed to it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub watchers: Vec<String>,
}

pub(super) fn changes(drawing: &Drawing<'_>, states: &States) -> Vec<Change> {
    let sessions = Sessions::of(drawing.events);
    states.changes.iter().map(|it| change(it, drawing, &sessions)).collect()
}

fn change(change: &StateChange, drawing: &Drawing<'_>, sessions: &Sessions) -> Change {
    let StateChange { step, at: _, server, kind, name, now, session, owner } = change;
    let session = session.map(|it| sessions.name(SessionId(it)));
    let name = match &session {
        Some(session) if *kind == EntryKind::Session => session.clone(),
        _ => visible::line(name).into_owned(),
    };
    let entry = |kept: &Kept| Entry {
        value: visible::line(&kept.value).into_owned(),
        until: kept.until,
        owner: owner.map(|it| drawing.cast.process(it).to_owned()),
        session: session.clone(),
        version: kept.version,
        watchers: if *kind == EntryKind::Session {
            Vec::new()
        } else {
            kept.watchers.iter().map(|it| drawing.cast.process(*it).to_owned()).collect()
        },
    };
    Change {
        step: *step,
        lane: drawing.lanes.server(*server),
        kind: kind.name(),
        name,
        now: now.as_ref().map(entry),
    }
}
