//! One way in which everything so far could have happened.

use std::rc::Rc;

use super::super::queues::Queues;
use super::rule;
use crate::store::redis::{Bytes, Config, Draw, Message, RedisServer, Reply, Request};
use crate::store::{Env, Inbound, Key, Link, Outbound, Server};
use crate::time::Micros;

/// The servers of a recording, and what they said that the recording did not show yet.
#[derive(Clone)]
pub(super) struct World {
    nodes: Vec<Rc<Node>>,
    said: Queues<Said>,
    /// How much was said so far.
    count: u64,
    /// The number of the latest push that the recording showed.
    shown: u64,
}

#[derive(Clone)]
struct Node {
    server: RedisServer,
    up: bool,
}

/// Something that a server said.
#[derive(Clone, Debug)]
struct Said {
    /// Its number in the order of saying.
    number: u64,
    message: Outbound<Message>,
}

/// A world after one more step, and what was answered on the way.
pub(super) struct Branch {
    pub(super) world: World,
    pub(super) answers: Vec<Answered>,
}

/// A question and its answer.
pub(super) struct Answered {
    draw: Draw,
    n: u32,
    answer: u32,
}

/// What is known of an answer without trying.
pub(super) type Known<'a> = &'a dyn Fn(&Draw, u32) -> Alternatives;

/// Which answers to try.
pub(super) enum Alternatives {
    /// Only this one; it is not counted.
    Only(u32),
    /// The nominal one and these.
    Also(Vec<u32>),
    /// All.
    All,
}

/// How many ways of one step are followed at most.
const MOST: usize = 512;

impl World {
    /// Servers that just started.
    pub(super) fn new(config: &Config, count: usize) -> Self {
        let node = Rc::new(Node { server: RedisServer::new(config.clone()), up: true });
        Self { nodes: vec![node; count], said: Queues::default(), count: 0, shown: 0 }
    }

    /// How much the servers said so far.
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// One server.
    pub(super) fn server(&self, node: usize) -> &RedisServer {
        &self.nodes[node].server
    }

    /// Whether a server is up.
    pub(super) fn is_up(&self, node: usize) -> bool {
        self.nodes[node].up
    }

    /// A message reaches a server: all that can come of it.
    pub(super) fn deliver(
        &self,
        node: usize,
        now: Micros,
        link: Link,
        message: &Inbound<Request>,
        known: Known<'_>,
    ) -> Vec<Branch> {
        self.explore(node, known, |server, env| server.deliver(now, link, message.clone(), env))
    }

    /// Time passes for a server.
    pub(super) fn wake(&self, node: usize, now: Micros, known: Known<'_>) -> Vec<Branch> {
        self.explore(node, known, |server, env| server.wake(now, env))
    }

    /// A server dies.
    pub(super) fn crash(&mut self, node: usize) {
        let node = Rc::make_mut(&mut self.nodes[node]);
        node.up = false;
        node.server.crash();
    }

    /// A server starts again.
    pub(super) fn restart(&self, node: usize, now: Micros) -> Vec<Branch> {
        let mut branches = self.explore(node, &|_, _| Alternatives::All, |server, env| {
            server.restart(now, env);
        });
        for branch in &mut branches {
            Rc::make_mut(&mut branch.world.nodes[node]).up = true;
        }
        branches
    }

