//! What is where the lock lives: looked at before and after a request, so that release safety can be judged.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::server::{AnyRequest, AnyServer};
use super::setup::ServerSetup;
use super::world::{Stage, World};
use crate::property::{Event, Remover};
use crate::store::zookeeper::{Children, Stand, Zxid};
use crate::time::Micros;

/// What stands where the lock lives on one server.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// The keys, each with a mark that changes when it is written anew.
    keys: BTreeMap<Rc<str>, u64>,
    /// The nodes, each with what stands there.
    nodes: Vec<(Rc<str>, Option<Stand>)>,
}

/// What is where the lock lives, on one server, at `at`.
pub(crate) fn look(world: &World, stage: &Stage<'_>, server: u16, at: Micros) -> Seen {
    let mut seen = Seen::default();
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
                    let what =
                        if several { format!("{place} on {name}").into() } else { place.clone() };
                    seen.keys.insert(what, mark);
                }
            }
            AnyServer::ZooKeeper(zk) => seen.nodes.push((place.clone(), zk.stand(place))),
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

/// What changed between two looks: what went first, then what came, each by name.
pub(crate) fn changes(
    before: &Seen,
    after: &Seen,
    by: Remover,
    created_by: impl Fn(&str) -> Option<Zxid>,
) -> Vec<Event> {
    let (mut gone, mut come) = (BTreeSet::new(), BTreeSet::new());
    let keys = |these: &Seen, those: &Seen, into: &mut BTreeSet<Rc<str>>| {
        let others = these.keys.iter().filter(|(what, mark)| those.keys.get(*what) != Some(*mark));
        into.extend(others.map(|(what, _)| what.clone()));
    };
    keys(before, after, &mut gone);
    keys(after, before, &mut come);
    for ((place, before), (_, after)) in before.nodes.iter().zip(&after.nodes) {
        node_changes(place, before.as_ref(), after.as_ref(), &created_by, &mut gone, &mut come);
    }
    let gone = gone.into_iter().map(|what| Event::Removed { by, what });
    let come = come.into_iter().filter_map(|what| match by {
        Remover::Request(by) => Some(Event::Placed { by, what }),
        Remover::Time | Remover::Fault => None,
    });
    gone.chain(come).collect()
}

/// The children of a node are what the lock consists of; while it has none, it is the node itself.
fn node_changes(
    place: &Rc<str>,
    before: Option<&Stand>,
    after: Option<&Stand>,
    created_by: &impl Fn(&str) -> Option<Zxid>,
    gone: &mut BTreeSet<Rc<str>>,
    come: &mut BTreeSet<Rc<str>>,
) {
    let bare = |stand: Option<&Stand>| {
        stand.filter(|stand| stand.children.is_empty()).map(|stand| stand.czxid)
    };
    let none = Children::default();
    let children = |stand: Option<&'_ Stand>| stand.map_or(&none, |stand| &stand.children).clone();
    let (was, is) = (bare(before), bare(after));
    if was != is {
        gone.extend(was.map(|_| place.clone()));
        come.extend(is.map(|_| place.clone()));
    }
    let (went, came) = children(before).differences(&children(after));
    let (went, came) = (BTreeSet::from_iter(went), BTreeSet::from_iter(came));
    let path = |name: &Rc<str>| -> Rc<str> { format!("{place}/{name}").into() };
    // A server that took over another one's tree has the same nodes under names of its own: they are no news.
    let since = before.map(|stand| stand.zxid);
    let is_new = |path: &Rc<str>| created_by(path) > since;
    let differs = |others: &BTreeSet<Rc<str>>, name: &Rc<str>| {
        Some(path(name)).filter(|path| !others.contains(name) || is_new(path))
    };
    gone.extend(went.iter().filter_map(|name| differs(&came, name)));
    come.extend(came.iter().filter_map(|name| differs(&went, name)));
}
