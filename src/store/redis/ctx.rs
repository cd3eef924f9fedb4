//! What a command sees of the server.

use super::core::Core;
use super::draw::Draw;
use super::keyspace::Noted;
use super::reply::Reply;
use super::{Message, RedisServer};
use crate::store::{Env, Link, Outbound};

/// A command in execution: whose it is, in which database, and the whole server to act on.
///
/// Keys are reached through the methods of `keyspace/access.rs` alone.
pub(crate) struct Ctx<'a> {
    pub(super) core: &'a mut Core,
    /// Who answers what a real server leaves open.
    pub(super) env: &'a mut dyn Env<RedisServer>,
    /// Whose command it is.
    pub(super) link: Link,
    /// The selected database. In a script, the script's own.
    pub(super) db: usize,
    pub(super) inside: Inside,
    /// The command does not answer now: it blocks, or its confirmations are pushes.
    pub(super) later: bool,
    /// What EXEC sends to its own client in the place of a reply (the confirmations of SUBSCRIBE).
    pub(super) own: Vec<Reply>,
    /// What the command changed that somebody heeds, as it was before.
    pub(super) noted: Noted,
}

/// Where a command runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Inside {
    /// As a request of its own.
    Request,
    /// In EXEC.
    Exec,
    /// In a script.
    Script,
}

/// The link of what no client asked for.
pub(super) const NOBODY: Link = Link(u32::MAX);

impl<'a> Ctx<'a> {
    /// What a server does for `link` now, in database 0.
    pub(super) fn new(core: &'a mut Core, link: Link, env: &'a mut dyn Env<RedisServer>) -> Self {
        let noted = Noted::new(env.heeds());
        let (inside, later, own) = (Inside::Request, false, Vec::new());
        Self { core, env, link, db: 0, inside, later, own, noted }
    }
}

impl Ctx<'_> {
    /// Asks which of `n` alternatives happens; with one there is no question.
    pub(crate) fn draw(&mut self, draw: &Draw, n: u32) -> u32 {
        if n < 2 {
            return 0;
        }
        self.env.draw(draw, n).min(n - 1)
    }

    /// The wall clock in µs.
    pub(crate) fn now_us(&self) -> i64 {
        self.core.wall_us()
    }

    /// The wall clock in ms.
    pub(crate) fn now_ms(&self) -> i64 {
        self.core.wall_us().div_euclid(1000)
    }

    /// The wall clock in µs as a command reads it that shows it: in a script, later than when it began.
    pub(crate) fn clock_us(&self) -> i64 {
        self.now_us().saturating_add(self.core.worked_us)
    }

    /// Notes a remaining time or a deadline (ms) that a command read, for the comparison with a recording.
    pub(crate) fn note_time(&mut self, ms: i64) {
        if self.core.config.doubt_ms >= 0 {
            self.core.times_read.push(ms);
        }
    }

    /// Whether someone watches all commands.
    pub(crate) fn has_monitors(&self) -> bool {
        !self.core.monitors.is_empty()
    }

    /// Whether the command may block: not in a script, not in EXEC.
    pub(crate) fn may_block(&self) -> bool {
        self.inside == Inside::Request
    }

    /// The command's reply is not sent: something else is, now or later.
    pub(crate) fn no_reply(&mut self) -> Reply {
        self.later = true;
        Reply::Nil
    }

    /// Sends a push to `link`. EXEC collects what goes to its own client among its replies, as on the wire.
    pub(super) fn push(&mut self, link: Link, push: Reply) {
        if link == self.link && self.inside == Inside::Exec {
            self.own.push(push);
        } else {
            self.core.send(link, Outbound::Message(Message::Push(push)));
        }
    }
}
