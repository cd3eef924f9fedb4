//! The rows of a timeline: what of a run's events a reader wants to see, and who is where after each.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

mod around;

use crate::report::cast::{Cast, Kind, thread_name};
use crate::report::deviation;
use crate::report::words;
use crate::time::Micros;
use crate::trace::own::{Act, Event, Sent, What};

/// Where a thread is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Life {
    /// In its section.
    pub(super) inside: bool,
    /// Its process stands still.
    pub(super) paused: bool,
    /// Its process is dead.
    pub(super) gone: bool,
}

/// How a row is meant.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Tone {
    /// As it should be.
    Plain,
    /// Something was done to the world.
    Fault,
    /// Something that should not be.
    Bad,
}

/// One row.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Row {
    pub(super) at: Micros,
    /// What a process does.
    pub(super) process: Option<(usize, String)>,
    /// What a server does, and which process asked for it.
    pub(super) server: Option<(usize, String)>,
    /// The thread whose request it is.
    by: Option<String>,
    /// What concerns everybody.
    pub(super) whole: Option<String>,
    pub(super) tone: Tone,
    /// Where each thread of each process is afterwards.
    pub(super) lives: Vec<Vec<Life>>,
}

/// The rows of `events`.
pub(super) fn rows(cast: &Cast, events: &[Event]) -> Vec<Row> {
    let lives = cast.processes.iter().map(|it| vec![Life::default(); it.threads.len()]).collect();
    let mut builder = Builder {
        cast,
        rows: Vec::new(),
        lives,
        asked: BTreeMap::new(),
        quiet: BTreeMap::new(),
        entered: Vec::new(),
        sharing: BTreeSet::new(),
        held: BTreeMap::new(),
        owners: BTreeMap::new(),
        woken: None,
    };
    for event in events {
        builder.hear(event);
    }
    builder.flush();
    builder.rows
}

struct Builder<'a> {
    cast: &'a Cast,
    rows: Vec<Row>,
    lives: Vec<Vec<Life>>,
    /// What each thread has asked since something last happened to it, without digits.
    asked: BTreeMap<String, BTreeSet<String>>,
    /// Requests that only repeat others: by thread, how many, and when the last one was.
    quiet: BTreeMap<String, (u64, Micros, usize)>,
    /// Who entered, the last one last; those who left are taken out.
    entered: Vec<String>,
    /// Who entered last to share.
    sharing: BTreeSet<String>,
    /// Messages that are held, and since when.
    held: BTreeMap<(String, String), Micros>,
    /// Who put what is where the lock lives.
    owners: BTreeMap<String, String>,
    /// The server whose deadline came last.
    woken: Option<String>,
}

