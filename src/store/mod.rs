//! Models of the stores, as plain functions of what reaches them.
//!
//! A store answers to the letter as the real server does. It has no clock, no I/O, no random source and
//! nothing asynchronous inside, and it knows nothing of the simulator: time is an argument, what it says
//! goes out through [`Env::send`], and what a real server leaves open is asked with [`Env::draw`]. The
//! simulator, the replay of recordings and the interactive shells all drive the one trait [`Server`].

use std::fmt::Debug;
use std::rc::Rc;

use crate::time::Micros;

pub use any::{AnyMessage, AnyRequest};
pub use effect::Effect;

mod any;
pub mod content;
pub mod effect;
pub mod ledger;
pub mod redis;
pub mod zookeeper;

/// One connection to a server, or the link of one server to another.
///
/// Whoever drives the server hands the numbers out. A number means one connection from its [`Inbound::Connect`] to
/// its [`Inbound::Disconnect`]; after that it may be used for another one, of which the store knows nothing yet.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Link(pub u32);

/// What a link carries to a server.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Inbound<R> {
    /// The connection is established.
    Connect,
    /// One request, whole.
    Request(R),
    /// The connection ended, by either end or by the network.
    Disconnect,
}

/// What a link carries back.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Outbound<M> {
    /// A reply, or a message that nobody asked for (a push, a watch event).
    Message(M),
    /// The server closes the connection.
    Close,
}

/// The world as a server sees it: somewhere to send to, and someone who decides what a real server leaves
/// open.
pub trait Env<S: Server> {
    /// Sends `message` on `link`. Messages on one link arrive in the order in which they were sent.
    fn send(&mut self, link: Link, message: Outbound<S::Message>);

    /// Asks which of `n` alternatives happens (`0..n`); 0 is the nominal one.
    ///
    /// In a simulation this is a choice of the run; in the replay of a recording it is what the real server
    /// did.
    fn draw(&mut self, draw: &S::Draw, n: u32) -> u32;

    /// Which effects somebody wants to hear of. Nobody does unless this says so, and then a server does nothing for it.
    fn heeds(&self) -> Heed<'_> {
        Heed::Nothing
    }

    /// The server did this to what it keeps. Effects come in the order in which they took place, before the messages
    /// that tell of them.
    fn effect(&mut self, _: Effect) {}
}

/// Whose effects are told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Heed<'a> {
    /// Nobody's.
    Nothing,
    /// Those of keys with these names in database 0 and of nodes with these paths or directly below them.
    Places(&'a [Rc<str>]),
    /// All: of all nodes, and of all databases, though an effect does not say of which.
    Everything,
}

/// A server: a plain function of what reaches it and when.
pub trait Server: Clone + Debug {
    /// What a client sends.
    type Request: Clone + Eq + std::hash::Hash + Debug;
    /// What the server sends: replies, pushes, watch events.
    type Message: Clone + Eq + std::hash::Hash + Debug;
    /// A question that a real server leaves open, with what is needed to recognise the answer in a
    /// recording.
    type Draw: Debug;

    /// One message of `link` arrives at `now` and is dealt with completely.
    fn deliver(
        &mut self,
        now: Micros,
        link: Link,
        message: Inbound<Self::Request>,
        env: &mut dyn Env<Self>,
    );

    /// The next instant at which [`wake`](Self::wake) may have something to do, if there is one.
    ///
    /// Every deadline that anything can observe is named (a key's expiry, a blocked client's timeout, the
    /// end of a session), so that no driver of virtual time can step over it.
    fn deadline(&self) -> Option<Micros>;

    /// Does what is due at `now` by the passing of time alone.
    fn wake(&mut self, now: Micros, env: &mut dyn Env<Self>);

    /// The server dies: what is not persistent is gone, and so are all links (their
    /// [`Inbound::Disconnect`] does not come).
    fn crash(&mut self);

    /// The server starts again at `now` with what it had persisted.
    fn restart(&mut self, now: Micros, env: &mut dyn Env<Self>);

    /// Moves the origin of time by `dt`: every instant `t` that is kept becomes `t - dt`.
    ///
    /// A search keeps its worlds at "now is zero", so that equal situations at different times are equal.
    fn rebase(&mut self, dt: Micros);

    /// Writes the canonical form of the state to `key`, as seen at instant zero (after
    /// [`rebase`](Self::rebase)).
    ///
    /// Equal keys mean equal futures. What nobody can read any more is left out, and numbers of which only
    /// the order matters are ranked.
    fn key(&self, key: &mut Key);
}

/// The canonical form of a component, as bytes.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Key(Vec<u8>);

impl Key {
    /// Adds an integer.
    pub fn int(&mut self, value: i64) -> &mut Self {
        self.0.extend_from_slice(&value.to_le_bytes());
        self
    }

    /// Adds a text or a list of bytes, with its length, so that neighbours cannot run together.
    pub fn bytes(&mut self, bytes: impl AsRef<[u8]>) -> &mut Self {
        let bytes = bytes.as_ref();
        self.int(bytes.len() as i64);
        self.0.extend_from_slice(bytes);
        self
    }

    /// Adds an instant or a span.
    pub fn time(&mut self, time: Micros) -> &mut Self {
        self.int(time.0)
    }

    /// Everything added so far.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}
