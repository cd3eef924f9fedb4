//! Effects as text, one line each, for tests.
//!
//! `z member a removed: 0 zremrangebyscore` is what the client on link 0 did with that command; instants are in ms.

use lockstep::store::effect::{Cause, Change, Effect, Part};
use lockstep::time::Micros;

pub(crate) fn line(effect: &Effect) -> String {
    let Effect { item, change, cause, zxid: _ } = effect;
    let part = match &item.part {
        None => String::new(),
        Some(Part::Field(name)) => format!(" field {name}"),
        Some(Part::Element(text)) => format!(" element {text}"),
        Some(Part::Member(name)) => format!(" member {name}"),
    };
    let change = match change {
        Change::Placed { until, session: None } => format!("placed{}", when(" until", *until)),
        Change::Placed { until, session: Some(session) } => {
            format!("placed{} in session {session:#x}", when(" until", *until))
        }
        Change::Renewed { until, before } => {
            format!("renewed{}{}", when(" until", *until), when(", was", *before))
        }
        Change::Rewritten { value } => format!("= {value}"),
        Change::Removed { until } => format!("removed{}", when(", was", *until)),
    };
    let cause = match cause {
        Cause::Request { link, server: 0, command } => format!("{} {command}", link.0),
        Cause::Request { link, server, command } => format!("{} of {server} {command}", link.0),
        Cause::Expired => "expired".to_owned(),
        Cause::Evicted => "evicted".to_owned(),
        Cause::SessionEnded { session } => format!("session {session:#x}"),
        Cause::Reaped => "reaped".to_owned(),
        Cause::Taken => "taken".to_owned(),
    };
    format!("{}{part} {change}: {cause}", item.place)
}

fn when(word: &str, at: Option<Micros>) -> String {
    at.map_or_else(String::new, |at| {
        assert_eq!(at.0 % 1000, 0, "{at} is no whole ms");
        format!("{word} {}", at.0 / 1000)
    })
}

/// Panics unless these are the lines of the effects.
#[track_caller]
pub(crate) fn assert_lines(told: &[Effect], expected: &str) {
    let told: Vec<String> = told.iter().map(line).collect();
    let expected: Vec<&str> =
        expected.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert_eq!(told, expected);
}
