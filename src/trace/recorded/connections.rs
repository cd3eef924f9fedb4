//! Who is connected to which server.

use std::collections::BTreeMap;

use crate::store::Link;

/// The connections that are open.
pub(super) struct Connections<K> {
    open: BTreeMap<Link, Connection<K>>,
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
    pub(super) fn open(&mut self, client: &str, server: usize, kept: K) -> Link {
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

    /// One of them.
    pub(super) fn get(&self, link: Link) -> Option<&Connection<K>> {
        self.open.get(&link)
    }

    /// One of them.
    pub(super) fn get_mut(&mut self, link: Link) -> Option<&mut Connection<K>> {
        self.open.get_mut(&link)
    }

    /// All of them.
    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = (Link, &mut Connection<K>)> {
        self.open.iter_mut().map(|(link, connection)| (*link, connection))
    }

    /// It is open no more; what it was.
    pub(super) fn close(&mut self, link: Link) -> Option<(Link, Connection<K>)> {
        self.open.remove_entry(&link)
    }

    /// All to this server are open no more.
    pub(super) fn close_all_to(&mut self, server: usize) {
        self.open.retain(|_, connection| connection.server != server);
    }
}
