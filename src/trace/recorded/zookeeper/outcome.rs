//! What a recording tells about the things that a real server leaves open, by looking ahead.

use super::event::What;
use crate::time::Micros;
use crate::trace::recorded::{Event, Tally};

const UNANSWERED: &str = "a request that was never answered ran after the one before it";

/// Whether the session hears of one of the events ahead before its connection is gone.
pub(super) fn hears_more(ahead: &[Event<What>], session: &str) -> bool {
    for event in ahead {
        match &event.what {
            What::Watch { session: hears, .. } if hears == session => return true,
            What::Disconnect { session: gone } if gone == session => return false,
            What::Call { session: calls, .. } if calls == session => return false,
            What::Connect { connect, .. } if connect.session.as_deref() == Some(session) => {
                return false;
            }
            _ => {}
        }
    }
    false
}

/// When a server that was started again at `earliest` came up: between that line and the next, the first of those ahead.
///
/// The line is of the start of the process. The latest instant is taken, unless a session that nobody touched since
/// ends too early for it: its clock started with the server.
pub(super) fn came_up(
    earliest: Micros,
    ahead: &[Event<What>],
    timeout_of: impl Fn(&str) -> Option<Micros>,
) -> Micros {
    let latest = ahead.first().map_or(earliest, |next| next.at.max(earliest));
    let mut touched: Vec<&str> = Vec::new();
    let mut up = latest;
    for event in ahead {
        match &event.what {
            What::Call { session, .. } => touched.push(session),
            What::Connect { connect, .. } => touched.extend(connect.session.as_deref()),
            What::Expired { session } if !touched.contains(&&**session) => {
                if let Some(timeout) = timeout_of(session) {
                    up = up.min(event.at - timeout - Micros(1));
                }
            }
            _ => {}
        }
    }
    up.max(earliest)
}

/// The lines in the order in which the servers dealt with them.
///
/// A request that was never answered is written down when its connection ended. That is so for a check that succeeds
/// (fact 23), and for what was sent on a connection that the server had closed. If the session expired meanwhile, the
/// check ran before that: after the line of the session that precedes it.
pub(super) fn in_order(events: Vec<Event<What>>, tally: &mut Tally) -> Vec<Event<What>> {
    let mut ordered: Vec<Event<What>> = Vec::with_capacity(events.len());
    for event in events {
        let place = match &event.what {
            What::Call { session, call, reply: None } if call["op"] == "check" => {
                before_expiry(&ordered, session)
            }
            _ => None,
        };
        match place {
            Some(place) => {
                tally.rule(UNANSWERED, true);
                let at = ordered[place].at;
                ordered.insert(place + 1, Event { at, ..event });
            }
            None => ordered.push(event),
        }
    }
    ordered
}

/// The last line of the session itself, if the session has expired since.
fn before_expiry(events: &[Event<What>], name: &str) -> Option<usize> {
    let expired = events
        .iter()
        .rposition(|event| matches!(&event.what, What::Expired { session } if session == name))?;
    events[..expired].iter().rposition(|event| match &event.what {
        What::Call { session, .. } => session == name,
        What::Connect { reply: Some(reply), .. } => reply.session.as_deref() == Some(name),
        _ => false,
    })
}
