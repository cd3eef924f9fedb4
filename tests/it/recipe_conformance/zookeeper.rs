//! Clients of ZooKeeper in recordings.

use std::collections::BTreeMap;
use std::rc::Rc;

use lockstep::cx::{CallError, Lane, Message, OpResult, Reads, Request, Seen, Session, WatchId};
use lockstep::store::zookeeper::ZkError;
use lockstep::time::Micros;
use lockstep::trace::recorded::zookeeper::{What, read};
use lockstep::trace::{BadRecording, Trace};
use serde::Deserialize;
use serde_json::Value;

use super::client::{Asked, Client, Place};
use super::compare::{Compared, Scripts, Setup};
use super::player::EARLY;
use super::presence::Presence;
use super::symbols::Symbols;
use super::thread;
use super::words::{passed, words_of, words_sent};

/// The part of the header's `config` that matters here.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Config {
    truncated: Option<String>,
}

/// A recorded request.
#[derive(Debug)]
struct Call {
    line: Place,
    at: Micros,
    words: Vec<String>,
    reply: Option<Value>,
}

/// What else a client learnt.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Heard {
    Watch(String),
    Session(Session),
}

/// What was recorded of one client.
#[derive(Default, Debug)]
struct Story {
    calls: Vec<Call>,
    heard: Vec<(Place, Micros, Heard)>,
    until: Micros,
}

#[derive(Clone, Debug)]
struct ZooKeeperClient {
    story: Rc<Story>,
    /// The next request.
    next: usize,
    taken: usize,
    symbols: Symbols,
    watches: BTreeMap<WatchId, (String, Place)>,
    /// Names of the recipe beside those that were recorded.
    names: Rc<[(String, String)]>,
    /// Which replies just before the end of a connection did not arrive.
    loses: u32,
}

pub(super) fn compare(trace: &Trace, setup: &Setup<'_>) -> Result<Compared, BadRecording> {
    let mut compared = Compared::default();
    let mut stories: BTreeMap<usize, (String, Story)> = BTreeMap::new();
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    // Which client has which session.
    let mut owners: BTreeMap<String, usize> = BTreeMap::new();
    let events = read(&trace.header, &trace.events)?;
    let config: Config = trace.header.member("config")?;
    let end = events.last().map_or(Micros::ZERO, |event| event.at);
    let mut presence = Presence::new(end, config.truncated.is_some());
    for event in events {
        let (place, at) = (event.line, event.at);
        match event.what {
            What::Connect { client, reply, .. } => {
                let count = numbers.len();
                let number = *numbers.entry(client.clone()).or_insert(count);
                let (_, story) = stories.entry(number).or_insert((client, Story::default()));
                let state = match reply.map(|reply| reply.session) {
                    Some(Some(session)) => {
                        owners.insert(session, number);
                        Session::Connected
                    }
                    Some(None) => Session::Expired,
                    None => continue,
                };
                story.heard.push((place, at, Heard::Session(state)));
            }
            What::Call { session, call, reply } => {
                let words = words_of(&call);
                if let Some((name, _)) = owner(&owners, &mut stories, &session)
                    && words[0] != "ping"
                {
                    presence.asks(name, at);
                }
                if let Some(why) = passed(&words, setup.other) {
                    *compared.passed.entry(why).or_default() += 1;
                } else if let Some((_, story)) = owner(&owners, &mut stories, &session) {
                    story.calls.push(Call { line: place, at, words, reply });
                }
            }
            What::Watch { session, watch } => {
                if let Some((_, story)) = owner(&owners, &mut stories, &session) {
                    story.heard.push((place, at, Heard::Watch(watch.path)));
                }
            }
            What::Disconnect { session } => {
                if let Some((name, story)) = owner(&owners, &mut stories, &session) {
                    presence.hangs_up(name, at);
                    story.heard.push((place, at, Heard::Session(Session::Suspended)));
                }
            }
            What::ClientDisconnect { .. }
            | What::Expired { .. }
            | What::Restart
            | What::DeleteContainer { .. } => {}
        }
    }
    let names = setup.names.iter().map(|(ours, theirs)| ((*ours).to_owned(), (*theirs).to_owned()));
    let names: Rc<[_]> = names.collect();
    for (_, (name, mut story)) in stories {
        story.until = presence.there(&name);
        let client = ZooKeeperClient {
            story: Rc::new(story),
            next: 0,
            taken: 0,
            symbols: Symbols::default(),
            watches: BTreeMap::new(),
            names: names.clone(),
            loses: 0,
        };
        thread::run(&client, &name, setup, &mut compared);
    }
    Ok(compared)
}

