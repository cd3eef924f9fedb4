//! A call: its reply, and what the client was owed before it.

use std::rc::Rc;

use super::compare::{Comparison, Rules};
use super::driver::{Driver, print};
use super::event::{Act, Answer, Event, What};
use super::json::{write_command, write_reply};
use super::notice::{expired, only_this_key};
use super::rule;
use super::world::{Alternatives, Branch, World, strings};
use crate::store::redis::{Bytes, Draw, Message, Reply};
use crate::store::{Inbound, Link, Outbound};

/// How many lines ahead an expiry by the background may be heard of.
const AHEAD: usize = 64;
/// How many of them at most are tried to have happened before a command.
const BEFORE: usize = 4;

/// A call and what was recorded of it.
pub(super) struct Call<'a> {
    pub(super) node: usize,
    pub(super) name: &'a str,
    pub(super) link: Link,
    pub(super) argv: &'a Rc<[Bytes]>,
    pub(super) answer: &'a Answer,
}

impl Driver {
    /// A call of a client that is connected.
    pub(super) fn call(&mut self, event: &Event, after: &[Event], call: &Call<'_>) {
        let what = format!("{} {}", call.name, write_command(call.argv));
        self.settle(event, call.link, &what);
        self.end_waiting(event, call, &what);
        let starts = self.with_background(event, after, call.node);
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
            for branch in world.deliver(call.node, event.at, call.link, &message, &known) {
                match self.judge(call, &branch) {
                    Some(mut rules) => {
                        rules.extend(branch.answers.iter().map(super::world::Answered::rule));
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
            self.count(rules);
            self.tally.same();
        } else if let Some(world) = nominal {
            let waits = world.server(call.node).is_blocked(call.link);
            let model = match world.next(call.link) {
                Some(said) => print(said),
                None if waits => "blocked".to_owned(),
                None => "no reply".to_owned(),
            };
            self.differ(event, &what, print_answer(call.answer), model);
            matching.push((world, Vec::new()));
        }
        let mut next: Vec<World> = matching.into_iter().map(|(world, _)| world).collect();
        for world in &mut next {
            if let Some(Outbound::Message(Message::Reply(_))) = world.next(call.link) {
                world.show(call.link);
            }
        }
        self.keep(next);
        self.queue(call);
    }

    /// A client that waits sends nothing that is dealt with: its waiting must have been over.
    fn end_waiting(&mut self, event: &Event, call: &Call<'_>, what: &str) {
        let waits = |world: &World| world.server(call.node).is_blocked(call.link);
        if self.worlds.iter().any(|world| !waits(world)) {
            self.worlds.retain(|world| !waits(world));
            return;
        }
        self.differ(event, what, print_answer(call.answer), "it waits".to_owned());
        // Go on as if its time had been over.
        let known = |draw: &Draw, _| match draw {
            Draw::BlockTimeout { link, .. } if *link == call.link => Alternatives::Only(0),
            _ => Alternatives::Only(1),
        };
        let woken = self.worlds.iter().flat_map(|world| world.wake(call.node, event.at, &known));
        self.worlds = woken.map(|branch| branch.world).collect();
        for world in &mut self.worlds {
            world.give_up(call.link);
        }
    }

    /// Everything that the server said to a client before this must have been shown.
    fn settle(&mut self, event: &Event, link: Link, what: &str) {
        if self.worlds.iter().any(|world| world.owes_nothing(link)) {
            self.worlds.retain(|world| world.owes_nothing(link));
            return;
        }
        for said in self.worlds[0].give_up(link) {
            self.differ(event, what, "nothing before it".to_owned(), print(&said));
        }
        for world in &mut self.worlds {
            world.give_up(link);
        }
    }

    /// The worlds as they are, and as they are if the background removed keys just before, of which the
    /// recording tells a little later; with how many.
    fn with_background(&self, event: &Event, after: &[Event], node: usize) -> Vec<(World, usize)> {
        let mut keys: Vec<(usize, Bytes)> = Vec::new();
        for event in after.iter().take(AHEAD) {
            if let What::Client(_, Act::Push(push)) = &event.what
                && let Some(place) = expired(push)
                && !keys.contains(&place)
                && keys.len() < BEFORE
            {
                keys.push(place);
            }
        }
        let mut starts: Vec<(World, usize)> =
            self.worlds.iter().map(|world| (world.clone(), 0)).collect();
        for world in &self.worlds {
            let mut world = world.clone();
            let mut reaped = 0;
            for place in &keys {
                let count = world.count();
                let known = |draw: &Draw, _| only_this_key(draw, place);
                let Some(branch) = world.wake(node, event.at, &known).pop() else { continue };
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
        let server = branch.world.server(call.node);
        let said = branch.world.next(call.link);
        match (call.answer, said) {
            (Answer::Reply(recorded), Some(Outbound::Message(Message::Reply(model)))) => {
                let queue = self.clients.get(call.name).map(|client| &client.queue[..]);
                let transaction: Vec<&[Bytes]> =
                    queue.unwrap_or_default().iter().map(|argv| &**argv).collect();
                let times = server.times_read();
                let mut comparison =
                    Comparison { settings: &self.settings, transaction: &transaction, times };
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
        let Some(client) = self.clients.get_mut(call.name) else { return };
        match call.answer {
            Answer::Reply(Reply::Status(text)) if **text == *b"QUEUED" => {
                client.queue.push(call.argv.clone());
            }
            _ => {
                let name = &call.argv[0];
                if [&b"exec"[..], b"discard", b"reset"]
                    .iter()
                    .any(|end| name.eq_ignore_ascii_case(end))
                {
                    client.queue.clear();
                }
            }
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
