//! Clients of Redis in recordings.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use lockstep::cx::{CallError, Lane, Message, OpResult, Request, Session, WatchId};
use lockstep::store::redis::script::Script;
use lockstep::store::redis::{Bytes, Reply};
use lockstep::time::Micros;
use lockstep::trace::recorded::redis::{Act, Answer, Turn, What, read, write_command};
use lockstep::trace::{BadRecording, Trace};
use serde::Deserialize;

use super::client::{Asked, Client, Place};
use super::compare::{Clients, Compared, Scripts, Setup};
use super::presence::Presence;
use super::shape::Shape;
use super::subscribers::{Subscribers, message, subscribes};
use super::symbols::Symbols;
use super::thread;

/// The part of the header's `config` that matters here.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Config {
    epoch_us: i64,
    nodes: Vec<String>,
    truncated: Option<String>,
}

/// A recorded request.
#[derive(Debug)]
struct Call {
    line: Place,
    at: Micros,
    server: usize,
    shape: Shape,
    /// The reply: where and when it came.
    reply: Option<(Place, Micros, Reply)>,
}

/// What all clients of a recording share.
#[derive(Debug)]
struct Scene {
    epoch: Micros,
    servers: usize,
    /// Whether nobody reads what SETNX writes.
    unread: bool,
    /// Keys of the recipe beside those of the recorded application.
    names: Vec<(Bytes, Bytes)>,
    /// When servers were down: the lines.
    down: Vec<(usize, Place, Place)>,
    /// Script texts by their hashes.
    texts: BTreeMap<Bytes, Bytes>,
}

#[derive(Clone, Debug)]
struct RedisClient {
    scene: Rc<Scene>,
    calls: Rc<[Call]>,
    until: Micros,
    messages: Rc<[(Place, Micros, Message)]>,
    done: Vec<bool>,
    taken: usize,
    symbols: Symbols,
    scripts: Vec<Scripts>,
}

/// What belongs to the client library: how it opens a connection, how a script gets to the server, and how a
/// subscription ends, which a recipe just lets go.
const LIBRARY: [&str; 8] =
    ["CLIENT", "HELLO", "AUTH", "SELECT", "PING", "SCRIPT LOAD", "UNSUBSCRIBE", "PUNSUBSCRIBE"];

