//! Subscriptions to channels. What can be missed is a value: a message is waited for on the subscription.

use std::hash::{Hash, Hasher};

use super::handle::Handle;
use super::local::{Answer, Ask};
use super::redis::RedisClient;
use super::state::note;
use super::{Arg, CallError, Handling, Lane, Op, OpResult, Pending, Request};
use crate::store::redis::Bytes;

/// A subscription on a connection of its own, from the call that makes it; letting it go closes the connection.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Subscription {
    slot: u8,
}

impl Hash for Subscription {
    fn hash<H: Hasher>(&self, state: &mut H) {
        note(Handle::Subscription(self.slot));
        self.slot.hash(state);
    }
}

/// A message on a channel.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Message {
    /// Where it was published.
    pub channel: Bytes,
    /// What was published.
    pub payload: Bytes,
}

/// The lane of the first subscription; lower ones are those of threads and background tasks.
const FIRST: u8 = 128;

/// The number of the subscription whose lane it is.
pub(crate) fn subscription_of(to: Lane) -> Option<u8> {
    to.lane.checked_sub(FIRST)
}

impl RedisClient<'_> {
    /// `SUBSCRIBE channel`; done when the server has confirmed it.
    pub async fn subscribe(self, channel: &impl Arg) -> Result<Subscription, CallError> {
        self.subscription("SUBSCRIBE", channel.arg()).await
    }

    /// `PSUBSCRIBE pattern`; done when the server has confirmed it.
    pub async fn psubscribe(self, pattern: &impl Arg) -> Result<Subscription, CallError> {
        self.subscription("PSUBSCRIBE", pattern.arg()).await
    }

    async fn subscription(self, verb: &str, name: Bytes) -> Result<Subscription, CallError> {
        let Answer::Slot(slot) = self.cx.ask(Ask::Subscription) else {
            unreachable!("the process answers Subscription with a slot");
        };
        let call = Op::Call {
            to: Lane { lane: FIRST + slot, ..self.to },
            request: Request::Redis([verb.arg(), name].into()),
            within: None,
            handling: Handling::Library,
        };
        let confirmed = self.cx.op(call, |result| match result {
            OpResult::Failed(error) => Err(error),
            _ => Ok(()),
        });
        confirmed.await.map(|()| Subscription { slot })
    }

    /// The next message, or one that came since nobody waited.
    ///
    /// A connection that is lost loses what is published meanwhile. Whether it is an error here or made again in
    /// silence is the library's business: [`Settings`](crate::client::redis::Settings).
    pub fn message(self, from: &Subscription) -> Pending<Result<Message, CallError>> {
        self.cx.op(Op::Message { from: *from, within: None }, |result| match result {
            OpResult::Message(message) => Ok(message),
            OpResult::Failed(error) => Err(error),
            other => unreachable!("a wait for a message gave {other:?}"),
        })
    }
}

impl Subscription {
    /// The subscription whose connection this is, if it is one's.
    pub fn on(to: Lane) -> Option<Self> {
        subscription_of(to).map(|slot| Self { slot })
    }

    pub(crate) fn slot(self) -> u8 {
        self.slot
    }
}
