//! What one change in the store set in motion.

use std::collections::BTreeMap;

use super::{Asked, last_request, moment};
use crate::report::cast::thread_name;
use crate::report::words;
use crate::trace::own::{Act, Event, Sent, What};

/// So many of those who were woken are named.
const NAMED: usize = 3;

pub(super) fn sentences(events: &[Event]) -> Vec<String> {
    let crowd = |sent: &[Sent]| sent.iter().filter(|it| it.message.get("closed").is_none()).count();
    match events.last().map(|event| (event.at, &event.what)) {
        Some((at, What::Executed { from, thread, call, sent, .. })) if crowd(sent) > 1 => {
            let what = format!("{}'s {}", thread_name(from, *thread), words::call(call));
            vec![woken(events, &format!("{what} at {}", moment(at)), sent)]
        }
        Some((at, What::Deadline { deadline, sent })) if crowd(sent) > 1 => {
            let what = format!("What {deadline} did by itself at {}", moment(at));
            vec![woken(events, &what, sent)]
        }
        _ => requests(events).into_iter().collect(),
    }
}

/// Who was woken by this change, and by what they had asked to be.
fn woken(events: &[Event], what: &str, sent: &[Sent]) -> String {
    let mut names: Vec<String> = sent.iter().map(|it| it.to.clone()).collect();
    names.dedup();
    let left = names
        .iter()
        .filter_map(|name| {
            // What a client did just now is not what it waited with.
            let Asked { at, request } = last_request(&events[..events.len() - 1], name)?;
            Some(format!("{name} had asked for it at {} ({request})", moment(at)))
        })
        .take(NAMED);
    let left: Vec<String> = left.collect();
    let more = names.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(", and so had {more} more") } else { String::new() };
    format!("{what} woke {}: {}{more}.", shortened(&names), words::list(&left))
}

/// Who has sent how many requests since anybody entered.
fn requests(events: &[Event]) -> Option<String> {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for event in events {
        match &event.what {
            What::Executed { from, thread, .. } => {
                *counts.entry(thread_name(from, *thread)).or_default() += 1;
            }
            What::Did(did) if matches!(did.act, Act::Enters { .. }) => counts.clear(),
            _ => {}
        }
    }
    let mut counts: Vec<(String, u64)> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let told: Vec<String> = counts
        .iter()
        .take(NAMED)
        .map(|(who, count)| format!("{who} sent {}", words::counted(*count, "request")))
        .collect();
    (!told.is_empty()).then(|| format!("Since somebody last entered {}.", words::list(&told)))
}

/// The first names, and how many more.
fn shortened(names: &[String]) -> String {
    if names.len() <= NAMED {
        return words::list(names);
    }
    format!("{} and {} more", names[..NAMED].join(", "), names.len() - NAMED)
}
