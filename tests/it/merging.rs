//! Merging equal worlds must hide nothing: the unmerged search finds the same to a depth, on models of the catalogue.

use lockstep::explore::{Bounds, Outcome, Search, Verdict};
use lockstep::model::Model;
use lockstep::sim::Setup;

/// As deep as the unmerged search goes.
const DEPTH: u32 = 12;

fn searches(setup: &Setup, depth: u32) -> (Outcome, Outcome) {
    let bounds = Bounds { steps: depth, states: 2_000_000, ..Bounds::default() };
    let merged = Search::new(setup, bounds).run(&mut lockstep::explore::to_the_end);
    let unmerged =
        Search::new(setup, bounds).without_merging().run(&mut lockstep::explore::to_the_end);
    (merged, unmerged)
}

/// What was found, without the worlds that it took: of a violation the property and the size of its story.
fn found(outcome: &Outcome) -> Option<(&'static str, u32, u32)> {
    match &outcome.verdict {
        Verdict::Violated { violation, deviations, steps } => {
            Some((violation.property, *deviations, *steps))
        }
        _ => None,
    }
}

#[test]
fn the_unmerged_search_finds_the_same() {
    let mut violated = 0;
    for path in [
        "models/catalogue/f04-stale-del.json",
        "models/catalogue/f06-del-overrun.json",
        "models/redis/set-nx-px-contention.json",
        "models/redis/set-nx-px-crash.json",
        "models/zookeeper/sequential-contention.json",
        "models/zookeeper/sequential-lose-reply.json",
        "models/zookeeper/sequential-crash.json",
        "models/zookeeper/znode-persistent-crash.json",
        "models/zookeeper/znode-crash.json",
        "models/zookeeper/kazoo-lose-reply.json",
        "models/catalogue/f21-retried-acquire.json",
        "models/catalogue/f22-message-missed.json",
        "models/catalogue/f24-live-waiter-evicted.json",
        "models/red-packets/few-none.json",
        "models/red-packets/few-local.json",
    ] {
        let model = Model::open(path.as_ref()).unwrap();
        let mut setup = model.abstract_setup();
        // What is judged on the nominal continuation needs chains that a bound on steps cuts off.
        setup.properties.retain(|property| property.liveness().is_none());
        let (merged, unmerged) = searches(&setup, DEPTH);
        assert_eq!(found(&merged), found(&unmerged), "{path}");
        assert_eq!(merged.happened, unmerged.happened, "{path}");
        assert!(merged.states <= unmerged.states, "{path}");
        violated += u32::from(found(&merged).is_some());
    }
    assert!(violated >= 2, "too few of these models are violated within {DEPTH} steps");
}
