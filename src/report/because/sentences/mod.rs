//! The chain of causes in sentences.

mod gone;
mod waiting;

use super::evidence::answer;
use super::link::{Cause, Knew, Late, Link, Overtaken, Took};
use crate::choice::ProcessId;
use crate::event::{Event, Record, Who};
use crate::report::cast::Cast;
use crate::report::chronicle::{At, Holding};
use crate::report::{deviation, words};
use crate::store::effect::Item;
use crate::time::Micros;
use crate::trace::own::Sessions;

/// So many of those who were woken, or passed by, are named.
const NAMED: usize = 3;

/// The chain of causes in sentences.
pub(super) fn text(links: &[Link], cast: &Cast, events: &[Record]) -> String {
    let speaker = Speaker { cast, events, sessions: Sessions::of(events) };
    let sentences: Vec<String> = links.iter().map(|link| speaker.link(link)).collect();
    sentences.join(" ")
}

/// Makes sentences of claims about these events.
struct Speaker<'a> {
    cast: &'a Cast,
    events: &'a [Record],
    sessions: Sessions,
}

/// A point in time; the beginning is `0 s`.
fn moment(at: Micros) -> String {
    if at == Micros::ZERO { "0 s".to_owned() } else { words::time(at) }
}

/// A key, a node, or an entry of a collection.
fn name(item: &Item) -> String {
    match &item.part {
        None => words::node(&item.place),
        Some(part) => format!("{} in {}", part.text(), words::node(&item.place)),
    }
}

