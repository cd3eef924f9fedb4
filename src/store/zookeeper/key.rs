//! The canonical form of a server's state.

use std::collections::BTreeSet;

use crate::store::Key;
use crate::time::Micros;

use super::acl::Acl;
use super::config::Moment;
use super::ensemble::Role;
use super::id::Zxid;
use super::links::InLine;
use super::node::Owner;
use super::server::ZooKeeper;
use super::zxids::Zxids;

impl ZooKeeper {
    /// The place of `zxid` among those that nodes still carry, and the last one.
    ///
    /// Whoever keeps a zxid outside (a client, for `setWatches`) puts this in its own key: the numbers themselves
    /// are not in the server's.
    pub fn zxid_rank(&self, zxid: Zxid) -> i64 {
        self.ranks().partition_point(|known| *known < zxid) as i64
    }

    /// All zxids that something can still be compared with, in order.
    fn ranks(&self) -> Vec<Zxid> {
        let mut known = BTreeSet::new();
        self.each_zxid(&mut |zxid| {
            known.insert(zxid);
        });
        known.into_iter().collect()
    }

    /// See [`Server::key`](crate::store::Server::key).
    ///
    /// Zxids are ranked. Sequence counters and versions are as they are: clients read them. Session ids are as they
    /// are, with the next one. `ctime` and `mtime` are in it if the configuration keeps times, relative to now.
    pub(super) fn write_key(&self, key: &mut Key) {
        let ranks = self.ranks();
        let rank = |zxid: Zxid| ranks.partition_point(|known| *known < zxid) as i64;
        key.int(rank(self.replica.zxid)).int(self.next_session.0);
        for (path, node) in self.replica.tree.iter() {
            key.bytes(path.as_bytes());
            match &node.data {
                Some(data) => key.bytes(data),
                None => key.int(-1),
            };
            acl(key, &node.acl);
            match node.owner {
                Owner::Nobody => key.int(0),
                Owner::Session(session) => key.int(1).int(session.0),
                Owner::Container => key.int(2),
                Owner::Ttl(ms) => key.int(3).int(ms),
            };
            key.int(rank(node.czxid)).int(rank(node.mzxid)).int(rank(node.pzxid));
            key.int(node.version.into()).int(node.aversion.into()).int(node.creates.into());
            if self.config.times {
                key.time(node.ctime).time(node.mtime);
            }
        }
        // A list ends where the next begins: a path is never of this length.
        key.int(-1);
        self.write_sessions(key);
        self.write_links(key);
        key.int(-1);
        match &self.role {
            Role::Alone => {}
            Role::Leader(leader) => leader.write_key(key, &rank),
            Role::Follower(follower) => follower.write_key(key, &rank),
        }
    }

    fn write_sessions(&self, key: &mut Key) {
        for (session, timeout_ms) in self.replica.sessions() {
            key.int(session.0).int(timeout_ms.into());
        }
        key.int(-1);
        phase(key, self.tracker.moment());
        for (session, decides, asked, owner) in self.tracker.iter() {
            key.int(session.0).time(decides).int(asked.into()).int(owner.into());
        }
        key.int(-1);
        phase(key, self.reaper.moment());
        for (path, fresh_until, empty_since, asked) in self.reaper.iter() {
            key.bytes(path.as_bytes()).int(asked.into());
            for at in [fresh_until, empty_since] {
                // Long past is long past.
                key.int(at.is_some().into()).time(at.unwrap_or_default().max(Micros(-1)));
            }
        }
        key.int(-1);
    }

    fn write_links(&self, key: &mut Key) {
        for (link, connection) in self.links.iter() {
            key.int(link.0.into()).int(connection.session.map_or(-1, |session| session.0));
            key.int(connection.timeout_ms.into());
            for identity in &*connection.identities {
                key.bytes(identity.scheme.as_bytes()).bytes(identity.id.as_bytes());
            }
            key.int(-1);
            key.int(connection.line.len() as i64);
            for what in &connection.line {
                match what {
                    InLine::Write => key.int(-2),
                    InLine::Read(xid, op) => key.int((*xid).into()).bytes(format!("{op:?}")),
                };
            }
        }
        for table in [&self.watches.data, &self.watches.child] {
            key.int(-1);
            for (path, link, mode) in table.iter() {
                key.bytes(path.as_bytes()).int(link.0.into()).int(mode as i64);
            }
        }
    }
}

fn acl(key: &mut Key, acl: &[Acl]) {
    key.int(acl.len() as i64);
    for entry in acl {
        key.int(entry.perms.into())
            .bytes(entry.who.scheme.as_bytes())
            .bytes(entry.who.id.as_bytes());
    }
}

fn phase(key: &mut Key, moment: Moment) {
    if let Moment::Phase(phase) = moment {
        key.time(phase);
    }
}
