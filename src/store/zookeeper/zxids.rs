//! Numbers of transactions wherever they are kept, so that a search can renumber them.
//!
//! Only the order of zxids matters. A world that collects all that its servers, messages and clients hold, and gives
//! each the place it has among them, makes situations equal that came about by different numbers of writes.

use std::rc::Rc;

use super::ensemble::{Role, Word};
use super::id::Zxid;
use super::request::{Op, Request};
use super::response::{Answer, Message, MultiResult};
use super::server::ZooKeeper;
use super::stat::Stat;

/// Something that holds numbers of transactions.
pub trait Zxids {
    /// Hands every number to `see`.
    fn each_zxid(&self, see: &mut dyn FnMut(Zxid));

    /// Replaces every number; `new` must keep their order.
    fn renumber(&mut self, new: &dyn Fn(Zxid) -> Zxid);
}

impl Zxids for ZooKeeper {
    fn each_zxid(&self, see: &mut dyn FnMut(Zxid)) {
        self.replica.each_zxid(see);
        match &self.role {
            Role::Alone => {}
            Role::Leader(leader) => leader.each_zxid(see),
            Role::Follower(follower) => follower.each_zxid(see),
        }
    }

    fn renumber(&mut self, new: &dyn Fn(Zxid) -> Zxid) {
        self.replica.renumber(new);
        match &mut self.role {
            Role::Alone => {}
            Role::Leader(leader) => leader.renumber(new),
            Role::Follower(follower) => follower.renumber(new),
        }
    }
}

impl Zxids for Stat {
    fn each_zxid(&self, see: &mut dyn FnMut(Zxid)) {
        [self.czxid, self.mzxid, self.pzxid].into_iter().for_each(see);
    }

    fn renumber(&mut self, new: &dyn Fn(Zxid) -> Zxid) {
        for zxid in [&mut self.czxid, &mut self.mzxid, &mut self.pzxid] {
            *zxid = new(*zxid);
        }
    }
}

impl Zxids for Message {
    fn each_zxid(&self, see: &mut dyn FnMut(Zxid)) {
        match self {
            Self::Reply(reply) => {
                see(reply.zxid);
                if let Ok(answer) = &reply.result {
                    answer.each_zxid(see);
                }
            }
            Self::Peer(peer) => peer.0.each_zxid(see),
            Self::Connect(_) | Self::Watch(_) => {}
        }
    }

    fn renumber(&mut self, new: &dyn Fn(Zxid) -> Zxid) {
        match self {
            Self::Reply(reply) => {
                reply.zxid = new(reply.zxid);
                if let Ok(answer) = &mut reply.result {
                    answer.renumber(new);
                }
            }
            Self::Peer(peer) => peer.0.renumber(new),
            Self::Connect(_) | Self::Watch(_) => {}
        }
    }
}

impl Zxids for Request {
    fn each_zxid(&self, see: &mut dyn FnMut(Zxid)) {
        match self {
            Self::Connect(connect) => see(connect.last_zxid_seen),
            Self::Call { op: Op::SetWatches(set) | Op::SetWatches2(set), .. } => {
                see(set.relative_zxid);
            }
            Self::Call { .. } => {}
            Self::Peer(peer) => peer.0.each_zxid(see),
        }
    }

    fn renumber(&mut self, new: &dyn Fn(Zxid) -> Zxid) {
        match self {
            Self::Connect(connect) => connect.last_zxid_seen = new(connect.last_zxid_seen),
            Self::Call { op: Op::SetWatches(set) | Op::SetWatches2(set), .. } => {
                set.relative_zxid = new(set.relative_zxid);
            }
            Self::Call { .. } => {}
            Self::Peer(peer) => peer.0.renumber(new),
        }
    }
}

impl Zxids for Answer {
    fn each_zxid(&self, see: &mut dyn FnMut(Zxid)) {
        match self {
            Self::Created(_, stat)
            | Self::Stat(stat)
            | Self::Data(_, stat)
            | Self::ChildrenAndStat(_, stat)
            | Self::Acl(_, stat) => stat.each_zxid(see),
            Self::Multi(results) => {
                for result in &**results {
                    if let Some(stat) = result.stat() {
                        stat.each_zxid(see);
                    }
                }
            }
            Self::Done
            | Self::Path(_)
            | Self::Children(_)
            | Self::Number(_)
            | Self::Ephemerals(_) => {}
        }
    }

    fn renumber(&mut self, new: &dyn Fn(Zxid) -> Zxid) {
        match self {
            Self::Created(_, stat)
            | Self::Stat(stat)
            | Self::Data(_, stat)
            | Self::ChildrenAndStat(_, stat)
            | Self::Acl(_, stat) => stat.renumber(new),
            Self::Multi(results) => {
                for result in Rc::make_mut(results) {
                    if let Some(stat) = result.stat_mut() {
                        stat.renumber(new);
                    }
                }
            }
            Self::Done
            | Self::Path(_)
            | Self::Children(_)
            | Self::Number(_)
            | Self::Ephemerals(_) => {}
        }
    }
}

impl MultiResult {
    /// The stat in it, if it has one.
    pub const fn stat(&self) -> Option<&Stat> {
        match self {
            Self::Create2(_, stat) | Self::SetData(stat) | Self::Data(_, stat) => Some(stat),
            _ => None,
        }
    }

    const fn stat_mut(&mut self) -> Option<&mut Stat> {
        match self {
            Self::Create2(_, stat) | Self::SetData(stat) | Self::Data(_, stat) => Some(stat),
            _ => None,
        }
    }
}

impl Zxids for Word {
    fn each_zxid(&self, see: &mut dyn FnMut(Zxid)) {
        match self {
            Self::Propose(proposal) => see(proposal.txn.zxid),
            Self::Ack(zxid) | Self::Commit(zxid) => see(*zxid),
            Self::Snapshot(replica) => replica.each_zxid(see),
            Self::Submit(_)
            | Self::Touch { .. }
            | Self::Renew { .. }
            | Self::Renewed { .. }
            | Self::Sync(_)
            | Self::Synced(_) => {}
        }
    }

    fn renumber(&mut self, new: &dyn Fn(Zxid) -> Zxid) {
        match self {
            Self::Propose(proposal) => {
                let proposal = Rc::make_mut(proposal);
                proposal.txn.zxid = new(proposal.txn.zxid);
            }
            Self::Ack(zxid) | Self::Commit(zxid) => *zxid = new(*zxid),
            Self::Snapshot(replica) => replica.renumber(new),
            Self::Submit(_)
            | Self::Touch { .. }
            | Self::Renew { .. }
            | Self::Renewed { .. }
            | Self::Sync(_)
            | Self::Synced(_) => {}
        }
    }
}
