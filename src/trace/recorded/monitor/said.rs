//! What the model says and does.

use super::drive::MONITOR;
use super::line::Entry;
use super::source::Raw;
use crate::store::redis::{Draw, Message, RedisServer, Reply};
use crate::store::{Effect, Env, Heed, Link, Outbound};

/// What the model said and did since it was last looked at.
#[derive(Clone, Default, Debug)]
pub(super) struct Said {
    /// How it answers whether a key at its deadline is gone, and whether it was asked.
    pub(super) gone: u32,
    pub(super) asked: bool,
    pub(super) ran: Vec<Entry>,
    pub(super) shown: Vec<(Link, Reply, bool)>,
    pub(super) effects: Vec<Effect>,
    /// Whether nobody wants to hear of effects.
    pub(super) deaf: bool,
}

impl Env<RedisServer> for Said {
    fn send(&mut self, link: Link, message: Outbound<Message>) {
        match message {
            Outbound::Message(Message::Push(Reply::Status(line))) if link == MONITOR => {
                let line = Raw { number: 0, bytes: line.to_vec(), ended: true };
                self.ran.extend(Entry::parse(&line));
            }
            Outbound::Message(Message::Push(reply)) => self.shown.push((link, reply, true)),
            Outbound::Message(Message::Reply(reply)) => self.shown.push((link, reply, false)),
            _ => {}
        }
    }

    fn draw(&mut self, draw: &Draw, _: u32) -> u32 {
        let doubt = matches!(draw, Draw::Doubt { .. });
        self.asked |= doubt;
        if doubt { self.gone } else { 0 }
    }

    fn heeds(&self) -> Heed<'_> {
        if self.deaf { Heed::Nothing } else { Heed::Everything }
    }

    fn effect(&mut self, effect: Effect) {
        self.effects.push(effect);
    }
}
