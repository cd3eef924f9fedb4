//! What a range of seeds came to: sums, smallest examples and histograms, so that parts put together in any way are equal.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::histogram::Histogram;
use crate::event::Names;
use crate::model::Model;
use crate::report::{Because, Cast, because, faults_in};
use crate::run::{Meets, Recording, failure, sample};

/// The version of files with parts.
pub(super) const FORMAT: &str = "lockstep-sweep/1";

/// So many seeds of a failure are named.
const SEEDS: usize = 5;

/// Everything that is known of some runs of a model.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Part {
    /// What kind of file it is.
    pub(super) format: String,
    /// The version of the program: another may make other runs of the same seeds.
    pub(super) program: String,
    /// The model as it was named.
    pub(super) path: String,
    /// The model's text, with the scripts that it names.
    pub(super) model: String,
    /// The ranges of seeds that were asked for: the first, and how many.
    pub(super) asked: Vec<(u64, u64)>,
    /// The ranges of seeds that were run.
    pub(super) seeds: Vec<(u64, u64)>,
    pub(super) sums: Sums,
    /// How long each entry was waited for (µs), to three digits.
    pub(super) waits: Histogram,
    /// By fault, in the model's order: in how many runs it took effect, and how often.
    pub(super) faults: Vec<(u64, u64)>,
    /// Who gave up, and how often.
    pub(super) gave_up: BTreeMap<String, u64>,
    /// Things that happened: in how many runs, and how often.
    pub(super) happened: BTreeMap<String, (u64, u64)>,
    /// Failures by property and shape of their causes.
    pub(super) failures: BTreeMap<String, Failure>,
}

/// Sums over runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sums {
    pub(super) runs: u64,
    pub(super) violated: u64,
    pub(super) cut: u64,
    /// Runs that are as the model expects, and the worst of all: 0 as expected, 1 inconclusive, 2 not.
    pub(super) met: u64,
    pub(super) worst: u8,
    pub(super) sections: u64,
    pub(super) requests: u64,
    pub(super) notifications: u64,
    pub(super) deviations: u64,
}

/// Failures of one kind.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Failure {
    pub(super) property: String,
    /// What the chain of causes claims, without who and when.
    pub(super) shape: Vec<String>,
    pub(super) runs: u64,
    /// The first seeds.
    pub(super) seeds: Vec<u64>,
    /// The smallest: its deviations, its steps, its seed.
    pub(super) smallest: (u64, u64, u64),
    /// The faults of the smallest, each in a sentence.
    pub(super) story: Vec<String>,
    /// Its causes in sentences.
    pub(super) because: Option<String>,
    /// What happened, in the property's words.
    pub(super) what: String,
}

impl Part {
    /// Nothing yet of the model at `path`.
    pub(super) fn new(path: &str, model: &Model) -> Self {
        Self {
            format: FORMAT.to_owned(),
            program: env!("CARGO_PKG_VERSION").to_owned(),
            path: path.to_owned(),
            model: model.text().to_owned(),
            asked: Vec::new(),
            seeds: Vec::new(),
            sums: Sums::default(),
            waits: Histogram::default(),
            faults: Vec::new(),
            gave_up: BTreeMap::new(),
            happened: BTreeMap::new(),
            failures: BTreeMap::new(),
        }
    }

    /// Makes the run with `seed`, and counts it.
    pub(super) fn run(&mut self, model: &Model, seed: u64) {
        let run = sample(model, seed);
        ranges_add(&mut self.seeds, (seed, 1));
        let (tally, sums) = (&run.ended.tally, &mut self.sums);
        sums.runs += 1;
        sums.met += u64::from(run.meets == Meets::Expectation);
        sums.worst = sums.worst.max(rank(run.meets));
        sums.sections += tally.entries;
        sums.requests += tally.requests.values().sum::<u64>();
        sums.notifications += tally.notifications;
        sums.deviations += tally.deviations;
        run.waits.iter().for_each(|us| self.waits.add(*us));
        let effects: Vec<u64> = run.ended.faults.iter().map(|it| it.times).collect();
        self.faults.resize(self.faults.len().max(effects.len()), (0, 0));
        for (sum, times) in self.faults.iter_mut().zip(effects) {
            *sum = (sum.0 + u64::from(times > 0), sum.1 + times);
        }
        if !run.gave_up.is_empty() {
            let setup = model.sampled_setup();
            for who in &run.gave_up {
                *self.gave_up.entry(setup.who(*who)).or_default() += 1;
            }
        }
        let it = run.happened;
        for (what, times) in [
            ("acquisitions refused", it.refusals),
            ("threads gave up", it.gave_up),
            ("two were inside at once", it.overlaps),
            ("grants came too late", it.too_late),
            ("sections without the lock", it.without),
            ("old tokens refused", it.fenced),
            ("updates lost", it.lost_updates),
            ("processes died", it.crashes),
            ("connections lost", it.connections_lost),
            ("sessions ended", it.sessions_ended),
        ] {
            if times > 0 {
                let sum = self.happened.entry(what.to_owned()).or_default();
                *sum = (sum.0 + 1, sum.1 + times);
            }
        }
        if run.ended.violation.is_some() {
            self.sums.violated += 1;
            self.fails(model, seed);
        } else if run.meets == Meets::Inconclusive {
            self.sums.cut += 1;
        }
    }