impl Builder<'_> {
    fn hear(&mut self, event: &Event) {
        let at = event.at;
        match &event.what {
            What::Executed { from, thread, to, call, reply, sent } => {
                self.woken = Some(to.clone());
                let who = thread_name(from, *thread);
                let reply = reply.as_deref().map(words::reply);
                self.executed(at, (&who, from), to, &words::call(call), reply.as_deref(), sent);
            }
            What::Deadline { deadline, .. } => self.woken = Some(deadline.clone()),
            What::Heard { to, from, heard } => {
                let since = self.held.remove(&(from.clone(), to.clone()));
                if let Some(since) = since.filter(|since| *since < at) {
                    let since = words::time(since);
                    let text = format!("hears {} (sent at {since})", words::reply(heard));
                    self.process(at, to, text, Tone::Fault);
                } else if let Some(watch) = heard.get("watch") {
                    self.process(
                        at,
                        to,
                        format!("hears {}", words::watch_event(watch)),
                        Tone::Plain,
                    );
                } else if let Some(message) = heard.get("push").and_then(words::channel_message) {
                    self.process(at, to, format!("hears {message}"), Tone::Plain);
                } else if heard.get("session").is_some_and(serde_json::Value::is_null) {
                    self.process(at, to, "hears that its session is over".to_owned(), Tone::Fault);
                }
            }
            What::Lost { to, from, .. } => {
                self.process(at, to, format!("has lost its connection to {from}"), Tone::Fault);
            }
            What::Timer { .. } | What::Noted { .. } => {}
            What::Did(did) => self.did(at, &did.who, did.act),
            What::Place { lock, placed, by, taken } => {
                self.place(at, lock, *placed, (by.as_deref(), *taken));
            }
            What::Process { process, event } => self.process_event(at, process, *event),
            What::Deviation { deviation, .. } if deviation::is_silent(deviation) => {}
            What::Deviation { deviation, site, .. } => {
                let told = deviation::tell(site, deviation, self.cast);
                if let Some(way) = told.held {
                    self.held.insert(way, at);
                }
                match told.process {
                    Some(process) => {
                        self.renew(&process);
                        self.process(at, &process, told.text, Tone::Fault);
                    }
                    None => self.whole(at, told.text, Tone::Fault),
                }
            }
            What::Server { server, event } => {
                self.whole(at, words::role(server, event), Tone::Plain);
            }
            What::Violated { violated, why } => {
                self.whole(at, format!("{violated}: {why}"), Tone::Bad);
            }
        }
    }

    fn executed(
        &mut self,
        at: Micros,
        (who, process): (&str, &str),
        to: &str,
        call: &str,
        reply: Option<&str>,
        sent: &[Sent],
    ) {
        let is_routine = matches!(call, "ping") || call.starts_with("connect");
        let late = self.held.get(&(process.to_owned(), to.to_owned())).copied();
        if is_routine && late.is_none() && sent.is_empty() && reply != Some("the session is over") {
            return;
        }
        let Some(server) = self.cast.server(to) else { return };
        let mut text = format!("{who} {call}");
        if let Some(reply) = reply {
            let _ = write!(text, " → {reply}");
        }
        let masked = format!("{to} {}", words::without_digits(&text));
        let is_new = self.asked.entry(who.to_owned()).or_default().insert(masked);
        let is_ledger = self.cast.servers[server].kind == Kind::Ledger;
        if let Some(since) = late {
            self.held.remove(&(process.to_owned(), to.to_owned()));
            if since < at {
                let _ = write!(text, " (sent at {})", words::time(since));
            }
        } else if !is_new && !is_ledger && sent.is_empty() && reply != Some("OK") {
            let quiet = self.quiet.entry(who.to_owned()).or_insert((0, at, server));
            *quiet = (quiet.0 + 1, at, server);
            return;
        }
        let woken: BTreeSet<&str> = sent
            .iter()
            .filter(|sent| sent.message.get("watch").is_some())
            .map(|sent| &*sent.to)
            .collect();
        if !woken.is_empty() {
            let names: Vec<String> = woken.iter().map(|it| (*it).to_owned()).collect();
            let names = if names.len() > 4 {
                format!("{} clients", names.len())
            } else {
                words::list(&names)
            };
            let _ = write!(text, "; notifies {names}");
        }
        self.flush();
        // What a process does and what it then asks for stand side by side.
        if let Some(last) = self.rows.last_mut()
            && last.at == at
            && last.server.is_none()
            && last.whole.is_none()
            && last.tone == Tone::Plain
            && last
                .process
                .as_ref()
                .is_some_and(|(number, _)| Some(*number) == self.cast.process(process))
        {
            last.server = Some((server, text));
            last.by = Some(who.to_owned());
            return;
        }
        let row = self.row(at, Tone::Plain);
        self.rows.push(Row { server: Some((server, text)), by: Some(who.to_owned()), ..row });
    }

    fn did(&mut self, at: Micros, who: &str, act: Act) {
        let Some((process, thread)) = self.cast.thread(who) else { return };
        match act {
            Act::Asks => self.renew(who),
            Act::Enters { until, fence, shared } => {
                if shared {
                    self.sharing.insert(who.to_owned());
                } else {
                    self.sharing.remove(who);
                }
                let others =
                    self.entered.iter().filter(|it| !shared || !self.sharing.contains(*it));
                let others: Vec<String> = others.cloned().collect();
                self.entered.push(who.to_owned());
                self.lives[process][thread].inside = true;
                self.renew(who);
                let mut text = if shared { "enters, sharing" } else { "enters" }.to_owned();
                if let Some(fence) = fence {
                    let _ = write!(text, " with token {fence}");
                }
                if let Some(until) = until {
                    let _ = write!(text, ", until {}", words::time(until));
                }
                let tone = if others.is_empty() { Tone::Plain } else { Tone::Bad };
                if !others.is_empty() {
                    let _ = write!(text, " while {} inside", are(&others));
                }
                self.thread(at, who, &text, tone);
            }
            Act::Leaves => {
                self.entered.retain(|inside| inside != who);
                self.lives[process][thread].inside = false;
                self.renew(who);
                self.thread(at, who, "leaves", Tone::Plain);
            }
            Act::Refused => {
                // Told beside the request that was refused, if that is to be seen.
                let text = prefixed(who, "refused");
                if let Some(last) = self.rows.last_mut()
                    && last.by.as_deref() == Some(who)
                    && last.process.is_none()
                    && last.at == at
                {
                    last.process = Some((process, text));
                }
            }
            Act::Wrote { .. } => {
                let later = self.entered.iter().position(|inside| inside == who).map(|at| at + 1);
                let others = self.entered.get(later.unwrap_or(0)..).unwrap_or_default();
                let shares = self.sharing.contains(who);
                let others = others.iter().filter(|it| !shares || !self.sharing.contains(*it));
                let others: Vec<String> = others.cloned().collect();
                if !others.is_empty()
                    && let Some(last) = self.rows.last_mut()
                    && let Some((_, text)) = &mut last.server
                {
                    let _ = write!(text, " while {} inside", are(&others));
                    last.tone = Tone::Bad;
                }
            }
            Act::Fenced => {
                if let Some(last) = self.rows.last_mut() {
                    last.tone = last.tone.max(Tone::Fault);
                }
            }
            Act::GivesUp => self.thread(at, who, "gives up", Tone::Plain),
            Act::InLine | Act::Done | Act::Read { .. } => {}
        }
        self.refresh();
    }

    /// A row about one thread; beside its request if that is the last row.
    fn thread(&mut self, at: Micros, who: &str, text: &str, tone: Tone) {
        let Some((process, _)) = self.cast.thread(who) else { return };
        let text = prefixed(who, text);
        self.flush();
        if let Some(last) = self.rows.last_mut()
            && last.at == at
            && last.process.is_none()
            && last.by.as_deref() == Some(who)
        {
            last.process = Some((process, text));
            last.tone = last.tone.max(tone);
            return;
        }
        let row = self.row(at, tone);
        self.rows.push(Row { process: Some((process, text)), ..row });
    }

    fn process(&mut self, at: Micros, process: &str, text: String, tone: Tone) {
        let Some(number) = self.cast.process(process) else { return };
        self.flush();
        let row = self.row(at, tone);
        self.rows.push(Row { process: Some((number, text)), ..row });
    }

    fn whole(&mut self, at: Micros, text: String, tone: Tone) {
        self.flush();
        let row = self.row(at, tone);
        self.rows.push(Row { whole: Some(text), ..row });
    }

    fn row(&self, at: Micros, tone: Tone) -> Row {
        let lives = self.lives.clone();
        Row { at, process: None, server: None, by: None, whole: None, tone, lives }
    }

    /// The last row is how things are now.
    fn refresh(&mut self) {
        if let Some(last) = self.rows.last_mut() {
            last.lives.clone_from(&self.lives);
        }
    }

    /// Something happened to a thread, or to all threads of a process: what it asks from now on is new.
    fn renew(&mut self, who: &str) {
        let thread = format!("{who}.");
        self.asked.retain(|asker, _| asker != who && !asker.starts_with(&thread));
    }

    /// Tells what only repeats, before something else is told.
    fn flush(&mut self) {
        let quiet = std::mem::take(&mut self.quiet);
        let Some(last) = quiet.values().map(|(_, at, _)| *at).max() else { return };
        let server = quiet.values().map(|(_, _, server)| *server).next().unwrap_or_default();
        let names: Vec<String> = quiet
            .iter()
            .map(|(who, (times, _, _))| match times {
                1 => format!("{who} once"),
                times => format!("{who} {} times", words::count(*times)),
            })
            .collect();
        let text = match names.len() {
            0..=3 => format!("⋮ the same again: {}", names.join(", ")),
            many => {
                let times: u64 = quiet.values().map(|(times, _, _)| times).sum();
                format!("⋮ the same again: {many} clients, {} times", words::count(times))
            }
        };
        let row = self.row(last, Tone::Plain);
        // The states are those of the row before: nothing has changed meanwhile.
        let lives = self.rows.last().map_or(row.lives.clone(), |last| last.lives.clone());
        self.rows.push(Row { server: Some((server, text)), lives, ..row });
    }
}

/// The thread's name before the text where its process has several.
fn prefixed(who: &str, text: &str) -> String {
    match who.split_once('.') {
        Some((_, thread)) => format!("{thread} {text}"),
        None => text.to_owned(),
    }
}

/// `c1 is`, `c1 and c2 are`, `5 others are`.
fn are(names: &[String]) -> String {
    match names.len() {
        1 => format!("{} is", names[0]),
        2..=3 => format!("{} are", words::list(names)),
        many => format!("{many} others are"),
    }
}
