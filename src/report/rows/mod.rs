//! The rows of a timeline: what of a run's events a reader wants to see, and who is where after each.

mod around;
mod asked;
mod did;
mod row;

pub(super) use row::{Life, Lives, Row, Signs, Tone};

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::chronicle::Chronicle;
use super::{deviation, words};
use crate::choice::{Direction, ProcessId};
use crate::event::{Event, Record, Who, is_session_over, violation};
use crate::report::cast::Cast;
use crate::store::AnyMessage;
use crate::store::zookeeper::Message;
use crate::time::Micros;
use crate::trace::own::Sessions;

/// The rows of `events`.
pub(super) fn rows(cast: &Cast, events: &[Record]) -> Vec<Row> {
    let own = cast.seen(events, Cast::CROWD);
    let lives = (0..).zip(&cast.processes).map(|(process, it)| match &own {
        Some(own) if !own.iter().any(|who| who.process == process) => Vec::new(),
        _ => vec![Life::default(); it.threads.len()],
    });
    let lives = Rc::new(lives.collect());
    let mut builder = Builder {
        cast,
        events,
        sessions: Sessions::of(events),
        known: Chronicle::new(cast),
        rows: Vec::new(),
        lives,
        asked: BTreeMap::new(),
        quiet: BTreeMap::new(),
        place: 0,
    };
    for (at, record) in events.iter().enumerate() {
        builder.place = at;
        builder.hear(record);
        builder.known.take(at, record);
    }
    builder.flush();
    builder.rows
}

struct Builder<'a> {
    cast: &'a Cast,
    events: &'a [Record],
    sessions: Sessions,
    /// What is known before the event that is heard.
    known: Chronicle<'a>,
    rows: Vec<Row>,
    lives: Lives,
    /// What each thread has asked since something last happened to it, without digits.
    asked: BTreeMap<Who, BTreeSet<String>>,
    /// Requests that only repeat others: by thread, how many, and when and where the last one was.
    quiet: BTreeMap<Who, (u64, Micros, u16)>,
    /// The place of the event that is heard.
    place: usize,
}

impl Builder<'_> {
    fn hear(&mut self, record: &Record) {
        let at = record.at;
        match &record.event {
            Event::Executed { .. } => self.executed(record),
            Event::Received { process, server, message } => {
                self.received(at, *process, *server, message);
            }
            Event::Lost { process, server } => {
                let text = format!("has lost its connection to {}", self.cast.server(*server));
                self.process(at, *process, text, Tone::Fault);
            }
            Event::Kept(kept) => self.kept(at, kept),
            Event::Crashes(process)
            | Event::Exits(process)
            | Event::Restarts(process)
            | Event::Pauses(process)
            | Event::Resumes(process) => self.process_event(at, *process, &record.event),
            Event::Deviated { take, .. } => self.deviates(at, take),
            Event::Server { server, turn } => self.turns(at, *server, *turn),
            Event::Violated { property, why } => {
                if !violation(self.events).is_some_and(|it| std::ptr::eq(it, record)) {
                    return;
                }
                self.whole(at, format!("{property}: {why}"), Tone::Bad);
            }
            Event::Woke { .. } | Event::Timer(_) | Event::Noted { .. } | Event::Wakes { .. } => {}
            event => self.did(at, event),
        }
    }

    fn received(&mut self, at: Micros, process: ProcessId, server: u16, message: &AnyMessage) {
        let held = self.known.held.get(&(process, server, Direction::Down));
        let since = held.map(|held| self.events[*held].at).filter(|since| *since < at);
        let text = || words::message(message, &self.sessions);
        let (text, tone) = if let Some(since) = since {
            (format!("hears {} (sent at {})", text(), words::time(since)), Tone::Fault)
        } else if matches!(message, AnyMessage::ZooKeeper(Message::Watch(_))) {
            (format!("hears {}", text()), Tone::Plain)
        } else if let Some(published) = words::published(message) {
            (format!("hears {published}"), Tone::Plain)
        } else if is_session_over(message) {
            ("hears that its session is over".to_owned(), Tone::Fault)
        } else {
            return;
        };
        self.process(at, process, text, tone);
    }

    fn deviates(&mut self, at: Micros, take: &crate::choice::Alternative) {
        if deviation::is_silent(take) {
            return;
        }
        let told = deviation::tell(take, self.cast);
        let tone = if deviation::is_free(take) { Tone::Plain } else { Tone::Fault };
        match told.process {
            Some(process) => {
                self.renew(process);
                self.process(at, process, told.text, tone);
            }
            None => self.whole(at, told.text, tone),
        }
    }

    /// A row about one thread; beside its request if that is the last row.
    fn thread(&mut self, at: Micros, who: Who, text: &str, tone: Tone) {
        let text = self.prefixed(who, text);
        self.flush();
        if let Some(last) = self.rows.last_mut()
            && last.at == at
            && last.process.is_none()
            && last.by == Some(who)
        {
            last.process = Some((who.process, text));
            last.tone = last.tone.max(tone);
            return;
        }
        let row = self.row(at, tone);
        self.rows.push(Row { process: Some((who.process, text)), ..row });
    }

    fn process(&mut self, at: Micros, process: ProcessId, text: String, tone: Tone) {
        self.flush();
        let row = self.row(at, tone);
        self.rows.push(Row { process: Some((process, text)), ..row });
    }

    fn whole(&mut self, at: Micros, text: String, tone: Tone) {
        self.flush();
        let row = self.row(at, tone);
        self.rows.push(Row { whole: Some(text), ..row });
    }

    fn row(&self, at: Micros, tone: Tone) -> Row {
        Row { event: self.place, ..Row::new(at, tone, self.lives.clone()) }
    }

    /// The last row is how things are now.
    fn refresh(&mut self) {
        if let Some(last) = self.rows.last_mut() {
            last.lives.clone_from(&self.lives);
        }
    }

    fn life(&mut self, who: Who) -> Option<&mut Life> {
        Rc::make_mut(&mut self.lives)
            .get_mut(usize::from(who.process))?
            .get_mut(usize::from(who.thread))
    }

    /// Something happened to all threads of a process: what they ask from now on is new.
    fn renew(&mut self, process: ProcessId) {
        self.asked.retain(|asker, _| asker.process != process);
    }

    /// The thread's name before the text where its process has several.
    fn prefixed(&self, who: Who, text: &str) -> String {
        match self.cast.short(who) {
            Some(thread) => format!("{thread} {text}"),
            None => text.to_owned(),
        }
    }

    /// `c1 is`, `c1 and c2 are`, `5 others are`.
    fn are(&self, others: &[Who]) -> String {
        let names = || others.iter().map(|it| self.cast.who(*it).to_owned()).collect::<Vec<_>>();
        match others.len() {
            1 => format!("{} is", self.cast.who(others[0])),
            2..=3 => format!("{} are", words::list(&names())),
            many => format!("{many} others are"),
        }
    }
}