fn owner<'s>(
    owners: &BTreeMap<String, usize>,
    stories: &'s mut BTreeMap<usize, (String, Story)>,
    session: &str,
) -> Option<&'s mut (String, Story)> {
    stories.get_mut(owners.get(session)?)
}

impl ZooKeeperClient {
    fn theirs(&self, text: &str) -> String {
        self.names.iter().fold(text.to_owned(), |text, (ours, theirs)| text.replace(ours, theirs))
    }

    fn ours(&self, text: &str) -> String {
        let bytes = self.symbols.translate(text.as_bytes());
        let text = String::from_utf8_lossy(&bytes).into_owned();
        self.names.iter().fold(text, |text, (ours, theirs)| text.replace(theirs, ours))
    }

    /// When the connection ended first, after `after`.
    fn cut(&self, after: Place) -> Option<(Place, Micros)> {
        let suspended = Heard::Session(Session::Suspended);
        let mut heard = self.story.heard.iter();
        let cut = heard.find(|(place, _, heard)| *place > after && *heard == suspended)?;
        Some((cut.0, cut.1))
    }

    /// Whether the end of its connection is what the client learnt next after this request.
    fn is_last(&self, at: usize) -> bool {
        let line = self.story.calls[at].line;
        let next = self.story.calls.get(at + 1).map_or(Place::MAX, |next| next.line);
        let heard = self.story.heard.iter().find(|(place, ..)| *place > line);
        let cut = heard.filter(|(_, _, heard)| *heard == Heard::Session(Session::Suspended));
        // At the very end the client hangs up itself.
        next < Place::MAX && cut.is_some_and(|(place, ..)| *place < next)
    }

    fn lost(&self, after: Place, sent: Micros) -> Option<Asked> {
        let (place, at) = self.cut(after)?;
        let result = OpResult::Failed(CallError::ConnectionLost);
        Some(Asked::Answered { sent, place, at, result })
    }

    /// The client sent nothing more.
    fn nothing(&self, after: Place, now: Micros, ours: &[String]) -> Asked {
        let until = self.story.until;
        if now >= until || self.session(after) != Session::Connected {
            return Asked::Gone;
        }
        // It may have been lost on the way.
        if self.cut(after).is_some_and(|(_, at)| at < until && at <= now + EARLY) {
            return self.lost(after, now).unwrap_or(Asked::Gone);
        }
        let line = self.story.calls.last().map_or(0, |call| call.line);
        Asked::Nothing { line, until, recipe: format!("sends {}", ours.join(" ")) }
    }

    /// What the recipe reads of a reply.
    fn seen(&self, reads: Reads, reply: &Value) -> OpResult {
        if let Some(name) = reply.get("error").and_then(Value::as_str) {
            if reads == Reads::Existence && name == "NoNode" {
                return OpResult::ZooKeeper(Seen::Exists(false));
            }
            let error = ZkError::from_name(name).map_or(CallError::NotSent, CallError::ZooKeeper);
            return OpResult::Failed(error);
        }
        let stat = |name: &str| {
            let number = reply.get("stat").and_then(|stat| stat.get(name)).and_then(Value::as_i64);
            number.unwrap_or_default()
        };
        OpResult::ZooKeeper(match reads {
            Reads::Nothing => Seen::Done,
            Reads::Path => {
                let path = reply.get("path").and_then(Value::as_str).unwrap_or_default();
                Seen::Path(self.ours(path).into())
            }
            Reads::Existence => Seen::Exists(true),
            Reads::Children => {
                let names = reply.get("children").and_then(Value::as_array);
                let names = names.into_iter().flatten().filter_map(Value::as_str);
                Seen::Children(names.map(|name| self.ours(name).into()).collect())
            }
            Reads::Data => {
                let data = reply.get("data").and_then(Value::as_str);
                Seen::Data(data.map(|data| data.as_bytes().into()))
            }
            Reads::DataAndVersion => {
                let data = reply.get("data").and_then(Value::as_str);
                Seen::Versioned(data.map(|data| data.as_bytes().into()), stat("version") as i32)
            }
            Reads::Owner => {
                let owner = reply.get("stat").and_then(|stat| stat.get("ephemeralOwner"));
                let owner = owner.and_then(Value::as_str).unwrap_or_default();
                Seen::Number(owner.trim_start_matches('s').parse().unwrap_or_default())
            }
            Reads::Czxid => Seen::Number(stat("czxid")),
            Reads::Version => Seen::Number(stat("version")),
        })
    }
}

