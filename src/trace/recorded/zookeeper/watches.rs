//! Watch events: those of the model against those of the recording.

use super::super::driver::Driver;
use super::event::{Watch, What};
use super::servers::{Ensemble, Sent};
use crate::store::Link;

const REMOVED: &str = "the ephemerals removed with one session are a set";

/// A recorded watch event that the model has not sent yet.
pub(super) struct Awaited {
    pub(super) event: usize,
    pub(super) watch: Watch,
}

/// What a recorded watch event met.
#[derive(PartialEq, Debug)]
pub(super) enum Met {
    /// The same, the first that was sent.
    Same { unordered: bool },
    /// The same, but not the first among the ephemeral nodes removed together.
    OutOfOrder,
    /// Something else.
    Other(Sent),
    /// Nothing yet.
    Nothing,
}

impl Ensemble {
    /// Takes the event from what was sent.
    fn meet(&mut self, link: Link, recorded: &Watch) -> Met {
        let Some(first) = self.sent.first(link) else { return Met::Nothing };
        let Sent::Watch { watch, cause, unordered } = first else {
            return Met::Other(first.clone());
        };
        let unordered = *unordered;
        if watch == recorded {
            self.sent.pop(link);
            return Met::Same { unordered };
        }
        let same = Sent::Watch { watch: recorded.clone(), cause: *cause, unordered };
        let place = self.sent.of(link).position(|sent| unordered && *sent == same);
        match place {
            Some(place) => {
                self.sent.take(link, place);
                Met::OutOfOrder
            }
            None => Met::Other(first.clone()),
        }
    }
}

impl Driver<'_, Ensemble> {
    pub(super) fn watch(&mut self, session: &str, watch: &Watch) {
        let Some(link) = self.link_of(session) else {
            let what = format!("{session} watch event");
            let recorded = format!("{} {}", watch.kind, watch.path);
            return self.differs(&what, recorded, "this session has no connection here");
        };
        self.servers.awaited.push(link, Awaited { event: self.at, watch: watch.clone() });
        self.settle(link);
        self.catch_up(link, false);
    }

    pub(super) fn met(&mut self, at: usize, met: &Met, watch: &Watch) {
        match met {
            Met::Same { unordered } => {
                self.tally.same();
                if *unordered {
                    self.tally.rule(REMOVED, false);
                }
            }
            Met::OutOfOrder => {
                self.tally.same();
                self.tally.rule(REMOVED, true);
            }
            Met::Other(_) | Met::Nothing => {
                let recorded = format!("{} {}", watch.kind, watch.path);
                self.differs_at(at, "watch event", recorded, format!("{met:?}"));
            }
        }
    }

    /// Compares the events that were read before their cause was.
    pub(super) fn settle(&mut self, link: Link) {
        while let Some(awaited) = self.servers.awaited.pop(link) {
            let met = self.servers.meet(link, &awaited.watch);
            if met == Met::Nothing {
                self.servers.awaited.push_front(link, awaited);
                return;
            }
            self.met(awaited.event, &met, &awaited.watch);
        }
    }

    /// Lets the server apply what it has to, so that what is awaited comes.
    fn catch_up(&mut self, link: Link, unordered: bool) {
        let server = self.connections.get(link).map_or(0, |connection| connection.server);
        while self.servers.awaited.first(link).is_some()
            && self.servers.cluster.advance(self.now, server)
        {
            self.collect(unordered);
            self.settle(link);
        }
    }

    /// After a line that causes events: those that were read before it are its events.
    pub(super) fn caused(&mut self, before: i64) {
        let event = self.event();
        let Ensemble { cluster, clock, answered, .. } = &mut self.servers;
        let zxid = cluster.zxid();
        if zxid > before {
            clock.span(before.max(clock.last()), zxid, *answered, event.at);
        }
        // Log lines come late, and what was never answered is written down when its connection ended.
        let is_answer = matches!(
            event.what,
            What::Call { reply: Some(_), .. } | What::Connect { reply: Some(_), .. }
        );
        if is_answer {
            *answered = event.at;
        }
        let links: Vec<Link> = self.servers.awaited.iter().map(|(link, _)| link).collect();
        for link in links {
            self.settle(link);
            self.catch_up(link, matches!(event.what, What::Expired { .. }));
            self.awaited_in_vain(link);
        }
    }
}
