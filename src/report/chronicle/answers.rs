//! Which requests have an answer: that of the last one of each thread decides what it knows.

use super::{At, Chronicle};
use crate::choice::{ProcessId, ServerId};
use crate::event::{Record, Who, answer_in};
use crate::store::{AnyMessage, Outbound};

/// A request that was executed, and whose answer has not been heard.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Awaited {
    who: Who,
    at: At,
    server: ServerId,
    /// What the server answered at once; nothing if it answers later.
    answer: Option<AnyMessage>,
}

impl Chronicle<'_> {
    /// A request of a thread was executed.
    pub(super) fn awaits(&mut self, at: At, who: Who, server: ServerId, record: &Record) {
        let crate::event::Event::Executed { sent, link, .. } = &record.event else { return };
        let answer = answer_in(sent, *link).and_then(|place| match &sent[place].1 {
            Outbound::Message(message) => Some(message.clone()),
            Outbound::Close => None,
        });
        // What it asked before and never heard of is not what it waits for now.
        self.awaited.retain(|it| it.who != who || it.server != server);
        self.awaited.push(Awaited { who, at, server, answer });
    }

    /// An answer reached a process.
    pub(super) fn hears(&mut self, process: ProcessId, server: ServerId, message: &AnyMessage) {
        let of = |it: &Awaited| it.who.process == process && it.server == server;
        let is_it = |it: &Awaited| it.answer.as_ref() == Some(message);
        let exact = self.awaited.iter().position(|it| of(it) && is_it(it));
        let later = || self.awaited.iter().position(|it| of(it) && it.answer.is_none());
        if let Some(place) = exact.or_else(later) {
            self.awaited.remove(place);
        }
    }

    /// Whether the last request of a thread was executed, and it has not heard what came of it.
    pub fn is_unanswered(&self, who: Who) -> bool {
        let last = self.stance(who).and_then(|it| it.last);
        last.is_some_and(|(at, _)| self.awaited.iter().any(|it| it.who == who && it.at == at))
    }
}
