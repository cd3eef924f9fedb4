//! A release that does not do what it is for.

use super::{Teller, Tone};
use crate::event::{Event, Who, answer_in};
use crate::report::chronicle::{At, Place};
use crate::store::zookeeper::Message;
use crate::store::{AnyMessage, Outbound, redis};

impl Teller<'_> {
    /// The first request with which a thread gives the lock back and that a server answers with an error is a step.
    pub(super) fn releases(&mut self, at: At) {
        let record = &self.events[at];
        let who = match record.event {
            Event::Executed { process, thread: Some(thread), .. } => Who { process, thread },
            Event::Asks(who) | Event::Leaves(who) => {
                return self.failed.retain(|it| *it != who);
            }
            _ => return,
        };
        let leaves = self.known.stance(who).is_some_and(|it| it.place == Place::Leaving);
        if !leaves || self.failed.contains(&who) || !is_refused(&record.event) {
            return;
        }
        self.failed.push(who);
        let how = self.asked(at).map(|asked| format!(" ({asked})")).unwrap_or_default();
        let text = format!("{}'s release fails{how}", self.cast.who(who));
        self.step(record.at, text, Tone::Plain);
    }
}

/// Whether a server answered with an error.
fn is_refused(event: &Event<'_>) -> bool {
    let Event::Executed { sent, link, .. } = event else { return false };
    let answer = answer_in(sent, *link).map(|place| &sent[place].1);
    match answer {
        Some(Outbound::Message(AnyMessage::Redis(redis::Message::Reply(reply)))) => {
            matches!(reply, redis::Reply::Error(_))
        }
        Some(Outbound::Message(AnyMessage::ZooKeeper(Message::Reply(reply)))) => {
            reply.result.is_err()
        }
        _ => false,
    }
}
