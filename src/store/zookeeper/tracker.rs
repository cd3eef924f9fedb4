//! When each session was last heard of, and when it ends.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::time::Micros;

use super::config::Moment;
use super::error::ZkError;
use super::id::SessionId;
use super::moment::Happens;

/// The session tracker of a stand-alone server or a leader. Clones share everything until they change it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Tracker {
    tick: Micros,
    moment: Moment,
    inner: Rc<Inner>,
}

#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Inner {
    sessions: BTreeMap<SessionId, Tracked>,
    /// When the server has to be woken for whom.
    queue: BTreeSet<(Micros, SessionId)>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Tracked {
    /// The last sign of life and the timeout: the end may come after this.
    due: Micros,
    /// Whether it was asked if the session ends early.
    asked: bool,
    /// The server of the ensemble to which the client is connected; a stand-alone server is number 0.
    owner: u8,
}

impl Tracker {
    pub(super) fn new(tick: Micros, moment: Moment) -> Self {
        Self { tick, moment, inner: Rc::default() }
    }

    /// Whether the session is there and its client is connected to that server of the ensemble.
    pub(super) fn check_owner(&mut self, session: SessionId, server: u8) -> Result<(), ZkError> {
        let Some(tracked) = self.inner.sessions.get(&session).copied() else {
            return Err(ZkError::UnknownSession);
        };
        match tracked.owner {
            // After an election the first to ask is the owner.
            0 => self.set_owner(session, server),
            owner if owner != server => return Err(ZkError::SessionMoved),
            _ => {}
        }
        Ok(())
    }

    /// The client is connected to that server now.
    pub(super) fn set_owner(&mut self, session: SessionId, server: u8) {
        if self.inner.sessions.get(&session).is_some_and(|tracked| tracked.owner != server)
            && let Some(tracked) = Rc::make_mut(&mut self.inner).sessions.get_mut(&session)
        {
            tracked.owner = server;
        }
    }

    /// Tracks a session from now on.
    pub(super) fn track(&mut self, session: SessionId, timeout_ms: i32, owner: u8, now: Micros) {
        let due = now + Micros::from_ms(timeout_ms.into());
        self.put(session, Tracked { due, asked: false, owner });
    }

    /// A sign of life: whether the session is still there.
    pub(super) fn touch(&mut self, session: SessionId, timeout_ms: i32, now: Micros) -> bool {
        let Some(tracked) = self.inner.sessions.get(&session).copied() else { return false };
        if tracked.due == Micros::MAX {
            return true;
        }
        let due = now + Micros::from_ms(timeout_ms.into());
        if due != tracked.due || tracked.asked {
            self.put(session, Tracked { due, asked: false, owner: tracked.owner });
        }
        true
    }

    /// See [`ZooKeeper::attend`](super::ZooKeeper::attend).
    pub(super) fn attend(
        &mut self,
        session: SessionId,
        attended: bool,
        timeout_ms: i32,
        now: Micros,
    ) {
        let Some(tracked) = self.inner.sessions.get(&session).copied() else { return };
        let due = if attended { Micros::MAX } else { now + Micros::from_ms(timeout_ms.into()) };
        self.put(session, Tracked { due, asked: false, owner: tracked.owner });
    }

    /// Whether the session does not end because its client is in contact.
    pub(super) fn is_attended(&self, session: SessionId) -> bool {
        self.inner.sessions.get(&session).is_some_and(|tracked| tracked.due == Micros::MAX)
    }

    /// Whether the session is there.
    pub(super) fn knows(&self, session: SessionId) -> bool {
        self.inner.sessions.contains_key(&session)
    }

    pub(super) fn remove(&mut self, session: SessionId) {
        if let Some(tracked) = self.inner.sessions.get(&session).copied() {
            let wake = self.wake_of(tracked);
            let inner = Rc::make_mut(&mut self.inner);
            inner.sessions.remove(&session);
            inner.queue.remove(&(wake, session));
        }
    }

    pub(super) fn clear(&mut self) {
        self.inner = Rc::default();
    }

    pub(super) fn deadline(&self) -> Option<Micros> {
        self.inner.queue.first().map(|(at, _)| *at).filter(|at| *at != Micros::MAX)
    }

    /// The sessions that end at `now`; `ask` decides where that is open.
    pub(super) fn ending(
        &mut self,
        now: Micros,
        ask: &mut dyn FnMut(SessionId) -> bool,
    ) -> Vec<SessionId> {
        if let Moment::Free { .. } = self.moment {
            let sessions: Vec<_> =
                self.inner.sessions.iter().map(|(id, tracked)| (*id, *tracked)).collect();
            return sessions
                .into_iter()
                .filter(|(id, it)| self.ends(now, *id, *it, ask))
                .map(|(id, _)| id)
                .collect();
        }
        let due: Vec<_> =
            self.inner.queue.iter().take_while(|(at, _)| *at <= now).map(|(_, id)| *id).collect();
        due.into_iter()
            .filter(|id| {
                let tracked = self.inner.sessions.get(id).copied();
                tracked.is_some_and(|tracked| self.ends(now, *id, tracked, ask))
            })
            .collect()
    }

    fn ends(
        &mut self,
        now: Micros,
        session: SessionId,
        tracked: Tracked,
        ask: &mut dyn FnMut(SessionId) -> bool,
    ) -> bool {
        match self.moment.at(now, tracked.due, self.tick, tracked.asked) {
            Happens::Yes => true,
            Happens::No => false,
            Happens::Perhaps => {
                let ends = ask(session);
                if self.moment == Moment::Drawn && !ends {
                    self.put(session, Tracked { asked: true, ..tracked });
                }
                ends
            }
        }
    }

    pub(super) fn rebase(&mut self, dt: Micros) {
        self.moment.rebase(dt, self.tick);
        let inner = Rc::make_mut(&mut self.inner);
        for tracked in inner.sessions.values_mut() {
            if tracked.due != Micros::MAX {
                tracked.due -= dt;
            }
        }
        let queue = std::mem::take(&mut inner.queue).into_iter();
        let shifted = |at| if at == Micros::MAX { at } else { at - dt };
        inner.queue = queue.map(|(at, id)| (shifted(at), id)).collect();
    }

    /// Each session with the instant that decides when it ends, whether that was asked, and its server.
    pub(super) fn iter(&self) -> impl Iterator<Item = (SessionId, Micros, bool, u8)> {
        // When the server is woken for whom follows from the sessions.
        let Self { tick, moment, inner } = self;
        let Inner { sessions, queue: _ } = &**inner;
        sessions.iter().map(|(session, Tracked { due, asked, owner })| {
            let decides = match moment {
                Moment::Phase(_) => moment.window(*due, *tick).to,
                Moment::Drawn | Moment::Free { .. } => *due,
            };
            (*session, decides, *asked, *owner)
        })
    }

    /// The phase of the ticks relative to the origin of time, where there is one.
    pub(super) const fn moment(&self) -> Moment {
        self.moment
    }

    fn put(&mut self, session: SessionId, tracked: Tracked) {
        let wake = self.wake_of(tracked);
        let before = self.inner.sessions.get(&session).map(|before| self.wake_of(*before));
        let inner = Rc::make_mut(&mut self.inner);
        inner.sessions.insert(session, tracked);
        if before != Some(wake) {
            if let Some(before) = before {
                inner.queue.remove(&(before, session));
            }
            inner.queue.insert((wake, session));
        }
    }

    fn wake_of(&self, tracked: Tracked) -> Micros {
        self.moment.wake(tracked.due, self.tick, tracked.asked)
    }
}
