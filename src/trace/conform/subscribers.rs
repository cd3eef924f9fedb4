//! Connections of Redis clients that only listen.

use std::collections::{BTreeMap, BTreeSet};

use crate::cx::Message;
use crate::store::redis::{Bytes, Reply};
use crate::trace::recorded::redis::event::{Act, Event, What};

/// Whose connections those are that only listen.
///
/// A recording does not say it. A client subscribes and asks again at once, so a connection is taken for that of the
/// client which most often was the next to ask something after it had subscribed.
#[derive(Debug, Default)]
pub(super) struct Subscribers(BTreeMap<String, String>);

impl Subscribers {
    pub(super) fn of(events: &[Event]) -> Self {
        let calls = || {
            events.iter().filter_map(|event| match &event.what {
                What::Client(name, Act::Call(argv, _)) => Some((&**name, &**argv)),
                _ => None,
            })
        };
        let ask: BTreeSet<&str> =
            calls().filter(|(_, argv)| !is_subscription(argv)).map(|(name, _)| name).collect();
        let mut votes: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
        for (place, (name, argv)) in calls().enumerate() {
            if ask.contains(name) || !subscribes(argv) {
                continue;
            }
            if let Some((next, _)) = calls().skip(place).find(|(name, _)| ask.contains(name)) {
                *votes.entry(name).or_default().entry(next).or_default() += 1;
            }
        }
        let most = |votes: &BTreeMap<&str, usize>| {
            votes.iter().max_by_key(|(_, count)| **count).map(|(name, _)| (*name).to_owned())
        };
        let owners =
            votes.iter().filter_map(|(name, votes)| Some(((*name).to_owned(), most(votes)?)));
        Self(owners.collect())
    }

    /// The client that has this connection: itself, unless it only listens.
    pub(super) fn owner<'n>(&'n self, connection: &'n str) -> &'n str {
        self.0.get(connection).map_or(connection, |owner| owner)
    }
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
