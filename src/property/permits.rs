//! Permits: never more threads in their sections than a semaphore has permits.
//!
//! [`MutualExclusion`] with more than one permit, which has somebody to keep out only where all permits are in use and
//! somebody wants one.

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
        vacuous: "nobody wanted a permit while all were in use",
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
        self.0.observe(now, event, names)
    }

    fn permits(&self) -> Option<u32> {
        self.0.permits()
    }

    fn rebase(&mut self, dt: Micros) {
        self.0.rebase(dt);
    }
}
