//! What is where the lock lives: looked at before and after a request, so that release safety can be judged.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::server::{AnyRequest, AnyServer};
use super::setup::ServerSetup;
use super::world::{Stage, World};
use crate::property::{Event, Remover};
use crate::time::Micros;

/// The keys or nodes of the lock on one server, each with a mark that changes when it is written anew.
pub(crate) type Seen = BTreeMap<Rc<str>, u64>;

/// What is where the lock lives, on one server, at `at`.
pub(crate) fn look(world: &World, stage: &Stage<'_>, server: u16, at: Micros) -> Seen {
    let mut seen = Seen::new();
    if !stage.setup.watches_place {
        return seen;
    }
    let redis = |it: &&ServerSetup| matches!(it.state, AnyServer::Redis(_));
    let several = stage.setup.servers.iter().filter(redis).count() > 1;
    let placed = &world.servers[usize::from(server)];
    let at = placed.time(at);
    for place in &stage.scene.places {
        match &placed.state {
            AnyServer::Redis(redis) => {
                if let Some(mark) = redis.mark(at, 0, place.as_bytes()) {
                    let name = &stage.setup.servers[usize::from(server)].name;
                    let what: Rc<str> = if several {
                        format!("{place} on {name}").into()
                    } else {
                        place.as_str().into()
                    };
                    seen.insert(what, mark);
                }
            }
            AnyServer::ZooKeeper(zk) => seen.extend(zk.marks(place)),
            AnyServer::Ledger(_) => {}
        }
    }
    seen
}

/// Whether a request can change what is there: reads cannot, and are most of what a herd sends.
pub(crate) fn may_change(request: &AnyRequest) -> bool {
    use crate::store::zookeeper::{Op, Request};
    let AnyRequest::ZooKeeper(Request::Call { op, .. }) = request else { return true };
    !matches!(
        op,
        Op::Exists { .. }
            | Op::GetData { .. }
            | Op::GetChildren { .. }
            | Op::GetChildren2 { .. }
            | Op::Sync { .. }
            | Op::SetWatches(_)
            | Op::Ping
    )
}

/// What changed between two looks.
pub(crate) fn changes(before: &Seen, after: &Seen, by: Remover) -> Vec<Event> {
    let mut events = Vec::new();
    for (what, mark) in before {
        if after.get(what) != Some(mark) {
            events.push(Event::Removed { by, what: what.clone() });
        }
    }
    for (what, mark) in after {
        if before.get(what) != Some(mark)
            && let Remover::Request(by) = by
        {
            events.push(Event::Placed { by, what: what.clone() });
        }
    }
    events
}
