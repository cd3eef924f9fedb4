//! Why somebody acts whose lease is over, although nobody believes so any more.

use super::moment;
use crate::report::cast::Cast;
use crate::report::deviation;
use crate::time::Micros;
use crate::trace::own::{Act, Event, What};

/// Of the last read or write, if its lease had ended before it arrived.
pub(super) fn act(cast: &Cast, events: &[Event]) -> Option<String> {
    let (at, who, what) = events.iter().rev().find_map(|event| match &event.what {
        What::Did(did) => match did.act {
            Act::Wrote { value, .. } => Some((event.at, &did.who, format!("write of {value}"))),
            Act::Read { .. } => Some((event.at, &did.who, "read".to_owned())),
            _ => None,
        },
        _ => None,
    })?;
    let until = events.iter().rev().find_map(|event| match &event.what {
        What::Did(did) if did.who == *who => match did.act {
            Act::Enters { until: Some(until), .. } => Some(until),
            _ => None,
        },
        _ => None,
    })?;
    if until >= at {
        return None;
    }
    let fault = fault(cast, events, who)
        .map(|(when, what)| format!(" ({what}, at {})", moment(when)))
        .unwrap_or_default();
    let next = events.iter().find_map(|event| match &event.what {
        What::Did(did) if did.who != *who && event.at >= until => match did.act {
            Act::Enters { .. } => Some((event.at, &did.who)),
            _ => None,
        },
        _ => None,
    });
    let next = next
        .map(|(since, other)| format!("; {other} had got the lock at {}", moment(since)))
        .unwrap_or_default();
    Some(format!(
        "{who}'s {what} came to the ledger at {}, but its lease had ended at {}{fault}{next}.",
        moment(at),
        moment(until)
    ))
}

/// The last fault that hit the process of `who`.
fn fault(cast: &Cast, events: &[Event], who: &str) -> Option<(Micros, String)> {
    let process = who.split('.').next().unwrap_or(who);
    events.iter().rev().find_map(|event| match &event.what {
        What::Deviation { deviation, site, cost } if *cost > 0 => {
            let told = deviation::tell(site, deviation, cast);
            (told.process.as_deref() == Some(process)).then_some((event.at, told.sentence))
        }
        _ => None,
    })
}
