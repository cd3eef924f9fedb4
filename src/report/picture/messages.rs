//! Messages between lanes.

use std::collections::{BTreeMap, VecDeque};

use serde::Serialize;

use super::{Drawing, Spot};
use crate::choice::{ProcessId, ServerId};
use crate::event::{Event, Sent, Who, answer_in};
use crate::report::words;
use crate::run::States;
use crate::store::zookeeper::{Op, Request};
use crate::store::{AnyMessage, AnyRequest, Link, Outbound};
use crate::trace::own::Sessions;
use crate::visible;

/// A message from one lane to another.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Arrow {
    /// The lane of the sender.
    pub from: usize,
    /// The lane of the receiver.
    pub to: usize,
    /// When it was sent.
    pub sent: Spot,
    /// When it arrived.
    pub arrived: Spot,
    /// What it is.
    pub kind: ArrowKind,
    /// What it says.
    pub label: String,
}

/// What a message is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ArrowKind {
    /// Somebody asks.
    Request,
    /// A server answers.
    Reply,
    /// A server tells what nobody asked for in that moment: a watch that fires, a publication.
    Notice,
}

/// What a server sent and nobody has heard yet.
struct UnderWay {
    message: AnyMessage,
    sent: usize,
    kind: ArrowKind,
}

struct Post<'a> {
    drawing: &'a Drawing<'a>,
    sessions: Sessions,
    links: BTreeMap<Link, ProcessId>,
    under_way: BTreeMap<(ProcessId, ServerId), VecDeque<UnderWay>>,
    /// The thread whose request a process sent last to a server: the answer goes to its lane.
    asked: BTreeMap<(ProcessId, ServerId), Who>,
    arrows: Vec<Arrow>,
}

pub(super) fn arrows(drawing: &Drawing<'_>, states: &States) -> Vec<Arrow> {
    let mut post = Post {
        drawing,
        sessions: Sessions::of(drawing.events),
        links: BTreeMap::new(),
        under_way: BTreeMap::new(),
        asked: BTreeMap::new(),
        arrows: Vec::new(),
    };
    let mut moments = states.sent.iter();
    for (at, record) in drawing.events.iter().enumerate() {
        match &record.event {
            Event::Executed { server, process, thread, link, request, sent } => {
                let moment = moments.next().copied().flatten();
                post.links.insert(*link, *process);
                let who = Who { process: *process, thread: thread.unwrap_or_default() };
                let arrived = drawing.spot(at);
                let sent_at = moment.map_or(arrived, |it| drawing.after_step(it.step, it.at));
                let answer = answer_in(sent, *link);
                post.send(at, *server, sent, answer);
                if is_ping(request) {
                    continue;
                }
                post.asked.insert((*process, *server), who);
                let label = words::request(request, &post.sessions);
                post.arrows.push(Arrow {
                    from: drawing.lanes.thread(who),
                    to: drawing.lanes.server(*server),
                    sent: sent_at.min(arrived),
                    arrived,
                    kind: ArrowKind::Request,
                    label: visible::line(&label).into_owned(),
                });
            }
            Event::Woke { server, sent } => post.send(at, *server, sent, None),
            Event::Received { process, server, message } => {
                post.receive(at, *process, *server, message);
            }
            _ => {}
        }
    }
    post.arrows
}

fn is_ping(request: &AnyRequest) -> bool {
    matches!(request, AnyRequest::ZooKeeper(Request::Call { op: Op::Ping, .. }))
}

impl Post<'_> {
    fn send(&mut self, at: usize, server: ServerId, sent: &[Sent], answer: Option<usize>) {
        for (place, (link, message)) in sent.iter().enumerate() {
            let (Outbound::Message(message), Some(&to)) = (message, self.links.get(link)) else {
                continue;
            };
            let kind = if Some(place) == answer { ArrowKind::Reply } else { ArrowKind::Notice };
            let under_way = self.under_way.entry((to, server)).or_default();
            under_way.push_back(UnderWay { message: message.clone(), sent: at, kind });
        }
    }

    fn receive(&mut self, at: usize, process: ProcessId, server: ServerId, message: &AnyMessage) {
        let Some(under_way) = self.under_way.get_mut(&(process, server)) else { return };
        // Connections of a process to one server keep no order among each other.
        let Some(place) = under_way.iter().position(|it| it.message == *message) else { return };
        let Some(it) = under_way.remove(place) else { return };
        let who = self.asked.get(&(process, server)).copied();
        let who = who.filter(|_| it.kind == ArrowKind::Reply);
        let who = who.unwrap_or(Who { process, thread: 0 });
        let label = words::message(message, &self.sessions);
        self.arrows.push(Arrow {
            from: self.drawing.lanes.server(server),
            to: self.drawing.lanes.thread(who),
            sent: self.drawing.spot(it.sent),
            arrived: self.drawing.spot(at),
            kind: it.kind,
            label: visible::line(&label).into_owned(),
        });
    }
}
