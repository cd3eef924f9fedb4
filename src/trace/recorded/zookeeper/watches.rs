//! Watch events: those of the model against those of the recording.

use std::collections::VecDeque;

use super::super::driver::Driver;
use super::event::{Watch, What};
use super::servers::{Ensemble, Sent};
use crate::store::Link;

const REMOVED: &str = "the ephemerals removed with one session are a set";

/// What a recorded watch event met.
#[derive(PartialEq, Debug)]
pub(super) enum Met {
    /// The same; whether it was not the first that was sent, if it is of one of the nodes that were removed together.
    Same(Option<bool>),
    /// Something else.
    Other(Sent),
    /// Nothing yet.
    Nothing,
}

/// Takes a recorded event from what was sent.
fn take(sent: &mut VecDeque<Sent>, recorded: &Watch) -> Met {
    let (cause, unordered) = match sent.front() {
        None => return Met::Nothing,
        Some(Sent::Watch { watch, unordered, .. }) if watch == recorded => {
            let unordered = *unordered;
            sent.pop_front();
            return Met::Same(unordered.then_some(false));
        }
        Some(Sent::Watch { cause, unordered, .. }) => (*cause, *unordered),
        Some(other) => return Met::Other(other.clone()),
    };
    let same = Sent::Watch { watch: recorded.clone(), cause, unordered };
    match sent.iter().position(|sent| unordered && *sent == same) {
        Some(place) => {
            sent.remove(place);
            Met::Same(Some(true))
        }
        None => Met::Other(sent[0].clone()),
    }
}

impl Driver<'_, Ensemble> {
    pub(super) fn watch(&mut self, session: &str, watch: &Watch) {
        let Some(link) = self.link_of(session) else {
            let what = format!("{session} watch event");
            let recorded = format!("{} {}", watch.kind, watch.path);
            return self.differs(&what, recorded, "this session has no connection here");
        };
        self.servers.awaited.of(link).push_back((self.at, watch.clone()));
        self.settle(link);
        self.catch_up(link, false);
    }

    pub(super) fn met(&mut self, at: usize, met: &Met, watch: &Watch) {
        match met {
            Met::Same(overtook) => {
                self.tally.same();
                if let Some(overtook) = overtook {
                    self.tally.rule(REMOVED, *overtook);
                }
            }
            Met::Other(_) | Met::Nothing => {
                let recorded = format!("{} {}", watch.kind, watch.path);
                self.differs_at(at, "watch event", recorded, format!("{met:?}"));
            }
        }
    }

    /// Compares the events that were read before their cause was.
    pub(super) fn settle(&mut self, link: Link) {
        while self.servers.sent.first(link).is_some()
            && let Some((at, watch)) = self.servers.awaited.of(link).pop_front()
        {
            let met = take(self.servers.sent.of(link), &watch);
            self.met(at, &met, &watch);
        }
    }

    /// Lets the server apply what it has to, so that what is awaited comes.
    fn catch_up(&mut self, link: Link, unordered: bool) {
        let server = self.connections.open.get(&link).map_or(0, |connection| connection.server);
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
        for link in self.servers.awaited.links() {
            self.settle(link);
            self.catch_up(link, matches!(event.what, What::Expired { .. }));
            self.awaited_in_vain(link);
        }
    }

    /// What the recording showed on a connection and the model never sent.
    pub(super) fn awaited_in_vain(&mut self, link: Link) {
        for (at, watch) in self.servers.awaited.give_up(link) {
            self.met(at, &Met::Nothing, &watch);
        }
    }
}