pub(super) fn compare(trace: &Trace, setup: &Setup<'_>) -> Result<Compared, BadRecording> {
    let config: Config = trace.header.member("config")?;
    let (nodes, is_prefix) = (config.nodes, config.truncated.is_some());
    let mut scene = Scene {
        epoch: Micros(config.epoch_us),
        servers: nodes.len().max(1),
        unread: setup.unread,
        names: setup
            .names
            .iter()
            .map(|(ours, theirs)| ((*ours).into(), (*theirs).into()))
            .collect(),
        down: Vec::new(),
        texts: BTreeMap::new(),
    };
    let mut compared = Compared::default();
    let mut clients: BTreeMap<String, Vec<Call>> = BTreeMap::new();
    let mut order: Vec<String> = Vec::new();
    // Whose blocked request waits for its end.
    let mut blocked: BTreeMap<String, (String, usize)> = BTreeMap::new();
    let mut messages: BTreeMap<String, Vec<(Place, Micros, Message)>> = BTreeMap::new();
    let events = read(&trace.header, &trace.events)?;
    let subscribers = Subscribers::of(&events);
    let end = events.last().map_or(Micros::ZERO, |event| event.at);
    let mut presence = Presence::new(end, is_prefix);
    // Which connections a client asked on.
    let mut lines: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for event in events {
        let server = event.server;
        match event.what {
            What::Server(Turn::Down) => scene.down.push((server, event.line, Place::MAX)),
            What::Server(Turn::Restart) => {
                for (node, _, until) in scene.down.iter_mut().rev().take(1) {
                    if *node == server {
                        *until = event.line;
                    }
                }
            }
            What::Client(name, Act::Disconnect) => presence.hangs_up(&name, event.at),
            What::Client(name, Act::Call(argv, answer)) => {
                presence.asks(&name, event.at);
                let shape = Shape::of(&argv);
                let text = shape.script.clone();
                if let Some(text) = text.filter(|_| argv[0].eq_ignore_ascii_case(b"EVAL")) {
                    scene.texts.insert(Script::sha1_of(&text), text);
                } else if let Some(text) = loaded(&argv) {
                    scene.texts.insert(Script::sha1_of(text), text.clone());
                }
                if matches!(&answer, Answer::Reply(Reply::Error(text)) if text.starts_with(b"NOSCRIPT"))
                {
                    *compared.passed.entry("NOSCRIPT".to_owned()).or_default() += 1;
                    continue;
                }
                if let Some(why) = passed(&shape, setup.other, &scene) {
                    *compared.passed.entry(why).or_default() += 1;
                    continue;
                }
                let owner = match setup.clients {
                    Clients::Connections => subscribers.owner(&name).to_owned(),
                    Clients::Tokens => shape.token(),
                };
                if !clients.contains_key(&owner) {
                    order.push(owner.clone());
                }
                lines.entry(owner.clone()).or_default().insert(name.clone());
                let calls = clients.entry(owner.clone()).or_default();
                let reply = match answer {
                    Answer::Reply(reply) => Some((event.line, event.at, reply)),
                    Answer::Blocked => {
                        blocked.insert(name, (owner, calls.len()));
                        None
                    }
                    // The push that confirms it follows at once.
                    Answer::None => subscribes(&argv).then_some((event.line, event.at, Reply::Nil)),
                };
                calls.push(Call { line: event.line, at: event.at, server, shape, reply });
            }
            What::Client(name, Act::Unblocked(reply)) => {
                if let Some((owner, at)) = blocked.remove(&name)
                    && let Some(calls) = clients.get_mut(&owner)
                {
                    calls[at].reply = Some((event.line, event.at, reply));
                }
            }
            What::Client(name, Act::Push(push)) => {
                if let Some(message) = message(&push) {
                    let owner = subscribers.owner(&name).to_owned();
                    messages.entry(owner).or_default().push((event.line, event.at, message));
                }
            }
            What::Client(..) => {}
        }
    }
    let scene = Rc::new(scene);
    for name in order {
        let calls: Rc<[Call]> = clients.remove(&name).unwrap_or_default().into();
        let until = lines.remove(&name).into_iter().flatten().map(|line| match setup.clients {
            Clients::Connections => presence.there(&line),
            Clients::Tokens => presence.connected(&line),
        });
        let client = RedisClient {
            scene: scene.clone(),
            done: vec![false; calls.len()],
            calls,
            until: until.max().unwrap_or_default(),
            messages: messages.remove(&name).unwrap_or_default().into(),
            taken: 0,
            symbols: Symbols::default(),
            scripts: Vec::new(),
        };
        thread::run(&client, &name, setup, &mut compared);
    }
    Ok(compared)
}

/// What names the request as one that is passed over.
fn passed(shape: &Shape, other: &[&str], scene: &Scene) -> Option<String> {
    let mut line = shape.words.iter().map(Bytes::to_text).collect::<Vec<_>>().join(" ");
    line.push(' ');
    let text =
        shape.script.as_ref().map(|script| scene.texts.get(script).unwrap_or(script).to_text());
    let names = LIBRARY.iter().chain(other);
    let name = names.copied().find(|name| {
        let (begins, ends) = name.split_once(" ending ").unwrap_or((name, ""));
        line.trim_end().ends_with(ends)
            && match begins.strip_prefix("script with ") {
                Some(part) => text.as_ref().is_some_and(|text| text.contains(part)),
                None => line.starts_with(&format!("{begins} ")),
            }
    });
    name.map(str::to_owned)
}

fn loaded(argv: &[Bytes]) -> Option<&Bytes> {
    let is_load = argv[0].eq_ignore_ascii_case(b"SCRIPT")
        && argv.get(1).is_some_and(|word| word.eq_ignore_ascii_case(b"LOAD"));
    argv.get(2).filter(|_| is_load)
}

impl RedisClient {
    /// Whether `server` was not there between two lines.
    fn was_down(&self, server: usize, after: Place, until: Place) -> bool {
        let overlaps = |(node, from, to): &(usize, Place, Place)| {
            *node == server && *from < until && after < *to
        };
        self.scene.down.iter().any(overlaps)
    }

    /// What the recorded application calls it.
    fn theirs(&self, word: &Bytes) -> Bytes {
        let name = self.scene.names.iter().find(|(ours, _)| ours == word);
        name.map_or(word, |(_, theirs)| theirs).clone()
    }

