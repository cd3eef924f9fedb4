//! What the stores kept after each step of a run, and when each request was sent: the run is made once more and looked at.

use std::collections::{BTreeMap, VecDeque};

use super::recording::Recording;
use super::stepping::Run;
use crate::choice::{ProcessId, ServerId};
use crate::event::{Event, Observer};
use crate::sim::{Kept, Live, World};
use crate::store::Link;
use crate::store::content::EntryKind;
use crate::time::Micros;

/// What became of one thing that a server keeps, with one step.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StateChange {
    /// The step; 0 is what was there before the first.
    pub step: u64,
    /// When that step was (µs since the run began).
    pub at: Micros,
    /// The server.
    pub server: ServerId,
    /// What it is.
    pub kind: EntryKind,
    /// Its name.
    pub name: String,
    /// What it is now; none if it is gone.
    pub now: Option<Kept>,
    /// The session that it ends with, or is.
    pub session: Option<i64>,
    /// The process whose session that is.
    pub owner: Option<ProcessId>,
}

/// When something happened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Moment {
    /// With which step.
    pub step: u64,
    /// When (µs since the run began).
    pub at: Micros,
}

/// What a second look at a run tells that its events do not.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct States {
    /// What became of what the stores keep, in the order of the steps.
    pub changes: Vec<StateChange>,
    /// When each request was sent that was executed, in the order of [`Event::Executed`].
    pub sent: Vec<Option<Moment>>,
}

/// What a server keeps, by kind and name.
pub type Content = BTreeMap<(EntryKind, String), Kept>;

impl States {
    /// Those of `recording`, up to step `most`.
    pub fn of(recording: &Recording, most: u64) -> Self {
        let mut choices = recording.spec.choices();
        let mut engine = Live::default();
        let mut executed = Executed(Vec::new());
        let mut run = Run::new(&recording.setup, &mut engine, &mut choices, &mut executed);
        let mut looked = Look::default();
        looked.look(&run.world, Moment { step: 0, at: run.world.total() }, &mut executed);
        while run.steps() < recording.ended.steps.min(most) {
            if !run.step(&mut choices, &mut executed) {
                break;
            }
            let now = Moment { step: run.steps(), at: run.world.total() };
            looked.look(&run.world, now, &mut executed);
        }
        looked.states
    }

    /// What each server keeps after step `step`.
    pub fn after(&self, step: u64) -> BTreeMap<ServerId, Content> {
        let mut all: BTreeMap<ServerId, Content> = BTreeMap::new();
        for change in self.changes.iter().take_while(|it| it.step <= step) {
            let content = all.entry(change.server).or_default();
            let key = (change.kind, change.name.clone());
            match &change.now {
                Some(kept) => drop(content.insert(key, kept.clone())),
                None => drop(content.remove(&key)),
            }
        }
        all
    }
}

/// Hears on which connection each request was executed.
struct Executed(Vec<Link>);

impl Observer for Executed {
    fn on_event(&mut self, _: Micros, event: &Event<'_>) {
        if let Event::Executed { link, .. } = event {
            self.0.push(*link);
        }
    }
}

#[derive(Default)]
struct Look {
    states: States,
    /// What each server kept at the last look.
    before: Vec<Content>,
    shared: Option<crate::sim::Shared>,
    /// When the requests were sent that are on their way.
    under_way: BTreeMap<Link, VecDeque<Moment>>,
    /// Whose each session is.
    owners: BTreeMap<i64, ProcessId>,
}

impl Look {
    fn look(&mut self, world: &World, now: Moment, executed: &mut Executed) {
        for server in 0..world.servers() {
            if self.shared.as_ref().is_none_or(|since| world.has_changed(server, since)) {
                self.compare(world, server, now);
            }
        }
        self.shared = Some(world.shared());
        self.requests(world, now, std::mem::take(&mut executed.0));
    }

    fn compare(&mut self, world: &World, server: ServerId, now: Moment) {
        let content: Content = world
            .content(server)
            .into_iter()
            .map(|kept| ((kept.kind, kept.name.clone()), kept))
            .collect();
        for kept in content.values() {
            if let (EntryKind::Session, Some(session), Some(owner)) =
                (kept.kind, kept.session, kept.watchers.first())
            {
                self.owners.insert(session, *owner);
            }
        }
        let place = usize::from(server);
        if self.before.len() <= place {
            self.before.resize_with(place + 1, Content::new);
        }
        let before = std::mem::replace(&mut self.before[place], content);
        let content = &self.before[place];
        let mut changed: Vec<(&(EntryKind, String), Option<&Kept>)> = Vec::new();
        changed.extend(before.keys().filter(|it| !content.contains_key(*it)).map(|it| (it, None)));
        let differs = |(key, kept): &(&(EntryKind, String), &Kept)| {
            before.get(*key).is_none_or(|old| !is_same(old, kept))
        };
        changed.extend(content.iter().filter(differs).map(|(key, kept)| (key, Some(kept))));
        for ((kind, name), kept) in changed {
            let session =
                kept.or_else(|| before.get(&(*kind, name.clone()))).and_then(|it| it.session);
            self.states.changes.push(StateChange {
                step: now.step,
                at: now.at,
                server,
                kind: *kind,
                name: name.clone(),
                now: kept.cloned(),
                session,
                owner: session.and_then(|it| self.owners.get(&it).copied()),
            });
        }
    }

    /// A request that is on its way now, or was executed in this step, and was not there before, was sent in this step.
    fn requests(&mut self, world: &World, now: Moment, executed: Vec<Link>) {
        let mut done: BTreeMap<Link, usize> = BTreeMap::new();
        for link in &executed {
            *done.entry(*link).or_default() += 1;
        }
        for (link, count) in world.requests_under_way() {
            let done = done.get(&link).copied().unwrap_or_default();
            let there = count + done;
            if there == 0 && !self.under_way.contains_key(&link) {
                continue;
            }
            let sent = self.under_way.entry(link).or_default();
            while sent.len() < there {
                sent.push_back(now);
            }
            // Of a connection that broke nothing arrives any more.
            while sent.len() > there {
                sent.pop_front();
            }
        }
        for link in executed {
            let sent = self.under_way.get_mut(&link).and_then(VecDeque::pop_front);
            self.states.sent.push(sent);
        }
    }
}

/// Whether they are the same to a reader: how a clock that drifts is counted back may differ by a rounding.
fn is_same(old: &Kept, new: &Kept) -> bool {
    let near = match (old.until, new.until) {
        (Some(old), Some(new)) => (old - new).0.abs() <= 2,
        (old, new) => old == new,
    };
    near && Kept { until: old.until, ..new.clone() } == *old
}
