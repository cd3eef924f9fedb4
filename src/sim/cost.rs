//! How long servers are busy, in sampled timing: calibrated from the real ones.
//!
//! Sources: the calibration tables of Redis 7.0.15 (1.5 µs a command, 1 µs more for one that acquires or deletes, 2 µs
//! for a script call, 5.5 µs a subscriber) and of ZooKeeper 3.8.0 (50 µs a request, 17 µs a watch event).

use super::server::{AnyMessage, AnyRequest, Sent};
use crate::store::{Outbound, redis, zookeeper};
use crate::time::Micros;

/// What it takes to execute a request.
pub(crate) fn of(request: &AnyRequest) -> Micros {
    Micros(match request {
        AnyRequest::Redis(request) => match request.command().and_then(|line| line.first()) {
            Some(name) if name.eq_ignore_ascii_case(b"EVAL") => 4,
            _ => 2,
        },
        AnyRequest::ZooKeeper(_) => 50,
        AnyRequest::Ledger(_) => 20,
    })
}

/// What it takes to send the messages that nobody asked for.
pub(crate) fn of_sending(sent: &Sent) -> Micros {
    let costs = sent.iter().map(|(_, message)| match message {
        Outbound::Message(AnyMessage::ZooKeeper(zookeeper::Message::Watch(_))) => 17,
        Outbound::Message(AnyMessage::Redis(redis::Message::Push(_))) => 5,
        _ => 0,
    });
    Micros(costs.sum())
}
