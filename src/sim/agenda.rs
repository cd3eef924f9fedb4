//! What is due when: by time, and at one instant in the order in which it was put there.

use std::collections::BTreeMap;

use crate::choice::Target;
pub(crate) use crate::choice::{ProcessId, ServerId};
use crate::cx::{OpId, TaskId};
use crate::time::Micros;

/// The number of a connection.
pub(crate) type ConnId = u32;

/// One operation of a task, or one part of a gathering.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct OpRef {
    pub(crate) task: TaskId,
    pub(crate) op: OpId,
    pub(crate) slot: u8,
}

/// Something that is due.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Due {
    /// The next message of the connection reaches its server.
    Up(ConnId),
    /// The next message of the connection, which the server was too busy for.
    Served(ConnId),
    /// The next message of the connection reaches its client.
    Down(ConnId),
    /// A sleep is over, or the patience for a reply.
    Timer(ProcessId, OpRef),
    /// A deadline of a server.
    Wake(ServerId),
    /// A paused process goes on.
    Resume(ProcessId),
    /// A process that comes later starts.
    Starts(ProcessId),
    /// All threads of a process have had enough: it ends, and another takes its place.
    Exits(ProcessId),
    /// A crashed process starts anew.
    Restart(ProcessId),
    /// A crashed server starts anew.
    ServerUp(ServerId),
    /// A ZooKeeper client says that it is alive (sampled timing only).
    Ping(ProcessId),
    /// A slow message has been slow for as long as the model allows.
    SlowEnds(ConnId, bool),
    /// The next word of a server reaches another one.
    Peer(ServerId, ServerId),
    /// The servers have elected a leader.
    Elects,
    /// A follower hears of its leader again.
    Rejoins(ServerId),
    /// A follower has heard nothing of its leader for too long, and stops serving.
    StopsServing(ServerId),
    /// The others have heard nothing of a leader that is cut off for too long, and give it up.
    Deposes(ServerId),
    /// A leader that is cut off has counted too few acknowledgements for too long, and stops serving.
    StepsDown(ServerId),
    /// A leader that is silent until then was silent for so long that its followers give it up.
    GivenUp(ServerId, Micros),
    /// A ZooKeeper client that was not let in tries the next server.
    Reconnects(ProcessId),
    /// A Redis client connects again for a subscription.
    Resubscribes(ProcessId, u8),
    /// A partition is over.
    Heals(ProcessId),
    /// The partition between sides that is the fault of this number is over.
    Joins(u8),
    /// Words of a server to another one lag no longer.
    CatchesUp(ServerId, ServerId),
    /// The Sentinels of the group of this number agree that its master is down.
    MasterDown(u8),
    /// They put the servers right that have the wrong role.
    PutsRight(u8),
    /// A client hears that the group has another master.
    Switched(ProcessId, u8),
    /// What a fault of the model did to somebody is over.
    Over(u8, Target),
    /// A ZooKeeper client has heard nothing for as long as it has patience.
    Silent(ProcessId),
    /// A ZooKeeper client takes its session for lost by its own clock.
    GivesUp(ProcessId),
}

impl Due {
    /// Whether a fault is over with it that lasts as long as the model says.
    pub(crate) const fn ends_fault(self) -> bool {
        matches!(
            self,
            Self::Resume(_)
                | Self::Restart(_)
                | Self::ServerUp(_)
                | Self::SlowEnds(..)
                | Self::Rejoins(_)
                | Self::Heals(_)
                | Self::Joins(_)
                | Self::CatchesUp(..)
                | Self::Over(..)
        )
    }

    /// The place of a timer among timers, or of a message to a client among those: which of the two, and whose it is.
    const fn rank(self) -> Option<(bool, u32, u32)> {
        match self {
            Self::Timer(process, OpRef { task, op, slot }) => {
                Some((true, process as u32 * 256 + task as u32, op * 256 + slot as u32))
            }
            Self::Down(conn) => Some((false, conn, 0)),
            _ => None,
        }
    }

    /// Whether a run in which nothing goes wrong has no such event.
    const fn is_rare(self) -> bool {
        !matches!(
            self,
            Self::Up(_)
                | Self::Served(_)
                | Self::Down(_)
                | Self::Timer(..)
                | Self::Wake(_)
                | Self::Starts(_)
                | Self::Exits(_)
                | Self::Ping(_)
                | Self::Peer(..)
        )
    }
}

/// The agenda of a world.
#[derive(Clone, Debug, Default)]
pub(crate) struct Agenda {
    entries: BTreeMap<(Micros, i64), Due>,
    /// The number of the next entry that comes after all others of its instant.
    next: i64,
    /// The number of the last one that came before them.
    first: i64,
    /// Whether entries of one instant that are alike stand in the order of their numbers: in a search.
    sorts: bool,
    /// How many of the entries are rare: mostly none, and a crowd has long agendas.
    rare: usize,
}

