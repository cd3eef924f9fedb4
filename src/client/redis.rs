//! What a Redis client library does by itself: it gives up, asks again, connects again, subscribes again.
//!
//! It has a connection for every thread and background task of its process, and one for every subscription, as
//! pools have. A message on a channel is delivered at most once
//! (<https://redis.io/docs/latest/develop/pubsub/>): what is published while no connection is subscribed is
//! missed, and nobody is told. A request whose reply is lost is sent again if the library is told to
//! (Redisson's `retryAttempts`, redis-py's `Retry`): the server may then execute it twice.

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use crate::cx::{Lane, Message, Request, Scripts, subscription_of};
use crate::store::redis::{Bytes, Reply};
use crate::time::Micros;

/// How a library is set up.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Settings {
    /// How long (µs of its clock) it waits for a reply; then it drops the connection. For ever if none.
    pub timeout: Option<Micros>,
    /// How often it sends a request again whose fate it does not know.
    pub retries: u8,
    /// How long (µs of its clock) after the failure.
    pub retry_after: Micros,
    /// Whether it connects and subscribes again when the connection of a subscription is lost, without a word.
    pub resubscribes: bool,
    /// How long (µs of its clock) after the loss.
    pub reconnect_after: Micros,
    /// How it sends scripts.
    pub scripts: Scripts,
}

impl Default for Settings {
    /// No timeout and no retries; subscriptions are made again after 100 ms.
    fn default() -> Self {
        Self {
            timeout: None,
            retries: 0,
            retry_after: Micros::from_ms(100),
            resubscribes: true,
            reconnect_after: Micros::from_ms(100),
            scripts: Scripts::default(),
        }
    }
}

/// A request that may be sent again.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Attempt {
    pub(crate) to: Lane,
    pub(crate) request: Request,
    /// How often.
    pub(crate) left: u8,
}

/// The client library of one process.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct RedisClient {
    subscriptions: BTreeMap<u8, Subscribed>,
}

/// A subscription.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Subscribed {
    to: Lane,
    /// What was sent for it, and is sent again.
    command: Rc<[Bytes]>,
    state: State,
    /// What came and nobody has looked at yet.
    heard: VecDeque<Message>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum State {
    /// The recipe waits for the confirmation.
    Asked,
    /// The server has confirmed it.
    On,
    /// It was on, and is being made again.
    Again,
    /// It was on, and its connection is gone.
    Lost,
}

/// What a server said that nobody had asked for.
pub(crate) enum Push {
    /// That the subscription is made.
    Confirmed,
    /// A message on a channel.
    Message(Message),
    /// That a subscription is over, or something else.
    Other,
}

impl Push {
    pub(crate) fn of(push: &Reply) -> Self {
        let Reply::Array(parts) = push else { return Self::Other };
        let text = |place: usize| match parts.get(place) {
            Some(Reply::Bulk(bytes)) => bytes.clone(),
            _ => Bytes::default(),
        };
        match &*text(0) {
            b"subscribe" | b"psubscribe" | b"ssubscribe" => Self::Confirmed,
            b"message" | b"smessage" => {
                Self::Message(Message { channel: text(1), payload: text(2) })
            }
            b"pmessage" => Self::Message(Message { channel: text(2), payload: text(3) }),
            _ => Self::Other,
        }
    }
}

impl RedisClient {
    /// A request goes out on a lane: if that is a subscription's, this is its command.
    pub(crate) fn sends(&mut self, to: Lane, request: &Request) {
        let (Some(slot), Request::Redis(command)) = (subscription_of(to), request) else { return };
        let subscribed = Subscribed {
            to,
            command: command.clone(),
            state: State::Asked,
            heard: VecDeque::new(),
        };
        self.subscriptions.insert(slot, subscribed);
    }

    /// The server has confirmed the subscription.
    pub(crate) fn confirmed(&mut self, slot: u8) {
        if let Some(subscribed) = self.subscriptions.get_mut(&slot) {
            subscribed.state = State::On;
        }
    }

    /// A message came on its connection.
    pub(crate) fn hears(&mut self, slot: u8, message: Message) {
        if let Some(subscribed) = self.subscriptions.get_mut(&slot) {
            subscribed.heard.push_back(message);
        }
    }

    /// The oldest message that nobody has looked at; takes it away.
    pub(crate) fn take(&mut self, slot: u8) -> Option<Message> {
        self.subscriptions.get_mut(&slot)?.heard.pop_front()
    }

    /// Its connection is gone: whether it is to be made again.
    pub(crate) fn loses(&mut self, slot: u8, settings: &Settings) -> bool {
        let Some(subscribed) = self.subscriptions.get_mut(&slot) else { return false };
        subscribed.state = match subscribed.state {
            // Who asked is told.
            State::Asked => return false,
            _ if settings.resubscribes => State::Again,
            _ => State::Lost,
        };
        subscribed.state == State::Again
    }

    /// Whether the subscription is over, and nothing more comes on it.
    pub(crate) fn is_lost(&self, slot: u8) -> bool {
        self.subscriptions.get(&slot).is_none_or(|subscribed| subscribed.state == State::Lost)
    }

    /// What to send, and where, to make the subscription again.
    pub(crate) fn again(&self, slot: u8) -> Option<(Lane, Rc<[Bytes]>)> {
        let subscribed = self.subscriptions.get(&slot)?;
        (subscribed.state == State::Again).then(|| (subscribed.to, subscribed.command.clone()))
    }

    /// Forgets the subscriptions that no recipe refers to any more; their lanes.
    pub(crate) fn forget(&mut self, alive: impl Fn(u8) -> bool) -> Vec<(u8, Lane)> {
        let gone = self.subscriptions.iter().filter(|(slot, _)| !alive(**slot));
        let gone: Vec<(u8, Lane)> = gone.map(|(slot, it)| (*slot, it.to)).collect();
        for (slot, _) in &gone {
            self.subscriptions.remove(slot);
        }
        gone
    }

    /// Whether there is any subscription.
    pub(crate) fn is_idle(&self) -> bool {
        self.subscriptions.is_empty()
    }

    /// All texts that messages which nobody has looked at hold.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &Bytes> {
        let heard = self.subscriptions.values().flat_map(|it| &it.heard);
        heard.flat_map(|message| [&message.channel, &message.payload])
    }
}
