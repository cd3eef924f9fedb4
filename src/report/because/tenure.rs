//! Who had what where the lock lives, from when, for how long, and how that ended.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::report::cast::{Cast, Kind, thread_name};
use crate::report::{deviation, words};
use crate::time::Micros;
use crate::trace::own::{Event, What};

/// One stay of a key or node where the lock lives.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Tenure {
    /// The key or node, without its server.
    pub(super) what: String,
    /// The server.
    pub(super) server: String,
    pub(super) kind: Kind,
    /// Whose it is.
    pub(super) owner: String,
    /// When it was put there.
    pub(super) since: Micros,
    /// The time to live that it was given, if that is known.
    pub(super) ttl: Option<Micros>,
    /// When its time to live was set anew.
    pub(super) renewed: Vec<Micros>,
    /// How it ended.
    pub(super) end: Option<(Micros, End)>,
}

/// How something that was where the lock lives came to its end.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum End {
    /// A request of this thread, as it reads.
    By(String, String),
    /// Nobody's request: its time was over, or its session.
    Alone,
    /// What befell the server, as a sentence.
    Server(String),
}

impl Tenure {
    /// When its time to live is over, by the clock of an observer.
    pub(super) fn due(&self) -> Option<Micros> {
        let last = self.renewed.last().copied().unwrap_or(self.since);
        self.ttl.map(|ttl| last + ttl)
    }

    /// Whether it ended by itself long before its time: a hundredth is what clocks may differ.
    pub(super) fn ended_early(&self) -> bool {
        match (&self.end, self.due()) {
            (Some((at, End::Alone)), Some(due)) => *at + Micros((due - self.since).0 / 100) < due,
            _ => false,
        }
    }
}

/// All stays of a run, in the order in which they began.
pub(super) fn tenures(cast: &Cast, events: &[Event]) -> Vec<Tenure> {
    let mut all: Vec<Tenure> = Vec::new();
    let mut last: BTreeMap<String, &Value> = BTreeMap::new();
    let mut server = String::new();
    for event in events {
        match &event.what {
            What::Executed { from, thread, to, call, reply, .. } => {
                server.clone_from(to);
                let who = thread_name(from, *thread);
                renew(&mut all, &who, to, event.at, call, reply.as_deref());
                last.insert(who, call);
            }
            What::Deadline { deadline, .. } => server.clone_from(deadline),
            What::Place { lock, placed: true, by: Some(by), .. } => {
                let call = last.get(by).copied();
                let open = |tenure: &&mut Tenure| tenure.end.is_none() && is(tenure, lock, &server);
                for old in all.iter_mut().filter(open) {
                    old.end = Some((event.at, ended_by(by, call)));
                }
                let kind = cast.server(&server).map_or(Kind::Redis, |it| cast.servers[it].kind);
                all.push(Tenure {
                    what: bare(lock, &server),
                    server: server.clone(),
                    kind,
                    owner: by.clone(),
                    since: event.at,
                    ttl: call.and_then(time_to_live),
                    renewed: Vec::new(),
                    end: None,
                });
            }
            What::Place { lock, by, .. } => {
                let end = match by {
                    Some(by) => ended_by(by, last.get(by).copied()),
                    None => End::Alone,
                };
                let open =
                    all.iter_mut().rev().find(|it| it.end.is_none() && is(it, lock, &server));
                if let Some(tenure) = open {
                    tenure.end = Some((event.at, end));
                }
            }
            // What is cut off keeps what it has.
            What::Deviation { deviation, .. } if deviation.starts_with("cut ") => {}
            What::Deviation { deviation, site, cost } if *cost > 0 => {
                let names: BTreeSet<&str> = deviation.split([' ', ',']).collect();
                let told = deviation::tell(site, deviation, cast).sentence;
                // A server that restarts may have lost it; whether it has shows when another gets the lock.
                for tenure in all.iter_mut().filter(|it| it.end.is_none()) {
                    let hit = names.contains(&*tenure.server) || deviation.contains("leader");
                    if hit && tenure.kind == Kind::Redis {
                        tenure.end = Some((event.at, End::Server(told.clone())));
                    }
                }
            }
            _ => {}
        }
    }
    all
}

fn ended_by(who: &str, call: Option<&Value>) -> End {
    End::By(who.to_owned(), call.map(words::call).unwrap_or_default())
}

fn bare(lock: &str, server: &str) -> String {
    lock.strip_suffix(&format!(" on {server}")).unwrap_or(lock).to_owned()
}

fn is(tenure: &Tenure, lock: &str, server: &str) -> bool {
    // On an ensemble every server has every node.
    tenure.what == bare(lock, server) && (tenure.server == server || tenure.kind == Kind::ZooKeeper)
}

/// A request that gave what its owner has a new time to live.
fn renew(all: &mut [Tenure], who: &str, to: &str, at: Micros, call: &Value, reply: Option<&Value>) {
    let Some(text) = command(call) else { return };
    let renews = text.to_lowercase().contains("expire") && reply == Some(&Value::from(1));
    let Some(ttl) = time_to_live(call).filter(|_| renews) else { return };
    let mine = all.iter_mut().filter(|it| it.end.is_none() && it.owner == who && it.server == to);
    for tenure in mine {
        // A lock that is taken in two requests has no time to live before the second.
        if tenure.ttl.is_none() && tenure.since == at {
            tenure.ttl = Some(ttl);
        } else {
            tenure.ttl = Some(ttl);
            tenure.renewed.push(at);
        }
    }
}

/// The words of a Redis command, one after the other.
fn command(call: &Value) -> Option<String> {
    let words = call.as_array()?;
    Some(words.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" "))
}

/// The time to live that a command gives.
fn time_to_live(call: &Value) -> Option<Micros> {
    let words: Vec<String> = call.as_array()?.iter().map(text).collect();
    let name = words.first()?.to_uppercase();
    let number = |place: usize| words.get(place)?.parse::<i64>().ok().filter(|it| *it > 0);
    let ms = |count: i64| Micros::from_ms(count);
    let seconds = |count: i64| Micros::from_ms(count.saturating_mul(1000));
    match &*name {
        "SET" => words.iter().enumerate().find_map(|(place, word)| match &*word.to_uppercase() {
            "PX" => number(place + 1).map(ms),
            "EX" => number(place + 1).map(seconds),
            _ => None,
        }),
        "PEXPIRE" | "PSETEX" => number(2).map(ms),
        "EXPIRE" | "SETEX" => number(2).map(seconds),
        "EVAL" => {
            let script = words.get(1)?.to_lowercase();
            let keys = usize::try_from(number(2).unwrap_or(0)).ok()?;
            let argument = (3 + keys..words.len()).find_map(number)?;
            if script.contains("pexpire") || script.contains("px") {
                Some(ms(argument))
            } else if script.contains("expire") || script.contains("'ex'") {
                Some(seconds(argument))
            } else {
                None
            }
        }
        _ => None,
    }
}

fn text(word: &Value) -> String {
    word.as_str().map_or_else(|| word.to_string(), str::to_owned)
}
