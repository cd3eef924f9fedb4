//! What a ZooKeeper client library keeps: its session, and the watches that it has left.
//!
//! It follows the Java client: a watch is registered when the reply to its call arrives, fires once, and is sent
//! again (`SetWatches`) after a reconnect. That the session is over is learnt from a server only, after a
//! reconnect (catalogue K14); where other libraries and versions differ is in [`Library`].

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::cx::{Session, WatchId};
use crate::store::zookeeper::{
    Connect, ConnectReply, EventType, Op, Password, SessionId, SetWatches, WatchEvent, Zxid,
};
use crate::time::Micros;

/// Which list a watch stands in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum WatchKind {
    /// Left by `getData`, or by `exists` on a node that was there.
    Data,
    /// Left by `exists` on a node that was not there.
    Exists,
    /// Left by `getChildren`.
    Children,
}

/// Which client library it is: they differ in when they take a session for lost, and in what becomes of watches.
///
/// All drop a connection after 2/3 of the session timeout without a byte, and a connection that is being opened
/// after the timeout divided by the number of servers (`ClientCnxn`; kazoo has the same).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Library {
    /// The Java client of ZooKeeper 3.8: only a server tells it that its session is over.
    #[default]
    Java38,
    /// The Java client since ZOOKEEPER-4508: it closes itself when it has heard nothing for 4/3 of the timeout.
    Java,
    /// Curator on the Java client of 3.8: LOST when the connection was SUSPENDED for the whole timeout, which
    /// without a reset is 5/3 of it after the last byte (`ConnectionStateManager.checkSessionExpiration`).
    Curator,
    /// kazoo: it sends no `SetWatches`. A lost connection wakes everybody who left a watch, and they read again
    /// (`KazooClient._reset_watchers`).
    Kazoo,
}

impl Library {
    /// All of them, with the names they have in model files.
    pub const ALL: [(&'static str, Self); 4] = [
        ("java-3.8", Self::Java38),
        ("java", Self::Java),
        ("curator", Self::Curator),
        ("kazoo", Self::Kazoo),
    ];
}

/// From when a library counts the time until it takes its session for lost.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Patience {
    /// From the last byte.
    SinceHeard,
    /// From the loss of the connection.
    SinceSuspended,
}

/// The client library of one process.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ZkClient {
    library: Library,
    timeout_ms: i32,
    session: Option<(SessionId, Password)>,
    state: Session,
    watches: BTreeMap<(WatchKind, Rc<str>), Vec<WatchId>>,
    fired: Vec<WatchId>,
    last_zxid: Zxid,
}

/// What a reply to a connect means.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Connected {
    /// A new session: all earlier watches are gone.
    New,
    /// The same session; the watches to send again, if there are any.
    Again(Option<Op>),
    /// The session is over.
    Expired,
}

impl ZkClient {
    /// A client of this library that will ask for a session timeout of `timeout_ms` (ms).
    pub fn new(timeout_ms: i32, library: Library) -> Self {
        Self {
            library,
            timeout_ms,
            session: None,
            state: Session::Suspended,
            watches: BTreeMap::new(),
            fired: Vec::new(),
            last_zxid: Zxid::ZERO,
        }
    }

    /// What the library knows of the session.
    pub fn state(&self) -> Session {
        self.state
    }

    /// Whether there has ever been a session.
    pub fn has_session(&self) -> bool {
        self.session.is_some()
    }

    /// The session, and the timeout (ms) that was asked for.
    pub(crate) fn session(&self) -> Option<(SessionId, i32)> {
        self.session.map(|(session, _)| (session, self.timeout_ms))
    }

    /// The first packet of a new connection.
    pub fn connect(&self) -> Connect {
        Connect {
            timeout_ms: self.timeout_ms,
            session: self.session,
            last_zxid_seen: self.last_zxid,
        }
    }

    /// How long (µs of its clock) an open connection may be silent: 2/3 of the session timeout (catalogue K15).
    pub(crate) fn read_timeout(&self) -> Micros {
        Micros(i64::from(self.timeout_ms) * 2000 / 3)
    }

