//! Why somebody in line was overtaken.

use std::collections::BTreeMap;

use super::{Asked, last_request, moment};
use crate::report::words;
use crate::time::Micros;
use crate::trace::own::{Act, Event, What};

/// Who stands in line since when, and when those who left the line got the lock.
struct Line<'e> {
    waits: BTreeMap<&'e str, Micros>,
    /// Those who got it since they came: who, when they had come, and when they entered.
    entered: Vec<(&'e str, Micros, Micros)>,
}

impl<'e> Line<'e> {
    fn of(events: &'e [Event]) -> Self {
        let mut line = Self { waits: BTreeMap::new(), entered: Vec::new() };
        for event in events {
            let What::Did(did) = &event.what else { continue };
            match did.act {
                Act::InLine => {
                    line.waits.entry(&did.who).or_insert(event.at);
                }
                Act::Enters { .. } => {
                    if let Some(came) = line.waits.remove(&*did.who) {
                        line.entered.push((&did.who, came, event.at));
                    }
                }
                Act::Done | Act::GivesUp => {
                    line.waits.remove(&*did.who);
                }
                _ => {}
            }
        }
        line
    }
}

/// Of one who entered before others that had come earlier.
pub(super) fn overtaken(events: &[Event]) -> Vec<String> {
    let line = Line::of(events);
    let Some(&(winner, came, entered)) = line.entered.last() else { return Vec::new() };
    let earlier = line.waits.iter().filter(|(_, since)| **since <= came);
    let freed = freed(events, entered);
    let tell = |(who, since): (&&str, &Micros)| {
        let mut text = format!(
            "{who} was in line since {}, and {winner} came at {}",
            moment(*since),
            moment(came)
        );
        if let Some(Asked { at, request }) = last_request(events, who) {
            text += &format!(": {who} had asked last at {} ({request})", moment(at));
            let heard = heard_since(events, who, freed.unwrap_or(at));
            text += &match (freed, heard) {
                (_, Some((heard, what))) => format!(", and heard {what} at {}", moment(heard)),
                (Some(freed), None) => {
                    let told = heard_since(events, winner, freed).is_some();
                    let how = if told { "was told" } else { "asked first" };
                    format!(
                        ", and heard nothing when it became free at {}; {winner} {how} then",
                        moment(freed)
                    )
                }
                (None, None) => String::new(),
            };
        }
        text + "."
    };
    earlier.take(2).map(tell).collect()
}

/// Of one who entered only after others that had come later.
pub(super) fn starved(events: &[Event]) -> Vec<String> {
    let line = Line::of(events);
    let Some(&(writer, came, entered)) = line.entered.last() else { return Vec::new() };
    let later = line.entered.iter().filter(|(who, since, at)| {
        *who != writer && *since >= came && *at >= came && *at < entered
    });
    let mut told: Vec<String> = later
        .clone()
        .take(3)
        .map(|(who, since, at)| {
            let let_in = if since == at {
                String::new()
            } else {
                format!(" and was let in at {}", moment(*at))
            };
            format!("{who} came at {}{let_in}", moment(*since))
        })
        .collect();
    let more = later.count().saturating_sub(told.len());
    if more > 0 {
        told.push(format!("{more} more came later"));
    }
    if told.is_empty() {
        return Vec::new();
    }
    vec![format!(
        "{writer} was in line since {} and entered at {}; meanwhile {}.",
        moment(came),
        moment(entered),
        words::list(&told)
    )]
}

/// When what stood where the lock lives was last removed before somebody entered.
fn freed(events: &[Event], entered: Micros) -> Option<Micros> {
    let mut removed = events.iter().rev().filter(|it| it.at <= entered);
    removed.find_map(|event| match &event.what {
        What::Place { placed: false, .. } => Some(event.at),
        _ => None,
    })
}

/// What the process of `who` heard from then on that was no answer to it.
fn heard_since(events: &[Event], who: &str, since: Micros) -> Option<(Micros, String)> {
    let process = who.split('.').next().unwrap_or(who);
    let mut told: Vec<String> = Vec::new();
    for event in events.iter().filter(|it| it.at >= since) {
        match &event.what {
            What::Executed { sent, .. } | What::Deadline { sent, .. } => {
                let to_it = sent.iter().filter(|it| it.to == process);
                told.extend(to_it.map(|it| words::reply(&it.message)));
            }
            What::Heard { to, heard, .. } if to == process => {
                let heard = words::reply(heard);
                if told.contains(&heard) {
                    return Some((event.at, heard));
                }
            }
            _ => {}
        }
    }
    None
}
