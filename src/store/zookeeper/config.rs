//! How a server is set up.

use std::rc::Rc;

use crate::time::Micros;

/// How a server is set up.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Config {
    /// `tickTime`: sessions end at the ends of spans of this length.
    pub tick: Micros,
    /// The shortest session timeout that is granted, in milliseconds (ms); usually two ticks.
    pub min_session_timeout_ms: i32,
    /// The longest session timeout that is granted, in milliseconds (ms); usually twenty ticks.
    pub max_session_timeout_ms: i32,
    /// When a session that is not heard of ends.
    pub expiry: Moment,
    /// How often empty containers and outlived nodes are looked for (`znode.container.checkIntervalMs`); none: never.
    pub reap_interval: Option<Micros>,
    /// When such a node is found.
    pub reaping: Moment,
    /// Whether nodes keep `ctime` and `mtime`. Without them both read as 0, and states that differ only in them are
    /// equal, as a search wants it.
    pub times: bool,
    /// Whether a follower applies what is committed only as far as a [`Draw`](super::Draw) says, beyond the delay of the
    /// messages between the servers.
    pub lagging: bool,
    /// The address that every client comes from, for ACLs of the scheme `ip`.
    pub client_address: Rc<str>,
}

/// When, within its last interval, something happens that a server does only at the ends of intervals.
///
/// Intervals are ticks for sessions (fact 11) and the check interval for containers (fact 24). Something that is due
/// at `d` happens in `(d, d + interval]`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Moment {
    /// Intervals end at `phase` and whole intervals before and after it.
    Phase(Micros),
    /// It may happen at once (just after it is due) or at the very end: a [`Draw`](super::Draw), asked once.
    Drawn,
    /// It may happen whenever the server is woken within the interval, from `early` before it to `late` after it: a
    /// [`Draw`](super::Draw), asked each time.
    Free {
        /// How much before it is due it may be.
        early: Micros,
        /// How much later than the end it may be.
        late: Micros,
    },
}

impl Config {
    /// A server with that tick and otherwise the values of a default configuration.
    pub fn with_tick(tick: Micros) -> Self {
        let timeout_ms =
            |ticks| i32::try_from(tick.as_ms().saturating_mul(ticks)).unwrap_or(i32::MAX);
        Self {
            tick,
            min_session_timeout_ms: timeout_ms(2),
            max_session_timeout_ms: timeout_ms(20),
            expiry: Moment::Phase(Micros::ZERO),
            reap_interval: Some(Micros::from_ms(60_000)),
            reaping: Moment::Phase(Micros::ZERO),
            times: true,
            lagging: false,
            client_address: "127.0.0.1".into(),
        }
    }

    pub(super) fn negotiate(&self, asked_ms: i32) -> i32 {
        asked_ms.max(self.min_session_timeout_ms).min(self.max_session_timeout_ms)
    }
}

impl Default for Config {
    /// Two seconds a tick, as in the sample configuration.
    fn default() -> Self {
        Self::with_tick(Micros::from_ms(2000))
    }
}
