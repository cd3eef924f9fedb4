//! What is known at the end of a run, and how events are looked up in it.

use crate::choice::{ProcessId, ServerId, Strike, Target};
use crate::event::{By, Event, Kept, Record, Who, answer_in};
use crate::report::cast::{Cast, Kind};
use crate::report::chronicle::{At, Chronicle, Holding};
use crate::store::zookeeper::Message;
use crate::store::{AnyMessage, Outbound, redis};
use crate::time::Micros;

/// The events up to a violation, and what is known after them.
pub(super) struct Evidence<'a> {
    pub(super) cast: &'a Cast,
    pub(super) events: &'a [Record],
    pub(super) known: Chronicle<'a>,
}

impl<'a> Evidence<'a> {
    pub(super) fn of(cast: &'a Cast, events: &'a [Record]) -> Self {
        Self { cast, events, known: Chronicle::of(cast, events) }
    }

    /// When an event happened (µs since the run began).
    pub(super) fn time(&self, at: At) -> Micros {
        self.events.get(at).map_or(Micros::ZERO, |it| it.at)
    }

    /// The time of the last event (µs since the run began).
    pub(super) fn now(&self) -> Micros {
        self.known.now
    }

    /// The events with their places, the last one first, from before `end`.
    pub(super) fn backwards(&self, end: At) -> impl Iterator<Item = (At, &'a Record)> {
        self.events[..end.min(self.events.len())].iter().enumerate().rev()
    }

    /// The last request of a thread that was executed before `end`.
    pub(super) fn last_request(&self, who: Who, end: At) -> Option<At> {
        self.backwards(end).find(|(_, it)| asker(it) == Some(who)).map(|(at, _)| at)
    }

    /// What became of what stands where the lock lives, with this event.
    pub(super) fn kept(&self, at: At) -> Option<&'a Kept> {
        match &self.events.get(at)?.event {
            Event::Kept(kept) => Some(kept),
            _ => None,
        }
    }

    /// The last fault between two events that may have touched what this server keeps.
    pub(super) fn blow_to(&self, server: ServerId, from: At, to: At) -> Option<(At, Strike)> {
        let touches = |strike: &Strike| match strike.target {
            Target::Server(it) | Target::Words(_, it) => {
                it == server || self.is_ensemble(server) && self.is_ensemble(it)
            }
            Target::Leader | Target::All | Target::Sides => true,
            Target::Process(_) | Target::Thread(..) | Target::Message(_) => false,
        };
        let faults = self.known.faults.iter().rev();
        faults.copied().find(|(at, strike)| (from..=to).contains(at) && touches(strike))
    }

    /// Whether it is one of several servers with one tree of nodes.
    pub(super) fn is_ensemble(&self, server: ServerId) -> bool {
        is_ensemble(self.cast, server)
    }

    /// The event with which the process of a thread died after `from`, if it did.
    pub(super) fn died_since(&self, process: ProcessId, from: At) -> Option<At> {
        let died = self.known.people.get(usize::from(process))?.died;
        died.filter(|at| *at > from)
    }

    /// Whether it came from another server, and not from a client.
    pub(super) fn is_copy(&self, holding: &Holding) -> bool {
        self.kept(holding.placed).is_some_and(|kept| kept.by == By::Copy)
    }

    /// Whether somebody who asks may come upon it: it is not just a copy for the day that the master fails, and not just
    /// there for others to be below it.
    pub(super) fn is_in_the_way(&self, holding: &Holding) -> bool {
        let is_master = self.known.promoted.is_some_and(|it| it.0 == holding.server);
        !self.is_directory(holding) && (is_master || !self.is_copy(holding))
    }

    /// Whether something is only there for others to be below it.
    pub(super) fn is_directory(&self, of: &Holding) -> bool {
        self.cast.kind(of.server) == Kind::ZooKeeper
            && self.known.holdings.iter().any(|it| {
                let rest = it.item.place.strip_prefix(&*of.item.place);
                rest.is_some_and(|rest| {
                    of.item.place.len() > 1 && rest.as_bytes().first() == Some(&b'/')
                })
            })
    }
}

/// Whether it is one of several servers with one tree of nodes.
pub(super) fn is_ensemble(cast: &Cast, server: ServerId) -> bool {
    let members = cast.servers.iter().filter(|it| it.kind == Kind::ZooKeeper).count();
    cast.kind(server) == Kind::ZooKeeper && members > 1
}

/// Whose request was executed, if the event is that.
pub(super) fn asker(record: &Record) -> Option<Who> {
    match record.event {
        Event::Executed { process, thread: Some(thread), .. } => Some(Who { process, thread }),
        _ => None,
    }
}

/// The answer to the request that was executed, if the event is that and there was one at once.
pub(super) fn answer(record: &Record) -> Option<&AnyMessage> {
    let Event::Executed { link, sent, .. } = &record.event else { return None };
    match &sent[answer_in(sent, *link)?].1 {
        Outbound::Message(message) => Some(message),
        Outbound::Close => None,
    }
}

/// Whether the answer says that the server did not do what it was asked.
pub(super) fn is_refusal(answer: &AnyMessage) -> bool {
    match answer {
        AnyMessage::Redis(redis::Message::Reply(reply)) => {
            matches!(reply, redis::Reply::Error(_))
        }
        AnyMessage::ZooKeeper(Message::Reply(reply)) => reply.result.is_err(),
        _ => false,
    }
}

/// Whether a message came to its process by itself.
pub(super) fn is_unasked(message: &AnyMessage) -> bool {
    !matches!(
        message,
        AnyMessage::Redis(redis::Message::Reply(_))
            | AnyMessage::ZooKeeper(Message::Reply(_) | Message::Connect(_))
            | AnyMessage::Ledger(_)
    )
}
