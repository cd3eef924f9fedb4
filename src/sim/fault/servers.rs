//! Faults of servers: which they may hit, and when.

use super::{Extent, Moment};
use crate::sim::agenda::{Due, ServerId};
use crate::sim::world::{Placed, World};

/// Which servers a fault may hit.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Servers {
    /// By their numbers; all if empty.
    pub(super) numbers: Vec<u16>,
}

impl Servers {
    /// Those `of` this kind that run: before anything that the server does or its clients hear of it, and before
    /// time moves; where the model names a request, at that of any server.
    pub(super) fn each(
        &self,
        world: &World,
        moment: Moment,
        of: impl Fn(&Placed) -> bool,
        mut hit: impl FnMut(ServerId),
    ) {
        if world.is_done() {
            return;
        }
        let about = match moment.event {
            Due::Up(conn) | Due::Down(conn) | Due::Served(conn) => {
                Some(world.conns[conn as usize].server())
            }
            Due::Wake(server) => Some(server),
            _ => None,
        };
        for (number, placed) in world.servers.iter().enumerate() {
            let server = number as ServerId;
            let meant = self.numbers.is_empty() || self.numbers.contains(&server);
            let now = moment.any_time || about == Some(server) || moment.near.is_some();
            if meant && now && placed.stalls.is_none() && !world.is_down(server) && of(placed) {
                hit(server);
            }
        }
    }

    pub(super) fn extent(&self) -> Extent<'_> {
        Extent { servers: Some(&self.numbers), ..Extent::default() }
    }
}
