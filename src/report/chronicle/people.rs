//! Processes and their threads: where each is, and what it asked last.

use super::{At, Chronicle};
use crate::event::{Event, Record, Who, answer_in};
use crate::store::zookeeper::Message;
use crate::store::{AnyMessage, AnyRequest, Outbound, redis};
use crate::time::Micros;

/// A process.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Person {
    /// Its threads.
    pub threads: Vec<Stance>,
    /// Since which event it stands still.
    pub paused: Option<At>,
    /// With which event it died or ended, unless a new one has taken its place.
    pub gone: Option<At>,
    /// With which event a process of this name last died.
    pub died: Option<At>,
    /// Its last connection that broke since a request of it was executed: to which server, and with which event.
    pub lost: Option<(crate::choice::ServerId, At)>,
}

/// Where a thread is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Place {
    /// It has not asked, or has had enough.
    #[default]
    Elsewhere,
    /// It wants the lock.
    Asking,
    /// It is in its section.
    Inside,
    /// It has left its section.
    Leaving,
}

/// A thread.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Stance {
    /// Where it is.
    pub place: Place,
    /// The event with which it began to ask for the lock that it wants, or has.
    pub asked: Option<At>,
    /// The event with which the first request of that was executed.
    pub in_line: Option<At>,
    /// The event with which it entered last.
    pub entered: Option<At>,
    /// The event with which it left last.
    pub left: Option<At>,
    /// Until when (µs since the run began) it believes to have the lock, if it heeds that.
    pub until: Option<Micros>,
    /// Whether it shares the lock, or shared it last.
    pub shares: bool,
    /// How often it was refused since it began to ask.
    pub refusals: u64,
    /// Its last request that was executed, and when.
    pub last: Option<(At, Micros)>,
    /// How many requests it has sent since anybody entered.
    pub requests: u64,
    /// The longest that it has let pass between two requests (µs).
    pub gap: Micros,
    /// Whether it is in its section without the lock, or is about to be.
    pub without: bool,
    /// Whether its call was dropped since it was last refused.
    pub interrupted: Option<At>,
}

impl Person {
    pub(super) fn new(threads: usize) -> Self {
        Self { threads: vec![Stance::default(); threads], ..Self::default() }
    }
}

impl Stance {
    pub(super) fn asks(&mut self, at: At, now: Micros) {
        if let Some((_, before)) = self.last {
            self.gap = self.gap.max(now - before);
        }
        self.last = Some((at, now));
        self.requests += 1;
    }

    /// Whether it wants the lock.
    pub fn wants(&self) -> bool {
        self.place == Place::Asking
    }
}

/// Takes note of what threads and processes do.
pub(super) fn take(chronicle: &mut Chronicle<'_>, at: At, event: &Event<'_>) {
    match *event {
        Event::Asks(who) => change(chronicle, who, |it| {
            (it.place, it.asked, it.in_line, it.refusals) = (Place::Asking, Some(at), None, 0);
        }),
        Event::InLine(who) => change(chronicle, who, |it| it.in_line = it.in_line.or(Some(at))),
        Event::Enters { who, until, shared, .. } => {
            change(chronicle, who, |it| {
                (it.place, it.entered, it.until, it.shares) =
                    (Place::Inside, Some(at), until, shared);
            });
            chronicle.inside.push(who);
            chronicle.last_entry = Some((who, at));
            for stance in chronicle.people.iter_mut().flat_map(|it| &mut it.threads) {
                stance.requests = 0;
            }
        }
        Event::GoesInWithout(who) => change(chronicle, who, |it| it.without = true),
        Event::Leaves(who) => {
            chronicle.inside.retain(|it| *it != who);
            change(chronicle, who, |it| {
                (it.place, it.left, it.without) = (Place::Leaving, Some(at), false);
            });
        }
        Event::Refused(who) => change(chronicle, who, |it| {
            it.refusals += 1;
            it.interrupted = None;
        }),
        Event::Done(who) => change(chronicle, who, |it| it.place = Place::Elsewhere),
        Event::Crashes(process) | Event::Exits(process) => {
            let died = matches!(event, Event::Crashes(_));
            chronicle.inside.retain(|it| it.process != process);
            if let Some(person) = chronicle.people.get_mut(usize::from(process)) {
                (person.gone, person.paused) = (Some(at), None);
                person.died = if died { Some(at) } else { person.died };
                for stance in &mut person.threads {
                    stance.place = Place::Elsewhere;
                }
            }
        }
        Event::Restarts(process) => {
            if let Some(person) = chronicle.people.get_mut(usize::from(process)) {
                person.gone = None;
            }
        }
        Event::Pauses(process) | Event::Resumes(process) => {
            if let Some(person) = chronicle.people.get_mut(usize::from(process)) {
                person.paused = matches!(event, Event::Pauses(_)).then_some(at);
            }
        }
        _ => {}
    }
}

fn change(chronicle: &mut Chronicle<'_>, who: Who, change: impl FnOnce(&mut Stance)) {
    let person = chronicle.people.get_mut(usize::from(who.process));
    if let Some(stance) = person.and_then(|it| it.threads.get_mut(usize::from(who.thread))) {
        change(stance);
    }
}

/// Whether a message answers a request.
pub(super) fn is_answer(message: &AnyMessage) -> bool {
    matches!(
        message,
        AnyMessage::Redis(redis::Message::Reply(_))
            | AnyMessage::ZooKeeper(Message::Reply(_) | Message::Connect(_))
            | AnyMessage::Ledger(_)
    )
}

/// Whether it is a PUBLISH that nobody heard.
pub(super) fn publishes_to_nobody(record: &Record) -> bool {
    let Event::Executed { request, sent, link, .. } = &record.event else { return false };
    let AnyRequest::Redis(redis::Request::Command(words)) = &**request else { return false };
    let publishes = words.first().is_some_and(|name| name.eq_ignore_ascii_case(b"publish"));
    publishes
        && answer_in(sent, *link).is_some_and(|place| {
            let nobody = redis::Message::Reply(redis::Reply::Int(0));
            sent[place].1 == Outbound::Message(AnyMessage::Redis(nobody))
        })
}
