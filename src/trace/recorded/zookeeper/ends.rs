//! What ends: connections, sessions, containers, the server.

use crate::store::{Inbound, Link};
use crate::time::Micros;

use super::driver::Driver;
use super::outbox::{Met, Sent};
use super::outcome;

const EXPIRY: &str = "a session ends in (timeout, timeout + tick] after its last request";
const REAPING: &str = "an empty container is found within one check interval";
const LAST_WORDS: &str = "an expired session may or may not hear of its own ephemerals";
const CAME_UP: &str = "a restarted server came up between its start and the first connection";

/// How much later than it happened the server's log line of an expiry may be.
const LOGGED_LATE: Micros = Micros::from_ms(10);

impl Driver<'_> {
    pub(super) fn disconnect(&mut self, at: usize, link: Option<Link>) {
        let Some(link) = link else {
            return self.differs(at, "disconnect", "a connection ends", "there is none");
        };
        let server = self.servers.get(&link).copied().unwrap_or(0);
        self.cluster.deliver(self.now, server, link, Inbound::Disconnect);
        let sent = std::mem::take(&mut self.outboxes.entry(link).or_default().sent);
        for sent in sent {
            match sent {
                // An expired session may be cut off before it has heard everything.
                Sent::Watch { .. } if self.dying.contains(&link) => {
                    self.tally.rule(LAST_WORDS, true);
                }
                Sent::Close => self.tally.same(),
                Sent::Watch { .. } | Sent::Reply(_) | Sent::Connect(_) => {
                    self.differs(at, "disconnect", "nothing", &format!("{sent:?}"));
                }
            }
        }
        self.outboxes.remove(&link);
    }

    pub(super) fn expired(&mut self, at: usize, name: &str) {
        let session = self.sessions.get(name).copied();
        let Some(session) = session.filter(|session| self.cluster.is_live(*session)) else {
            return self.differs(at, name, "expired", "there is no such session");
        };
        let mine: Vec<_> = self
            .by_session
            .iter()
            .filter(|((session, _), _)| session == name)
            .map(|(_, link)| *link)
            .collect();
        let awaits =
            mine.iter().filter_map(|link| self.outboxes.get(link)).any(|it| !it.awaited.is_empty());
        self.dying.extend(mine);
        let last_words = awaits || outcome::hears_more(self.events, at, name);
        if last_words {
            self.cluster.has_last_words(session);
        }
        self.cluster.wake(self.now, Some(session), None);
        self.collect(at, true);
        self.tally.rule(EXPIRY, true);
        self.tally.rule(LAST_WORDS, last_words);
        if self.cluster.is_live(session) || !self.is_in_time(at, name) {
            self.differs(at, name, "expired", "it cannot have expired at this instant");
        } else {
            self.tally.same();
        }
    }

    /// Whether the session can have ended now, by when it was last heard of; log lines are written a little late.
    fn is_in_time(&self, at: usize, name: &str) -> bool {
        self.heard.get(name).is_none_or(|(heard, timeout)| {
            self.events[at].at <= *heard + *timeout + self.tick + LOGGED_LATE
        })
    }

    pub(super) fn reaped(&mut self, at: usize, path: &str) {
        let before = self.cluster.zxid();
        self.cluster.wake(self.now, None, Some(path.into()));
        self.collect(at, false);
        self.tally.rule(REAPING, true);
        if self.cluster.zxid() == before + 1 {
            self.tally.same();
        } else {
            self.differs(at, path, "deleted by the reaper", "it cannot have been");
        }
    }

    pub(super) fn restart(&mut self, at: usize) {
        self.cluster.crash();
        for (_, outbox) in std::mem::take(&mut self.outboxes) {
            for awaited in outbox.awaited {
                self.met(awaited.event, &Met::Nothing, &awaited.watch);
            }
        }
        self.by_session.clear();
        self.by_client.clear();
        let up = outcome::came_up(self.events, at, &|name| self.timeouts.get(name).copied());
        self.tally.rule(CAME_UP, up > self.events[at].at);
        self.cluster.restart(up);
        for (name, (heard, timeout)) in &mut self.heard {
            *heard = up;
            *timeout = self.timeouts.get(name).copied().unwrap_or(*timeout);
        }
    }
}
