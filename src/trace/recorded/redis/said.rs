//! What comes without a call: pushes, and the ends of blocking commands.

use super::driver::{Driver, print};
use super::event::Event;
use super::json::write_reply;
use super::notice::{expired, only_this_key};
use super::rule;
use super::world::{Alternatives, World};
use crate::store::redis::{Draw, Message, Reply};
use crate::store::{Link, Outbound};
use crate::time::Micros;

impl Driver {
    /// A push.
    pub(super) fn push(
        &mut self,
        event: &Event,
        node: usize,
        name: &str,
        link: Link,
        push: &Reply,
    ) {
        let what = format!("{name} push");
        let shows = |world: &World| matches!(world.next(link), Some(Outbound::Message(Message::Push(model))) if model == push);
        let mut background = false;
        if !self.worlds.iter().any(&shows)
            && let Some(place) = expired(push)
        {
            let known = |draw: &Draw, _| only_this_key(draw, &place);
            let woken: Vec<World> = self
                .worlds
                .iter()
                .flat_map(|world| world.wake(node, event.at, &known))
                .map(|branch| branch.world)
                .collect();
            background = woken.iter().any(&shows);
            if background {
                self.worlds = woken;
            }
        }
        if expired(push).is_some() {
            self.tally.rule(rule::BACKGROUND, background);
        }
        if self.worlds.iter().any(&shows) {
            self.worlds.retain(&shows);
            let mut overtaken = true;
            for world in &mut self.worlds {
                overtaken &= world.show(link);
            }
            self.tally.rule(rule::AMONG_CLIENTS, overtaken);
            self.tally.same();
            return;
        }
        let model = self.worlds[0].next(link).map_or("no push".to_owned(), print);
        self.differ(event, &what, write_reply(push).to_string(), model);
        for world in &mut self.worlds {
            if let Some(Outbound::Message(Message::Push(_))) = world.next(link) {
                world.show(link);
            }
        }
    }

    /// The end of a blocking command.
    pub(super) fn unblocked(
        &mut self,
        event: &Event,
        node: usize,
        name: &str,
        link: Link,
        reply: &Reply,
    ) {
        let what = format!("{name} unblocked");
        let shows = |world: &World| matches!(world.next(link), Some(Outbound::Message(Message::Reply(model))) if model == reply);
        let mut late = None;
        if !self.worlds.iter().any(&shows) {
            let until = self.worlds.iter().find_map(|world| world.server(node).blocked_until(link));
            let lateness = until.map(|until| event.at - until);
            let in_time = lateness
                .is_some_and(|late| late >= Micros::ZERO && late <= self.settings.timeout_late);
            if in_time {
                let known = |draw: &Draw, _| match draw {
                    Draw::BlockTimeout { link: other, .. } if *other == link => {
                        Alternatives::Only(0)
                    }
                    _ => Alternatives::Only(1),
                };
                let woken = self.worlds.iter().flat_map(|world| world.wake(node, event.at, &known));
                self.worlds = woken.map(|branch| branch.world).collect();
                late = lateness;
            }
        }
        if let Some(late) = late {
            self.tally.rule(rule::TIMEOUT, late > Micros::ZERO);
        }
        if self.worlds.iter().any(&shows) {
            self.worlds.retain(&shows);
            for world in &mut self.worlds {
                world.show(link);
            }
            self.tally.same();
            return;
        }
        let world = &self.worlds[0];
        let model = match world.next(link) {
            Some(said) => print(said),
            None => match world.server(node).blocked_until(link) {
                Some(until) => format!("blocked until {}", until.0),
                None if world.server(node).is_blocked(link) => "blocked for ever".to_owned(),
                None => "not blocked".to_owned(),
            },
        };
        self.differ(event, &what, write_reply(reply).to_string(), model);
        for world in &mut self.worlds {
            if let Some(Outbound::Message(Message::Reply(_))) = world.next(link) {
                world.show(link);
            }
        }
    }
}
