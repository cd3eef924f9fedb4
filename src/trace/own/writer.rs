//! The lines of a trace: an event each, with names.

use std::collections::BTreeMap;

use serde::Serialize;

use super::message;
use super::named::{self, NamedAlternative, NamedSite};
use super::sessions::Sessions;
use super::written::Written;
use crate::event::{self, By, Event, Kept, Names as _, Record, ServerTurn, Who, answer_in};
use crate::sim::Setup;
use crate::store::effect::{Change, Part};
use crate::store::ledger::Account;
use crate::store::{Link, Outbound};
use crate::time::Micros;

/// Writes the events of a run, one after the other.
#[derive(Clone, Debug)]
pub struct Writer<'a> {
    setup: &'a Setup,
    sessions: Sessions,
    /// Whose connection each link is.
    links: BTreeMap<Link, u16>,
}

/// One line.
#[derive(Serialize)]
struct Line<'e> {
    at: Micros,
    step: u64,
    #[serde(flatten)]
    what: What<'e>,
}

/// The forms of a line.
#[derive(Serialize)]
#[serde(untagged)]
enum What<'e> {
    /// A server executed a request.
    Executed {
        from: String,
        /// Which of its threads, from 1, if it has several.
        #[serde(skip_serializing_if = "Option::is_none")]
        thread: Option<u8>,
        to: String,
        /// As recordings write it: a list of words (Redis), or an object with `op`.
        call: Written,
        /// There is none yet if the member is missing.
        #[serde(skip_serializing_if = "Option::is_none")]
        reply: Option<Written>,
        /// What else the server sent.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        sent: Vec<Sent>,
    },
    /// A server did something that no client asked for.
    Deadline {
        deadline: String,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        sent: Vec<Sent>,
    },
    /// A message reached a process.
    Heard { to: String, from: String, heard: Written },
    /// A process learnt that its connection is gone.
    Lost { to: String, from: String, lost: bool },
    /// A timer of a process fired.
    Timer { timer: String },
    /// A thread did something.
    Did {
        who: String,
        #[serde(flatten)]
        act: Act,
    },
    /// Something became of what stands where the lock lives.
    Kept {
        kept: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        part: Option<KeptPart>,
        on: String,
        #[serde(flatten)]
        change: KeptChange,
        by: KeptBy,
        #[serde(skip_serializing_if = "Option::is_none")]
        command: Option<String>,
    },
    /// Something happened to a process.
    Process { process: String, event: &'static str },
    /// Something became of a server.
    Server {
        server: String,
        event: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        master: Option<String>,
    },
    /// Something other than the nominal happened.
    Deviation { deviation: Option<NamedAlternative>, site: Option<NamedSite>, cost: u8 },
    /// A recipe or workload counted something.
    Noted { process: String, noted: &'static str, amount: i64 },
    /// A property was violated.
    Violated { violated: &'static str, why: &'e str },
}

/// A message that a server sent beside the answer to a request.
#[derive(Serialize)]
struct Sent {
    to: String,
    message: Written,
}

/// What a thread did.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
enum Act {
    Asks,
    InLine,
    GoesInWithout,
    Enters {
        #[serde(skip_serializing_if = "Option::is_none")]
        until: Option<Micros>,
        #[serde(skip_serializing_if = "Option::is_none")]
        fence: Option<i64>,
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        shared: bool,
    },
    TooLate {
        until: Micros,
    },
    Leaves,
    Refused,
    GivesUp,
    Done,
    Read {
        #[serde(skip_serializing_if = "Account::is_main")]
        account: Account,
        value: i64,
    },
    Wrote {
        #[serde(skip_serializing_if = "Account::is_main")]
        account: Account,
        value: i64,
    },
    Fenced,
}

/// A part of a key.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum KeptPart {
    Field(String),
    Element(String),
    Member(String),
}

/// What became of it.
#[derive(Serialize)]
#[serde(tag = "change", rename_all = "kebab-case")]
enum KeptChange {
    Placed {
        #[serde(skip_serializing_if = "Option::is_none")]
        until: Option<Micros>,
        #[serde(skip_serializing_if = "Option::is_none")]
        session: Option<String>,
    },
    Renewed {
        until: Option<Micros>,
    },
    Rewritten {
        value: String,
    },
    Removed {
        #[serde(skip_serializing_if = "Option::is_none")]
        until: Option<Micros>,
    },
}

/// Who or what did it.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum KeptBy {
    Thread(String),
    Time,
    Session,
    Housekeeping,
    Fault(usize),
    Copy,
}

impl<'a> Writer<'a> {
    /// Of a run of `setup`, from its beginning.
    pub fn new(setup: &'a Setup) -> Self {
        Self { setup, sessions: Sessions::default(), links: BTreeMap::new() }
    }

    /// Whether an event has a line; what a change set in motion stands beside the request.
    pub fn has_line(event: &Event<'_>) -> bool {
        !matches!(event, Event::Wakes { .. })
    }

    /// The line of the next event that has one, without the line break.
    pub fn line(&mut self, record: &Record) -> String {
        let what = self.what(&record.event);
        let line = Line { at: record.at, step: record.step, what };
        // Nothing in an event can fail to be written.
        serde_json::to_string(&line).unwrap_or_default()
    }

    /// The same as a JSON value.
    pub fn value(&mut self, record: &Record) -> serde_json::Value {
        let what = self.what(&record.event);
        let line = Line { at: record.at, step: record.step, what };
        serde_json::to_value(&line).unwrap_or_default()
    }

