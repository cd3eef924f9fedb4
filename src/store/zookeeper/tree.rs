//! The tree of nodes.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::rc::Rc;

use crate::time::Micros;

use super::acl::{self, Acl, AclList};
use super::error::ZkError;
use super::id::{Data, Path, SessionId, Zxid};
use super::node::{Node, Owner};
use super::path;
use super::stat::Stat;

/// The nodes by their paths. Clones share everything until they change it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Tree {
    nodes: Rc<BTreeMap<Path, Rc<Node>>>,
    ephemerals: Rc<BTreeMap<SessionId, BTreeSet<Path>>>,
}

/// A change that watches may be waiting for, with the ACL that decides who may hear of it (fact 1).
#[derive(Clone, Debug)]
pub(super) enum Trigger {
    Created { path: Path, acl: AclList, parent: Path, parent_acl: AclList, owner: Owner },
    Deleted { path: Path, acl: AclList, parent: Path, parent_acl: AclList },
    DataChanged { path: Path, acl: AclList, data: Data },
}

impl Tree {
    /// The tree of a server that was never used.
    pub(super) fn new() -> Self {
        let node = |children: &[&str]| {
            let mut node =
                Node::new(Some(Rc::new([])), acl::open(), Owner::Nobody, Zxid::ZERO, Micros::ZERO);
            for child in children {
                node.children.insert((*child).into());
            }
            node
        };
        let mut config = node(&[]);
        config.acl = Rc::new([Acl::new(acl::READ, "world", "anyone")]);
        config.aversion = -1;
        let nodes = [
            ("/", node(&["zookeeper"])),
            ("/zookeeper", node(&["config", "quota"])),
            ("/zookeeper/config", config),
            ("/zookeeper/quota", node(&[])),
        ];
        Self {
            nodes: Rc::new(
                nodes.into_iter().map(|(path, node)| (path.into(), Rc::new(node))).collect(),
            ),
            ephemerals: Rc::default(),
        }
    }

    pub(super) fn get(&self, path: &str) -> Option<&Rc<Node>> {
        self.nodes.get(path::node_of(path))
    }

    pub(super) fn node(&self, path: &str) -> Result<&Rc<Node>, ZkError> {
        self.get(path).ok_or(ZkError::NoNode)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&Path, &Rc<Node>)> {
        // Who owns which ephemeral nodes follows from the nodes.
        let Self { nodes, ephemerals: _ } = self;
        nodes.iter()
    }

    /// How many nodes are below `path`.
    pub(super) fn count_below(&self, path: &str) -> usize {
        if path == "/" {
            return self.nodes.len() - 1;
        }
        let prefix: Path = format!("{path}/").into();
        let from = (Bound::Excluded(prefix.clone()), Bound::Unbounded);
        // The root is the one node whose path ends in a slash, and `""` asks for everything including it.
        let root = usize::from(path.is_empty());
        root + self.nodes.range(from).take_while(|(path, _)| path.starts_with(&*prefix)).count()
    }

    pub(super) fn ephemerals(&self, session: SessionId) -> impl Iterator<Item = &Path> {
        self.ephemerals.get(&session).into_iter().flatten()
    }

    /// Adds a node. The parent must be there.
    pub(super) fn create(
        &mut self,
        path: &Path,
        node: Node,
        triggers: &mut Vec<Trigger>,
    ) -> Option<Stat> {
        let zxid = node.czxid;
        let acl = node.acl.clone();
        let owner = node.owner;
        let stat = node.stat();
        let parent_path = parent_node(path);
        let nodes = Rc::make_mut(&mut self.nodes);
        let parent = Rc::make_mut(nodes.get_mut(&parent_path)?);
        parent.children.insert(path::name(path).into());
        parent.creates = parent.creates.wrapping_add(1);
        parent.pzxid = zxid;
        let parent_acl = parent.acl.clone();
        nodes.insert(path.clone(), Rc::new(node));
        if let Owner::Session(session) = owner {
            Rc::make_mut(&mut self.ephemerals).entry(session).or_default().insert(path.clone());
        }
        triggers.push(Trigger::Created {
            path: path.clone(),
            acl,
            parent: parent_path,
            parent_acl,
            owner,
        });
        Some(stat)
    }

