//! Why a fencing token does not grow with the grants.

use serde_json::Value;

use super::{Asked, moment};
use crate::report::cast::thread_name;
use crate::report::words;
use crate::time::Micros;
use crate::trace::own::{Act, Event, What};

/// A grant with a token.
struct Grant<'e> {
    who: &'e str,
    at: Micros,
    token: i64,
}

pub(super) fn sentences(events: &[Event]) -> Vec<String> {
    let grants: Vec<Grant<'_>> = events
        .iter()
        .filter_map(|event| match &event.what {
            What::Did(did) => match did.act {
                Act::Enters { fence: Some(token), .. } => {
                    Some(Grant { who: &did.who, at: event.at, token })
                }
                _ => None,
            },
            _ => None,
        })
        .collect();
    let Some((last, before)) = grants.split_last() else { return Vec::new() };
    let Some(other) = before.iter().rev().find(|it| it.who != last.who) else { return Vec::new() };
    [other, last].into_iter().map(|grant| origin(events, grant)).collect()
}

/// Where a token comes from.
fn origin(events: &[Event], grant: &Grant<'_>) -> String {
    let Grant { who, at, token } = grant;
    let got = events.iter().filter(|it| it.at <= *at).find_map(|event| match &event.what {
        What::Executed { from, thread, call, reply: Some(reply), .. }
            if thread_name(from, *thread) == *who && says(reply, *token) =>
        {
            let request = format!("{} → {}", words::call(call), words::reply(reply));
            Some(Asked { at: event.at, request })
        }
        _ => None,
    });
    let entered = moment(*at);
    match got {
        Some(Asked { at: got, request }) => format!(
            "{who} had token {token} from {} on ({request}) and got the lock at {entered}.",
            moment(got)
        ),
        None => format!(
            "{who} got the lock at {entered} with token {token}, which no answer to it has brought: it is older than \
             the grant."
        ),
    }
}

/// Whether a reply holds this number, or ends with it as the number of a node does.
fn says(reply: &Value, token: i64) -> bool {
    match reply {
        Value::Number(number) => number.as_i64() == Some(token),
        Value::String(text) => text.parse() == Ok(token) || text.ends_with(&format!("{token:010}")),
        Value::Array(parts) => parts.iter().any(|part| says(part, token)),
        Value::Object(fields) => fields
            .iter()
            .filter(|(name, _)| name.as_str() != "zxid")
            .any(|(_, value)| says(value, token)),
        _ => false,
    }
}
