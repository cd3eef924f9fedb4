//! What ends: connections, sessions, containers, the server.

use super::super::driver::Driver;
use super::outcome;
use super::servers::{Ensemble, Sent};
use crate::store::{Inbound, Link};
use crate::time::Micros;

const EXPIRY: &str = "a session ends in (timeout, timeout + tick] after its last request";
/// The leader hears at its pings, twice a tick, of the sessions that were touched at a follower (fact E1).
const EXPIRY_OF_ENSEMBLE: &str =
    "a session of an ensemble ends in (timeout, timeout + 1.5 ticks] after its last request";
const REAPING: &str = "an empty container is found within one check interval";
const LAST_WORDS: &str = "an expired session may or may not hear of its own ephemerals";
const CAME_UP: &str = "a restarted server came up between its start and the first connection";

/// How much later than it happened the server's log line of an expiry may be.
const LOGGED_LATE: Micros = Micros::from_ms(10);

impl Driver<'_, Ensemble> {
    pub(super) fn disconnect(&mut self, link: Option<Link>) {
        let closed = link.and_then(|link| self.connections.open.remove_entry(&link));
        let Some((link, connection)) = closed else {
            return self.differs("disconnect", "a connection ends", "there is none");
        };
        let server = connection.server;
        self.servers.cluster.deliver(self.now, server, link, Inbound::Disconnect);
        for sent in self.servers.sent.give_up(link) {
            match sent {
                // An expired session may be cut off before it has heard everything.
                Sent::Watch { .. } if connection.kept.dying => self.tally.rule(LAST_WORDS, true),
                Sent::Close => self.tally.same(),
                Sent::Watch { .. } | Sent::Reply(_) | Sent::Connect(_) => {
                    self.differs("disconnect", "nothing", format!("{sent:?}"));
                }
            }
        }
        self.awaited_in_vain(link);
    }

    pub(super) fn expired(&mut self, name: &str) {
        let session = self.servers.sessions.get(name).map(|session| (session.id, session.heard));
        let live = session.filter(|(id, _)| self.servers.cluster.is_live(*id));
        let Some((id, (heard, timeout))) = live else {
            return self.differs(name, "expired", "there is no such session");
        };
        let mut awaits = false;
        for (link, connection) in &mut self.connections.open {
            if connection.kept.session.as_deref() == Some(name) {
                connection.kept.dying = true;
                awaits |= self.servers.awaited.first(*link).is_some();
            }
        }
        let last_words = awaits || outcome::hears_more(self.ahead(), name);
        if last_words {
            self.servers.cluster.has_last_words(id);
        }
        self.servers.cluster.wake(self.now, Some(id), None);
        self.collect(true);
        let alone = self.servers.cluster.count() == 1;
        self.tally.rule(if alone { EXPIRY } else { EXPIRY_OF_ENSEMBLE }, true);
        self.tally.rule(LAST_WORDS, last_words);
        let tick = self.servers.tick;
        let unheard = if alone { Micros::ZERO } else { Micros(tick.0 / 2) };
        let latest = heard + timeout + tick + unheard + LOGGED_LATE;
        if self.servers.cluster.is_live(id) || self.event().at > latest {
            self.differs(name, "expired", "it cannot have expired at this instant");
        } else {
            self.tally.same();
        }
    }

    pub(super) fn reaped(&mut self, path: &str) {
        let before = self.servers.cluster.zxid();
        self.servers.cluster.wake(self.now, None, Some(path.into()));
        self.collect(false);
        self.tally.rule(REAPING, true);
        if self.servers.cluster.zxid() == before + 1 {
            self.tally.same();
        } else {
            self.differs(path, "deleted by the reaper", "it cannot have been");
        }
    }

    pub(super) fn restart(&mut self) {
        for link in std::mem::take(&mut self.connections.open).into_keys() {
            self.servers.sent.give_up(link);
            self.awaited_in_vain(link);
        }
        let (started, ahead) = (self.event().at, self.ahead());
        let Ensemble { cluster, sessions, .. } = &mut self.servers;
        let timeout_of = |name: &str| sessions.get(name).map(|session| session.timeout);
        let up = outcome::came_up(started, ahead, timeout_of);
        self.tally.rule(CAME_UP, up > started);
        cluster.crash();
        cluster.restart(up);
        for session in sessions.values_mut() {
            session.heard = (up, session.timeout);
        }
    }
}
