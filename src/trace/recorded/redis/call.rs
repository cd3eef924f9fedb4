//! A call: its reply, and what the client was owed before it.

use std::rc::Rc;

use super::super::driver::Driver;
use super::compare::{Comparison, Rules};
use super::due::{expired, only_this_block, only_this_key};
use super::event::{Act, Answer, What};
use super::json::write_reply;
use super::rule;
use super::servers::{Redis, print};
use super::world::{Alternatives, Answered, Branch, World, strings};
use crate::store::redis::{Bytes, Draw, Message, Reply};
use crate::store::{Inbound, Link, Outbound};

/// How many lines ahead an expiry by the background may be heard of.
const AHEAD: usize = 64;
/// How many of them at most are tried to have happened before a command.
const BEFORE: usize = 4;

/// A call and what was recorded of it.
pub(super) struct Call<'a> {
    pub(super) server: usize,
    /// Whose it is, and what was asked.
    pub(super) what: String,
    pub(super) link: Link,
    pub(super) argv: &'a Rc<[Bytes]>,
    pub(super) answer: &'a Answer,
}

impl Driver<'_, Redis> {
    /// A call of a client that is connected.
    pub(super) fn call(&mut self, call: &Call<'_>) {
        self.settle(call);
        self.end_waiting(call);
        let starts = self.with_background(call.server);
        let recorded = match call.answer {
            Answer::Reply(reply) => strings(reply),
            _ => Vec::new(),
        };
        let known = |draw: &Draw, _: u32| match draw {
            // Of those that could have been picked, try those that the reply names.
            Draw::Pick(candidates) => {
                let named = |candidate: &Bytes| recorded.contains(&candidate);
                let places = candidates.iter().enumerate().filter(|(_, name)| named(name));
                Alternatives::Also(places.map(|(at, _)| at as u32).collect())
            }
            _ => Alternatives::All,
        };
        let message = Inbound::Request(call.argv.clone().into());
        let mut matching = Vec::new();
        let mut nominal = None;
        for (world, reaped) in starts {
            for branch in world.deliver(call.server, self.now, call.link, &message, &known) {
                match self.judge(call, &branch) {
                    Some(mut rules) => {
                        rules.extend(branch.answers.iter().map(Answered::rule));
                        rules.extend(std::iter::repeat_n((rule::BACKGROUND, true), reaped));
                        matching.push((branch.world, rules));
                    }
                    None if nominal.is_none() && matching.is_empty() => {
                        nominal = Some(branch.world);
                    }
                    None => {}
                }
            }
        }
        if let Some((_, rules)) = matching.first() {
            for (rule, used) in rules {
                self.tally.rule(rule, *used);
            }
            self.tally.same();
        } else if let Some(world) = nominal {
            let waits = world.server(call.server).is_blocked(call.link);
            let model = match world.next(call.link) {
                Some(said) => print(said),
                None if waits => "blocked".to_owned(),
                None => "no reply".to_owned(),
            };
            self.differs(&call.what, print_answer(call.answer), model);
            matching.push((world, Vec::new()));
        }
        let mut next: Vec<World> = matching.into_iter().map(|(world, _)| world).collect();
        for world in &mut next {
            if let Some(Outbound::Message(Message::Reply(_))) = world.next(call.link) {
                world.show(call.link);
            }
        }
        self.servers.worlds.replace(next, self.now);
        self.queue(call);
    }

    /// A client that waits sends nothing that is dealt with: its waiting must have been over.
    fn end_waiting(&mut self, call: &Call<'_>) {
        let worlds = &mut self.servers.worlds;
        if worlds.retain(|world| !world.server(call.server).is_blocked(call.link)) {
            return;
        }
        // Go on as if its time had been over.
        worlds.wake(call.server, self.now, &only_this_block(call.link));
        for world in worlds.iter_mut() {
            world.give_up(call.link);
        }
        self.differs(&call.what, print_answer(call.answer), "it waits");
    }

    /// Everything that the server said to a client before this must have been shown.
    fn settle(&mut self, call: &Call<'_>) {
        let worlds = &mut self.servers.worlds;
        if worlds.retain(|world| world.next(call.link).is_none()) {
            return;
        }
        let owed = worlds.iter_mut().map(|world| world.give_up(call.link)).collect::<Vec<_>>();
        for said in &owed[0] {
            self.differs(&call.what, "nothing before it", print(said));
        }
    }

    /// The worlds as they are, and as they are if the background removed keys just before, of which the
    /// recording tells a little later; with how many.
    fn with_background(&self, server: usize) -> Vec<(World, usize)> {
        let mut keys: Vec<(usize, Bytes)> = Vec::new();
        for event in self.ahead().iter().take(AHEAD) {
            if let What::Client(_, Act::Push(push)) = &event.what
                && let Some(place) = expired(push)
                && !keys.contains(&place)
                && keys.len() < BEFORE
            {
                keys.push(place);
            }
        }
        let worlds = &self.servers.worlds;
        let mut starts: Vec<_> = worlds.iter().map(|world| (world.clone(), 0)).collect();
        for world in worlds.iter() {
            let mut world = world.clone();
            let mut reaped = 0;
            for place in &keys {
                let count = world.count();
                let known = only_this_key(place);
                let Some(branch) = world.wake(server, self.now, &known).pop() else { continue };
                if branch.world.count() > count {
                    world = branch.world;
                    reaped += 1;
                    starts.push((world.clone(), reaped));
                }
            }
        }
        starts
    }

    /// Whether a branch agrees with the recorded answer, and by which rules.
    fn judge(&self, call: &Call<'_>, branch: &Branch) -> Option<Rules> {
        let server = branch.world.server(call.server);
        let said = branch.world.next(call.link);
        match (call.answer, said) {
            (Answer::Reply(recorded), Some(Outbound::Message(Message::Reply(model)))) => {
                let queue =
                    self.connections.open.get(&call.link).map(|connection| &connection.kept[..]);
                let transaction: Vec<&[Bytes]> =
                    queue.unwrap_or_default().iter().map(|argv| &**argv).collect();
                let times = server.times_read();
                let mut comparison = Comparison {
                    settings: &self.servers.settings,
                    transaction: &transaction,
                    times,
                };
                comparison.compare(call.argv, model, recorded)
            }
            (Answer::Blocked, None) => server.is_blocked(call.link).then(Vec::new),
            (Answer::None, None) => (!server.is_blocked(call.link)).then(Vec::new),
            (Answer::None, Some(Outbound::Message(Message::Push(_)))) => Some(Vec::new()),
            _ => None,
        }
    }

    /// Keeps the commands of a transaction.
    fn queue(&mut self, call: &Call<'_>) {
        let Some(connection) = self.connections.open.get_mut(&call.link) else { return };
        let name = &call.argv[0];
        let mut ends = [&b"exec"[..], b"discard", b"reset"].into_iter();
        if matches!(call.answer, Answer::Reply(Reply::Status(text)) if **text == *b"QUEUED") {
            connection.kept.push(call.argv.clone());
        } else if ends.any(|end| name.eq_ignore_ascii_case(end)) {
            connection.kept.clear();
        }
    }
}

fn print_answer(answer: &Answer) -> String {
    match answer {
        Answer::None => "no reply".to_owned(),
        Answer::Blocked => "blocked".to_owned(),
        Answer::Reply(reply) => write_reply(reply).to_string(),
    }
}
