//! The canonical form of a server's state.

use std::collections::BTreeSet;

use crate::store::Key;
use crate::time::Micros;

use super::acl::{Acl, Identity};
use super::config::Moment;
use super::ensemble::Role;
use super::id::Zxid;
use super::links::{Connection, InLine, Links};
use super::node::{Node, Owner};
use super::reaper::Reaper;
use super::replica::Replica;
use super::server::ZooKeeper;
use super::tracker::Tracker;
use super::watch::Watches;
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
        let Self {
            // As it was set up: nobody changes it.
            config,
            replica: Replica { zxid, tree, sessions },
            tracker,
            reaper,
            links,
            watches,
            next_session,
            role,
        } = self;
        let ranks = self.ranks();
        let rank = |zxid: Zxid| ranks.partition_point(|known| *known < zxid) as i64;
        key.int(rank(*zxid)).int(next_session.0);
        for (path, node) in tree.iter() {
            key.bytes(path.as_bytes());
            write_node(key, node, config.times, &rank);
        }
        // A list ends where the next begins: a path is never of this length.
        key.int(-1);
        for (session, timeout_ms) in &**sessions {
            key.int(session.0).int((*timeout_ms).into());
        }
        key.int(-1);
        write_tracker(key, tracker);
        write_reaper(key, reaper);
        write_links(key, links);
        let Watches { data, child } = watches;
        for table in [data, child] {
            key.int(-1);
            for (path, link, mode) in table.iter() {
                key.bytes(path.as_bytes()).int(link.0.into()).int(mode as i64);
            }
        }
        key.int(-1);
        match role {
            Role::Alone => {}
            Role::Leader(leader) => leader.write_key(key, &rank),
            Role::Follower(follower) => follower.write_key(key, &rank),
        }
    }
}

fn write_node(key: &mut Key, node: &Node, times: bool, rank: &dyn Fn(Zxid) -> i64) {
    let Node {
        data,
        acl,
        owner,
        czxid,
        mzxid,
        pzxid,
        ctime,
        mtime,
        version,
        aversion,
        creates,
        // They follow from the paths of all nodes.
        children: _,
    } = node;
    match data {
        Some(data) => key.bytes(data),
        None => key.int(-1),
    };
    write_acl(key, acl);
    match owner {
        Owner::Nobody => key.int(0),
        Owner::Session(session) => key.int(1).int(session.0),
        Owner::Container => key.int(2),
        Owner::Ttl(ms) => key.int(3).int(*ms),
    };
    key.int(rank(*czxid)).int(rank(*mzxid)).int(rank(*pzxid));
    key.int((*version).into()).int((*aversion).into()).int((*creates).into());
    if times {
        key.time(*ctime).time(*mtime);
    }
}

fn write_tracker(key: &mut Key, tracker: &Tracker) {
    phase(key, tracker.moment());
    for (session, decides, asked, owner) in tracker.iter() {
        key.int(session.0).time(decides).int(asked.into()).int(owner.into());
    }
    key.int(-1);
}

fn write_reaper(key: &mut Key, reaper: &Reaper) {
    phase(key, reaper.moment());
    for (path, fresh_until, empty_since, asked) in reaper.iter() {
        key.bytes(path.as_bytes()).int(asked.into());
        for at in [fresh_until, empty_since] {
            // Long past is long past.
            key.int(at.is_some().into()).time(at.unwrap_or_default().max(Micros(-1)));
        }
    }
    key.int(-1);
}

fn write_links(key: &mut Key, links: &Links) {
    for (link, connection) in links.iter() {
        let Connection { session, timeout_ms, identities, line } = connection;
        key.int(link.0.into()).int(session.map_or(-1, |session| session.0));
        key.int((*timeout_ms).into());
        for Identity { scheme, id } in &**identities {
            key.bytes(scheme.as_bytes()).bytes(id.as_bytes());
        }
        key.int(-1);
        key.int(line.len() as i64);
        for what in line {
            match what {
                InLine::Write => key.int(-2),
                InLine::Read(xid, op) => key.int((*xid).into()).bytes(format!("{op:?}")),
            };
        }
    }
}

fn write_acl(key: &mut Key, acl: &[Acl]) {
    key.int(acl.len() as i64);
    for Acl { perms, who: Identity { scheme, id } } in acl {
        key.int((*perms).into()).bytes(scheme.as_bytes()).bytes(id.as_bytes());
    }
}

fn phase(key: &mut Key, moment: Moment) {
    if let Moment::Phase(phase) = moment {
        key.time(phase);
    }
}
