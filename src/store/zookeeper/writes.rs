//! For a simulator: what was written to a node, and by whom.

use std::collections::VecDeque;
use std::rc::Rc;

use super::ensemble::{Proposal, Role};
use super::id::{Data, Zxid};
use super::server::ZooKeeper;
use super::txn::Change;
use crate::store::Link;

impl ZooKeeper {
    /// The last transaction that set the node's data, as far as the server has got, and the data.
    pub fn written(&self, path: &str) -> Option<(Zxid, Data)> {
        let node = self.replica.tree.get(path)?;
        Some((node.mzxid, node.data.clone()))
    }

    /// The transactions in the server's log that will set the node's data and are not applied yet: each with the link
    /// (of the server that the client is connected to) on which it was asked for, and the data.
    pub fn unapplied_writes(&self, path: &str) -> Vec<(Zxid, Option<Link>, Data)> {
        let none = VecDeque::new();
        let log: &VecDeque<Rc<Proposal>> = match &self.role {
            Role::Alone => &none,
            Role::Leader(leader) => &leader.pending,
            Role::Follower(follower) => &follower.log,
        };
        let write = |proposal: &Rc<Proposal>| {
            let data = set_by(&proposal.txn.change, path)?;
            Some((proposal.txn.zxid, proposal.origin.map(|origin| origin.client), data))
        };
        log.iter().filter_map(write).collect()
    }
}

/// What the change sets the data of the node to, if it does.
fn set_by(change: &Change, path: &str) -> Option<Data> {
    match change {
        Change::SetData { path: of, data, .. } if **of == *path => Some(data.clone()),
        Change::Multi(parts) => parts.iter().rev().find_map(|part| set_by(part, path)),
        _ => None,
    }
}
