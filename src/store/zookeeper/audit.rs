//! What always holds of a server's state.

use super::id::SessionId;
use super::node::{Node, Owner};
use super::path;
use super::server::ZooKeeper;

impl ZooKeeper {
    /// Checks the state against itself, and says what does not fit.
    ///
    /// It always fits; this is for tests and for whoever changes the model.
    pub fn audit(&self) -> Result<(), String> {
        for (path, node) in self.replica.tree.iter() {
            self.audit_node(path, node).map_err(|what| format!("{path}: {what}"))?;
        }
        for (session, _) in self.replica.sessions() {
            self.audit_ephemerals(session)?;
        }
        self.audit_links()
    }

    fn audit_node(&self, path: &str, node: &Node) -> Result<(), &'static str> {
        let zxid = self.replica.zxid;
        if node.czxid > node.mzxid
            || node.czxid > node.pzxid
            || node.mzxid > zxid
            || node.pzxid > zxid
        {
            return Err("its zxids are not in order");
        }
        let stat = node.stat();
        if stat.num_children() as usize != node.children.len() {
            return Err("numChildren is not the number of children");
        }
        let below = if path == "/" { "" } else { path };
        for name in node.children.in_sequence() {
            let Some(child) = self.replica.tree.get(&format!("{below}/{name}")) else {
                return Err("a child is not in the tree");
            };
            if child.czxid > node.pzxid {
                return Err("a child is younger than pzxid");
            }
        }
        if matches!(node.owner, Owner::Session(_)) && !node.children.is_empty() {
            return Err("an ephemeral node has children");
        }
        if path != "/" {
            let parent = path::parent(path).ok().and_then(|parent| self.replica.tree.get(parent));
            if !parent.is_some_and(|parent| parent.children.contains(path::name(path))) {
                return Err("its parent does not know it");
            }
        }
        match node.owner {
            Owner::Session(session) if !self.replica.has_session(session) => {
                Err("its session has ended")
            }
            Owner::Session(session)
                if self.replica.tree.ephemerals(session).all(|mine| **mine != *path) =>
            {
                Err("its session does not know it")
            }
            _ => Ok(()),
        }
    }

    fn audit_ephemerals(&self, session: SessionId) -> Result<(), String> {
        for path in self.replica.tree.ephemerals(session) {
            let owner = self.replica.tree.get(path).map(|node| node.owner);
            if owner != Some(Owner::Session(session)) {
                return Err(format!("{path} is not an ephemeral node of {session}"));
            }
        }
        Ok(())
    }

    fn audit_links(&self) -> Result<(), String> {
        for table in [&self.watches.data, &self.watches.child] {
            for (path, link, _) in table.iter() {
                let session = self.links.get(link).and_then(|connection| connection.session);
                if !session.is_some_and(|session| self.replica.has_session(session)) {
                    return Err(format!("a watch of {path} belongs to no live session"));
                }
            }
        }
        for (link, connection) in self.links.iter() {
            if let Some(session) = connection.session
                && self.links.of_session(session) != Some(link)
            {
                return Err(format!("{session} is served over more than one connection"));
            }
        }
        Ok(())
    }
}
