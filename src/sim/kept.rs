//! The number that works keep in the store of the lock: what requests do to it, so that the properties of the ledger
//! judge it too.
//!
//! A read is what the server that answers it says at once, however old that is; one that stands in line behind a write of
//! the same client, as only that of an interrupted section does, is not judged. A write is when the store has it: of a Redis
//! server when that executes it, of an ensemble when the first of its servers applies it, which is when it is committed.

use super::agenda::ServerId;
use super::server::{AnyMessage, AnyRequest, AnyServer, Sent};
use super::world::{Stage, World};
use crate::cx::KEPT_AT;
use crate::event::{Event, Who};
use crate::store::ledger::Account;
use crate::store::zookeeper::{self, Answer, Op, Zxid};
use crate::store::{Link, Outbound, redis};

/// The number before something happens on a server.
pub(super) enum Before {
    /// No work keeps its number in a store.
    Unkept,
    /// The last write that any member has applied, and the writes that are in this one's log only: who asked for each,
    /// and the number.
    ZooKeeper(Zxid, Vec<(Zxid, Option<Link>, Option<i64>)>),
}

impl World {
    /// A look at the number before something happens on `server`.
    pub(super) fn look_at_number(&self, stage: &Stage<'_>, server: ServerId) -> Before {
        if !stage.scene.keeps_number {
            return Before::Unkept;
        }
        match &self.servers[usize::from(server)].state {
            AnyServer::ZooKeeper(zk) => {
                let logged = zk.unapplied_writes(&node()).into_iter();
                let logged = logged.map(|(zxid, by, data)| (zxid, by, number(data.as_deref())));
                Before::ZooKeeper(self.applied(), logged.collect())
            }
            AnyServer::Redis(_) | AnyServer::Ledger(_) => Before::Unkept,
        }
    }

    /// The last write to the number that any server has applied.
    fn applied(&self) -> Zxid {
        let written = self.servers.iter().filter_map(|placed| match &placed.state {
            AnyServer::ZooKeeper(zk) => zk.written(&node()),
            _ => None,
        });
        written.map(|(zxid, _)| zxid).max().unwrap_or(Zxid::ZERO)
    }

    /// What happened to the number in ZooKeeper since; `by` is whose request it was that the server executed.
    pub(super) fn judge_number(
        &mut self,
        stage: &mut Stage<'_>,
        server: ServerId,
        before: Before,
        by: Option<Who>,
    ) {
        let AnyServer::ZooKeeper(zk) = &self.servers[usize::from(server)].state else { return };
        let (Before::ZooKeeper(before, logged), Some((zxid, data))) = (before, zk.written(&node()))
        else {
            return;
        };
        let mut wrote = Vec::new();
        for (_, link, value) in logged.iter().filter(|(it, ..)| *it > before && *it <= zxid) {
            wrote.extend(link.map(|link| self.asker(link)).zip(*value));
        }
        // A server that is alone logs and applies at once.
        let at_once = zxid > before && logged.last().is_none_or(|(last, ..)| *last < zxid);
        wrote.extend(by.zip(number(data.as_deref()).filter(|_| at_once)));
        for (who, value) in wrote {
            self.happens(stage, &Event::Wrote { who, account: Account::IN_STORE, value });
        }
    }

    /// Whose request came over this link: a model with such an ensemble has one thread in each process.
    fn asker(&self, Link(conn): Link) -> Who {
        Who { process: self.conns[conn as usize].process, thread: 0 }
    }

    /// What `who` read, or wrote to a Redis server, if that is what it asked for.
    pub(super) fn judge_answer(
        &mut self,
        stage: &mut Stage<'_>,
        who: Who,
        (request, sent, link): (&AnyRequest, &Sent, Link),
    ) {
        if !stage.scene.keeps_number {
            return;
        }
        let reply = sent.iter().find_map(|(to, message)| match message {
            Outbound::Message(message) if *to == link => Some(message),
            _ => None,
        });
        let account = Account::IN_STORE;
        let event = match (request, reply) {
            (
                AnyRequest::Redis(redis::Request::Command(argv)),
                Some(AnyMessage::Redis(redis::Message::Reply(reply))),
            ) => match (&argv[..], reply) {
                ([name, key], reply) if is_about(b"GET", name, key) => {
                    said(reply).map(|value| Event::Read { who, account, value })
                }
                ([name, key, text], redis::Reply::Status(_)) if is_about(b"SET", name, key) => {
                    number(Some(text)).map(|value| Event::Wrote { who, account, value })
                }
                _ => None,
            },
            (
                AnyRequest::ZooKeeper(zookeeper::Request::Call { op, .. }),
                Some(AnyMessage::ZooKeeper(zookeeper::Message::Reply(reply))),
            ) => match (op, &reply.result) {
                (Op::GetData { path, .. }, Ok(Answer::Data(data, _))) if **path == *node() => {
                    let value = number(data.as_deref()).unwrap_or(0);
                    Some(Event::Read { who, account, value })
                }
                _ => None,
            },
            _ => None,
        };
        if let Some(event) = event {
            self.happens(stage, &event);
        }
    }
}

fn node() -> String {
    format!("/{KEPT_AT}")
}

fn number(data: Option<&[u8]>) -> Option<i64> {
    std::str::from_utf8(data?).ok()?.parse().ok()
}

/// Whether it is that command with the number's key.
fn is_about(command: &[u8], name: &[u8], key: &[u8]) -> bool {
    name.eq_ignore_ascii_case(command) && *key == *KEPT_AT.as_bytes()
}

/// The number that a reply says; one that is not there counts as nothing.
fn said(reply: &redis::Reply) -> Option<i64> {
    match reply {
        redis::Reply::Bulk(text) => number(Some(text)).or(Some(0)),
        redis::Reply::Nil => Some(0),
        _ => None,
    }
}
