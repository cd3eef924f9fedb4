//! How Redlock libraries differ: what each does where the specification leaves it open, and where it does not.
//!
//! From the sources of redlock-py 1.0.8, redlock 1.2.0, pottery 3.0.1, aioredlock 0.7.3, go-redsync v4,
//! node-redlock 4.2.0 and 5.0.0-beta.2; from issues of leandromoreira/redlock-rb (#36, #129, PR #134); from `RedLock.cs` and `Lua/Extend.lua` of
//! `samcook/RedLock.net` (PR #60, #78).

use std::num::NonZeroU32;

use serde::Deserialize;

use super::super::Retry;
use super::quorum::{Extended, Order};
use super::{COMPARE_AND_DELETE, COMPARE_AND_PEXPIRE, SET_IF_ABSENT_OR_MINE};
use crate::cx::{Cx, Instant, Script, WallReading};
use crate::json::Duration;
use crate::time::Micros;

/// The libraries.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Library {
    #[default]
    RedlockPy,
    Redlock,
    Pottery,
    Aioredlock,
    Redsync,
    NodeRedlock,
    #[serde(rename = "node-redlock-4")]
    NodeRedlock4,
    RedlockRb,
    RedlockNet,
}

/// By which clock the time elapsed is measured.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Clock {
    Monotonic,
    Wall,
}

/// What one server that does not answer means.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum OnError {
    /// It has not locked.
    Counts,
    /// An exception, although most have locked.
    Raises,
}

/// When what was set in vain is removed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Undo {
    /// Before the next try.
    EachTry,
    /// When all tries have failed: until then the client's own keys stand in its way.
    LastTry,
}

/// How a library sets the keys and removes them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Form {
    /// The script that sets all keys or none; without one it is `SET` with `NX` and `PX`, of one key.
    pub(super) script: Option<Script>,
    /// The script that removes them.
    pub(super) removes: Script,
    /// Whether the time to live is counted from the first try, however many there are.
    pub(super) from_first_try: bool,
    /// Whether a release that most servers refuse is tried again.
    pub(super) removes_again: bool,
    /// Which lock is extended.
    pub(super) extends: Extended,
}

/// `ACQUIRE_SCRIPT` of node-redlock: sets all keys if none exists, how many it set.
const ACQUIRE: Script = Script(include_str!("node_redlock_acquire.lua"));

/// `EXTEND_SCRIPT` of node-redlock: sets all keys again if all hold the token, how many it set.
const EXTEND: Script = Script(include_str!("node_redlock_extend.lua"));

/// `Extend.lua` of RedLock.net: sets a new time to live if the key holds the token, and the key itself if there is none.
const REDLOCK_NET_EXTEND: Script = Script(include_str!("redlock_net_extend.lua"));

/// `RELEASE_SCRIPT` of node-redlock: removes the keys that hold the token, how many they were.
const RELEASE: Script = Script(include_str!("node_redlock_release.lua"));

/// What a library does.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Ways {
    pub(super) order: Order,
    /// The part (µs) of the time to live that counts: the rest is for clocks that drift.
    pub(super) counts: Micros,
    pub(super) clock: Clock,
    /// Whether the validity is looked at when the answers are there.
    pub(super) validity: bool,
    /// The patience (µs) with one server.
    pub(super) patience: Option<Micros>,
    /// How many times a client asks before it fails.
    pub(super) tries: u32,
    /// The shortest delay between two tries (µs), and what is added at most, drawn.
    pub(super) delay: (Micros, Micros),
    pub(super) on_error: OnError,
    pub(super) undo: Undo,
    /// By what the lock is extended, how often at most, after which time each (µs).
    pub(super) extends: Option<(Script, u32, Micros)>,
    pub(super) form: Form,
}

