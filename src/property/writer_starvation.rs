//! Writer starvation: a writer in line is not overtaken again and again by readers that came after it.
//!
//! Whether one in line is a writer shows when it enters: then it is known how many readers it had to let pass. As with
//! [`Fifo`](super::Fifo), a thread is in line from the moment its first request for a section was executed.

use super::parameters::{Facts, parameters};
use super::{About, Event, Judgement, Names, Property, Who};
use crate::json::{Problem, Section};
use crate::time::Micros;

/// The property `writer-starvation`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct WriterStarvation {
    /// How many readers may overtake a writer.
    overtakings: u32,
    line: Vec<Waiter>,
    /// Readers in their sections, in the order of their numbers.
    readers: Vec<Who>,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Waiter {
    who: Who,
    /// How many readers overtook it.
    overtaken: u32,
    /// It waited while a reader was inside.
    met: bool,
}

impl WriterStarvation {
    /// What it is.
    pub const ABOUT: About = About {
        name: "writer-starvation",
        title: "a writer in line is not overtaken again and again by readers",
        vacuous: "no writer entered that had been in line while a reader was inside",
        source: "Courtois, Heymans and Parnas 1971, \"Concurrent Control with Readers and Writers\"",
        params: &[("overtakings", "how many readers may overtake a writer: 0")],
    };

    /// At most `overtakings` readers overtake a writer.
    pub fn new(overtakings: u32) -> Self {
        Self { overtakings, line: Vec::new(), readers: Vec::new() }
    }

    /// Reads `"writer-starvation"` or `{"overtakings": 2}`.
    pub fn from_section(section: &Section<'_>, _: &Facts) -> Result<Self, Box<Problem>> {
        let fields = parameters(section, &["overtakings"])?;
        let overtakings =
            fields.map(|fields| fields.optional("overtakings")).transpose()?.flatten();
        Ok(Self::new(overtakings.unwrap_or(0)))
    }

    fn reader_enters(&mut self, who: Who) {
        let place = self.line.iter().position(|waiter| waiter.who == who);
        let place = place.unwrap_or(self.line.len());
        let most = self.overtakings.saturating_add(1);
        for waiter in &mut self.line[..place] {
            waiter.overtaken = (waiter.overtaken + 1).min(most);
        }
        self.line.retain(|waiter| waiter.who != who);
        self.line.iter_mut().for_each(|waiter| waiter.met = true);
        if !self.readers.contains(&who) {
            self.readers.push(who);
            self.readers.sort();
        }
    }

    fn writer_enters(&mut self, who: Who, names: &dyn Names) -> Judgement {
        let Some(place) = self.line.iter().position(|waiter| waiter.who == who) else {
            return Judgement::nothing();
        };
        let Waiter { overtaken, met, .. } = self.line.remove(place);
        if overtaken > self.overtakings {
            let (who, most) = (names.who(who), self.overtakings);
            return Judgement::violated(match most {
                0 => format!("{who}, a writer, enters only after a reader that came later"),
                _ => format!(
                    "{who}, a writer, enters only after more than {most} readers that came later"
                ),
            });
        }
        if met { Judgement::happened() } else { Judgement::nothing() }
    }

    fn leaves(&mut self, gone: impl Fn(Who) -> bool) {
        self.readers.retain(|reader| !gone(*reader));
    }
}

impl Property for WriterStarvation {
    fn name(&self) -> &'static str {
        Self::ABOUT.name
    }

    fn observe(&mut self, _: Micros, event: &Event<'_>, names: &dyn Names) -> Judgement {
        match *event {
            Event::InLine(who) if self.line.iter().all(|waiter| waiter.who != who) => {
                let met = !self.readers.is_empty();
                self.line.push(Waiter { who, overtaken: 0, met });
            }
            Event::Enters { who, shared: true, .. } => self.reader_enters(who),
            Event::Enters { who, .. } => return self.writer_enters(who, names),
            Event::Leaves(who) => self.leaves(|other| other == who),
            Event::Done(who) => self.line.retain(|waiter| waiter.who != who),
            Event::Crashes(process) => {
                self.line.retain(|waiter| waiter.who.process != process);
                self.leaves(|other| other.process == process);
            }
            _ => {}
        }
        Judgement::nothing()
    }
}
