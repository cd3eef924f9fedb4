//! The connections of clients to one server.

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use crate::store::Link;

use super::acl::{self, Identity};
use super::id::SessionId;
use super::request::Op;

/// The connections. Clones share everything until they change it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Links(Rc<Inner>);

#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Inner {
    by_link: BTreeMap<Link, Connection>,
    /// A session is served over one connection of a server at a time (fact 14).
    by_session: BTreeMap<SessionId, Link>,
}

/// One connection.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Connection {
    /// The session, once the server has granted or found it.
    pub(super) session: Option<SessionId>,
    /// The session timeout negotiated on this connection, in milliseconds (ms).
    pub(super) timeout_ms: i32,
    /// Who the client is known to be; its address is always known.
    pub(super) identities: Rc<[Identity]>,
    /// What is not answered yet, in order; empty where the server is alone.
    pub(super) line: VecDeque<InLine>,
}

/// A request that waits for its answer: a client is answered in the order in which it asked (`CommitProcessor`).
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum InLine {
    /// A write, or a `sync`, which the leader has to answer.
    Write,
    /// A read or a ping behind one.
    Read(i32, Op),
}

impl Links {
    pub(super) fn get(&self, link: Link) -> Option<&Connection> {
        self.0.by_link.get(&link)
    }

    pub(super) fn of_session(&self, session: SessionId) -> Option<Link> {
        self.0.by_session.get(&session).copied()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (Link, &Connection)> {
        // Which session is served over which connection follows from the connections.
        let Inner { by_link, by_session: _ } = &*self.0;
        by_link.iter().map(|(link, connection)| (*link, connection))
    }

    pub(super) fn open(&mut self, link: Link, address: &str) {
        let identities = Rc::new([Identity::new("ip", address)]);
        let line = VecDeque::new();
        let connection = Connection { session: None, timeout_ms: 0, identities, line };
        Rc::make_mut(&mut self.0).by_link.insert(link, connection);
    }

    /// Takes a connection away; whether it was there.
    pub(super) fn close(&mut self, link: Link) -> bool {
        if self.get(link).is_none() {
            return false;
        }
        let inner = Rc::make_mut(&mut self.0);
        if let Some(session) = inner.by_link.remove(&link).and_then(|connection| connection.session)
            && inner.by_session.get(&session) == Some(&link)
        {
            inner.by_session.remove(&session);
        }
        true
    }

    /// The request stands in line.
    pub(super) fn line_up(&mut self, link: Link, what: InLine) {
        if let Some(connection) = Rc::make_mut(&mut self.0).by_link.get_mut(&link) {
            connection.line.push_back(what);
        }
    }

    /// Takes the first one in line away, if it is one of `these`.
    pub(super) fn leave_line(
        &mut self,
        link: Link,
        these: impl Fn(&InLine) -> bool,
    ) -> Option<InLine> {
        self.get(link)?.line.front().filter(|first| these(first))?;
        Rc::make_mut(&mut self.0).by_link.get_mut(&link)?.line.pop_front()
    }

    /// The connection serves the session from now on.
    pub(super) fn bind(&mut self, link: Link, session: SessionId, timeout_ms: i32) {
        let inner = Rc::make_mut(&mut self.0);
        if let Some(connection) = inner.by_link.get_mut(&link) {
            connection.session = Some(session);
            connection.timeout_ms = timeout_ms;
            inner.by_session.insert(session, link);
        }
    }

    /// The client has proved to be `identity` as well.
    pub(super) fn identify(&mut self, link: Link, identity: Identity) {
        if let Some(connection) = Rc::make_mut(&mut self.0).by_link.get_mut(&link)
            && !connection.identities.contains(&identity)
        {
            let mut identities = connection.identities.to_vec();
            identities.push(identity);
            connection.identities = acl::in_hash_order(identities).into();
        }
    }

    pub(super) fn clear(&mut self) {
        self.0 = Rc::default();
    }
}
