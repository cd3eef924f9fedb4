//! What befalls processes.

use std::fmt::Write as _;

use super::{Teller, Tone};
use crate::choice::ProcessId;
use crate::event::Event;
use crate::report::words;
use crate::time::Micros;

impl Teller<'_> {
    pub(super) fn process(&mut self, at: Micros, event: &Event<'_>) {
        match *event {
            Event::Resumes(process) => {
                let inside = self.known.inside.iter().any(|it| it.process == process);
                let belief = if inside { ", and still believes to have the lock" } else { "" };
                self.step(
                    at,
                    format!("{} goes on{belief}", self.cast.process(process)),
                    Tone::Plain,
                );
            }
            Event::Crashes(process) => self.dies(process),
            Event::Exits(process) => {
                self.step(at, format!("{} ends", self.cast.process(process)), Tone::Plain);
            }
            Event::Restarts(process) => {
                let text = format!("new {} begins, without memory", self.cast.process(process));
                self.opens(at, "A ", text, Tone::Plain);
            }
            _ => {}
        }
    }

    /// The fault is told; where it found the process, and what that leaves behind, goes with it.
    fn dies(&mut self, process: ProcessId) {
        let was_inside = self.known.inside.iter().any(|it| it.process == process);
        let left =
            self.known.standing().filter(|it| it.owner.map(|it| it.process) == Some(process));
        let left = left.filter_map(|it| {
            Some(format!("{}{}", words::item(&it.item)?, self.cast.on(it.server)))
        });
        let left: Vec<String> = left.collect();
        if let Some(last) = self.steps.last_mut() {
            if was_inside {
                last.text.rest += " in its section";
            }
            if !left.is_empty() {
                let _ = write!(last.text.rest, ", and leaves {} behind", words::list(&left));
            }
        }
    }
}
