//! What a ZooKeeper server keeps, as people read it.

use std::collections::BTreeMap;

use super::node::Owner;
use super::{Path, ZooKeeper};
use crate::store::Link;
use crate::store::content::{Entry, EntryKind};

/// The nodes that every server has.
const ITS_OWN: [&str; 4] = ["/", "/zookeeper", "/zookeeper/config", "/zookeeper/quota"];

impl ZooKeeper {
    /// Its sessions, its nodes in the order of their paths, and the paths without a node on which somebody left a watch;
    /// as this server has applied it. When a session ends is what is known now: a sign of life moves it.
    pub fn content(&self) -> Vec<Entry> {
        let mut watchers: BTreeMap<&Path, Vec<Link>> = BTreeMap::new();
        for (path, link, _) in self.watches.data.iter().chain(self.watches.child.iter()) {
            let links = watchers.entry(path).or_default();
            if !links.contains(&link) {
                links.push(link);
            }
        }
        let mut all: Vec<Entry> = Vec::new();
        for (session, timeout_ms) in self.replica.sessions() {
            let value = format!("timeout {timeout_ms} ms");
            let entry = Entry::new(session.to_string(), EntryKind::Session, value);
            let links = self.links.of_session(session).into_iter().collect();
            all.push(Entry { session: Some(session.0), watchers: links, ..entry });
        }
        for (path, node) in self.replica.tree.iter() {
            let links = watchers.remove(path).unwrap_or_default();
            if ITS_OWN.contains(&&**path) && links.is_empty() {
                continue;
            }
            let (kind, session) = match node.owner {
                Owner::Nobody => (EntryKind::Persistent, None),
                Owner::Session(session) => (EntryKind::Ephemeral, Some(session.0)),
                Owner::Container => (EntryKind::Container, None),
                Owner::Ttl(_) => (EntryKind::TtlNode, None),
            };
            let data = node.data.as_deref().map(String::from_utf8_lossy).unwrap_or_default();
            let entry = Entry::new(&**path, kind, data);
            all.push(Entry { session, version: Some(node.version), watchers: links, ..entry });
        }
        for (path, links) in watchers {
            all.push(Entry { watchers: links, ..Entry::new(&**path, EntryKind::Absent, "") });
        }
        all
    }
}
