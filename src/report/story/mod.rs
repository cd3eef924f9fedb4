//! A run told in numbered steps: who did what, what ended, and who believes what.

mod did;
mod gone;
mod ledger;
mod process;
mod release;

use std::collections::BTreeMap;
use std::fmt::Write;

use super::cast::Cast;
use super::chronicle::{At, Chronicle};
use super::layout::wrap;
use super::style::{BAD, FAINT, FAULT};
use super::{deviation, words};
use crate::choice::{Alternative, ServerId, Strike, Target};
use crate::event::{Event, Record, ServerTurn, Who, answer_in, is_session_over, violation};
use crate::store::Outbound;
use crate::store::ledger::Account;
use crate::time::Micros;
use crate::trace::own::Sessions;

/// One step of a story.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Step {
    at: Micros,
    text: Sentence,
    tone: Tone,
    /// Whose entry it tells, if nothing but that.
    entry: Option<Who>,
    /// What it tells, if that is an expiry which may happen on several servers at once.
    expiry: Option<Expiry>,
}

/// A sentence without its full stop.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Sentence {
    /// How it begins, where that is a word that is written small within a sentence: `The`, `A`, `That`.
    opening: &'static str,
    /// The rest.
    rest: String,
}

/// An expiry of what had one name on several servers.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Expiry {
    what: String,
    owner: Option<Who>,
    servers: Vec<ServerId>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Tone {
    Plain,
    Fault,
    Bad,
}

/// The most steps that are told: the first and the last ones.
const MOST: usize = 24;

/// The story of `events` in numbered steps, in lines of at most `width` characters.
pub fn story(cast: &Cast, events: &[Record], width: usize) -> String {
    let mut teller = Teller {
        cast,
        events,
        sessions: Sessions::of(events),
        known: Chronicle::new(cast),
        steps: Vec::new(),
        in_line: Vec::new(),
        read: BTreeMap::new(),
        ledger: BTreeMap::new(),
        next: None,
        failed: Vec::new(),
    };
    for (at, record) in events.iter().enumerate() {
        teller.next = events.get(at + 1);
        teller.releases(at);
        teller.hear(record);
        teller.known.take(at, record);
    }
    write(&teller.steps, width)
}

fn write(steps: &[Step], width: usize) -> String {
    let mut out = String::new();
    let hidden = if steps.len() > MOST { MOST / 2..steps.len() - MOST / 2 } else { 0..0 };
    let mut before = None;
    for (number, step) in steps.iter().enumerate() {
        let same_time = before.replace(step.at) == Some(step.at);
        if hidden.contains(&number) {
            if number == hidden.start {
                let _ = writeln!(
                    out,
                    "{FAINT}   ⋮  {} more{FAINT:#}",
                    words::counted(hidden.len() as u64, "step")
                );
            }
            continue;
        }
        let style = match step.tone {
            Tone::Plain => anstyle::Style::new(),
            Tone::Fault => FAULT,
            Tone::Bad => BAD,
        };
        let text = if same_time { step.text.alone() } else { step.text.at(step.at) };
        for (line, text) in wrap(&text, width.saturating_sub(4)).iter().enumerate() {
            let head = if line == 0 { format!("{:>2}. ", number + 1) } else { "    ".to_owned() };
            let _ = writeln!(out, "{head}{style}{}{style:#}", text.trim_start());
        }
    }
    out
}

impl Sentence {
    /// It stands alone.
    fn alone(&self) -> String {
        format!("{}{}.", self.opening, self.rest)
    }

    /// It goes on after its time: a name stays as it is, the opening does not.
    fn at(&self, at: Micros) -> String {
        format!("At {} {}{}.", words::time(at), self.opening.to_lowercase(), self.rest)
    }
}

impl From<String> for Sentence {
    fn from(rest: String) -> Self {
        Self { opening: "", rest }
    }
}

struct Teller<'a> {
    cast: &'a Cast,
    events: &'a [Record],
    sessions: Sessions,
    /// What is known before the event that is heard.
    known: Chronicle<'a>,
    steps: Vec<Step>,
    /// Who has asked since its last entry, where the lock has a line.
    in_line: Vec<Who>,
    /// What each thread read last.
    read: BTreeMap<(Who, Account), i64>,
    /// What happens after what is told now.
    next: Option<&'a Record>,
    /// Whose release has failed, and is told.
    failed: Vec<Who>,
    /// What the ledger says.
    ledger: BTreeMap<Account, i64>,
}

