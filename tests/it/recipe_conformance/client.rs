//! What a player needs to know of a recorded client.

use lockstep::cx::{Lane, Message, OpResult, Request, Session, WatchId};
use lockstep::time::Micros;

use super::compare::Scripts;

/// A place in a recording: the line of the file.
pub(super) type Place = usize;

/// What the recording has in the place of a request.
#[derive(Clone, Debug)]
pub(super) enum Asked {
    /// The same request, executed at `sent` and answered at `place`, `at`.
    Answered { sent: Micros, place: Place, at: Micros, result: OpResult },
    /// The same request, whose answer never came.
    Unanswered,
    /// Nothing: the client was gone.
    Gone,
    /// Nothing, although the client was still there.
    Nothing { line: Place, until: Micros, recipe: String },
    /// Another request.
    Differs { line: Place, recorded: String, recipe: String },
}

/// A recorded client: its requests in order, and what else it learnt.
pub(super) trait Client: Clone {
    /// Takes the next request for the recipe's, if it is the same; the recipe sends it at `now`.
    fn ask(&mut self, to: Lane, request: &Request, after: Place, now: Micros) -> Asked;
    /// Until when it was certainly there: it asked for something else, or did not yet hang up.
    fn there_until(&self) -> Micros;
    /// The next request: its line, when it was sent, and its words.
    fn next(&self) -> Option<(Place, Micros, Vec<String>)>;
    /// Passes over the next request.
    fn skip(&mut self);
    /// How many requests have been taken.
    fn taken(&self) -> usize;
    /// Its wall clock at time zero of the recording (µs since 1970).
    fn epoch(&self) -> Micros;
    /// When a watch fired, if it did.
    fn fired(&self, watch: WatchId) -> Option<(Place, Micros)>;
    /// The first message on its subscriptions after a place.
    fn message(&self, after: Place) -> Option<(Place, Micros, Message)>;
    /// What the client library knew of the session at a place.
    fn session(&self, at: Place) -> Session;
    /// When the session's state was first another one than `from`, after a place.
    fn changed(&self, after: Place, from: Session) -> Option<(Place, Micros, Session)>;
    /// How many replies came just before the end of a connection, so that they may not have arrived.
    fn doubtful(&self) -> u32;
    /// Which of them did not arrive, one bit each.
    fn loses(&mut self, which: u32);
    /// What was called somehow may be called anew: an acquisition was refused.
    fn may_rename(&mut self);
    /// The recipe's scripts beside those that were recorded in their place.
    fn scripts(&self) -> Vec<Scripts>;
    /// How many servers there are.
    fn servers(&self) -> usize;
}
