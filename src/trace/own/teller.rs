//! Turns what a world tells into events.

use std::collections::BTreeMap;

use super::event::{Act, Did, Event, ProcessEvent, Sent, What};
use super::message;
use super::sessions::Sessions;
use super::written::Written;
use crate::property::{self, Names, Remover, Who};
use crate::sim::{AnyMessage, ServerEvent, Setup, Told};
use crate::store::{Link, Outbound};
use crate::time::Micros;

/// Turns what a world tells into events, one for one.
#[derive(Clone, Debug)]
pub(super) struct Teller<'a> {
    setup: &'a Setup,
    sessions: Sessions,
    /// Whose connection each link is.
    links: BTreeMap<Link, u16>,
}

impl<'a> Teller<'a> {
    pub(super) fn new(setup: &'a Setup) -> Self {
        Self { setup, sessions: Sessions::default(), links: BTreeMap::new() }
    }

    pub(super) fn event(&mut self, at: Micros, step: u64, told: &Told<'_>) -> Event {
        Event { at, step, what: self.what(told) }
    }

    fn process(&self, process: u16) -> String {
        self.setup.process(process)
    }

    fn server(&self, server: u16) -> String {
        self.setup.servers[usize::from(server)].name.clone()
    }

    fn what(&mut self, told: &Told<'_>) -> What {
        match *told {
            Told::Executed { server, process, thread, request, sent, link } => {
                self.links.insert(link, process);
                let call = Written::request(request.clone(), &self.sessions);
                let place = message::answer_in(sent, link);
                let reply = place.map(|place| match &sent[place].1 {
                    Outbound::Message(it) => Written::message(it.clone(), &mut self.sessions),
                    Outbound::Close => Written::closed(&self.sessions),
                });
                let others = sent.iter().enumerate().filter(|(at, _)| Some(*at) != place);
                let others: Vec<_> = others.map(|(_, sent)| sent).collect();
                let threads = self.setup.processes[usize::from(process)].threads.len();
                What::Executed {
                    from: self.process(process),
                    thread: thread.filter(|_| threads > 1).map(|thread| thread + 1),
                    to: self.server(server),
                    call,
                    reply,
                    sent: others.into_iter().map(|sent| self.sent(sent)).collect(),
                }
            }
            Told::Woke { server, sent } => What::Deadline {
                deadline: self.server(server),
                sent: sent.iter().map(|sent| self.sent(sent)).collect(),
            },
            Told::Received { process, server, message: Some(heard) } => What::Heard {
                to: self.process(process),
                from: self.server(server),
                heard: Written::message(heard.clone(), &mut self.sessions),
            },
            Told::Received { process, server, message: None } => {
                What::Lost { to: self.process(process), from: self.server(server), lost: true }
            }
            Told::Timer { process } => What::Timer { timer: self.process(process) },
            Told::Event(event) => self.happened(event),
            Told::Server { server, event } => What::Server {
                server: self.server(server),
                event: match event {
                    ServerEvent::Promoted => "promoted".to_owned(),
                    ServerEvent::Follows(master) => format!("follows {}", self.server(master)),
                },
            },
            Told::Violated { property, why } => {
                What::Violated { violated: property.to_owned(), why: why.to_owned() }
            }
            Told::Deviated { site, take, cost } => {
                What::Deviation { deviation: take.to_owned(), site: site.to_owned(), cost }
            }
            Told::Noted { process, what, amount } => {
                What::Noted { process: self.process(process), noted: what, amount }
            }
        }
    }

    fn sent(&mut self, (link, message): &(Link, Outbound<AnyMessage>)) -> Sent {
        let to = match self.links.get(link) {
            Some(process) => self.process(*process),
            None => format!("connection {}", link.0),
        };
        let message = match message {
            Outbound::Message(it) => Written::message(it.clone(), &mut self.sessions),
            Outbound::Close => Written::closed(&self.sessions),
        };
        Sent { to, message }
    }

    fn did(&self, who: Who, act: Act) -> What {
        What::Did(Did { who: self.setup.who(who), act })
    }

    fn happened(&self, event: &property::Event) -> What {
        use property::Event as E;
        let process = |process, event| What::Process { process: self.process(process), event };
        match *event {
            E::Asks(who) => self.did(who, Act::Asks),
            E::InLine(who) => self.did(who, Act::InLine),
            E::Enters { who, until, fence, shared } => {
                self.did(who, Act::Enters { until, fence, shared })
            }
            E::Leaves(who) => self.did(who, Act::Leaves),
            E::Refused(who) => self.did(who, Act::Refused),
            E::GivesUp(who) => self.did(who, Act::GivesUp),
            E::Done(who) => self.did(who, Act::Done),
            E::Read { who, account, value } => self.did(who, Act::Read { account, value }),
            E::Wrote { who, account, value } => self.did(who, Act::Wrote { account, value }),
            E::Fenced(who) => self.did(who, Act::Fenced),
            E::Placed { by, ref what } => {
                let (lock, by) = (what.to_string(), Some(self.setup.who(by)));
                What::Place { lock, placed: true, by, taken: false }
            }
            E::Removed { by, ref what } => {
                let (by, taken) = match by {
                    Remover::Request(by) => (Some(self.setup.who(by)), false),
                    Remover::Time => (None, false),
                    Remover::Fault => (None, true),
                };
                What::Place { lock: what.to_string(), placed: false, by, taken }
            }
            E::Wakes { .. } => {
                unreachable!("told to properties only: what was sent stands beside the request")
            }
            E::Crashes(it) => process(it, ProcessEvent::Crashes),
            E::Exits(it) => process(it, ProcessEvent::Exits),
            E::Restarts(it) => process(it, ProcessEvent::Restarts),
            E::Pauses(it) => process(it, ProcessEvent::Pauses),
            E::Resumes(it) => process(it, ProcessEvent::Resumes),
        }
    }
}
