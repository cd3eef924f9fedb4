//! Watch events: those of the model against those of the recording.

use crate::store::Link;

use super::driver::Driver;
use super::event::{Watch, What};
use super::outbox::{Awaited, Met};

const REMOVED: &str = "the ephemerals removed with one session are a set";

impl Driver<'_> {
    pub(super) fn watch(&mut self, at: usize, (session, server): (&str, usize), watch: &Watch) {
        let what = format!("{session} watch event");
        let recorded = format!("{} {}", watch.kind, watch.path);
        let Some(link) = self.by_session.get(&(session.to_owned(), server)).copied() else {
            return self.differs(at, &what, &recorded, "this session has no connection here");
        };
        let mut met = self.take(link, watch);
        while met == Met::Nothing && self.cluster.advance(self.now, server) {
            self.collect(at, false);
            met = self.take(link, watch);
        }
        let outbox = self.outboxes.entry(link).or_default();
        if met == Met::Nothing {
            outbox.awaited.push_back(Awaited { event: at, watch: watch.clone() });
        } else {
            self.met(at, &met, watch);
        }
    }

    fn take(&mut self, link: Link, watch: &Watch) -> Met {
        let outbox = self.outboxes.entry(link).or_default();
        if outbox.awaited.is_empty() { outbox.take(watch) } else { Met::Nothing }
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
                self.differs(at, "watch event", &recorded, &format!("{met:?}"));
            }
        }
    }

    /// Compares the events that were read before their cause was.
    pub(super) fn settle(&mut self, link: Link) {
        while let Some(outbox) = self.outboxes.get_mut(&link)
            && let Some(awaited) = outbox.awaited.front().cloned()
        {
            let met = outbox.take(&awaited.watch);
            if met == Met::Nothing {
                return;
            }
            outbox.awaited.pop_front();
            self.met(awaited.event, &met, &awaited.watch);
        }
    }

    /// After a line that causes events: those that were read before it are its events.
    pub(super) fn caused(&mut self, at: usize, before: i64) {
        let event = &self.events[at];
        let zxid = self.cluster.zxid();
        if zxid > before {
            self.clock.span(before.max(self.clock.last()), zxid, self.answered, event.at);
        }
        // Log lines come late, and what was never answered is written down when its connection ended.
        let is_answer = matches!(
            event.what,
            What::Call { reply: Some(_), .. } | What::Connect { reply: Some(_), .. }
        );
        if is_answer {
            self.answered = event.at;
        }
        let links: Vec<Link> = self.outboxes.keys().copied().collect();
        for link in links {
            self.settle(link);
            let server = self.servers.get(&link).copied().unwrap_or(0);
            while self.outboxes.get(&link).is_some_and(|outbox| !outbox.awaited.is_empty())
                && self.cluster.advance(self.now, server)
            {
                self.collect(at, matches!(event.what, What::Expired { .. }));
                self.settle(link);
            }
            let awaited =
                self.outboxes.get_mut(&link).map(|outbox| std::mem::take(&mut outbox.awaited));
            for awaited in awaited.into_iter().flatten() {
                self.met(awaited.event, &Met::Nothing, &awaited.watch);
            }
        }
    }
}
