//! The answers of a run that are not nominal: noted while it is made, and given again when it is replayed.

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::{About, Choices, Deviation, Question, Seeded, Site};

/// The deviations of a trace; latencies and draws of sampled timing come from the trace's seed.
#[derive(Clone, Debug)]
pub struct Recorded {
    seeded: Option<Seeded>,
    sites: Sites,
    deviations: Vec<Deviation>,
}

impl Recorded {
    /// The answers of a trace with these deviations, and with this seed if its timing is sampled.
    pub fn new(seed: Option<u64>, deviations: Vec<Deviation>) -> Self {
        Self { seeded: seed.map(Seeded::new), sites: Sites::default(), deviations }
    }

    /// The deviations whose site never came, or whose alternative was not offered there.
    pub fn unused(&self) -> &[Deviation] {
        &self.deviations
    }
}

impl Choices for Recorded {
    fn pick(&mut self, question: &Question<'_>) -> u32 {
        if let (Some(seeded), About::Latency | About::Draw | About::Server) =
            (&mut self.seeded, question.about)
        {
            return seeded.pick(question);
        }
        if self.deviations.is_empty() {
            return 0;
        }
        let (site, nth) = self.sites.number(question);
        let is_here = |it: &Deviation| it.nth == nth && it.site == site;
        let Some(place) = self.deviations.iter().position(is_here) else {
            return 0;
        };
        let take = &self.deviations[place].take;
        match (1..question.n).find(|&it| (question.alternative)(it) == *take) {
            Some(alternative) => {
                self.deviations.remove(place);
                alternative
            }
            None => 0,
        }
    }
}

/// How often each site has come.
#[derive(Clone, Debug, Default)]
struct Sites(IndexMap<Site, u64, FxBuildHasher>);

impl Sites {
    /// The site of the question, and how often it has come.
    fn number(&mut self, question: &Question<'_>) -> (Site, u64) {
        let site = (question.site)();
        let count = self.0.entry(site).or_default();
        *count += 1;
        (site, *count)
    }
}

/// Notes the deviations among the answers of another.
#[derive(Clone, Debug)]
pub struct Noting<C> {
    inner: C,
    sampled: bool,
    sites: Sites,
    deviations: Vec<Deviation>,
}

impl<C: Choices> Noting<C> {
    /// Notes what `inner` answers. In `sampled` timing latencies and draws follow from the seed: only steps are noted.
    pub fn new(inner: C, sampled: bool) -> Self {
        Self { inner, sampled, sites: Sites::default(), deviations: Vec::new() }
    }

    /// The deviations so far, and who answered.
    pub fn into_parts(self) -> (Vec<Deviation>, C) {
        (self.deviations, self.inner)
    }
}

impl<C: Choices> Choices for Noting<C> {
    fn pick(&mut self, question: &Question<'_>) -> u32 {
        let picked = self.inner.pick(question);
        if !self.sampled || question.about == About::Step {
            let (site, nth) = self.sites.number(question);
            if picked != 0 {
                let take = (question.alternative)(picked);
                self.deviations.push(Deviation { site, nth, take });
            }
        }
        picked
    }
}
