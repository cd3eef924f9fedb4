//! Spacing: sections begin at least so far apart.
//!
//! What a lock on scheduled tasks is for: a task that is over sooner than clocks differ must not run again on the next
//! machine, although nobody is inside any more (`lockAtLeastFor`).

use super::asking::Asking;
use super::parameters::{Facts, parameters};
use super::words::span;
use super::{About, Event, Judgement, Names, Property, Who};
use crate::json::{Problem, Section, some_time};
use crate::time::Micros;

/// The property `spacing`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Spacing {
    least: Micros,
    /// Who entered last, and when (µs), as long as that is not long ago.
    last: Option<(Who, Micros)>,
    asking: Asking,
}

impl Spacing {
    /// What it is.
    pub const ABOUT: About = About {
        name: "spacing",
        title: "sections begin at least so far apart, although the one before may be over",
        vacuous: "nobody wanted to begin so soon after another had begun",
        source: "https://github.com/lukas-krecan/ShedLock: lockAtLeastFor",
        params: &[("least", "how far apart they begin: there is no default")],
    };

    /// Sections begin at least so far apart (µs).
    pub fn new(least: Micros) -> Self {
        Self { least, last: None, asking: Asking::default() }
    }

    /// Reads `{"least": "5s"}`.
    pub fn from_section(section: &Section<'_>, _: &Facts) -> Result<Self, Box<Problem>> {
        let missing = || {
            section
                .error("`spacing` needs `least`: how far apart sections begin")
                .with_help("write {\"spacing\": {\"least\": \"5s\"}}")
        };
        let fields = parameters(section, &["least"])?.ok_or_else(missing)?;
        some_time(&fields.get("least").ok_or_else(missing)?).map(Self::new)
    }
}

impl Property for Spacing {
    fn name(&self) -> &'static str {
        Self::ABOUT.name
    }

    fn observe(&mut self, now: Micros, event: &Event<'_>, names: &dyn Names) -> Judgement {
        self.asking.observe(event);
        let Event::Enters { who, .. } = *event else {
            // Who would like to begin too soon puts it to the test.
            let soon = self.last.is_some_and(|(_, at)| now - at < self.least);
            let happened = soon && matches!(event, Event::Asks(_));
            return Judgement { violated: None, happened };
        };
        let before = self.last.replace((who, now)).map(|(before, at)| (before, now - at));
        let violated = before.filter(|(_, apart)| *apart < self.least).map(|(before, apart)| {
            let (who, least) = (names.who(who), span(self.least));
            format!(
                "{who} enters {} after {} did: less than {least}",
                span(apart),
                names.who(before)
            )
        });
        Judgement { happened: violated.is_some() || self.asking.is_any(), violated }
    }

    fn rebase(&mut self, dt: Micros) {
        let last = self.last.map(|(who, at)| (who, at - dt));
        self.last = last.filter(|(_, at)| Micros::ZERO - *at < self.least);
    }
}