    fn translate(&self, reply: &Reply) -> Reply {
        match reply {
            Reply::Bulk(text) => Reply::Bulk(Bytes::from(self.symbols.translate(text))),
            Reply::Array(items) => {
                Reply::array(items.iter().map(|item| self.translate(item)).collect::<Vec<_>>())
            }
            other => other.clone(),
        }
    }
}

impl Client for RedisClient {
    fn ask(&mut self, to: Lane, request: &Request, after: Place, now: Micros) -> Asked {
        let Request::Redis(argv) = request else { return Asked::Gone };
        let server = usize::from(to.server);
        let ours = Shape::of(argv);
        let calls = self.calls.clone();
        let next = (0..calls.len()).find(|&at| !self.done[at] && calls[at].server == server);
        let lost = OpResult::Failed(CallError::NotSent);
        let Some(at) = next else {
            if self.was_down(server, after, after.saturating_add(1)) {
                return Asked::Answered {
                    sent: Micros(i64::MAX),
                    place: after,
                    at: Micros::ZERO,
                    result: lost,
                };
            }
            if now >= self.until {
                return Asked::Gone;
            }
            let line = calls.iter().map(|call| call.line).max().unwrap_or_default();
            let recipe = format!("sends {}", write_command(&ours.words));
            return Asked::Nothing { line, until: self.until, recipe };
        };
        if self.was_down(server, after, after.saturating_add(1)) {
            return Asked::Answered {
                sent: Micros(i64::MAX),
                place: after,
                at: Micros::ZERO,
                result: lost,
            };
        }
        let call = &calls[at];
        let theirs = &call.shape;
        let mut symbols = self.symbols.clone();
        let same = ours.script.is_some() == theirs.script.is_some()
            && ours.words.len() == theirs.words.len()
            && ours.words.iter().zip(&theirs.words).enumerate().all(|(at, (ours, theirs))| {
                let ours = self.theirs(ours);
                let unread = self.scene.unread && at == 2 && &*argv[0] == b"SETNX";
                unread || symbols.same(&ours, theirs)
            });
        if !same {
            if self.was_down(server, after, call.line) {
                return Asked::Answered {
                    sent: Micros(i64::MAX),
                    place: after,
                    at: Micros::ZERO,
                    result: lost,
                };
            }
            return Asked::Differs {
                line: call.line,
                recorded: write_command(&theirs.words),
                recipe: format!("sends {}", write_command(&ours.words)),
            };
        }
        self.symbols = symbols;
        self.done[at] = true;
        self.taken += 1;
        if let (Some(ours), Some(theirs)) = (&ours.script, &theirs.script) {
            let recorded = self.scene.texts.get(theirs).unwrap_or(theirs).clone();
            if !self.scripts.iter().any(|pair| pair.recipe == *ours && pair.recorded == recorded) {
                let words = call.shape.words[1..].to_vec();
                self.scripts.push(Scripts { recipe: ours.clone(), recorded, words });
            }
        }
        match &call.reply {
            Some((place, at, reply)) => Asked::Answered {
                sent: call.at,
                place: *place,
                at: *at,
                result: OpResult::Redis(self.translate(reply)),
            },
            None => Asked::Unanswered,
        }
    }

    fn there_until(&self) -> Micros {
        self.until
    }

    fn next(&self) -> Option<(Place, Micros, Vec<String>)> {
        let at = self.done.iter().position(|done| !done)?;
        let call = &self.calls[at];
        Some((call.line, call.at, call.shape.words.iter().map(Bytes::to_text).collect()))
    }

    fn skip(&mut self) {
        if let Some(at) = self.done.iter().position(|done| !done) {
            self.done[at] = true;
        }
    }

    fn taken(&self) -> usize {
        self.taken
    }

    fn epoch(&self) -> Micros {
        self.scene.epoch
    }

    fn fired(&self, _: WatchId) -> Option<(Place, Micros)> {
        None
    }

    fn message(&self, after: Place) -> Option<(Place, Micros, Message)> {
        self.messages.iter().find(|(place, ..)| *place > after).cloned()
    }

    fn session(&self, _: Place) -> Session {
        Session::Connected
    }

    fn changed(&self, _: Place, _: Session) -> Option<(Place, Micros, Session)> {
        None
    }

    fn doubtful(&self) -> u32 {
        0
    }

    fn loses(&mut self, _: u32) {}

    fn may_rename(&mut self) {
        self.symbols.may_rename();
    }

    fn scripts(&self) -> Vec<Scripts> {
        self.scripts.clone()
    }

    fn servers(&self) -> usize {
        self.scene.servers
    }
}
