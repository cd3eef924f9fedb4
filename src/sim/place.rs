//! What is where the lock lives: looked at before and after a request, so that release safety can be judged.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::server::AnyServer;
use super::setup::Setup;
use super::world::World;
use crate::property::{Event, Who};
use crate::time::Micros;

/// The keys or nodes of the lock on one server, each with a mark that changes when it is written anew.
pub(crate) type Seen = BTreeMap<Rc<str>, u64>;

/// What is where the lock lives, on one server, at `at`.
pub(crate) fn look(world: &World, setup: &Setup, server: u16, at: Micros) -> Seen {
    let mut seen = Seen::new();
    if !setup.watches_place {
        return seen;
    }
    let mut places: Vec<String> = Vec::new();
    for process in &world.processes {
        for thread in &process.threads {
            let place = thread.lock.place();
            if !places.contains(&place) {
                places.push(place);
            }
        }
    }
    let several = setup.servers.len() > 2;
    for place in places {
        match &world.servers[usize::from(server)].state {
            AnyServer::Redis(redis) => {
                if let Some(mark) = redis.mark(at, 0, place.as_bytes()) {
                    let name = &setup.servers[usize::from(server)].name;
                    let what = if several { format!("{place} on {name}") } else { place };
                    seen.insert(what.into(), mark);
                }
            }
            AnyServer::ZooKeeper(zk) => {
                for (path, czxid) in zk.marks(&place) {
                    seen.insert(path, czxid);
                }
            }
            AnyServer::Ledger(_) => {}
        }
    }
    seen
}

/// What changed between two looks.
pub(crate) fn changes(before: &Seen, after: &Seen, by: Option<Who>) -> Vec<Event> {
    let mut events = Vec::new();
    for (what, mark) in before {
        if after.get(what) != Some(mark) {
            events.push(Event::Removed { by, what: what.clone() });
        }
    }
    for (what, mark) in after {
        if before.get(what) != Some(mark)
            && let Some(by) = by
        {
            events.push(Event::Placed { by, what: what.clone() });
        }
    }
    events
}
