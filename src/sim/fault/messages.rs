//! Faults of messages: which they may hit.

use std::rc::Rc;

use super::processes::Processes;
use super::{Extent, Moment, Target};
use crate::sim::agenda::{ConnId, Due};
use crate::sim::conn::{Direction, Down};
use crate::sim::world::World;

/// Which messages a fault may hit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Messages {
    /// Whose requests and replies.
    pub(super) of: Processes,
    /// Which requests, or replies to them (the command, or the ZooKeeper operation); all if empty.
    pub(super) requests: Vec<String>,
}

impl Messages {
    /// The message that arrives next, if it is one of them.
    pub(super) fn next(&self, world: &World, moment: Moment) -> Option<(ConnId, Direction)> {
        let (conn, direction) = match moment.event {
            Due::Up(conn) => (conn, Direction::Up),
            Due::Down(conn) => (conn, Direction::Down),
            _ => return None,
        };
        let state = &world.conns[conn as usize];
        let is_message = match direction {
            Direction::Up => state.next_request().is_some(),
            Direction::Down => matches!(state.down.front(), Some(Down::Message(_))),
        };
        let is_one = is_message
            && self.of.admit(world, state.process)
            && self.admit_request(world, conn, direction);
        is_one.then_some((conn, direction))
    }

    /// The same in this direction only.
    pub(super) fn next_way(&self, world: &World, moment: Moment, way: Direction) -> Option<Target> {
        let (conn, direction) = self.next(world, moment)?;
        (direction == way).then(|| Target::Message(world.way(conn, direction)))
    }

    /// The message is lost, and its connection breaks.
    pub(super) fn lose(world: &mut World, target: Target) {
        if let Target::Message(way) = target
            && let Some(conn) = world.conn_of(way)
        {
            world.break_connection(conn);
        }
    }

    fn admit_request(&self, world: &World, conn: ConnId, direction: Direction) -> bool {
        if self.requests.is_empty() {
            return true;
        }
        let name = name_of_next(world, conn, direction);
        let is =
            |wanted: &String| name.as_ref().is_some_and(|name| name.eq_ignore_ascii_case(wanted));
        self.requests.iter().any(is)
    }

    pub(super) fn extent(&self) -> Extent<'_> {
        Extent { requests: Some(&self.requests), ..self.of.extent() }
    }
}

/// What is asked next on its way up, or what was asked of the reply that comes next on its way down.
pub(in crate::sim) fn name_of_next(
    world: &World,
    conn: ConnId,
    direction: Direction,
) -> Option<Rc<str>> {
    let state = &world.conns[conn as usize];
    match direction {
        Direction::Up => state.next_request().map(|request| request.name().into()),
        Direction::Down if !matches!(state.down.front(), Some(Down::Message(_))) => None,
        // What nobody asked for has a name of its own.
        Direction::Down if state.next_is_push() => Some("message".into()),
        Direction::Down => state.awaited.front().and_then(|awaited| awaited.what.clone()),
    }
}
