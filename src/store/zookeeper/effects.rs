//! Telling what became of nodes that somebody heeds.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::ensemble::Proposal;
use super::id::{Data, Path, Zxid};
use super::node::{Node, Owner};
use super::replica::Replica;
use super::server::ZooKeeper;
use super::tree::{Tree, Trigger};
use super::txn::Change as Applied;
use crate::store::effect::{Cause, Change, Effect, Item};
use crate::store::{Env, Heed};

/// The server applied a transaction, which did that.
pub(super) fn of_transaction(
    proposal: &Proposal,
    triggers: &[Trigger],
    env: &mut dyn Env<ZooKeeper>,
) {
    if triggers.is_empty() || env.heeds() == Heed::Nothing {
        return;
    }
    let Some(cause) = cause(proposal) else { return };
    for trigger in triggers {
        let (path, change) = match trigger {
            Trigger::Created { path, owner, .. } => (path, placed(*owner)),
            Trigger::Deleted { path, .. } => (path, Change::Removed { until: None }),
            Trigger::DataChanged { path, data, .. } => (path, rewritten(data)),
        };
        if is_heeded(env.heeds(), path) {
            env.effect(effect(path, change, cause.clone(), proposal.txn.zxid));
        }
    }
}

/// Who or what is behind a transaction that changed nodes, on whichever server it is applied.
fn cause(proposal: &Proposal) -> Option<Cause> {
    let Proposal { txn, origin } = proposal;
    Some(match (origin, txn.session) {
        (Some(origin), _) => Cause::Request {
            link: origin.client,
            server: origin.server,
            command: txn.change.operation()?.into(),
        },
        (None, Some(session)) => Cause::SessionEnded { session: session.0 },
        (None, None) => Cause::Reaped,
    })
}

/// The server takes over all nodes of another one.
pub(super) fn of_replacement(old: &Replica, new: &Replica, env: &mut dyn Env<ZooKeeper>) {
    let paths = paths(env.heeds(), &old.tree, &new.tree);
    let node = |tree: &Tree, path: &Path| tree.get(path).cloned();
    let mut tell = |path, change| env.effect(effect(path, change, Cause::Taken, new.zxid));
    // Children go before their parents, and come after them.
    for path in paths.iter().rev() {
        if let Some(old) = node(&old.tree, path)
            && node(&new.tree, path).is_none_or(|new| new.czxid != old.czxid)
        {
            tell(path, Change::Removed { until: None });
        }
    }
    for path in &paths {
        let Some(new) = node(&new.tree, path) else { continue };
        let is_same = |old: &Rc<Node>| old.czxid == new.czxid;
        match node(&old.tree, path).filter(is_same) {
            None => tell(path, placed(new.owner)),
            Some(old) if old.mzxid != new.mzxid => tell(path, rewritten(&new.data)),
            Some(_) => {}
        }
    }
}

/// The nodes of either tree that are heeded.
fn paths(heed: Heed<'_>, old: &Tree, new: &Tree) -> BTreeSet<Path> {
    let trees = [old, new].into_iter();
    match heed {
        Heed::Nothing => BTreeSet::new(),
        Heed::Everything => trees.flat_map(Tree::iter).map(|(path, _)| path.clone()).collect(),
        Heed::Places(places) => {
            let mut paths: BTreeSet<Path> = places.iter().cloned().collect();
            for (tree, place) in trees.flat_map(|tree| places.iter().map(move |at| (tree, at))) {
                let below = if **place == *"/" { "" } else { &**place };
                let names = tree.get(place).map(|node| node.children.clone()).unwrap_or_default();
                paths.extend(names.in_sequence().map(|name| format!("{below}/{name}").into()));
            }
            paths
        }
    }
}

fn is_heeded(heed: Heed<'_>, path: &str) -> bool {
    match heed {
        Heed::Nothing => false,
        Heed::Places(places) => {
            let parent = match path.rfind('/') {
                Some(0) | None => "/",
                Some(slash) => &path[..slash],
            };
            places.iter().any(|place| **place == *path || **place == *parent)
        }
        Heed::Everything => true,
    }
}

fn effect(path: &Path, change: Change, cause: Cause, zxid: Zxid) -> Effect {
    Effect { item: Item::whole(path.clone()), change, cause, zxid: Some(zxid.0) }
}

fn placed(owner: Owner) -> Change {
    let session = match owner {
        Owner::Session(session) => Some(session.0),
        Owner::Nobody | Owner::Container | Owner::Ttl(_) => None,
    };
    Change::Placed { until: None, session }
}

fn rewritten(data: &Data) -> Change {
    let data = data.as_deref().unwrap_or_default();
    Change::Rewritten { value: String::from_utf8_lossy(data).into() }
}

/// The operation that a transaction which changed nodes comes of, as recordings write it.
impl Applied {
    fn operation(&self) -> Option<&'static str> {
        Some(match self {
            Self::Create(new) => match new.owner {
                Owner::Container => "createContainer",
                Owner::Ttl(_) => "createTTL",
                Owner::Nobody | Owner::Session(_) if new.with_stat => "create2",
                Owner::Nobody | Owner::Session(_) => "create",
            },
            Self::Delete { .. } => "delete",
            Self::SetData { .. } => "setData",
            Self::Multi(_) => "multi",
            Self::CloseSession => "closeSession",
            // These leave all nodes as they are.
            Self::CreateSession { .. }
            | Self::SetAcl { .. }
            | Self::Check
            | Self::FailedMulti(_)
            | Self::Error(_) => return None,
        })
    }
}
