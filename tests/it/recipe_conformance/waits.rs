//! What a task waits for, and which of it comes first.

use lockstep::cx::{CallError, OpResult, Session, Subscription, Votes, WatchId};
use lockstep::time::Micros;

use super::client::{Client, Place};

/// What an operation waits for.
#[derive(Clone, Debug)]
pub(super) enum Wait {
    /// Nothing.
    Ready(OpResult),
    /// A recorded reply.
    Reply { place: Place, at: Micros, result: OpResult },
    /// Time.
    Timer(Micros),
    /// A reply that never came, until the recipe's patience is over.
    Patience(Micros),
    /// A message on the subscription after a place, perhaps for so long only.
    Message { from: Subscription, after: Place, until: Option<Micros> },
    /// A cell to be written.
    Cell(&'static str),
    /// A watch.
    Watch(WatchId),
    /// The session to change.
    Session(Session),
    /// What never came.
    Never,
    /// Several.
    Gather { parts: Vec<Part>, votes: Votes },
}

/// One of several operations.
#[derive(Clone, Debug)]
pub(super) enum Part {
    /// It goes on.
    Waits(Wait),
    /// It has ended.
    Ended(OpResult),
}

/// When something happens: at a time, and among things of one time by their place. Timers come first.
pub(super) type When = (Micros, Place);

impl Wait {
    /// When it ends and how, if the recording or the clock says so.
    pub(super) fn ends(
        &self,
        client: &impl Client,
        now: Micros,
        place: Place,
    ) -> Option<(When, OpResult)> {
        match self {
            Self::Ready(result) => Some(((Micros(i64::MIN), 0), result.clone())),
            Self::Reply { place, at, result } => Some(((*at, *place), result.clone())),
            Self::Timer(due) => Some(((*due, 0), OpResult::Done)),
            Self::Patience(due) => Some(((*due, 0), timed_out())),
            Self::Message { after, until, .. } => {
                let message = client
                    .message(*after)
                    .map(|(place, at, message)| ((at, place), OpResult::Message(message)));
                let late = until.map(|due| ((due, 0), timed_out()));
                message.into_iter().chain(late).min_by_key(|(when, _)| *when)
            }
            Self::Watch(watch) => {
                client.fired(*watch).map(|(place, at)| ((at, place), OpResult::Done))
            }
            Self::Session(from) => {
                let present = client.session(place);
                if present != *from {
                    return Some(((now, place), OpResult::Session(present)));
                }
                let changed = client.changed(place, *from);
                changed.map(|(place, at, to)| ((at, place), OpResult::Session(to)))
            }
            Self::Cell(_) | Self::Never => None,
            Self::Gather { parts, .. } => {
                let ends = parts.iter().filter_map(|part| match part {
                    Part::Waits(wait) => wait.ends(client, now, place),
                    Part::Ended(_) => None,
                });
                ends.min_by_key(|(when, _)| *when)
            }
        }
    }

    /// Ends the part that ends at `when`; the whole result, once there is one.
    pub(super) fn end(
        &mut self,
        client: &impl Client,
        now: Micros,
        place: Place,
        when: When,
        result: OpResult,
    ) -> Option<OpResult> {
        let Self::Gather { parts, votes } = self else { return Some(result) };
        let part = parts.iter_mut().find(|part| match part {
            Part::Waits(wait) => {
                wait.ends(client, now, place).is_some_and(|(other, _)| other == when)
            }
            Part::Ended(_) => false,
        });
        *part? = Part::Ended(result);
        let decided = votes.decide(parts.iter().filter_map(|part| match part {
            Part::Ended(end) => Some(end),
            Part::Waits(_) => None,
        }));
        let open = parts.iter().any(|part| matches!(part, Part::Waits(_)));
        if !decided && open {
            return None;
        }
        let results = parts.iter().map(|part| match part {
            Part::Ended(result) => Some(result.clone()),
            Part::Waits(_) => None,
        });
        Some(OpResult::Gathered(results.collect()))
    }
}

fn timed_out() -> OpResult {
    OpResult::Failed(CallError::TimedOut)
}