    /// Makes it again with its events, and asks why.
    fn fails(&mut self, model: &Model, seed: u64) {
        let recording = failure(model, seed);
        let Some(one) = Failure::of(&recording, seed) else { return };
        let key = format!("{}: {}", one.property, one.shape.join("; "));
        match self.failures.get_mut(&key) {
            Some(known) => known.merge(one),
            None => drop(self.failures.insert(key, one)),
        }
    }

    /// The same with what another part knows.
    pub(super) fn merge(&mut self, other: Self) {
        other.asked.iter().for_each(|it| ranges_add(&mut self.asked, *it));
        other.seeds.iter().for_each(|it| ranges_add(&mut self.seeds, *it));
        let (mine, sums) = (&mut self.sums, other.sums);
        mine.runs += sums.runs;
        mine.violated += sums.violated;
        mine.cut += sums.cut;
        mine.met += sums.met;
        mine.worst = mine.worst.max(sums.worst);
        mine.sections += sums.sections;
        mine.requests += sums.requests;
        mine.notifications += sums.notifications;
        mine.deviations += sums.deviations;
        self.waits.merge(&other.waits);
        self.faults.resize(self.faults.len().max(other.faults.len()), (0, 0));
        for (sum, more) in self.faults.iter_mut().zip(other.faults) {
            *sum = (sum.0 + more.0, sum.1 + more.1);
        }
        for (who, times) in other.gave_up {
            *self.gave_up.entry(who).or_default() += times;
        }
        for (what, (runs, times)) in other.happened {
            let sum = self.happened.entry(what).or_default();
            *sum = (sum.0 + runs, sum.1 + times);
        }
        for (key, failure) in other.failures {
            match self.failures.get_mut(&key) {
                Some(known) => known.merge(failure),
                None => drop(self.failures.insert(key, failure)),
            }
        }
    }
}

fn rank(meets: Meets) -> u8 {
    match meets {
        Meets::Expectation => 0,
        Meets::Inconclusive => 1,
        Meets::Not => 2,
    }
}

/// What a recording of a failure is one of: its property and the shape of its causes.
pub(super) fn kind(recording: &Recording) -> Option<(String, Vec<String>)> {
    let violation = recording.ended.violation.as_ref()?;
    let cast = Cast::of(&recording.setup);
    let chain = because(&cast, &recording.events, false);
    let shape = chain.map(|it| it.shape()).unwrap_or_default();
    Some((violation.property.to_owned(), shape))
}

impl Failure {
    /// The failure that the recording is.
    pub(super) fn of(recording: &Recording, seed: u64) -> Option<Self> {
        let violation = recording.ended.violation.as_ref()?;
        let cast = Cast::of(&recording.setup);
        let chain = because(&cast, &recording.events, false);
        Some(Self {
            property: violation.property.to_owned(),
            shape: chain.as_ref().map(Because::shape).unwrap_or_default(),
            runs: 1,
            seeds: vec![seed],
            smallest: (recording.ended.tally.deviations, recording.ended.steps, seed),
            story: faults_in(&recording.events, &cast),
            because: chain.map(|it| it.text(&cast, &recording.events)),
            what: violation.why.clone(),
        })
    }

    fn merge(&mut self, other: Self) {
        let runs = self.runs + other.runs;
        let mut seeds: Vec<u64> = self.seeds.iter().chain(&other.seeds).copied().collect();
        seeds.sort_unstable();
        seeds.truncate(SEEDS);
        if other.smallest < self.smallest {
            *self = other;
        }
        (self.runs, self.seeds) = (runs, seeds);
    }
}

/// Adds a range of seeds to others, which stay sorted; ranges that touch become one.
pub(super) fn ranges_add(ranges: &mut Vec<(u64, u64)>, new: (u64, u64)) {
    // Most come in order.
    if let Some(last) = ranges.last_mut()
        && last.0.checked_add(last.1) == Some(new.0)
    {
        last.1 += new.1;
        return;
    }
    ranges.push(new);
    ranges.sort_unstable();
    let mut joined: Vec<(u64, u64)> = Vec::new();
    for range in ranges.drain(..) {
        match joined.last_mut() {
            Some(last) if last.0.checked_add(last.1) == Some(range.0) => last.1 += range.1,
            _ => joined.push(range),
        }
    }
    *ranges = joined;
}