impl Client for ZooKeeperClient {
    fn ask(&mut self, _: Lane, request: &Request, after: Place, now: Micros) -> Asked {
        let Request::ZooKeeper { op, watch, reads } = request else { return Asked::Gone };
        let ours = words_sent(op);
        let story = self.story.clone();
        let Some(call) = story.calls.get(self.next) else {
            return self.nothing(after, now, &ours);
        };
        let mut symbols = self.symbols.clone();
        let same = ours.len() == call.words.len()
            && ours.iter().zip(&call.words).all(|(ours, theirs)| {
                symbols.same(self.theirs(ours).as_bytes(), theirs.as_bytes())
            });
        let lost = self.lost(after, call.at);
        if !same {
            // It may have been lost on the way to the server.
            if let Some(lost) =
                lost.filter(|_| self.cut(after).is_some_and(|(at, _)| at < call.line))
            {
                return lost;
            }
            return Asked::Differs {
                line: call.line,
                recorded: call.words.join(" "),
                recipe: format!("sends {}", ours.join(" ")),
            };
        }
        self.symbols = symbols;
        self.next += 1;
        self.taken += 1;
        if let Some(watch) = watch {
            let path = call.words.get(1).cloned().unwrap_or_default();
            self.watches.insert(*watch, (path, call.line));
        }
        let number = (0..self.next - 1).filter(|&at| self.is_last(at)).count();
        let lost = self.is_last(self.next - 1) && self.loses >> number & 1 == 1;
        match &call.reply {
            Some(reply) if !lost => Asked::Answered {
                sent: call.at,
                place: call.line,
                at: call.at,
                result: self.seen(*reads, reply),
            },
            _ => self.lost(call.line, call.at).unwrap_or(Asked::Unanswered),
        }
    }

    fn there_until(&self) -> Micros {
        self.story.until
    }

    fn next(&self) -> Option<(Place, Micros, Vec<String>)> {
        let call = self.story.calls.get(self.next)?;
        Some((call.line, call.at, call.words.clone()))
    }

    fn skip(&mut self) {
        self.next += 1;
    }

    fn taken(&self) -> usize {
        self.taken
    }

    fn epoch(&self) -> Micros {
        Micros::ZERO
    }

    fn fired(&self, watch: WatchId) -> Option<(Place, Micros)> {
        let (path, since) = self.watches.get(&watch)?;
        let ends = |heard: &Heard| match heard {
            Heard::Watch(other) => other == path,
            Heard::Session(state) => *state == Session::Expired,
        };
        let mut heard = self.story.heard.iter();
        let found = heard.find(|(place, _, heard)| place > since && ends(heard))?;
        Some((found.0, found.1))
    }

    fn message(&self, _: Place) -> Option<(Place, Micros, Message)> {
        None
    }

    fn session(&self, at: Place) -> Session {
        let state = self.story.heard.iter().rev().find_map(|(place, _, heard)| match heard {
            Heard::Session(state) if *place <= at => Some(*state),
            _ => None,
        });
        state.unwrap_or_default()
    }

    fn changed(&self, after: Place, from: Session) -> Option<(Place, Micros, Session)> {
        self.story.heard.iter().find_map(|(place, at, heard)| match heard {
            Heard::Session(state) if *place > after && *state != from => {
                Some((*place, *at, *state))
            }
            _ => None,
        })
    }

    fn doubtful(&self) -> u32 {
        (0..self.story.calls.len()).filter(|&at| self.is_last(at)).count() as u32
    }

    fn loses(&mut self, which: u32) {
        self.loses = which;
    }

    fn may_rename(&mut self) {
        self.symbols.may_rename();
    }

    fn scripts(&self) -> Vec<Scripts> {
        Vec::new()
    }

    fn servers(&self) -> usize {
        0
    }
}