    /// Takes a node away, if it is there.
    pub(super) fn delete(&mut self, path: &Path, zxid: Zxid, triggers: &mut Vec<Trigger>) {
        let parent_path = parent_node(path);
        let nodes = Rc::make_mut(&mut self.nodes);
        let Some(node) = nodes.remove(path) else { return };
        let mut parent_acl = acl::open();
        if let Some(parent) = nodes.get_mut(&parent_path) {
            let parent = Rc::make_mut(parent);
            parent.children.remove(path::name(path));
            parent.pzxid = zxid;
            parent_acl = parent.acl.clone();
        }
        if let Owner::Session(session) = node.owner {
            let ephemerals = Rc::make_mut(&mut self.ephemerals);
            if let Some(paths) = ephemerals.get_mut(&session) {
                paths.remove(path);
                if paths.is_empty() {
                    ephemerals.remove(&session);
                }
            }
        }
        let acl = node.acl.clone();
        triggers.push(Trigger::Deleted {
            path: path.clone(),
            acl,
            parent: parent_path,
            parent_acl,
        });
    }

    pub(super) fn set_data(
        &mut self,
        path: &Path,
        data: Data,
        version: i32,
        zxid: Zxid,
        time: Micros,
        triggers: &mut Vec<Trigger>,
    ) -> Option<Stat> {
        let node = self.node_mut(path)?;
        node.data.clone_from(&data);
        node.version = version;
        node.mzxid = zxid;
        node.mtime = time;
        let stat = node.stat();
        let acl = node.acl.clone();
        triggers.push(Trigger::DataChanged { path: path.clone(), acl, data });
        Some(stat)
    }

    pub(super) fn set_acl(&mut self, path: &str, acl: AclList, version: i32) -> Option<Stat> {
        let node = self.node_mut(path)?;
        node.acl = acl;
        node.aversion = version;
        Some(node.stat())
    }

    /// Replaces the numbers of transactions, where they change.
    pub(super) fn renumber(&mut self, new: &dyn Fn(Zxid) -> Zxid) {
        let changes = |node: &Node| {
            [node.czxid, node.mzxid, node.pzxid].iter().any(|zxid| new(*zxid) != *zxid)
        };
        if self.nodes.values().all(|node| !changes(node)) {
            return;
        }
        for node in Rc::make_mut(&mut self.nodes).values_mut().filter(|node| changes(node)) {
            let node = Rc::make_mut(node);
            for zxid in [&mut node.czxid, &mut node.mzxid, &mut node.pzxid] {
                *zxid = new(*zxid);
            }
        }
    }

    /// Moves the origin of time.
    pub(super) fn rebase(&mut self, dt: Micros) {
        for node in Rc::make_mut(&mut self.nodes).values_mut() {
            // What the server made for itself has no time, not the beginning of time.
            if node.czxid > Zxid::ZERO {
                Rc::make_mut(node).ctime -= dt;
            }
            if node.mzxid > Zxid::ZERO {
                Rc::make_mut(node).mtime -= dt;
            }
        }
    }

    /// Sets how many children the node ever had; whether it is there.
    pub(super) fn set_creates(&mut self, path: &str, creates: i32) -> bool {
        self.node_mut(path).map(|node| node.creates = creates).is_some()
    }

    fn node_mut(&mut self, path: &str) -> Option<&mut Node> {
        Rc::make_mut(&mut self.nodes).get_mut(path).map(Rc::make_mut)
    }
}

/// The path of the parent as a node, so `/` for what has an empty part before its last slash.
fn parent_node(path: &str) -> Path {
    let parent = path.rfind('/').map_or("", |slash| &path[..slash]);
    path::node_of(parent).into()
}
