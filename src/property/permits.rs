//! Permits: never more threads in their sections than a semaphore has permits.
//!
//! [`MutualExclusion`] with more than one permit, which has something to judge only where all permits are in use and
//! somebody waits for one.

use super::mutual_exclusion::MutualExclusion;
use super::parameters::{Facts, parameters};
use super::{About, Event, Judgement, Names, Property};
use crate::json::{Problem, Section};
use crate::time::Micros;

/// The property `permits`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Permits(MutualExclusion);

impl Permits {
    /// What it is.
    pub const ABOUT: About = About {
        name: "permits",
        title: "never more threads that believe to have a permit of a semaphore than there are",
        source: "Dijkstra 1965, \"Cooperating sequential processes\": semaphores",
        params: &[("of", "how many permits there are: there is no default")],
    };

    /// Reads `{"of": 2}`.
    pub fn from_section(section: &Section<'_>, _: &Facts) -> Result<Self, Box<Problem>> {
        let example = "write {\"permits\": {\"of\": 2}}";
        let missing =
            || section.error("`permits` needs `of`: how many there are").with_help(example);
        let fields = parameters(section, &["of"])?.ok_or_else(missing)?;
        let field = fields.get("of").ok_or_else(missing)?;
        match field.to()? {
            0 => Err(field.error("0 permits: nobody could ever enter; 1 is an ordinary lock")),
            permits => Ok(Self(MutualExclusion::new(permits))),
        }
    }
}

impl Property for Permits {
    fn name(&self) -> &'static str {
        Self::ABOUT.name
    }

    fn observe(&mut self, now: Micros, event: &Event<'_>, names: &dyn Names) -> Judgement {
        let judgement = self.0.observe(now, event, names);
        // Only the last permit is one that another may be refused.
        let happened = judgement.happened && self.0.is_full();
        Judgement { happened: happened || judgement.violated.is_some(), ..judgement }
    }

    fn rebase(&mut self, dt: Micros) {
        self.0.rebase(dt);
    }
}
