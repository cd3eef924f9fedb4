//! Why a fencing token does not grow with the grants.

use serde_json::Value;

use super::evidence::{Evidence, answer, asker};
use super::link::Link;
use super::stays::sections;
use crate::event::Event;
use crate::report::chronicle::At;
use crate::trace::own::{Sessions, message};

/// Where the tokens of the last grant and of the last one before it of another thread come from.
pub(super) fn links(evidence: &Evidence<'_>) -> Vec<Link> {
    let grants: Vec<_> = sections(evidence)
        .into_iter()
        .filter_map(|section| match evidence.events[section.entered].event {
            Event::Enters { fence: Some(token), .. } => Some((section, token)),
            _ => None,
        })
        .collect();
    let Some((last, before)) = grants.split_last() else { return Vec::new() };
    let Some(other) = before.iter().rev().find(|it| it.0.who != last.0.who) else {
        return Vec::new();
    };
    let sessions = Sessions::of(evidence.events);
    let origin = |(section, token): &(super::stays::Section, i64)| {
        let (who, entered, token) = (section.who, section.entered, *token);
        let request = origin(
            evidence,
            &sessions,
            (section.asked, entered),
            |it| asker(it) == Some(who),
            token,
        );
        Link::Token { who, entered, token, request }
    };
    [other, last].into_iter().map(origin).collect()
}

/// The first request of `whose` between two events whose answer holds the token.
fn origin(
    evidence: &Evidence<'_>,
    sessions: &Sessions,
    (from, to): (At, At),
    whose: impl Fn(&crate::event::Record) -> bool,
    token: i64,
) -> Option<At> {
    let says = |record: &&crate::event::Record| {
        answer(record).is_some_and(|it| holds(&message::message(it, sessions), token))
    };
    let place = evidence.events[from..to].iter().position(|it| whose(it) && says(&it))?;
    Some(from + place)
}

/// Whether a reply holds this number, or ends with it as the number of a node does.
fn holds(reply: &Value, token: i64) -> bool {
    match reply {
        Value::Number(number) => number.as_i64() == Some(token),
        Value::String(text) => text.parse() == Ok(token) || text.ends_with(&format!("{token:010}")),
        Value::Array(parts) => parts.iter().any(|part| holds(part, token)),
        Value::Object(fields) => fields
            .iter()
            .filter(|(name, _)| name.as_str() != "zxid")
            .any(|(_, value)| holds(value, token)),
        _ => false,
    }
}
