//! What each kind of fault does, in words. A new kind has its words here, and nowhere else.

use super::cast::{Cast, Misfortune};
use super::words;
use crate::choice::{Strike, Target};
use crate::sim::{OPEN, Side, Stops, Way};
use crate::time::Micros;

/// A fault that strikes.
pub(super) struct Hit<'a> {
    pub(super) strike: &'a Strike,
    pub(super) misfortune: &'a Misfortune,
    pub(super) cast: &'a Cast,
}

impl Hit<'_> {
    fn span(&self) -> String {
        if self.strike.span == OPEN {
            return "some time".to_owned();
        }
        words::time(self.strike.span)
    }
}

/// The rest of a sentence about whom a fault hits: `stands still for 9 s`, or `wall clock is set back by 5 s` about
/// something of whom it hits; a whole sentence where it hits the sides of a partition or all servers.
pub(super) struct Said {
    whose: bool,
    rest: String,
}

/// How a kind of fault is told.
type Phrase = fn(&Hit<'_>) -> Said;

impl Said {
    /// The sentence about this one.
    pub(super) fn of(&self, name: &str) -> String {
        format!("{name}{} {}", if self.whose { "'s" } else { "" }, self.rest)
    }

    /// The sentence where it is known who is meant.
    pub(super) fn alone(&self) -> &str {
        &self.rest
    }
}

fn it(rest: impl Into<String>) -> Said {
    Said { whose: false, rest: rest.into() }
}

fn its(rest: impl Into<String>) -> Said {
    Said { whose: true, rest: rest.into() }
}

/// The phrase of every kind.
const PHRASES: &[(&str, Phrase)] = &[
    ("pause", |hit| it(format!("stands still for {}", hit.span()))),
    ("crash", |_| it("dies")),
    ("restart", |hit| it(format!("dies; a new one begins after {}", hit.span()))),
    ("lose-request", |_| it(LOST)),
    ("lose-reply", |_| it(LOST)),
    ("disconnect", |_| it(LOST)),
    ("reorder", |_| it("is overtaken by others")),
    ("slow", |_| it("is held up on the way")),
    ("partition", |hit| it(partition(hit))),
    ("restart-server", |hit| it(format!("dies, and starts again after {}", hit.span()))),
    ("restart-all", |hit| it(format!("all servers die, and start again after {}", hit.span()))),
    ("crash-leader", |_| it("dies")),
    ("cut-server", |hit| it(format!("is cut off from the leader for {}", hit.span()))),
    ("cut-leader", |hit| it(format!("is cut off from all others for {}", hit.span()))),
    ("failover", |hit| match hit.strike.span {
        Micros::ZERO => it("dies"),
        _ => it(format!("dies, and starts again after {}", hit.span())),
    }),
    ("lag", |hit| {
        let from = match hit.strike.target {
            Target::Words(from, _) => hit.cast.server(from),
            _ => "its master",
        };
        it(format!("does not hear what {from} says for {}", hit.span()))
    }),
    ("operator", |hit| {
        let command = hit.misfortune.command.as_deref().unwrap_or_default();
        it(format!("executes {command}, which an operator runs"))
    }),
    ("interrupt", |hit| {
        let ends = hit.misfortune.ends_thread;
        it(if ends { "ends where it is, its process goes on" } else { "is interrupted" })
    }),
    ("clock-jump", |hit| {
        let (way, span) = match hit.strike.span {
            back if back < Micros::ZERO => ("back", -back),
            forward => ("forward", forward),
        };
        its(format!("wall clock is set {way} by {}", words::time(span)))
    }),
    ("stall-server", |hit| it(format!("executes nothing for {}", hit.span()))),
    ("fill-memory", |hit| match hit.strike.span {
        Micros::ZERO => it("has no memory left and evicts a key"),
        _ => it(format!("has no memory left for {}", hit.span())),
    }),
    ("refuse-writes", |hit| it(format!("refuses every write for {}", hit.span()))),
    ("late-expiry", |hit| it(format!("removes what has expired late by {}", hit.span()))),
    ("lag-server", |hit| it(format!("hears of its leader late by {}", hit.span()))),
    ("move-client", |_| it("must go to another server")),
    ("expire-session", |_| its("session is ended by the service")),
];

const LOST: &str = "is lost, and the connection breaks";

/// The phrase of a fault that strikes.
pub(super) fn words(hit: &Hit<'_>) -> Said {
    let kind = hit.misfortune.kind;
    match PHRASES.iter().find(|(known, _)| *known == kind) {
        Some((_, phrase)) => phrase(hit),
        // A kind without words of its own is told by its name.
        None if hit.strike.span == Micros::ZERO => it(format!("is hit by `{kind}`")),
        None => it(format!("is hit by `{kind}` for {}", hit.span())),
    }
}

/// The kinds of faults that have words of their own.
pub fn told_kinds() -> impl Iterator<Item = &'static str> {
    PHRASES.iter().map(|(kind, _)| *kind)
}

/// Where a fault strikes that stops somebody who has not sent yet what it was about to send.
pub(super) const UNSENT: &str = "between its last look and its next request";

/// Before or after which requests: `before DEL or EVAL`.
pub(super) fn near((side, requests): &(Side, Vec<String>)) -> String {
    let side = match side {
        Side::Before => "before",
        Side::After => "after",
    };
    format!("{side} {}", requests.join(" or "))
}

fn partition(hit: &Hit<'_>) -> String {
    let span = hit.span();
    if let Some((sides, stops)) = &hit.misfortune.sides {
        let stops = match stops {
            Stops::Both => "",
            Stops::FromFirst => ", what the first say,",
            Stops::ToFirst => ", what the first would hear,",
        };
        let sides: Vec<String> = sides.iter().map(|side| format!("({side})")).collect();
        return format!("{} are cut off from each other{stops} for {span}", words::list(&sides));
    }
    let mut text = "is cut off".to_owned();
    if let Some((servers, way)) = &hit.misfortune.cut {
        if !servers.is_empty() {
            text += &format!(" from {}", words::list(servers));
        }
        text += match way {
            Way::Both => "",
            Way::Up => ", what it sends,",
            Way::Down => ", what it would hear,",
        };
    }
    format!("{text} for {span}")
}