impl Teller<'_> {
    fn hear(&mut self, record: &Record) {
        let at = record.at;
        match &record.event {
            Event::Deviated { take, cost, .. } => self.deviates(at, take, *cost),
            Event::Crashes(_)
            | Event::Exits(_)
            | Event::Restarts(_)
            | Event::Pauses(_)
            | Event::Resumes(_) => self.process(at, &record.event),
            Event::Kept(kept) => self.kept(at, kept),
            Event::Lost { process, server } => {
                let (process, server) = (self.cast.process(*process), self.cast.server(*server));
                let text = format!("{process} learns that its connection to {server} is gone");
                self.step(at, text, Tone::Plain);
            }
            Event::Received { process, message, .. } if is_session_over(message) => {
                let process = self.cast.process(*process);
                self.step(at, format!("{process} learns that its session is over"), Tone::Plain);
            }
            Event::Server { server, turn } => self.turns(at, *server, *turn),
            Event::Violated { property, why } => {
                if !violation(self.events).is_some_and(|it| std::ptr::eq(it, record)) {
                    return;
                }
                self.opens(at, "That ", format!("violates {property}: {why}"), Tone::Bad);
            }
            Event::Executed { .. }
            | Event::Woke { .. }
            | Event::Received { .. }
            | Event::Timer(_)
            | Event::Noted { .. }
            | Event::Wakes { .. } => {}
            event => self.did(at, event),
        }
    }

    fn deviates(&mut self, at: Micros, take: &Alternative, cost: u8) {
        if deviation::is_silent(take) {
            return;
        }
        let told = deviation::tell(take, self.cast).sentence;
        let label = if cost > 0 { " (the fault)" } else { "" };
        let is_reply = |target: &Target| matches!(target, Target::Message(way) if way.direction == crate::choice::Direction::Down);
        let (opening, told) = match take {
            Alternative::Release(way) if is_reply(&Target::Message(*way)) => ("The ", told),
            Alternative::Strike(Strike { target, .. })
                if is_reply(target) || *target == Target::Leader =>
            {
                ("The ", told)
            }
            _ => ("", told),
        };
        // Such a sentence begins with its article.
        let rest = if opening.is_empty() { told } else { told.chars().skip(4).collect() };
        let tone = if deviation::is_free(take) { Tone::Plain } else { Tone::Fault };
        self.opens(at, opening, format!("{rest}{label}"), tone);
    }

    fn turns(&mut self, at: Micros, server: ServerId, turn: ServerTurn) {
        match turn {
            // The fault that made it die is told already.
            ServerTurn::Crashes => {}
            ServerTurn::Promoted => {
                let server = self.cast.server(server);
                let text = format!("Sentinels promote {server}: it is the master now");
                self.opens(at, "The ", text, Tone::Plain);
            }
            ServerTurn::Restarts | ServerTurn::Follows(_) => {
                self.step(at, words::turn(server, turn, self.cast), Tone::Plain);
            }
        }
    }

    /// A request that was executed, with its answer.
    fn asked(&self, at: At) -> Option<String> {
        let Event::Executed { link, request, sent, .. } = &self.events[at].event else {
            return None;
        };
        let answer = answer_in(sent, *link).and_then(|place| match &sent[place].1 {
            Outbound::Message(it) => Some(format!(" → {}", words::message(it, &self.sessions))),
            Outbound::Close => None,
        });
        let request = words::request(request, &self.sessions);
        Some(format!("{request}{}", answer.unwrap_or_default()))
    }

    /// The last request of a thread, in brackets.
    fn how(&self, who: Who) -> String {
        let last = self.known.stance(who).and_then(|it| it.last);
        let asked = last.and_then(|(at, _)| self.asked(at));
        asked.map(|asked| format!(" ({asked})")).unwrap_or_default()
    }

    /// Whether the process of a thread stands still.
    fn stands_still(&self, who: Who) -> bool {
        self.known.paused(who.process).is_some()
    }

    fn names(&self, all: &[Who]) -> String {
        words::list(&all.iter().map(|it| self.cast.who(*it).to_owned()).collect::<Vec<_>>())
    }

    fn step(&mut self, at: Micros, text: String, tone: Tone) {
        self.opens(at, "", text, tone);
    }

    fn opens(&mut self, at: Micros, opening: &'static str, rest: String, tone: Tone) {
        let text = Sentence { opening, rest };
        self.steps.push(Step { at, text, tone, entry: None, expiry: None });
    }
}
