//! Who is connected to which server.

use std::collections::BTreeMap;

use crate::store::Link;

/// The connections that are open.
pub(super) struct Connections<K> {
    pub(super) open: BTreeMap<Link, Connection<K>>,
    /// The number of the next one.
    next: u32,
}

/// A connection, and what is known of it besides whose it is.
pub(super) struct Connection<K> {
    pub(super) client: String,
    pub(super) server: usize,
    pub(super) kept: K,
}

impl<K> Connections<K> {
    /// None is open. Numbers below that of the first are taken, by links between servers.
    pub(super) fn from(first: usize) -> Self {
        Self { open: BTreeMap::new(), next: first as u32 }
    }

    /// A new connection of a client.
    pub(super) fn connect(&mut self, client: &str, server: usize, kept: K) -> Link {
        let link = Link(self.next);
        self.next += 1;
        self.open.insert(link, Connection { client: client.to_owned(), server, kept });
        link
    }

    /// The one of this client to this server.
    pub(super) fn of(&self, client: &str, server: usize) -> Option<Link> {
        self.find(|connection| connection.client == client && connection.server == server)
    }

    /// The latest that is so.
    pub(super) fn find(&self, is: impl Fn(&Connection<K>) -> bool) -> Option<Link> {
        self.open.iter().rev().find(|(_, connection)| is(connection)).map(|(link, _)| *link)
    }
}
