//! FIFO: the living enter in the order in which they got in line.
//!
//! A thread is in line from the moment its first request for a section was executed by the store: from then on the
//! store could know the order, whether the recipe heeds it or not.

use super::parameters::{Facts, parameters};
use super::words;
use super::{About, Event, Judgement, Names, Property, Who};
use crate::json::{Problem, Section};
use crate::time::Micros;

/// The property `fifo`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Fifo {
    /// How often one who waits may be overtaken.
    overtakings: u32,
    line: Vec<Waiter>,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Waiter {
    who: Who,
    /// How often it was overtaken.
    overtaken: u32,
}

impl Fifo {
    /// What it is.
    pub const ABOUT: About = About {
        name: "fifo",
        title: "nobody who is in line is overtaken; who crashes leaves the line",
        vacuous: "nobody entered while another was in line",
        source: "Lamport 1974, the bakery algorithm; Hunt et al. 2010, \"ZooKeeper\", section 2.4",
        params: &[("overtakings", "how often one may be overtaken: 0")],
    };

    /// Nobody is overtaken more than `overtakings` times.
    pub fn new(overtakings: u32) -> Self {
        Self { overtakings, line: Vec::new() }
    }

    /// Reads `"fifo"` or `{"overtakings": 3}`.
    pub fn from_section(section: &Section<'_>, _: &Facts) -> Result<Self, Box<Problem>> {
        let fields = parameters(section, &["overtakings"])?;
        let overtakings =
            fields.map(|fields| fields.optional("overtakings")).transpose()?.flatten();
        Ok(Self::new(overtakings.unwrap_or(0)))
    }

    fn enters(&mut self, who: Who, names: &dyn Names) -> Judgement {
        // Who enters without ever having been in line came after all who are.
        let place = self.line.iter().position(|waiter| waiter.who == who);
        let place = place.unwrap_or(self.line.len());
        let happened = self.line.iter().any(|waiter| waiter.who != who);
        for waiter in &mut self.line[..place] {
            waiter.overtaken = (waiter.overtaken + 1).min(self.overtakings.saturating_add(1));
        }
        let too_often = self.line[..place].iter().filter(|one| one.overtaken > self.overtakings);
        let too_often: Vec<String> = too_often.map(|one| names.who(one.who)).collect();
        let violated = (!too_often.is_empty()).then(|| {
            let (who, before) = (names.who(who), words::list(&too_often));
            let verb = if too_often.len() == 1 { "was" } else { "were" };
            match self.overtakings {
                0 => format!("{who} enters although {before} {verb} in line before it"),
                allowed => {
                    format!("{who} enters before {before}, which {verb} overtaken {allowed} times already")
                }
            }
        });
        self.line.retain(|waiter| waiter.who != who);
        Judgement { violated, happened }
    }
}

impl Property for Fifo {
    fn name(&self) -> &'static str {
        Self::ABOUT.name
    }

    fn observe(&mut self, _: Micros, event: &Event<'_>, names: &dyn Names) -> Judgement {
        match *event {
            Event::InLine(who) if self.line.iter().all(|waiter| waiter.who != who) => {
                self.line.push(Waiter { who, overtaken: 0 });
            }
            Event::Enters { who, .. } => return self.enters(who, names),
            Event::Done(who) => self.line.retain(|waiter| waiter.who != who),
            Event::Crashes(process) => self.line.retain(|waiter| waiter.who.process != process),
            _ => {}
        }
        Judgement::nothing()
    }
}