impl Agenda {
    pub(crate) fn put(&mut self, due: Micros, event: Due) {
        self.entries.insert((due, self.next), event);
        self.next += 1;
        self.rare += usize::from(event.is_rare());
        if self.sorts {
            self.sort(due, event);
        }
    }

    /// Timers of one instant, and messages that reach clients at one, are in the order of their numbers: any order is as
    /// good, and one that follows from what is there, and not from how it came there, lets a search meet fewer worlds.
    pub(crate) fn sorted(mut self) -> Self {
        self.sorts = true;
        self
    }

    fn sort(&mut self, due: Micros, event: Due) {
        let Some(kind) = event.rank() else { return };
        let at = self.entries.range_mut((due, i64::MIN)..=(due, i64::MAX));
        let mut alike: Vec<&mut Due> = at
            .map(|(_, event)| event)
            .filter(|event| event.rank().is_some_and(|it| it.0 == kind.0))
            .collect();
        // All but the last one are in order.
        for place in (1..alike.len()).rev() {
            if alike[place - 1].rank() <= alike[place].rank() {
                break;
            }
            let (before, after) = alike.split_at_mut(place);
            std::mem::swap(before[place - 1], after[0]);
        }
    }

    /// Puts what is due then before all else that is due then.
    pub(crate) fn put_first(&mut self, due: Micros, event: Due) {
        self.first -= 1;
        self.entries.insert((due, self.first), event);
        self.rare += usize::from(event.is_rare());
    }

    /// The first entry.
    pub(crate) fn head(&self) -> Option<(Micros, Due)> {
        self.entries.first_key_value().map(|(&(due, _), &event)| (due, event))
    }

    /// What is due at that instant.
    pub(crate) fn at(&self, due: Micros) -> impl Iterator<Item = Due> + '_ {
        self.entries.range((due, i64::MIN)..=(due, i64::MAX)).map(|(_, &event)| event)
    }

    /// What is due until then.
    pub(crate) fn until(&self, due: Micros) -> impl Iterator<Item = Due> + '_ {
        self.entries.range(..=(due, i64::MAX)).map(|(_, &event)| event)
    }

    /// The first of those entries comes before all else that is due then.
    pub(crate) fn bring_first(&mut self, due: Micros, event: Due) {
        self.cancel(due, event);
        self.put_first(due, event);
    }

    pub(crate) fn pop(&mut self) -> Option<(Micros, Due)> {
        let ((due, _), event) = self.entries.pop_first()?;
        self.rare -= usize::from(event.is_rare());
        Some((due, event))
    }

    /// Takes one entry away.
    pub(crate) fn cancel(&mut self, due: Micros, event: Due) {
        let place = self
            .entries
            .range((due, i64::MIN)..=(due, i64::MAX))
            .find(|(_, other)| **other == event);
        if let Some((&place, _)) = place {
            self.entries.remove(&place);
            self.rare -= usize::from(event.is_rare());
        }
    }

    /// Takes all entries away that `gone` names.
    pub(crate) fn cancel_all(&mut self, gone: impl Fn(&Due) -> bool) {
        // Mostly there is none: to look is faster than to go through the map and take away.
        if self.entries.values().any(&gone) {
            self.entries.retain(|_, event| !gone(event));
            self.rare = self.entries.values().filter(|event| event.is_rare()).count();
        }
    }

    /// Takes a rare event away, wherever it is.
    pub(crate) fn cancel_rare(&mut self, event: Due) {
        if self.has_rare(event) {
            self.cancel_all(|other| *other == event);
        }
    }

    /// Whether a rare event is there.
    pub(crate) fn has_rare(&self, event: Due) -> bool {
        debug_assert!(event.is_rare(), "{event:?} is looked for among the rare events");
        self.rare > 0 && self.entries.values().any(|other| *other == event)
    }

    pub(crate) fn rebase(&mut self, dt: Micros) {
        if dt == Micros::ZERO {
            return;
        }
        let entries = std::mem::take(&mut self.entries);
        self.entries =
            entries.into_iter().map(|((due, n), event)| ((due - dt, n), event)).collect();
    }

    /// What is wrong with what follows from the entries, if anything is.
    pub(super) fn untrue(&self) -> Option<String> {
        let Self { entries, next, first, rare, sorts: _ } = self;
        let counted = entries.values().filter(|event| event.is_rare()).count();
        if counted != *rare {
            return Some(format!("{counted} entries are rare, and it says {rare}"));
        }
        let known = *first..*next;
        let strange = entries.keys().any(|(_, number)| !known.contains(number));
        strange.then(|| format!("an entry has a number that is still to come: {known:?}"))
    }

    /// The entries in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Micros, Due)> + '_ {
        self.entries.iter().map(|(&(due, _), &event)| (due, event))
    }
}

impl FromIterator<(Micros, Due)> for Agenda {
    fn from_iter<I: IntoIterator<Item = (Micros, Due)>>(entries: I) -> Self {
        let mut agenda = Self::default();
        // They are sorted already, if they are to be.
        for (due, event) in entries {
            agenda.put(due, event);
        }
        agenda
    }
}
