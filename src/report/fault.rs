//! What each kind of fault does, in words. A new kind has its words here, and nowhere else.

use super::cast::{Cast, Misfortune};
use super::words;
use crate::choice::{Strike, Target};
use crate::sim::{Side, Stops, Way};
use crate::time::Micros;

/// A fault that strikes.
pub(super) struct Hit<'a> {
    pub(super) strike: &'a Strike,
    pub(super) misfortune: &'a Misfortune,
    pub(super) cast: &'a Cast,
}

impl Hit<'_> {
    fn span(&self) -> String {
        words::time(self.strike.span)
    }
}

/// How a kind of fault is told: the rest of a sentence whose subject is whom it hits (`pauses for 9 s`), or a whole
/// sentence where it hits the sides of a partition or all servers.
type Phrase = fn(&Hit<'_>) -> String;

/// The phrase of every kind.
const PHRASES: &[(&str, Phrase)] = &[
    ("pause", |hit| format!("stands still for {}", hit.span())),
    ("crash", |_| "dies".to_owned()),
    ("restart", |hit| format!("dies; a new one begins after {}", hit.span())),
    ("lose-request", |_| LOST.to_owned()),
    ("lose-reply", |_| LOST.to_owned()),
    ("disconnect", |_| LOST.to_owned()),
    ("reorder", |_| "is overtaken by others".to_owned()),
    ("slow", |_| "is held up on the way".to_owned()),
    ("partition", partition),
    ("restart-server", |hit| format!("dies, and starts again after {}", hit.span())),
    ("restart-all", |hit| format!("all servers die, and start again after {}", hit.span())),
    ("crash-leader", |_| "dies".to_owned()),
    ("cut-server", |hit| format!("is cut off from the leader for {}", hit.span())),
    ("cut-leader", |hit| format!("is cut off from all others for {}", hit.span())),
    ("failover", |hit| match hit.strike.span {
        Micros::ZERO => "dies".to_owned(),
        _ => format!("dies, and starts again after {}", hit.span()),
    }),
    ("lag", |hit| {
        let from = match hit.strike.target {
            Target::Words(from, _) => hit.cast.server(from),
            _ => "its master",
        };
        format!("does not hear what {from} says for {}", hit.span())
    }),
    ("operator", |hit| {
        let command = hit.misfortune.command.as_deref().unwrap_or_default();
        format!("executes {command}, which an operator runs")
    }),
    ("interrupt", |hit| {
        if hit.misfortune.ends_thread {
            "ends where it is, its process goes on".to_owned()
        } else {
            "is interrupted".to_owned()
        }
    }),
    ("clock-jump", |hit| match hit.strike.span {
        back if back < Micros::ZERO => {
            format!("has its wall clock set back by {}", words::time(-back))
        }
        forward => format!("has its wall clock set forward by {}", words::time(forward)),
    }),
    ("stall-server", |hit| format!("executes nothing for {}", hit.span())),
    ("fill-memory", |hit| match hit.strike.span {
        Micros::ZERO => "has no memory left and evicts a key".to_owned(),
        _ => format!("has no memory left for {}", hit.span()),
    }),
    ("late-expiry", |hit| format!("removes what has expired late by {}", hit.span())),
    ("lag-server", |hit| format!("hears of its leader late by {}", hit.span())),
    ("move-client", |_| "must go to another server".to_owned()),
    ("expire-session", |_| "has its session ended by the service".to_owned()),
];

const LOST: &str = "is lost, and the connection breaks";

/// The phrase of a fault that strikes.
pub(super) fn words(hit: &Hit<'_>) -> String {
    let kind = hit.misfortune.kind;
    match PHRASES.iter().find(|(known, _)| *known == kind) {
        Some((_, phrase)) => phrase(hit),
        // A kind without words of its own is told by its name.
        None if hit.strike.span == Micros::ZERO => format!("is hit by `{kind}`"),
        None => format!("is hit by `{kind}` for {}", hit.span()),
    }
}

/// The kinds of faults that have words of their own.
pub fn told_kinds() -> impl Iterator<Item = &'static str> {
    PHRASES.iter().map(|(kind, _)| *kind)
}

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
