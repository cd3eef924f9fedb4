//! Why a search has so many states: which numbers of the model make them, and what would make fewer.

use super::cast::Cast;
use super::words;
use crate::explore::{Drawer, Outcome};
use crate::sim::Setup;

/// One in so many steps must come of something for it to be named.
const SHARE: u64 = 8;

/// What makes the states of a search many, the heaviest first; nothing where nothing stands out.
pub(super) fn told(setup: &Setup, outcome: &Outcome) -> Option<String> {
    let cast = Cast::of(setup);
    let drawn = outcome.growth.iter().map(|(drawer, steps)| {
        let text = match drawer {
            Drawer::Process(process) => format!(
                "{} draws how long it waits ({} steps come of that): a delay without jitter, or fewer tries, makes fewer",
                cast.processes[usize::from(process)].name,
                words::count(steps),
            ),
            Drawer::Server(server) => format!(
                "{} decides when something is over ({} steps come of that): fewer things that end make fewer",
                cast.servers[usize::from(server)].name,
                words::count(steps),
            ),
        };
        (steps, text)
    });
    let struck = setup.faults.iter().zip(outcome.faults.iter()).map(|(fault, effect)| {
        let text = format!(
            "`{}` strikes at {} moments: a `phase`, a request that it strikes `before` or `after`, or a smaller `budget` \
             makes fewer",
            fault.name(),
            words::count(effect.times),
        );
        (effect.times, text)
    });
    let mut all: Vec<(u64, String)> = drawn.chain(struck).collect();
    all.retain(|(steps, _)| steps.saturating_mul(SHARE) >= outcome.transitions);
    all.sort_by_key(|(steps, _)| std::cmp::Reverse(*steps));
    let mut parts: Vec<String> = all.into_iter().take(2).map(|(_, text)| text).collect();
    if outcome.steps >= LONG {
        parts.push(format!(
            "a run has up to {} steps: shorter durations make fewer, if all become shorter by the same factor but the delays \
             between tries",
            words::count(outcome.steps.into()),
        ));
    }
    (!parts.is_empty()).then(|| format!("What makes it large: {}.", parts.join("; ")))
}

/// A run of so many steps is a long one.
const LONG: u32 = 200;
