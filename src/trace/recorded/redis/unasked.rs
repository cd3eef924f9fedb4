//! What comes without a call: pushes, and the ends of blocking commands.

use std::mem::discriminant;

use super::super::driver::Driver;
use super::due::{expired, only_this_block, only_this_key};
use super::json::write_reply;
use super::rule;
use super::servers::{Redis, print};
use super::world::World;
use crate::store::redis::{Message, Reply};
use crate::store::{Link, Outbound};
use crate::time::Micros;

impl Driver<'_, Redis> {
    /// A push.
    pub(super) fn push(&mut self, name: &str, link: Link, push: &Reply) {
        let message = Message::Push(push.clone());
        if let Some(key) = expired(push) {
            let background = !self.says(link, &message) && {
                self.wake(&only_this_key(&key));
                self.says(link, &message)
            };
            self.tally.rule(rule::BACKGROUND, background);
        }
        match self.show(link, &message) {
            Some(overtaken) => self.tally.rule(rule::AMONG_CLIENTS, overtaken),
            None => {
                let model = self.servers.worlds.first().next(link);
                let model = model.map_or("no push".to_owned(), print);
                self.refused(&format!("{name} push"), link, &message, model);
            }
        }
    }

    /// The end of a blocking command.
    pub(super) fn unblocked(&mut self, name: &str, link: Link, reply: &Reply) {
        let server = self.event().server;
        let message = Message::Reply(reply.clone());
        if !self.says(link, &message) {
            let until = |world: &World| world.server(server).blocked_until(link);
            let until = self.servers.worlds.iter().find_map(until);
            let late = until.map(|until| self.now - until);
            let bound = self.servers.settings.timeout_late;
            if let Some(late) = late.filter(|late| (Micros::ZERO..=bound).contains(late)) {
                self.wake(&only_this_block(link));
                self.tally.rule(rule::TIMEOUT, late > Micros::ZERO);
            }
        }
        if self.show(link, &message).is_none() {
            let world = self.servers.worlds.first();
            let model = match world.next(link) {
                Some(said) => print(said),
                None => match world.server(server).blocked_until(link) {
                    Some(until) => format!("blocked until {}", until.0),
                    None if world.server(server).is_blocked(link) => "blocked for ever".to_owned(),
                    None => "not blocked".to_owned(),
                },
            };
            self.refused(&format!("{name} unblocked"), link, &message, model);
        }
    }

    /// Whether the server says this next, in some world.
    fn says(&self, link: Link, message: &Message) -> bool {
        self.servers.worlds.iter().any(|world| says(world, link, message))
    }

    fn wake(&mut self, known: super::world::Known<'_>) {
        let server = self.event().server;
        self.servers.worlds.wake(server, self.now, known);
    }

    /// Goes on with the worlds in which the server says this next, if there are any, and whether others were to hear of
    /// something before it in all of them.
    fn show(&mut self, link: Link, message: &Message) -> Option<bool> {
        let worlds = &mut self.servers.worlds;
        if !worlds.retain(|world| says(world, link, message)) {
            return None;
        }
        let overtaken = worlds.iter_mut().fold(true, |all, world| all & world.show(link));
        self.tally.same();
        Some(overtaken)
    }

    /// The recording has what the server says in no world: whatever it says instead was meant.
    fn refused(&mut self, what: &str, link: Link, message: &Message, model: String) {
        let (Message::Push(recorded) | Message::Reply(recorded)) = message else { return };
        self.differs(what, write_reply(recorded).to_string(), model);
        for world in self.servers.worlds.iter_mut() {
            if let Some(Outbound::Message(said)) = world.next(link)
                && discriminant(said) == discriminant(message)
            {
                world.show(link);
            }
        }
    }
}

fn says(world: &World, link: Link, message: &Message) -> bool {
    matches!(world.next(link), Some(Outbound::Message(said)) if said == message)
}
