//! Connections of Redis clients that only listen.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use lockstep::cx::Message;
use lockstep::store::redis::{Bytes, Reply};
use lockstep::trace::recorded::Event;
use lockstep::trace::recorded::redis::{Act, What};

/// Whose connections those are that only listen.
///
/// A recording does not say it. A client subscribes and asks again at once, and ends its subscription when it has asked
/// for the last time: a connection is taken for that of the client which most often was the next to ask after the one, or
/// the last before the other. A client listens on one connection.
#[derive(Debug, Default)]
pub(super) struct Subscribers(BTreeMap<String, String>);

impl Subscribers {
    pub(super) fn of(events: &[Event<What>]) -> Self {
        let calls: Vec<(&str, &[Bytes])> = events
            .iter()
            .filter_map(|event| match &event.what {
                What::Client(name, Act::Call(argv, _)) => Some((&**name, &**argv)),
                _ => None,
            })
            .collect();
        let ask: BTreeSet<&str> = calls.iter().filter_map(asker).collect();
        let mut votes: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for (place, (name, argv)) in calls.iter().enumerate() {
            if ask.contains(name) {
                continue;
            }
            let (before, after) = calls.split_at(place);
            let who = if subscribes(argv) {
                after.iter().find_map(asker)
            } else {
                before.iter().rev().find_map(asker)
            };
            if let Some(who) = who {
                *votes.entry((name, who)).or_default() += 1;
            }
        }
        let mut votes: Vec<_> = votes.into_iter().collect();
        votes.sort_by_key(|(_, count)| Reverse(*count));
        let mut owners: BTreeMap<String, String> = BTreeMap::new();
        for ((connection, asker), _) in votes {
            if !owners.contains_key(connection) && !owners.values().any(|owner| owner == asker) {
                owners.insert(connection.to_owned(), asker.to_owned());
            }
        }
        Self(owners)
    }

    /// The client that has this connection: itself, unless it only listens.
    pub(super) fn owner<'n>(&'n self, connection: &'n str) -> &'n str {
        self.0.get(connection).map_or(connection, |owner| owner)
    }
}

/// Who calls, unless it is a call of a connection that listens.
fn asker<'n>((name, argv): &(&'n str, &[Bytes])) -> Option<&'n str> {
    (!is_subscription(argv)).then_some(*name)
}

/// Whether this is a call of a connection that listens.
fn is_subscription(argv: &[Bytes]) -> bool {
    let name = argv[0].to_ascii_uppercase();
    name.ends_with(b"SUBSCRIBE")
}

/// Whether it subscribes.
pub(super) fn subscribes(argv: &[Bytes]) -> bool {
    ["SUBSCRIBE", "PSUBSCRIBE"].iter().any(|name| argv[0].eq_ignore_ascii_case(name.as_bytes()))
}

/// The message, if a push is one.
pub(super) fn message(push: &Reply) -> Option<Message> {
    let Reply::Array(items) = push else { return None };
    let texts: Option<Vec<&Bytes>> = items
        .iter()
        .map(|item| match item {
            Reply::Bulk(text) => Some(text),
            _ => None,
        })
        .collect();
    let (channel, payload) = match &texts?[..] {
        [kind, channel, payload] if ***kind == *b"message" => (*channel, *payload),
        [kind, _, channel, payload] if ***kind == *b"pmessage" => (*channel, *payload),
        _ => return None,
    };
    Some(Message { channel: channel.clone(), payload: payload.clone() })
}
