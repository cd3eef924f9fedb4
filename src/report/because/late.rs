//! Why somebody acts whose lease is over, although nobody believes so any more.

use super::moment;
use crate::report::cast::Cast;
use crate::report::deviation;
use crate::time::Micros;
use crate::trace::own::{Act, Event, What};

/// Of the last write, if its lease had ended before it arrived.
pub(super) fn write(cast: &Cast, events: &[Event]) -> Option<String> {
    let (at, who, value) = events.iter().rev().find_map(|event| match &event.what {
        What::Did(did) => match did.act {
            Act::Wrote { value, .. } => Some((event.at, &did.who, value)),
            _ => None,
        },
        _ => None,
    })?;
    let (entered, until) = events.iter().rev().find_map(|event| match &event.what {
        What::Did(did) if did.who == *who => match did.act {
            Act::Enters { until: Some(until), .. } => Some((event.at, until)),
            _ => None,
        },
        _ => None,
    })?;
    if until >= at {
        return None;
    }
    let fault = fault(cast, events, who, entered)
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
        "{who}'s write of {value} came to the ledger at {}, but its lease had ended at {}{fault}{next}.",
        moment(at),
        moment(until)
    ))
}

/// The last fault that hit the process of `who` since then.
fn fault(cast: &Cast, events: &[Event], who: &str, since: Micros) -> Option<(Micros, String)> {
    let process = who.split('.').next().unwrap_or(who);
    events.iter().rev().take_while(|it| it.at >= since).find_map(|event| match &event.what {
        What::Deviation { deviation, site, cost } if *cost > 0 => {
            let told = deviation::tell(site, deviation, cast);
            (told.process.as_deref() == Some(process)).then_some((event.at, told.sentence))
        }
        _ => None,
    })
}