    /// How long (µs of its clock) it waits for one of `hosts` servers to let it in (catalogue K15).
    pub(crate) fn connect_timeout(&self, hosts: i64) -> Micros {
        Micros(i64::from(self.timeout_ms) * 1000 / hosts.max(1))
    }

    /// After how long (µs of its clock), counted from there, the library takes the session for lost by itself.
    pub(crate) fn own_clock(&self, from: Patience) -> Option<Micros> {
        let timeout = i64::from(self.timeout_ms) * 1000;
        match (self.library, from) {
            (Library::Java, Patience::SinceHeard) => Some(Micros(timeout * 4 / 3)),
            (Library::Curator, Patience::SinceSuspended) => Some(Micros(timeout)),
            _ => None,
        }
    }

    /// The connection is gone: which watches that wakes.
    ///
    /// Of a session that is over nothing is left to suspend.
    pub(crate) fn suspend(&mut self) -> Vec<WatchId> {
        if self.state != Session::Expired {
            self.state = Session::Suspended;
        }
        if self.library != Library::Kazoo {
            return Vec::new();
        }
        let woken: Vec<WatchId> =
            std::mem::take(&mut self.watches).into_values().flatten().collect();
        self.fired.extend(&woken);
        woken
    }

    /// The session is over.
    pub(crate) fn expire(&mut self) {
        // Whoever waits for a watch of the session is told that it is over.
        self.fired.extend(std::mem::take(&mut self.watches).into_values().flatten());
        self.session = None;
        self.last_zxid = Zxid::ZERO;
        self.state = Session::Expired;
    }

    /// A server answered the connect.
    pub fn connected(&mut self, reply: &ConnectReply) -> Connected {
        let had = self.session.is_some();
        let Some(session) = reply.session else {
            self.expire();
            return Connected::Expired;
        };
        self.session = Some(session);
        self.state = Session::Connected;
        if !had {
            return Connected::New;
        }
        let paths = |kind| -> Rc<[Rc<str>]> {
            let of_kind = self.watches.keys().filter(|(other, _)| *other == kind);
            of_kind.map(|(_, path)| path.clone()).collect()
        };
        let set = SetWatches {
            relative_zxid: self.last_zxid,
            data: paths(WatchKind::Data),
            exist: paths(WatchKind::Exists),
            child: paths(WatchKind::Children),
            ..SetWatches::default()
        };
        Connected::Again((!self.watches.is_empty()).then_some(Op::SetWatches(set)))
    }

    /// A reply carried this zxid.
    pub fn saw(&mut self, zxid: Zxid) {
        self.last_zxid = self.last_zxid.max(zxid);
    }

    /// The call that leaves this watch was answered.
    pub fn register(&mut self, kind: WatchKind, path: Rc<str>, watch: WatchId) {
        self.watches.entry((kind, path)).or_default().push(watch);
    }

    /// A watch event arrived: which watches it fires.
    pub fn fires(&mut self, event: &WatchEvent) -> Vec<WatchId> {
        let kinds: &[WatchKind] = match event.kind {
            EventType::NodeDeleted => &[WatchKind::Data, WatchKind::Exists, WatchKind::Children],
            EventType::NodeCreated | EventType::NodeDataChanged => {
                &[WatchKind::Data, WatchKind::Exists]
            }
            EventType::NodeChildrenChanged => &[WatchKind::Children],
        };
        let mut fired = Vec::new();
        for &kind in kinds {
            fired.extend(self.watches.remove(&(kind, event.path.clone())).unwrap_or_default());
        }
        self.fired.extend(&fired);
        fired
    }

    /// Whether the watch has fired; if so that is forgotten.
    pub fn take_fired(&mut self, watch: WatchId) -> bool {
        match self.fired.iter().position(|fired| *fired == watch) {
            Some(place) => {
                self.fired.remove(place);
                true
            }
            None => false,
        }
    }

    /// Forgets who waited for watches that no recipe refers to any more; the server still has them.
    pub fn forget(&mut self, alive: impl Fn(WatchId) -> bool) {
        self.fired.retain(|watch| alive(*watch));
        for watches in self.watches.values_mut() {
            watches.retain(|watch| alive(*watch));
        }
    }
}