    fn what<'e>(&mut self, event: &'e Event<'_>) -> What<'e> {
        let setup = self.setup;
        match event {
            Event::Executed { server, process, thread, link, request, sent } => {
                self.links.insert(*link, *process);
                let call = Written::request(request.clone().into_owned(), &self.sessions);
                let place = answer_in(sent, *link);
                let reply = place.map(|place| self.written(&sent[place].1));
                let others = sent.iter().enumerate().filter(|(at, _)| Some(*at) != place);
                let others: Vec<_> = others.map(|(_, sent)| self.sent(sent)).collect();
                let threads = setup.processes[usize::from(*process)].threads.len();
                What::Executed {
                    from: setup.process(*process),
                    thread: thread.filter(|_| threads > 1).map(|thread| thread + 1),
                    to: setup.server(*server),
                    call,
                    reply,
                    sent: others,
                }
            }
            Event::Woke { server, sent } => What::Deadline {
                deadline: setup.server(*server),
                sent: sent.iter().map(|sent| self.sent(sent)).collect(),
            },
            Event::Received { process, server, message } => What::Heard {
                to: setup.process(*process),
                from: setup.server(*server),
                heard: Written::message(message.clone().into_owned(), &mut self.sessions),
            },
            Event::Lost { process, server } => {
                What::Lost { to: setup.process(*process), from: setup.server(*server), lost: true }
            }
            Event::Timer(process) => What::Timer { timer: setup.process(*process) },
            Event::Kept(kept) => self.kept(kept),
            Event::Wakes { .. } => {
                unreachable!("not written: what was sent stands beside the request")
            }
            Event::Asks(who) => self.did(*who, Act::Asks),
            Event::InLine(who) => self.did(*who, Act::InLine),
            Event::GoesInWithout(who) => self.did(*who, Act::GoesInWithout),
            Event::Enters { who, until, lease: _, fence, shared } => {
                let (until, fence, shared) = (*until, *fence, *shared);
                self.did(*who, Act::Enters { until, fence, shared })
            }
            Event::TooLate { who, until } => self.did(*who, Act::TooLate { until: *until }),
            Event::Leaves(who) => self.did(*who, Act::Leaves),
            Event::Refused(who) => self.did(*who, Act::Refused),
            Event::GivesUp(who) => self.did(*who, Act::GivesUp),
            Event::Done(who) => self.did(*who, Act::Done),
            Event::Read { who, account, value } => {
                self.did(*who, Act::Read { account: *account, value: *value })
            }
            Event::Wrote { who, account, value } => {
                self.did(*who, Act::Wrote { account: *account, value: *value })
            }
            Event::Fenced(who) => self.did(*who, Act::Fenced),
            Event::Crashes(process) => self.process(*process, "crashes"),
            Event::Exits(process) => self.process(*process, "exits"),
            Event::Restarts(process) => self.process(*process, "restarts"),
            Event::Pauses(process) => self.process(*process, "pauses"),
            Event::Resumes(process) => self.process(*process, "resumes"),
            Event::Server { server, turn } => {
                let (event, master) = match turn {
                    ServerTurn::Crashes => ("crashes", None),
                    ServerTurn::Restarts => ("restarts", None),
                    ServerTurn::Promoted => ("promoted", None),
                    ServerTurn::Follows(master) => ("follows", Some(setup.server(*master))),
                };
                What::Server { server: setup.server(*server), event, master }
            }
            Event::Deviated { site, take, cost } => What::Deviation {
                deviation: named::alternative(take, setup),
                site: named::site(*site, setup),
                cost: *cost,
            },
            Event::Noted { process, what, amount } => {
                What::Noted { process: setup.process(*process), noted: what, amount: *amount }
            }
            Event::Violated { property, why } => What::Violated { violated: property, why },
        }
    }

    fn written(&mut self, message: &Outbound<crate::store::AnyMessage>) -> Written {
        match message {
            Outbound::Message(it) => Written::message(it.clone(), &mut self.sessions),
            Outbound::Close => Written::closed(&self.sessions),
        }
    }

    fn sent(&mut self, (link, message): &event::Sent) -> Sent {
        let to = match self.links.get(link) {
            Some(process) => self.setup.process(*process),
            None => format!("connection {}", link.0),
        };
        Sent { to, message: self.written(message) }
    }

    fn did(&self, who: Who, act: Act) -> What<'static> {
        What::Did { who: self.setup.who(who), act }
    }

    fn process(&self, process: u16, event: &'static str) -> What<'static> {
        What::Process { process: self.setup.process(process), event }
    }

    fn kept(&self, kept: &Kept) -> What<'static> {
        let Kept { server, item, change, by, command } = kept;
        let session = |id: &i64| self.sessions.name(message::session(*id));
        What::Kept {
            kept: item.place.to_string(),
            part: item.part.as_ref().map(|part| match part {
                Part::Field(text) => KeptPart::Field(text.to_string()),
                Part::Element(text) => KeptPart::Element(text.to_string()),
                Part::Member(text) => KeptPart::Member(text.to_string()),
            }),
            on: self.setup.server(*server),
            change: match change {
                Change::Placed { until, session: of } => {
                    KeptChange::Placed { until: *until, session: of.as_ref().map(session) }
                }
                Change::Renewed { until, .. } => KeptChange::Renewed { until: *until },
                Change::Rewritten { value } => KeptChange::Rewritten { value: value.to_string() },
                Change::Removed { until } => KeptChange::Removed { until: *until },
            },
            by: match *by {
                By::Thread(who) => KeptBy::Thread(self.setup.who(who)),
                By::Time => KeptBy::Time,
                By::Session => KeptBy::Session,
                By::Housekeeping => KeptBy::Housekeeping,
                By::Fault(fault) => KeptBy::Fault(usize::from(fault) + 1),
                By::Copy => KeptBy::Copy,
            },
            command: command.as_ref().map(ToString::to_string),
        }
    }
}
