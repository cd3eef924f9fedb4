//! `before` and `after`: where in a conversation a fault strikes.
//!
//! *Before* a request its client has made up its mind and has not sent it: whoever stops there sends it when it goes
//! on, or never. *After* a request the server has executed it, and its client has not read the reply yet.

use super::entry::Entry;
use super::messages::name_of_next;
use super::{Asker, Halt, Moment, Target};
use crate::json::Problem;
use crate::sim::agenda::Due;
use crate::sim::conn::Direction;
use crate::sim::world::World;

/// `before`.
pub(super) const BEFORE: (&str, &str) =
    ("before", "only where such a request is about to be sent, by name: at any moment");
/// `after`.
pub(super) const AFTER: (&str, &str) = (
    "after",
    "only where such a request was executed and its reply is about to arrive: at any moment",
);

/// Where in a conversation a fault strikes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Near {
    /// On which side of a request.
    pub side: Side,
    /// Of which requests, by name.
    pub requests: Vec<String>,
}

/// A side of a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Side {
    /// Its client is about to send it.
    Before,
    /// It was executed, and its reply is about to arrive.
    After,
}

impl Near {
    /// Reads `before` or `after`, if one of them is there.
    pub(super) fn read(entry: &Entry<'_, '_>) -> Result<Option<Self>, Box<Problem>> {
        let (side, name) = match (entry.get("before"), entry.get("after")) {
            (None, None) => return Ok(None),
            (Some(_), None) => (Side::Before, "before"),
            (None, Some(_)) => (Side::After, "after"),
            (Some(_), Some(after)) => {
                let message = "a fault strikes `before` or `after` a request, not both";
                return Err(after.error(message).with_help("list the fault twice"));
            }
        };
        let requests = entry.requests(name)?;
        Ok(Some(Self { side, requests }))
    }

    /// Whose request it is, if that is the next thing to happen.
    pub(super) fn asker(&self, world: &World, moment: Moment) -> Option<Asker> {
        let (conn, direction) = match (self.side, moment.event) {
            (Side::Before, Due::Up(conn)) => (conn, Direction::Up),
            (Side::After, Due::Down(conn)) => (conn, Direction::Down),
            _ => return None,
        };
        let name = name_of_next(world, conn, direction)?;
        let is = |wanted: &String| name.eq_ignore_ascii_case(wanted);
        if !self.requests.iter().any(is) {
            return None;
        }
        let state = &world.conns[conn as usize];
        let task = match direction {
            Direction::Up => state.sender(),
            Direction::Down => state.awaited.front().and_then(|it| it.op).map(|op| op.task),
        };
        Some((state.process, task))
    }
}

/// Whose request it is that is about to arrive, whatever its name.
pub(super) fn asker_of_next(world: &World, moment: Moment) -> Option<Asker> {
    let Due::Up(conn) = moment.event else { return None };
    let state = &world.conns[conn as usize];
    state.next_request()?;
    Some((state.process, state.sender()))
}

/// Whoever is stopped before a request has not sent it.
pub(super) fn take_back(world: &mut World, target: Target, halts: Halt) {
    match (target, halts) {
        (Target::Process(process), Halt::ForATime) => world.keep_back(process),
        (Target::Process(process), Halt::ForGood) => world.unsend(process, None),
        (Target::Thread(process, thread), _) => world.unsend(process, Some(thread)),
        _ => {}
    }
}
