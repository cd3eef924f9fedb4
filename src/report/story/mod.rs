//! A run told in numbered steps: who did what, what ended, and who believes what.

mod gone;
mod ledger;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::cast::{Cast, Kind, thread_name};
use super::deviation;
use super::layout::wrap;
use super::style::{BAD, FAINT, FAULT};
use super::words;
use crate::store::ledger::Account;
use crate::time::Micros;
use crate::trace::own::{Act, Event, ProcessEvent, What};

/// One step of a story.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Step {
    at: Micros,
    text: String,
    kind: Kinds,
    /// Whose entry it tells, if nothing but that.
    entry: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kinds {
    Plain,
    Fault,
    Bad,
}

/// The most steps that are told: the first and the last ones.
const MOST: usize = 24;

/// The story of `events` in numbered steps, in lines of at most `width` characters.
pub fn story(cast: &Cast, events: &[Event], width: usize) -> String {
    let mut teller = Teller {
        cast,
        steps: Vec::new(),
        inside: Vec::new(),
        sharing: BTreeSet::new(),
        paused: Vec::new(),
        last: BTreeMap::new(),
        interrupted: Vec::new(),
        refusals: BTreeMap::new(),
        in_line: Vec::new(),
        read: BTreeMap::new(),
        ledger: BTreeMap::new(),
        owners: BTreeMap::new(),
        expired: None,
        lost: Vec::new(),
        woken: None,
    };
    for event in events {
        teller.hear(event);
    }
    write(&teller.steps, width)
}

fn write(steps: &[Step], width: usize) -> String {
    let mut out = String::new();
    let hidden = if steps.len() > MOST { MOST / 2..steps.len() - MOST / 2 } else { 0..0 };
    for (number, step) in steps.iter().enumerate() {
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
        let style = match step.kind {
            Kinds::Plain => anstyle::Style::new(),
            Kinds::Fault => FAULT,
            Kinds::Bad => BAD,
        };
        for (line, text) in wrap(&step.text, width.saturating_sub(4)).iter().enumerate() {
            let head = if line == 0 { format!("{:>2}. ", number + 1) } else { "    ".to_owned() };
            let _ = writeln!(out, "{head}{style}{}{style:#}", text.trim_start());
        }
    }
    out
}

struct Teller<'a> {
    cast: &'a Cast,
    steps: Vec<Step>,
    /// Who is inside, in the order of entry.
    inside: Vec<String>,
    /// Who entered last to share.
    sharing: BTreeSet<String>,
    /// Processes that stand still.
    paused: Vec<String>,
    /// The last request of each thread, with its reply.
    last: BTreeMap<String, String>,
    /// Threads whose call was dropped while it waited.
    interrupted: Vec<String>,
    /// How often each thread was refused since it asked.
    refusals: BTreeMap<String, u64>,
    /// Who has asked since its last entry, where the lock has a line.
    in_line: Vec<String>,
    /// What each thread read last.
    read: BTreeMap<(String, Account), i64>,
    /// What the ledger says.
    ledger: BTreeMap<Account, i64>,
    owners: BTreeMap<String, String>,
    /// What expired in the last step: when, what, whose, and on which servers.
    expired: Option<(Micros, String, Option<String>, Vec<String>)>,
    /// Processes that lost a connection since their last request was executed.
    lost: Vec<String>,
    woken: Option<String>,
}