    /// Does one thing with one server in all ways that the answers to its questions allow; the nominal one
    /// comes first.
    fn explore(
        &self,
        node: usize,
        known: Known<'_>,
        act: impl Fn(&mut RedisServer, &mut dyn Env<RedisServer>),
    ) -> Vec<Branch> {
        let mut branches = Vec::new();
        let mut left: Vec<Vec<u32>> = vec![Vec::new()];
        while let Some(given) = left.pop() {
            let mut world = self.clone();
            let mut asking = Asking { given: &given, answers: Vec::new(), said: Vec::new(), known };
            act(&mut Rc::make_mut(&mut world.nodes[node]).server, &mut asking);
            let Asking { answers, said, .. } = asking;
            for (link, message) in said {
                world.count += 1;
                world.said.of(link).push_back(Said { number: world.count, message });
            }
            for at in (given.len()..answers.len()).rev() {
                let others: Vec<u32> = match known(&answers[at].draw, answers[at].n) {
                    Alternatives::Only(_) => Vec::new(),
                    Alternatives::Also(others) => others,
                    Alternatives::All => (1..answers[at].n).collect(),
                };
                for other in others.into_iter().rev().filter(|other| *other != 0) {
                    let before = answers[..at].iter().map(|answered| answered.answer);
                    left.push(before.chain([other]).collect());
                }
            }
            branches.push(Branch { world, answers });
            if branches.len() >= MOST {
                break;
            }
        }
        branches
    }

    /// What a server said to a client and the recording did not show yet, oldest first.
    pub(super) fn next(&self, link: Link) -> Option<&Outbound<Message>> {
        Some(&self.said.first(link)?.message)
    }

    /// The recording shows the oldest of it. Whether others, said before to other clients, are still to be
    /// shown.
    pub(super) fn show(&mut self, link: Link) -> bool {
        let Some(Said { number, message: Outbound::Message(Message::Push(_)) }) =
            self.said.of(link).pop_front()
        else {
            return false;
        };
        let overtaken = number < self.shown;
        self.shown = self.shown.max(number);
        overtaken
    }

    /// Everything that is still to be shown to a client is given up.
    pub(super) fn give_up(&mut self, link: Link) -> Vec<Outbound<Message>> {
        self.said.give_up(link).into_iter().map(|said| said.message).collect()
    }

    /// The canonical form: worlds with the same one are the same from now on.
    pub(super) fn key(&self, now: Micros) -> Key {
        let mut key = Key::default();
        for node in &self.nodes {
            let mut server = node.server.clone();
            server.rebase(now);
            server.key(key.int(i64::from(node.up)));
        }
        for (link, said) in self.said.iter() {
            key.int(i64::from(link.0)).int(said.len() as i64);
            for said in said {
                key.bytes(format!("{:?}", said.message));
            }
        }
        key
    }
}

impl Answered {
    /// The rule under which the recording decides this, and whether it decided otherwise than the clock.
    pub(super) fn rule(&self) -> (&'static str, bool) {
        let rule = match self.draw {
            Draw::Doubt { .. } => rule::DEADLINE,
            Draw::ActiveExpiry { .. } | Draw::Reaped { .. } => rule::BACKGROUND,
            Draw::BlockTimeout { .. } => rule::TIMEOUT,
            Draw::Pick(_) | Draw::Next(_) | Draw::Evict(_) | Draw::LostWrites => rule::RANDOM,
        };
        (rule, self.answer != 0)
    }
}

/// The world of a server that answers from a list, then nominally, and remembers.
struct Asking<'a> {
    given: &'a [u32],
    answers: Vec<Answered>,
    said: Vec<(Link, Outbound<Message>)>,
    known: Known<'a>,
}

impl Env<RedisServer> for Asking<'_> {
    fn send(&mut self, link: Link, message: Outbound<Message>) {
        self.said.push((link, message));
    }

    fn draw(&mut self, draw: &Draw, n: u32) -> u32 {
        if let Alternatives::Only(answer) = (self.known)(draw, n) {
            return answer;
        }
        let answer = self.given.get(self.answers.len()).copied().unwrap_or(0);
        self.answers.push(Answered { draw: draw.clone(), n, answer });
        answer
    }
}

/// All strings in a reply.
pub(super) fn strings(reply: &Reply) -> Vec<&Bytes> {
    match reply {
        Reply::Bulk(text) | Reply::Status(text) | Reply::Error(text) => vec![text],
        Reply::Array(items) => items.iter().flat_map(strings).collect(),
        Reply::Int(_) | Reply::Nil => Vec::new(),
    }
}
