//! What an audit found, in words.

use crate::audit::{Confidence, End, Finding, Hold, Kind, Lost, Moment, Stats};
use crate::time::Micros;

/// How sure something is, in a word.
pub fn confidence(it: Confidence) -> &'static str {
    match it {
        Confidence::Possible => "possible",
        Confidence::Likely => "likely",
        Confidence::Certain => "certain",
    }
}

/// A moment by the log's own clock, as it stands in the log: `1700000000.000123`.
pub fn clock(moment: Moment) -> String {
    let micros = moment.clock.0;
    format!("{}.{:06}", micros.div_euclid(1_000_000), micros.rem_euclid(1_000_000))
}

/// Where something is in the log: its line, or the time where it has none.
pub fn place(moment: Moment) -> String {
    match moment.line {
        0 => clock(moment),
        line => format!("line {line}"),
    }
}

/// How often a kind of thing was found: `27 pairs of holds overlap`.
pub fn count(kind: Kind, count: u64) -> String {
    let (one, more) = match kind {
        Kind::Overlap => ("pair of holds overlaps", "pairs of holds overlap"),
        Kind::ReleasedAnothers => {
            ("release removed another's lock", "releases removed another's lock")
        }
        Kind::Replaced => ("lock was overwritten by another", "locks were overwritten by another"),
        Kind::RenewedAnothers => {
            ("renewal was of another's lock", "renewals were of another's lock")
        }
        Kind::LongerThanTtl => ("hold was longer than its TTL", "holds were longer than their TTL"),
        Kind::ReleasedNothing => {
            ("release found nothing of its own", "releases found nothing of their own")
        }
        Kind::LeftForEver => ("lock stays taken for ever", "locks stay taken for ever"),
        Kind::LeftBehind => {
            ("hold was left behind: never released", "holds were left behind: never released")
        }
        Kind::NoTtl => ("lock is held without a TTL", "locks are held without a TTL"),
        Kind::HeldBefore => {
            ("lock was held before the log began", "locks were held before the log began")
        }
    };
    format!("{count} {}", if count == 1 { one } else { more })
}

/// One thing that was found, as a sentence without its place.
pub fn finding(it: &Finding) -> String {
    let Finding { client, key, .. } = it;
    let amount = it.amount.map_or_else(String::new, Micros::in_seconds);
    let since = it.since.map_or_else(String::new, |since| format!(", held since {}", place(since)));
    let (other, their) = match &it.other {
        Some((other, since)) => (&**other, place(*since)),
        None => ("nobody", String::new()),
    };
    let ttl = it.ttl.map_or_else(|| "no TTL".to_owned(), |ttl| format!("TTL {}", ttl.in_seconds()));
    match it.kind {
        Kind::Overlap => format!(
            "{client} got {key} while {other} held it since {their}: both held it for {amount}"
        ),
        Kind::ReleasedAnothers => {
            let own = match it.since {
                Some(since) => format!("; its own hold of {} was over", place(since)),
                None => "; it held nothing itself".to_owned(),
            };
            format!("{client} released {key}, which was {other}'s since {their}{own}")
        }
        Kind::Replaced => format!("{client} overwrote {key}, which was {other}'s since {their}"),
        Kind::RenewedAnothers => {
            format!("{client} renewed {key}, which was {other}'s since {their}{since}")
        }
        Kind::LongerThanTtl => {
            format!("{client} held {key} for {amount} longer than it was granted ({ttl}){since}")
        }
        Kind::ReleasedNothing => {
            let there = if it.other.is_some() {
                format!("the lock was {other}'s since {their}, and stayed so")
            } else {
                "there was no lock any more".to_owned()
            };
            format!("{client} released {key}{since}: {there}")
        }
        Kind::LeftForEver => {
            format!("{client} never released {key}, which has no TTL: others want it for {amount}")
        }
        Kind::LeftBehind => {
            let until = match it.ttl {
                Some(ttl) => format!("its TTL {} was over", ttl.in_seconds()),
                None => "its session ended".to_owned(),
            };
            format!("{client} never released {key}{since}: it stood there until {until}")
        }
        Kind::NoTtl => {
            format!("{client} got {key} without a TTL: if it crashes, the lock stays for ever")
        }
        Kind::HeldBefore => {
            format!(
                "{client} must have held {key} when the log began: nothing else explains this line"
            )
        }
    }
}

/// How a hold ended: `released at line 9`.
pub fn end(hold: &Hold) -> String {
    let Some((moment, how)) = &hold.end else { return "still held".to_owned() };
    let at = place(*moment);
    match how {
        End::Released => format!("released at {at}"),
        End::TooLate => match &hold.lost {
            Some((lost, Lost::Expired)) => {
                format!("asked for the release at {at}, but it had expired at {}", clock(*lost))
            }
            Some((lost, Lost::RemovedBy(by) | Lost::ReplacedBy(by))) => {
                format!(
                    "asked for the release at {at}, but {by} had removed it at {}",
                    place(*lost)
                )
            }
            _ => format!("asked for the release at {at}, when it had nothing any more"),
        },
        End::Pooled => format!("released at {at} on another connection of its host"),
        End::LeftBehind => format!("never released; gone by itself at {at}"),
        End::TakenAway => format!("taken away at {at}, and never released"),
        End::Unseen => format!("gone by {at}; how is not in the log"),
        End::Open => "still held when the log ends".to_owned(),
    }
}

/// A span of time, or `-` where there is none.
pub fn span(time: Micros) -> String {
    if time == Micros::ZERO { "-".to_owned() } else { time.in_seconds() }
}

/// A share of a sum, per one.
fn mean(sum: Micros, count: u64) -> Micros {
    Micros(sum.0.checked_div(count as i64).unwrap_or(0))
}

/// A column of the table of locks: the heading, and what of a lock stands there.
pub type Column = (&'static str, fn(&Stats) -> String);

/// The columns of the table of locks.
pub const COLUMNS: [Column; 9] = [
    ("holds", |it| it.holds().to_string()),
    ("overlaps", |it| it.overlaps.to_string()),
    ("left behind", |it| it.left_behind.to_string()),
    ("TTL", |it| match it.ttl {
        None => "none".to_owned(),
        Some((least, most)) if most - least < Micros(2_000) => span(most),
        Some((least, most)) => format!("{} to {}", span(least), span(most)),
    }),
    ("longest hold", |it| span(it.longest_hold)),
    ("mean hold", |it| span(mean(it.held, it.completed))),
    ("longest wait", |it| span(it.longest_wait)),
    ("refused", |it| it.refused.to_string()),
    ("asks every", |it| span(mean(it.asked_for, it.asked_again))),
];
