//! Rows about what threads do.

use std::fmt::Write as _;

use super::{Builder, Tone};
use crate::event::{Event, Who};
use crate::report::words;
use crate::time::Micros;

impl Builder<'_> {
    pub(super) fn did(&mut self, at: Micros, event: &Event<'_>) {
        match *event {
            Event::Asks(who) => drop(self.asked.remove(&who)),
            Event::Enters { who, until, fence, shared, .. } => {
                self.enters(at, who, (until, fence, shared));
            }
            Event::TooLate { who, until } => {
                self.asked.remove(&who);
                let text = format!("is too late: its lease was over at {}", words::time(until));
                self.thread(at, who, &text, Tone::Plain);
            }
            Event::Leaves(who) => {
                if let Some(life) = self.life(who) {
                    life.inside = false;
                }
                self.asked.remove(&who);
                self.thread(at, who, "leaves", Tone::Plain);
            }
            Event::Refused(who) => {
                // Told beside the request that was refused, if that is to be seen.
                let text = self.prefixed(who, "refused");
                if let Some(last) = self.rows.last_mut()
                    && last.by == Some(who)
                    && last.process.is_none()
                    && last.at == at
                {
                    last.process = Some((who.process, text));
                }
            }
            Event::Wrote { who, .. } => self.wrote(who),
            Event::Fenced(_) => {
                if let Some(last) = self.rows.last_mut() {
                    last.tone = last.tone.max(Tone::Fault);
                }
            }
            Event::GivesUp(who) => self.thread(at, who, "gives up", Tone::Plain),
            _ => {}
        }
        self.refresh();
    }

    fn enters(
        &mut self,
        at: Micros,
        who: Who,
        (until, fence, shared): (Option<Micros>, Option<i64>, bool),
    ) {
        let shares = |it: Who| self.known.stance(it).is_some_and(|stance| stance.shares);
        let others = self.known.inside.iter().copied();
        let others: Vec<Who> = others.filter(|it| !(shared && shares(*it))).collect();
        if let Some(life) = self.life(who) {
            life.inside = true;
        }
        self.asked.remove(&who);
        let without = self.known.stance(who).is_some_and(|it| it.without);
        let text = match (shared, without) {
            (true, _) => "enters, sharing",
            (false, true) => "enters without the lock",
            (false, false) => "enters",
        };
        let mut text = text.to_owned();
        if let Some(fence) = fence {
            let _ = write!(text, " with token {fence}");
        }
        if let Some(until) = until {
            let _ = write!(text, ", until {}", words::time(until));
        }
        let allowed = self.cast.allows(others.len());
        let tone = if allowed { Tone::Plain } else { Tone::Bad };
        if !allowed {
            let _ = write!(text, " while {} inside", self.are(&others));
        }
        self.thread(at, who, &text, tone);
    }

    /// A write is wrong while somebody is inside who entered later.
    fn wrote(&mut self, who: Who) {
        let inside = &self.known.inside;
        let later = inside.iter().position(|it| *it == who).map_or(0, |at| at + 1);
        let others = self.known.others_inside(who);
        let others: Vec<Who> =
            inside[later..].iter().copied().filter(|it| others.contains(it)).collect();
        if self.cast.allows(others.len()) {
            return;
        }
        let are = self.are(&others);
        if let Some(last) = self.rows.last_mut()
            && let Some((_, text)) = &mut last.server
        {
            let _ = write!(text, " while {are} inside");
            last.tone = Tone::Bad;
        }
    }
}