/// What the library does with a time to live of `ttl` (µs).
#[rustfmt::skip]
fn ways(library: Library, ttl: Micros) -> Ways {
    use Clock::{Monotonic, Wall};
    use OnError::{Counts, Raises};
    use Order::{AtOnce, FirstDecision, FirstMajority, InTurn};
    use Undo::{EachTry, LastTry};
    const MANY: u32 = u32::MAX;
    let ms = Micros::from_ms;
    let percent = |percent| Micros(ttl.as_ms() * 10 * percent);
    let counts = |drift: (i64, i64)| ttl - percent(drift.0) - ms(drift.1);
    let again = |most, every| Some((COMPARE_AND_PEXPIRE, most, percent(every)));
    let again_before = |span| Some((EXTEND, MANY, counts((1, 2)) - span));
    let sets_again = |every| Some((SET_IF_ABSENT_OR_MINE, MANY, percent(every)));
    let (order, drift, clock, validity, patience, tries, delay, on_error, undo, extends) = match library {
        Library::RedlockPy   => (InTurn,        (1, 2), Wall,      true,  None,              3,    (200, 0),   Raises, EachTry, None),
        Library::Redlock     => (InTurn,        (1, 2), Wall,      true,  None,              3,    (0, 200),   Counts, EachTry, None),
        Library::Pottery     => (FirstMajority, (1, 2), Monotonic, true,  None,              MANY, (0, 200),   Counts, EachTry, again(3, 33)),
        Library::Aioredlock  => (AtOnce,        (1, 2), Monotonic, true,  None,              3,    (100, 200), Counts, EachTry, sets_again(60)),
        Library::Redsync     => (AtOnce,        (1, 0), Monotonic, true,  Some(percent(5)),  32,   (50, 200),  Counts, EachTry, again(MANY, 33)),
        Library::NodeRedlock => (FirstDecision, (1, 2), Wall,      false, None,              11,   (100, 200), Counts, LastTry, again_before(ms(500))),
        Library::NodeRedlock4=> (AtOnce,        (1, 2), Wall,      true,  None,              11,   (100, 200), Counts, EachTry, None),
        Library::RedlockRb   => (InTurn,        (1, 2), Monotonic, true,  Some(ms(100)),     3,    (200, 50),  Counts, EachTry, again(MANY, 33)),
        Library::RedlockNet  => (AtOnce,        (1, 2), Monotonic, true,  None,              3,    (0, 400),   Counts, EachTry, Some((REDLOCK_NET_EXTEND, MANY, percent(50)))),
    };
    let (is_5, is_4) = (library == Library::NodeRedlock, library == Library::NodeRedlock4);
    let form = Form {
        script: Some(ACQUIRE).filter(|_| is_5 || is_4),
        removes: if is_5 || is_4 { RELEASE } else { COMPARE_AND_DELETE },
        from_first_try: is_5,
        removes_again: is_5,
        extends: match library {
            Library::NodeRedlock => Extended::IfValid,
            Library::RedlockNet => Extended::EvenIfLost,
            _ => Extended::UntilLost,
        },
    };
    let (counts, delay) = (counts(drift), (ms(delay.0), ms(delay.1)));
    Ways { order, counts, clock, validity, patience, tries, delay, on_error, undo, extends, form }
}

/// What is otherwise than in the library: see there.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct But {
    drift: Option<Duration>,
    node_timeout: Option<Duration>,
    tries: Option<NonZeroU32>,
    delay: Option<Retry>,
    validity: Option<bool>,
    clock: Option<Clock>,
    on_error: Option<OnError>,
    extends_every: Option<Duration>,
}

impl But {
    /// What the library does, but for this.
    pub(super) fn ways(self, library: Library, ttl: Micros, extends: bool) -> Ways {
        let ways = ways(library, ttl);
        Ways {
            counts: self.drift.map_or(ways.counts, |drift| ttl - drift.0),
            clock: self.clock.unwrap_or(ways.clock),
            validity: self.validity.unwrap_or(ways.validity),
            patience: self.node_timeout.map(|span| span.0).or(ways.patience),
            tries: self.tries.map_or(ways.tries, NonZeroU32::get),
            delay: self.delay.map_or(ways.delay, Retry::span),
            on_error: self.on_error.unwrap_or(ways.on_error),
            extends: ways.extends.filter(|_| extends).map(|(script, most, every)| {
                (script, most, self.extends_every.map_or(every, |every| every.0))
            }),
            ..ways
        }
    }
}

impl Clock {
    /// What it reads before the servers are asked, if that is looked at.
    pub(super) fn read(self, cx: &Cx) -> Option<WallReading> {
        match self {
            Self::Monotonic => None,
            Self::Wall => Some(cx.wall_clock()),
        }
    }

    /// When `counts` (µs) are over that began at `started_at`, when the wall clock said `read`.
    pub(super) fn end(
        cx: &Cx,
        started_at: Instant,
        read: Option<WallReading>,
        counts: Micros,
    ) -> Instant {
        match read {
            None => started_at + counts,
            Some(read) => cx.now() + (counts - Micros::from_ms(cx.wall_ms_since(read))),
        }
    }
}
