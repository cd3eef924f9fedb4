//! The chronicle: one fold over the events of a run that knows, after each, who is where, who holds what until when, who
//! waits for whom, what each thread asked last, who has not heard what, and which faults are in force.
//!
//! Timelines, stories and causes are views of it. It refers to events by their places in the run ([`At`]), so that
//! whatever is told can be looked up, and it never reads a command: what became of what stands where the lock lives is
//! told by the stores.

mod answers;
mod force;
mod holding;
mod people;
mod way;

pub use holding::{Holding, HoldingEnd};
pub use people::{Person, Place, Stance};

use std::collections::BTreeMap;

use super::cast::Cast;
use crate::choice::{Alternative, Direction, ProcessId, ServerId, Strike, Target};
use crate::event::{Event, Record, ServerTurn, Who, answer_in};
use crate::store::effect::Item;
use crate::store::{Link, Outbound};
use crate::time::Micros;

/// The place of an event in its run, from 0.
pub type At = usize;

/// What was sent to a process that had not asked in that moment, and has not reached it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Unheard {
    /// The process.
    pub to: ProcessId,
    /// The event with which it was sent.
    pub at: At,
    /// Which of the messages of that event.
    pub place: usize,
}

/// What is known after some events of a run.
#[derive(Clone, Debug)]
pub struct Chronicle<'a> {
    cast: &'a Cast,
    /// The time of the last event (µs since the run began).
    pub now: Micros,
    /// The processes with their threads.
    pub people: Vec<Person>,
    /// Who is in a section, in the order of entry.
    pub inside: Vec<Who>,
    /// Who entered last, and with which event.
    pub last_entry: Option<(Who, At)>,
    /// All that ever stood where the lock lives, in the order in which it was placed.
    pub holdings: Vec<Holding>,
    /// Of these, those that stand there now.
    standing: BTreeMap<(ServerId, Item), usize>,
    /// The faults that have struck, each with its event and whom it hit.
    pub faults: Vec<(At, Strike)>,
    /// Of these, those whose effect is not over.
    force: force::Force,
    /// Servers that are down, and since which event.
    pub down: BTreeMap<ServerId, At>,
    /// The server that was made the master last, and with which event.
    pub promoted: Option<(ServerId, At)>,
    /// Directions in which a message is held, and since which event.
    pub held: BTreeMap<(ProcessId, ServerId, Direction), At>,
    /// What was sent and not heard.
    pub unheard: Vec<Unheard>,
    /// A publication that reached nobody, and who made it.
    pub unpublished: Option<(Who, At)>,
    /// Requests whose answer has not been heard.
    awaited: Vec<answers::Awaited>,
    /// The process at the end of each connection.
    links: BTreeMap<Link, ProcessId>,
    /// The last event in which a server did something, and the server.
    pub acted: Option<(ServerId, At)>,
}

impl<'a> Chronicle<'a> {
    /// Before the first event.
    pub fn new(cast: &'a Cast) -> Self {
        Self {
            cast,
            now: Micros::ZERO,
            people: cast.processes.iter().map(|it| Person::new(it.threads.len())).collect(),
            inside: Vec::new(),
            last_entry: None,
            holdings: Vec::new(),
            standing: BTreeMap::new(),
            faults: Vec::new(),
            force: force::Force::default(),
            down: BTreeMap::new(),
            promoted: None,
            held: BTreeMap::new(),
            unheard: Vec::new(),
            unpublished: None,
            awaited: Vec::new(),
            links: BTreeMap::new(),
            acted: None,
        }
    }

    /// After all of these events.
    pub fn of(cast: &'a Cast, events: &[Record]) -> Self {
        let mut chronicle = Self::new(cast);
        for (at, record) in events.iter().enumerate() {
            chronicle.take(at, record);
        }
        chronicle
    }