impl Teller<'_> {
    fn hear(&mut self, event: &Event) {
        let at = event.at;
        match &event.what {
            What::Executed { from, thread, to, call, reply, .. } => {
                let who = thread_name(from, *thread);
                let reply = reply.as_ref().map(|it| format!(" → {}", words::reply(it)));
                let told = format!("{}{}", words::call(call), reply.unwrap_or_default());
                self.woken = Some(to.clone());
                self.lost.retain(|process| process != from);
                self.last.insert(who, told);
            }
            What::Deadline { deadline, .. } => self.woken = Some(deadline.clone()),
            What::Deviation { deviation, .. } if deviation::is_silent(deviation) => {}
            What::Deviation { deviation, site, cost } => {
                let told = deviation::tell(site, deviation, self.cast);
                let label = if *cost > 0 { " (the fault)" } else { "" };
                let mut text = told.sentence;
                if let Some(first) = text.strip_prefix("the ") {
                    text = format!("The {first}");
                }
                if let Some(who) = deviation.strip_suffix(" is interrupted") {
                    self.interrupted.push(who.to_owned());
                }
                self.step(at, format!("{text}{label}."), Kinds::Fault);
            }
            What::Process { process, event } => self.process(at, process, *event),
            What::Place { lock, placed, by, taken } => {
                self.place(at, lock, *placed, (by.as_deref(), *taken));
            }
            What::Did(did) => self.did(at, &did.who, did.act),
            What::Lost { to, from, .. } => {
                self.lost.push(to.clone());
                self.step(
                    at,
                    format!("{to} learns that its connection to {from} is gone."),
                    Kinds::Plain,
                );
            }
            What::Heard { to, heard, .. }
                if heard.get("session").is_some_and(serde_json::Value::is_null) =>
            {
                self.step(at, format!("{to} learns that its session is over."), Kinds::Plain);
            }
            What::Server { server, event } => {
                self.step(at, format!("{}.", words::role(server, event)), Kinds::Plain);
            }
            What::Violated { violated, why } => {
                self.step(at, format!("That violates {violated}: {why}."), Kinds::Bad);
            }
            What::Heard { .. } | What::Timer { .. } | What::Noted { .. } => {}
        }
    }

    fn did(&mut self, at: Micros, who: &str, act: Act) {
        match act {
            Act::Done => {}
            Act::Asks => self.in_line.retain(|it| it != who),
            Act::InLine => self.in_line(at, who),
            Act::Refused => {
                if self.lost.iter().any(|process| process == process_of(who)) {
                    let how = self.how(who);
                    self.in_line.retain(|it| it != who);
                    let text = format!(
                        "{who} does not know what became of its request{how}, and will try again."
                    );
                    return self.step(at, text, Kinds::Plain);
                }
                if let Some(place) = self.interrupted.iter().position(|it| it == who) {
                    self.interrupted.remove(place);
                    let how = self.how(who);
                    let text = format!(
                        "{who} gives its attempt up{how}, whatever becomes of it, and will try again."
                    );
                    return self.step(at, text, Kinds::Plain);
                }
                let refusals = self.refusals.entry(who.to_owned()).or_default();
                *refusals += 1;
                if *refusals == 1 {
                    let how = self.how(who);
                    self.step(
                        at,
                        format!("{who} asks for the lock and is refused{how}; it will try again."),
                        Kinds::Plain,
                    );
                }
            }
            Act::Enters { until, fence, shared } => {
                let refusals = self.refusals.remove(who).unwrap_or_default();
                self.in_line.retain(|it| it != who);
                let how = self.how(who);
                let again = match refusals {
                    0 => String::new(),
                    1 => " at the second attempt".to_owned(),
                    more => format!(" after {} refusals", words::count(more)),
                };
                let mut text = format!("{who} gets the lock{again}{how} and enters its section");
                if let Some(fence) = fence {
                    let _ = write!(text, ", with token {fence}");
                }
                if let Some(until) = until {
                    let _ =
                        write!(text, "; its lease, which it heeds, ends at {}", words::time(until));
                }
                if shared {
                    text.push_str(", which it shares");
                    self.sharing.insert(who.to_owned());
                } else {
                    self.sharing.remove(who);
                }
                let others = self.others(who);
                self.inside.push(who.to_owned());
                if others.is_empty() {
                    self.step(at, format!("{text}."), Kinds::Plain);
                    if let Some(last) = self.steps.last_mut() {
                        last.entry = Some(who.to_owned());
                    }
                    return;
                }
                let verb = if others.len() == 1 { "is" } else { "are" };
                let believe = if others.len() == 1 { "believes" } else { "believe" };
                let others = words::list(&others);
                self.step(
                    at,
                    format!(
                        "{text}, while {others} {verb} still inside and {believe} to have the lock."
                    ),
                    Kinds::Bad,
                );
            }
            Act::Leaves => {
                self.inside.retain(|inside| inside != who);
                if let Some(last) = self.steps.last_mut()
                    && last.entry.as_deref() == Some(who)
                {
                    let text = last.text.trim_end_matches('.');
                    last.text = format!("{text}, and leaves it at {}.", words::time(at));
                    last.entry = None;
                    return;
                }
                self.step(at, format!("{who} leaves its section."), Kinds::Plain);
            }
            Act::Read { account, value } => self.reads(at, who, account, value),
            Act::Wrote { account, value } => self.wrote(at, who, account, value),
            Act::GivesUp => {
                self.step(at, format!("{who} gives up."), Kinds::Plain);
            }
            Act::Fenced => {
                self.step(
                    at,
                    format!("The ledger refuses {who}: it has seen a newer token."),
                    Kinds::Plain,
                );
            }
        }
    }

    /// Where a lock has a line, standing in it is worth a step.
    fn in_line(&mut self, at: Micros, who: &str) {
        let server = self.woken.as_deref().and_then(|it| self.cast.server(it));
        let has_line = server.is_some_and(|it| self.cast.servers[it].kind == Kind::ZooKeeper);
        if has_line && !self.in_line.iter().any(|it| it == who) {
            self.in_line.push(who.to_owned());
            let how = self.how(who);
            self.step(at, format!("{who} asks for the lock{how}."), Kinds::Plain);
        }
    }

    fn place(&mut self, at: Micros, lock: &str, placed: bool, (by, taken): (Option<&str>, bool)) {
        if let (true, Some(by)) = (placed, by) {
            self.owners.insert(lock.to_owned(), by.to_owned());
            return;
        }
        let owner = self.owners.remove(lock);
        match (by, owner) {
            (None, owner) => self.goes(at, lock, owner, taken),
            (Some(by), Some(owner)) if by != owner => {
                let how = self.how(by);
                self.step(at, format!("{by} removes {lock}, which is {owner}'s{how}."), Kinds::Bad);
            }
            _ => {}
        }
    }

    fn process(&mut self, at: Micros, process: &str, event: ProcessEvent) {
        match event {
            ProcessEvent::Pauses => self.paused.push(process.to_owned()),
            ProcessEvent::Resumes => {
                self.paused.retain(|paused| paused != process);
                let threads = self.cast.process(process).map(|it| &self.cast.processes[it].threads);
                let inside =
                    threads.is_some_and(|all| all.iter().any(|it| self.inside.contains(it)));
                let belief = if inside { ", and still believes to have the lock" } else { "" };
                self.step(at, format!("{process} goes on{belief}."), Kinds::Plain);
            }
            ProcessEvent::Crashes => {
                let threads = self.cast.process(process).map(|it| &self.cast.processes[it].threads);
                if let Some(threads) = threads {
                    let was = self.inside.iter().any(|it| threads.contains(it));
                    self.inside.retain(|it| !threads.contains(it));
                    let left = self.owners.iter().filter(|(_, owner)| threads.contains(owner));
                    let left: Vec<String> = left.map(|(lock, _)| lock.clone()).collect();
                    if let Some(last) = self.steps.last_mut() {
                        let mut text = last.text.trim_end_matches('.').to_owned();
                        if was {
                            text += " in its section";
                        }
                        if !left.is_empty() {
                            let _ = write!(text, ", and leaves {} behind", words::list(&left));
                        }
                        last.text = text + ".";
                    }
                }
                self.paused.retain(|paused| paused != process);
            }
            ProcessEvent::Exits => self.step(at, format!("{process} ends."), Kinds::Plain),
            ProcessEvent::Restarts => {
                self.step(at, format!("A new {process} begins, without memory."), Kinds::Plain);
            }
        }
    }

    fn stands_still(&self, who: &str) -> bool {
        self.paused.iter().any(|paused| paused == process_of(who))
    }

    /// The last request of a thread, in brackets.
    fn how(&self, who: &str) -> String {
        self.last.get(who).map(|last| format!(" ({last})")).unwrap_or_default()
    }

    fn step(&mut self, at: Micros, text: String, kind: Kinds) {
        let same = self.steps.last().is_some_and(|last| last.at == at);
        // A name in the middle of a sentence stays as it is; `The` and `A` do not.
        let text = if same { text } else { format!("At {} {}", words::time(at), lowered(&text)) };
        self.steps.push(Step { at, text, kind, entry: None });
    }
}

/// The process of a thread.
fn process_of(who: &str) -> &str {
    who.split('.').next().unwrap_or(who)
}

/// The text as it goes on in a sentence.
fn lowered(text: &str) -> String {
    for (upper, lower) in [("The ", "the "), ("A ", "a "), ("That ", "that ")] {
        if let Some(rest) = text.strip_prefix(upper) {
            return format!("{lower}{rest}");
        }
    }
    text.to_owned()
}
