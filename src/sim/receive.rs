//! Messages that reach clients: replies, watch events, sessions.

use std::borrow::Cow;

use super::agenda::{ConnId, Due};
use super::conn::{Awaited, Down};
use super::server::{AnyMessage, AnyRequest};
use super::world::{Stage, World};
use crate::client::zookeeper::{Connected, WatchKind};
use crate::cx::{CallError, OpResult, Reads, Seen, Session};
use crate::event::Event;
use crate::store::zookeeper::{self, Answer, ZkError};
use crate::store::{Inbound, redis};

impl World {
    /// The next message of a connection reaches its client.
    pub(crate) fn receive(&mut self, stage: &mut Stage<'_>, conn: ConnId) {
        let Some(message) = self.conn_mut(conn).down.pop_front() else { return };
        let state = &self.conns[conn as usize];
        let (process, server) = (state.process, state.server());
        if !self.processes[usize::from(process)].alive {
            return;
        }
        match message {
            // The end of a connection that the client has left behind.
            Down::Closed if !self.conns[conn as usize].open => {}
            Down::Closed => {
                stage.observer.on_event(self.total(), &Event::Lost { process, server });
                self.lost(stage, conn);
            }
            Down::Message(message) => {
                let received =
                    Event::Received { process, server, message: Cow::Borrowed(&message) };
                stage.observer.on_event(self.total(), &received);
                self.heard(stage, conn);
                self.hear(stage, conn, message);
            }
        }
    }

    fn hear(&mut self, stage: &mut Stage<'_>, conn: ConnId, message: AnyMessage) {
        let process = self.conns[conn as usize].process;
        match message {
            AnyMessage::Redis(redis::Message::Reply(reply)) => {
                // The library asks who the master is before anybody sends the next request.
                if matches!(&reply, redis::Reply::Error(text) if text.starts_with(b"READONLY")) {
                    self.ask_sentinels(process, self.conns[conn as usize].server());
                }
                self.answer(stage, conn, |_| OpResult::Redis(reply));
            }
            AnyMessage::Ledger(reply) => self.answer(stage, conn, |_| OpResult::Ledger(reply)),
            AnyMessage::ZooKeeper(zookeeper::Message::Connect(reply)) => {
                self.session(stage, conn, &reply);
            }
            AnyMessage::ZooKeeper(zookeeper::Message::Watch(event)) => {
                let zk = self.process_mut(process).zk.as_mut();
                let fired = zk.map(|zk| zk.fires(&event)).unwrap_or_default();
                for watch in fired {
                    self.watch_fired(stage, process, watch);
                }
            }
            AnyMessage::ZooKeeper(zookeeper::Message::Reply(reply)) => {
                let awaited = self.conns[conn as usize].awaited.front().cloned();
                if let Some(zk) = &mut self.process_mut(process).zk {
                    zk.saw(reply.zxid);
                    if let Some(Awaited { watch: Some((watch, kind, path)), .. }) = awaited {
                        let left = match (&reply.result, kind) {
                            (Ok(_), kind) => Some(kind),
                            // A node that is not there is watched for its creation (fact 5).
                            (Err(ZkError::NoNode), WatchKind::Exists) => Some(WatchKind::Exists),
                            (Err(_), _) => None,
                        };
                        // `exists` on a node that is there is a data watch.
                        let left = match (left, &reply.result) {
                            (Some(WatchKind::Exists), Ok(_)) => Some(WatchKind::Data),
                            (left, _) => left,
                        };
                        if let Some(kind) = left {
                            zk.register(kind, path, watch);
                        }
                    }
                }
                self.answer(stage, conn, |awaited| seen(awaited.reads, reply.result));
            }
            AnyMessage::Redis(redis::Message::Push(push)) => self.pushed(stage, conn, &push),
            // Servers talk to each other elsewhere.
            AnyMessage::Redis(redis::Message::Peer(_))
            | AnyMessage::ZooKeeper(zookeeper::Message::Peer(_)) => {}
        }
    }

    /// Gives the oldest request on the connection its result.
    pub(super) fn answer(
        &mut self,
        stage: &mut Stage<'_>,
        conn: ConnId,
        result: impl FnOnce(&Awaited) -> OpResult,
    ) {
        let process = self.conns[conn as usize].process;
        let Some(awaited) = self.conn_mut(conn).awaited.pop_front() else { return };
        if let Some(op) = awaited.op {
            let result = result(&awaited);
            self.ended(stage, process, op, result);
        }
    }

    /// A server answered the first packet of a ZooKeeper connection.
    fn session(&mut self, stage: &mut Stage<'_>, conn: ConnId, reply: &zookeeper::ConnectReply) {
        let process = self.conns[conn as usize].process;
        self.forget_clock(process, Due::GivesUp(process));
        let Some(zk) = &mut self.process_mut(process).zk else { return };
        match zk.connected(reply) {
            Connected::New => {
                self.contact(conn);
                self.send_waiting(stage, conn);
                self.set_session(stage, process, Session::Connected);
                self.begin_threads(stage, process);
            }
            Connected::Again(watches) => {
                if let Some(op) = watches {
                    let request = AnyRequest::ZooKeeper(zookeeper::Request::Call { xid: 0, op });
                    self.conn_mut(conn).awaited.push_front(Awaited {
                        op: None,
                        what: None,
                        reads: Reads::Nothing,
                        watch: None,
                    });
                    self.send_up(stage, conn, Inbound::Request(request), None);
                }
                self.contact(conn);
                self.send_waiting(stage, conn);
                self.set_session(stage, process, Session::Connected);
            }
            Connected::Expired => {
                // What the server still says there, such as that it closes it, is not about the next connection.
                self.drop_connection(stage, conn);
                self.expired(stage, conn);
            }
        }
    }
}

/// The part of an answer that the recipe reads.
fn seen(reads: Reads, result: Result<Answer, ZkError>) -> OpResult {
    let answer = match (reads, result) {
        (Reads::Existence, Err(ZkError::NoNode)) => {
            return OpResult::ZooKeeper(Seen::Exists(false));
        }
        (_, Err(error)) => return OpResult::Failed(CallError::ZooKeeper(error)),
        (_, Ok(answer)) => answer,
    };
    if let Some(error) = answer.why_nothing_was_done() {
        return OpResult::Failed(CallError::ZooKeeper(error));
    }
    OpResult::ZooKeeper(match (reads, answer) {
        (Reads::Existence, _) => Seen::Exists(true),
        (Reads::Path, Answer::Path(path) | Answer::Created(path, _)) => Seen::Path(path),
        (Reads::Children, Answer::Children(children) | Answer::ChildrenAndStat(children, _)) => {
            Seen::Children(children)
        }
        (Reads::Data, Answer::Data(data, _)) => Seen::Data(data),
        (Reads::Czxid, Answer::Stat(stat) | Answer::Data(_, stat)) => Seen::Number(stat.czxid().0),
        (Reads::Version, Answer::Stat(stat) | Answer::Data(_, stat)) => {
            Seen::Number(stat.version().into())
        }
        (Reads::DataAndVersion, Answer::Data(data, stat)) => Seen::Versioned(data, stat.version()),
        (Reads::Owner, Answer::Stat(stat) | Answer::Data(_, stat)) => {
            Seen::Number(stat.ephemeral_owner().map_or(0, |session| session.0))
        }
        (Reads::Nothing, _) => Seen::Done,
        (reads, answer) => unreachable!("an answer of which {reads:?} is read: {answer:?}"),
    })
}