impl Speaker<'_> {
    fn link(&self, link: &Link) -> String {
        match link {
            Link::Got { who, entered, causes } => {
                let mut causes: Vec<String> = causes.iter().map(|it| self.cause(it)).collect();
                causes.dedup();
                let (who, at) = (self.who(*who), self.time(*entered));
                format!("{who} got the lock at {at} because {}.", words::list(&causes))
            }
            Link::WentIn { who, entered, request } => {
                let (who, entered) = (self.who(*who), self.time(*entered));
                match request {
                    Some(at) => format!(
                        "{who} never got the lock: its last request was {} at {}, and at {entered} it went in all the same.",
                        self.request(*at),
                        self.time(*at)
                    ),
                    None => {
                        format!("{who} never got the lock, and went in all the same at {entered}.")
                    }
                }
            }
            Link::Knew(knew) => self.knew(knew),
            Link::AskedNobody(entries) => match entries.as_slice() {
                [(who, _)] => format!("{} had entered without asking any server.", self.who(*who)),
                entries => {
                    let who: Vec<String> = entries.iter().map(|it| self.who(it.0)).collect();
                    format!("{} entered without asking any server.", words::list(&who))
                }
            },
            Link::LeftNothing { who, request, finder } => format!(
                "{}'s lock left nothing that {} could find: {} at {}.",
                self.who(*who),
                self.who(finder.0),
                self.request(*request),
                self.time(*request)
            ),
            Link::Took(took) => self.took(took),
            Link::Late(late) => self.late(late),
            Link::Overtaken(overtaken) => self.overtaken(overtaken),
            Link::Starved { who, stood, others } => self.starved(*who, *stood, others),
            Link::Token { who, entered, token, request } => {
                let (who, entered) = (self.who(*who), self.time(*entered));
                match request {
                    Some(at) => format!(
                        "{who} had token {token} from {} on ({}) and got the lock at {entered}.",
                        self.time(*at),
                        self.request(*at)
                    ),
                    None => format!(
                        "{who} got the lock at {entered} with token {token}, which no answer to it has brought: it is \
                         older than the grant."
                    ),
                }
            }
            Link::Woke { change, woken } => self.woke(*change, woken),
            Link::Asked { since, requests } => {
                let told = requests.iter().take(NAMED).map(|(who, of)| {
                    let count = words::counted(of.len() as u64, "request");
                    format!("{} sent {count}", self.who(*who))
                });
                let told: Vec<String> = told.collect();
                match since {
                    Some(_) => format!("Since somebody last entered {}.", words::list(&told)),
                    None => format!("Nobody has entered; {}.", words::list(&told)),
                }
            }
            _ => self.wait(link),
        }
    }

    fn who(&self, who: Who) -> String {
        self.cast.who(who).to_owned()
    }

    fn process(&self, process: ProcessId) -> &str {
        self.cast.process(process)
    }

    fn at(&self, at: At) -> Micros {
        self.events.get(at).map_or(Micros::ZERO, |it| it.at)
    }

    fn time(&self, at: At) -> String {
        moment(self.at(at))
    }

    /// Whose something is.
    fn owner(&self, holding: &Holding) -> String {
        holding.owner.map_or_else(|| "somebody".to_owned(), |owner| self.who(owner))
    }

    /// A request alone.
    fn call(&self, at: At) -> String {
        match &self.events[at].event {
            Event::Executed { request, .. } => words::request(request, &self.sessions),
            _ => String::new(),
        }
    }

    /// A request with its answer.
    fn request(&self, at: At) -> String {
        let answer = answer(&self.events[at]);
        let answer = answer.map(|it| format!(" → {}", words::message(it, &self.sessions)));
        format!("{}{}", self.call(at), answer.unwrap_or_default())
    }

    /// A fault, or the turn of a server, without a full stop.
    fn blow(&self, at: At) -> String {
        let record = &self.events[at];
        match &record.event {
            Event::Server { server, turn } => words::turn(*server, *turn, self.cast),
            _ => deviation::sentence(record, self.cast).unwrap_or_default(),
        }
    }

    fn cause(&self, cause: &Cause) -> String {
        match cause {
            Cause::Gone(gone) => self.gone(gone),
            Cause::Stands(holding) => format!(
                "it did not depend on {}'s {}, which is still there since {}",
                self.owner(holding),
                name(&holding.item),
                self.time(holding.placed)
            ),
            Cause::Rewritten { holding, at } => {
                let by = match &self.events[*at].event {
                    Event::Kept(kept) => kept.by.thread().map(|it| self.who(it)),
                    _ => None,
                };
                format!(
                    "{} itself had written over {}'s {} at {}",
                    by.unwrap_or_default(),
                    self.owner(holding),
                    name(&holding.item),
                    self.time(*at)
                )
            }
            Cause::Votes(votes) => {
                let servers = votes.iter().filter_map(|at| match &self.events[*at].event {
                    Event::Kept(kept) => Some(self.cast.server(kept.server).to_owned()),
                    _ => None,
                });
                let mut servers: Vec<String> = servers.collect();
                servers.sort();
                servers.dedup();
                format!("{} said yes to it", words::list(&servers))
            }
        }
    }

    fn knew(&self, knew: &Knew) -> String {
        let who = self.who(knew.who);
        let mut text = match (knew.paused, knew.resumed, knew.by_clock) {
            (Some(paused), ..) => {
                format!("{who} cannot know yet: it stands still since {}", self.time(paused))
            }
            (_, Some(resumed), _) => {
                format!("{who} could have known from {} on, when it went on", self.time(resumed))
            }
            (_, _, Some(due)) => {
                format!("By its own clock {who} could have known from {} on", moment(due))
            }
            _ => match knew.told.filter(|at| self.is_news(*at)) {
                Some(told) => format!("{who} was told at {}", self.time(told)),
                None => format!(
                    "{who} could have known from {} on, but only by asking",
                    self.time(knew.lost)
                ),
            },
        };
        let is_said = knew.paused.is_none() && knew.resumed.is_none() && knew.by_clock.is_none();
        match knew.told.filter(|at| !(is_said && self.is_news(*at))) {
            Some(told) => text += &format!("; it was told at {}", self.time(told)),
            None if knew.paused.is_none() && knew.told.is_none() => {
                text += "; it has not learnt it";
            }
            None => {}
        }
        if let Some(acted) = knew.acted {
            let what = match &self.events[acted].event {
                Event::Wrote { account, value, .. } => format!("wrote {value} to {account}"),
                Event::Read { account, .. } => format!("read {account}"),
                _ => String::new(),
            };
            text += &format!("; at {} it {what}, still believing", self.time(acted));
        }
        format!("{text}.")
    }

    /// Whether it came to somebody who had not asked for it.
    fn is_news(&self, at: At) -> bool {
        matches!(self.events[at].event, Event::Received { .. })
    }

    fn took(&self, took: &Took) -> String {
        let (by, what) = (self.who(took.by), name(&took.taken.item));
        let at = took.taken.end.map_or_else(String::new, |end| self.time(end.at));
        let call = self.call(took.request);
        match (&took.own, took.before) {
            (Some(own), _) => format!(
                "{by} removed {what} at {at} ({call}) as if it were its own; but {}, and {} had set it anew at {}.",
                self.gone(own),
                self.owner(&took.taken),
                self.time(took.taken.placed)
            ),
            (None, Some(before)) => format!(
                "{by} removed {what} at {at} ({call}), though nothing of its own was there: it had asked last at {} ({}).",
                self.time(before),
                self.request(before)
            ),
            (None, None) => format!("{by} removed {what} at {at} ({call})."),
        }
    }

    fn late(&self, late: &Late) -> String {
        let what = match &self.events[late.act].event {
            Event::Wrote { value, .. } => format!("write of {value}"),
            _ => "read".to_owned(),
        };
        let fault = late.fault.map(|at| format!(" ({}, at {})", self.blow(at), self.time(at)));
        let next = late
            .next
            .map(|(who, at)| format!("; {} had got the lock at {}", self.who(who), self.time(at)));
        format!(
            "{}'s {what} came to the ledger at {}, but its lease had ended at {}{}{}.",
            self.who(late.who),
            self.time(late.act),
            moment(late.until),
            fault.unwrap_or_default(),
            next.unwrap_or_default()
        )
    }

    fn overtaken(&self, it: &Overtaken) -> String {
        let (who, winner) = (self.who(it.who.0), self.who(it.winner.0));
        let mut text = format!(
            "{who} was in line since {}, and {winner} came at {}",
            self.time(it.who.1),
            self.time(it.winner.1)
        );
        let Some(last) = it.last else { return text + "." };
        text += &format!(": {who} had asked last at {} ({})", self.time(last), self.request(last));
        match (it.freed, it.heard) {
            (_, Some(heard)) => {
                text += &format!(", and heard {} at {}", self.heard(heard), self.time(heard));
            }
            (Some(freed), None) => {
                let how = if it.told.is_some() { "was told" } else { "asked first" };
                text += &format!(
                    ", and heard nothing when it became free at {}; {winner} {how} then",
                    self.time(freed)
                );
            }
            (None, None) => {}
        }
        text + "."
    }

    fn heard(&self, at: At) -> String {
        match &self.events[at].event {
            Event::Received { message, .. } => words::message(message, &self.sessions),
            _ => String::new(),
        }
    }

    fn starved(&self, who: Who, (came, entered): (At, At), others: &[(Who, At, At)]) -> String {
        let tell = |(who, came, entered): &(Who, At, At)| {
            let let_in = if self.at(*came) == self.at(*entered) {
                String::new()
            } else {
                format!(" and was let in at {}", self.time(*entered))
            };
            format!("{} came at {}{let_in}", self.who(*who), self.time(*came))
        };
        let mut told: Vec<String> = others.iter().take(NAMED).map(tell).collect();
        if others.len() > NAMED {
            told.push(format!("{} more came later", others.len() - NAMED));
        }
        format!(
            "{} was in line since {} and entered at {}; meanwhile {}.",
            self.who(who),
            self.time(came),
            self.time(entered),
            words::list(&told)
        )
    }

    fn woke(&self, change: At, woken: &[(ProcessId, Option<(Who, At)>)]) -> String {
        let at = self.time(change);
        let what = match &self.events[change].event {
            Event::Executed { process, thread: Some(thread), .. } => {
                let who = Who { process: *process, thread: *thread };
                format!("{}'s {} at {at}", self.who(who), self.call(change))
            }
            Event::Executed { process, .. } => {
                format!("{}'s {} at {at}", self.process(*process), self.call(change))
            }
            Event::Woke { server, .. } => {
                format!("What {} did by itself at {at}", self.cast.server(*server))
            }
            _ => String::new(),
        };
        let names = woken.iter().map(|it| self.process(it.0).to_owned());
        let names: Vec<String> = names.collect();
        let shown = match names.len().checked_sub(NAMED) {
            Some(more @ 1..) => format!("{} and {more} more", names[..NAMED].join(", ")),
            _ => words::list(&names),
        };
        let left = woken.iter().filter_map(|it| it.1).take(NAMED).map(|(who, at)| {
            let (who, request) = (self.who(who), self.request(at));
            format!("{who} had asked for it at {} ({request})", self.time(at))
        });
        let left: Vec<String> = left.collect();
        let more = match names.len().checked_sub(NAMED) {
            Some(more @ 1..) => format!(", and so had {more} more"),
            _ => String::new(),
        };
        if left.is_empty() {
            return format!("{what} woke {shown}.");
        }
        format!("{what} woke {shown}: {}{more}.", words::list(&left))
    }
}