    /// Who takes part.
    pub fn cast(&self) -> &'a Cast {
        self.cast
    }

    /// Takes note of the event at this place, the next one.
    pub fn take(&mut self, at: At, record: &Record) {
        self.now = record.at;
        match &record.event {
            Event::Executed { server, process, thread, link, sent, .. } => {
                self.links.insert(*link, *process);
                self.acted = Some((*server, at));
                let answer = answer_in(sent, *link);
                self.send(at, sent, answer);
                if let Some(thread) = thread {
                    let who = Who { process: *process, thread: *thread };
                    self.executed(at, who, record);
                    self.awaits(at, who, *server, record);
                }
                self.held.remove(&(*process, *server, Direction::Up));
            }
            Event::Woke { server, sent } => {
                self.acted = Some((*server, at));
                self.send(at, sent, None);
            }
            Event::Received { process, server, message } => {
                self.held.remove(&(*process, *server, Direction::Down));
                // Messages of one connection arrive in order.
                if people::is_answer(message) {
                    self.hears(*process, *server, message);
                } else {
                    let found = self.unheard.iter().position(|it| it.to == *process);
                    found.map(|place| self.unheard.remove(place));
                }
            }
            Event::Lost { process, server } => {
                if let Some(person) = self.people.get_mut(usize::from(*process)) {
                    person.lost = Some((*server, at));
                }
            }
            Event::Kept(kept) => holding::take(self, at, kept),
            Event::Server { server, turn } => self.turns(at, *server, *turn),
            Event::Deviated { take: Alternative::Strike(strike), .. } => {
                self.strikes(at, *strike, record);
            }
            _ => people::take(self, at, &record.event),
        }
        self.force.take(record);
    }

    fn executed(&mut self, at: At, who: Who, record: &Record) {
        let now = record.at;
        if let Some(person) = self.people.get_mut(usize::from(who.process)) {
            person.lost = None;
            if let Some(stance) = person.threads.get_mut(usize::from(who.thread)) {
                stance.asks(at, now);
            }
        }
        if people::publishes_to_nobody(record) {
            self.unpublished = Some((who, at));
        }
    }

    fn send(&mut self, at: At, sent: &[crate::event::Sent], answer: Option<usize>) {
        for (place, (link, message)) in sent.iter().enumerate() {
            if Some(place) != answer
                && matches!(message, Outbound::Message(_))
                && let Some(&to) = self.links.get(link)
            {
                self.unheard.push(Unheard { to, at, place });
            }
        }
    }

    fn turns(&mut self, at: At, server: ServerId, turn: ServerTurn) {
        match turn {
            ServerTurn::Crashes => {
                self.down.insert(server, at);
            }
            ServerTurn::Restarts => {
                self.down.remove(&server);
            }
            ServerTurn::Promoted => self.promoted = Some((server, at)),
            ServerTurn::Follows(_) => {}
        }
    }

    fn strikes(&mut self, at: At, strike: Strike, record: &Record) {
        self.faults.push((at, strike));
        let kind = self.cast.fault(strike.fault);
        if let Some(kind) = kind {
            self.force.begin(at, strike, record, kind);
        }
        if let Target::Thread(process, thread) = strike.target
            && let Some(person) = self.people.get_mut(usize::from(process))
            && let Some(stance) = person.threads.get_mut(usize::from(thread))
        {
            stance.interrupted = Some(at);
        }
        let holds = kind.is_some_and(|it| it.holds);
        if let (Target::Message(way), true) = (strike.target, holds) {
            self.held.insert((way.process, way.server, way.direction), at);
        }
    }

    /// The process at the client's end of a connection, if a request of it was executed.
    pub fn client_on(&self, link: Link) -> Option<ProcessId> {
        self.links.get(&link).copied()
    }

    /// What stands where the lock lives now.
    pub fn standing(&self) -> impl Iterator<Item = &Holding> {
        self.holdings.iter().filter(|it| it.end.is_none())
    }

    /// The thread as it is now.
    pub fn stance(&self, who: Who) -> Option<&Stance> {
        self.people.get(usize::from(who.process))?.threads.get(usize::from(who.thread))
    }

    /// All threads, in the order of their numbers.
    pub fn threads(&self) -> impl Iterator<Item = (Who, &Stance)> {
        self.people.iter().enumerate().flat_map(|(process, person)| {
            let process = process as ProcessId;
            let threads = person.threads.iter().enumerate();
            threads.map(move |(thread, it)| (Who { process, thread: thread as u8 }, it))
        })
    }

    /// Since which event the process of a thread stands still, if it does.
    pub fn paused(&self, process: ProcessId) -> Option<At> {
        self.people.get(usize::from(process))?.paused
    }

    /// Who else is in a section, but for those that share the lock with `who`.
    pub fn others_inside(&self, who: Who) -> Vec<Who> {
        let shares = |it: Who| self.stance(it).is_some_and(|stance| stance.shares);
        let both = shares(who);
        self.inside.iter().copied().filter(|it| *it != who && !(both && shares(*it))).collect()
    }

    /// The last fault up to some event that hit this process.
    pub fn last_fault_of(&self, process: ProcessId, until: At) -> Option<(At, Strike)> {
        let faults = self.faults.iter().rev().filter(|(at, _)| *at <= until);
        let hits = |strike: &Strike| super::deviation::hit(&Alternative::Strike(*strike));
        faults.copied().find(|(_, strike)| hits(strike) == Some(process))
    }
}
