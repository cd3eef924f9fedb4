//! Whether a recipe sends what a library really sent.
//!
//! A recipe of the catalogue runs in the place of one recorded client. Each request that it sends is compared with
//! the next one that the client had sent, and answered with what the client was answered. Sleeps, watches, the
//! loss of connections and of sessions come from the recording's own order. Where the client began an acquisition
//! or a release is not written in a recording: the next request tells, for it can begin only one of them.
//!
//! Compared is the whole request, but for what cannot be equal:
//!
//! - own tokens, and times by the client's wall clock: what stands for what is learnt at the first appearance, and
//!   must stay so;
//! - a script is sent whole by a recipe and by its hash by most libraries, in another wording: kind, keys and
//!   arguments are compared here, and both texts are kept, so that a test can compare what they do;
//! - the order of a `SET`'s options.
//!
//! A recipe that sends more than its client did is seen as well: at the next request, and at the end of the client
//! if it did not hang up at once. Who is killed, or hangs up within 2 ms, might have sent it. So is one that waits for
//! ever where its client went on.
//!
//! Requests of the application between acquisition and release, and those of the client library itself, are
//! passed over: [`Setup::other`] names them, and they are counted.

use std::collections::BTreeMap;
use std::fmt;

use lockstep::cx::LockBox;
use lockstep::store::redis::Bytes;
use lockstep::trace::{BadRecording, Trace};

use super::{redis, zookeeper};

/// What runs in the place of the recorded clients.
pub(super) struct Setup<'a> {
    /// The recipes, made from the words of a request, that could send it to begin an acquisition. Several are
    /// variants of one, where a recorded client used one now and another then.
    pub(super) recipes: &'a dyn Fn(&[String]) -> Vec<LockBox>,
    /// What is passed over: the first words of a request, or `script with` a part of its text; then perhaps
    /// ` ending` and its last word.
    pub(super) other: &'a [&'a str],
    /// Which requests are one client's.
    pub(super) clients: Clients,
    /// What the recipe names otherwise than the recorded application: its name, the recorded one.
    pub(super) names: &'a [(&'a str, &'a str)],
    /// Whether nobody reads the value that `SETNX` writes, so that any will do.
    pub(super) unread: bool,
    /// The most that is taken for a client's own delay between two readings of its wall clock (ms).
    pub(super) wall_doubt_ms: i64,
    /// How long (ms) a client's first request may have waited in it at most, for its connections to be there.
    pub(super) waited_ms: i64,
}

impl fmt::Debug for Setup<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Setup").field("other", &self.other).finish_non_exhaustive()
    }
}

/// Which requests are one client's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Clients {
    /// Those of one connection, or of one ZooKeeper session.
    Connections,
    /// Those that name the same token: one acquisition of a process that has many connections.
    Tokens,
}

/// What the comparison came to.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Compared {
    /// Clients in whose place the recipe ran.
    pub(super) clients: usize,
    /// Requests that are the recorded ones.
    pub(super) requests: usize,
    /// Acquisitions that ended with a grant.
    pub(super) acquired: usize,
    /// Acquisitions that ended without one.
    pub(super) refused: usize,
    /// Releases.
    pub(super) released: usize,
    /// Requests that were passed over, by what named them.
    pub(super) passed: BTreeMap<String, usize>,
    /// The recipe's scripts beside the recorded ones that stand in their place.
    pub(super) scripts: Vec<Scripts>,
    /// What differs.
    pub(super) mismatches: Vec<Mismatch>,
}

impl Compared {
    /// Adds what came of another client.
    pub(super) fn add(&mut self, other: Self) {
        self.clients += other.clients;
        self.requests += other.requests;
        self.acquired += other.acquired;
        self.refused += other.refused;
        self.released += other.released;
        self.mismatches.extend(other.mismatches);
        for pair in other.scripts {
            let same =
                |known: &Scripts| known.recipe == pair.recipe && known.recorded == pair.recorded;
            if !self.scripts.iter().any(same) {
                self.scripts.push(pair);
            }
        }
    }
}

/// A script of the recipe and the one that was recorded in its place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Scripts {
    /// The recipe's text.
    pub(super) recipe: Bytes,
    /// The recorded text.
    pub(super) recorded: Bytes,
    /// Number of keys, keys and arguments of the first such request.
    pub(super) words: Vec<Bytes>,
}

/// A recorded request, and what the recipe did in its place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Mismatch {
    /// The line of the recording, from 1.
    pub(super) line: usize,
    /// Whose request it is.
    pub(super) client: String,
    /// What was recorded.
    pub(super) recorded: String,
    /// What the recipe did.
    pub(super) recipe: String,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, client, recorded, recipe } = self;
        write!(f, "line {line}: {client} sent {recorded}; the recipe: {recipe}")
    }
}

/// Runs a recipe in the place of every client of a recording.
pub(super) fn compare(trace: &Trace, setup: &Setup<'_>) -> Result<Compared, BadRecording> {
    match trace.header.text("store")? {
        "redis" => redis::compare(trace, setup),
        "zookeeper" => zookeeper::compare(trace, setup),
        other => Err(trace.header.line.bad(format!("no recipes for the store \"{other}\""))),
    }
}
