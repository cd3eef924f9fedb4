//! One session, as its client library keeps track of it.

use std::collections::VecDeque;
use std::rc::Rc;

use crate::store::zookeeper::{Message, Password, SessionId, Zxid};
use crate::store::{Link, Outbound};

use super::watches::Watches;

/// One session.
#[derive(Clone, Debug, Default)]
pub(super) struct Session {
    /// The timeout that is asked for, in milliseconds (ms).
    pub(super) timeout_ms: i32,
    /// The connection, while there is one.
    pub(super) link: Option<Link>,
    /// Which session it is, once it was granted.
    pub(super) granted: Option<(SessionId, Password)>,
    pub(super) state: State,
    /// It does nothing: no pings, and what it is sent is not read.
    pub(super) paused: bool,
    /// What it was sent while paused.
    pub(super) unread: VecDeque<Outbound<Message>>,
    /// The last transaction of which it heard.
    pub(super) last_zxid: Zxid,
    /// The number of its last request.
    pub(super) xid: i32,
    pub(super) watches: Watches,
    /// What `addauth` said, which is said again on a new connection.
    pub(super) identities: Vec<(Rc<str>, Rc<[u8]>)>,
}

/// The state of a client library, as `zkCli` shows it in its prompt.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum State {
    #[default]
    Connecting,
    Connected,
    Closed,
    AuthFailed,
}

impl Session {
    pub(super) fn new(timeout_ms: i32) -> Self {
        Self { timeout_ms, ..Self::default() }
    }

    /// Whether a request can be sent.
    pub(super) fn is_alive(&self) -> bool {
        matches!(self.state, State::Connecting | State::Connected)
    }
}

impl State {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Connecting => "CONNECTING",
            Self::Connected => "CONNECTED",
            Self::Closed => "CLOSED",
            Self::AuthFailed => "AUTH_FAILED",
        }
    }
}
