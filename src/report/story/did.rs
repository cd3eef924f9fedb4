//! What threads do.

use std::fmt::Write as _;

use super::{Teller, Tone};
use crate::event::{Event, Who};
use crate::report::cast::Kind;
use crate::report::words;
use crate::time::Micros;

impl Teller<'_> {
    pub(super) fn did(&mut self, at: Micros, event: &Event<'_>) {
        match *event {
            Event::Asks(who) => self.in_line.retain(|it| *it != who),
            Event::InLine(who) => self.in_line(at, who),
            Event::Refused(who) => self.refused(at, who),
            Event::Enters { who, until, fence, shared, .. } => {
                self.enters(at, who, (until, fence, shared));
            }
            Event::TooLate { who, until } => {
                let (name, how, until) = (self.cast.who(who), self.how(who), words::time(until));
                let text = format!(
                    "{name} gets the lock{how} too late: its lease, which it heeds, was over at {until}; it does not \
                     begin, and gives it back"
                );
                self.step(at, text, Tone::Plain);
            }
            Event::Leaves(who) => self.leaves(at, who),
            Event::Read { who, account, value } => self.reads(at, who, account, value),
            Event::Wrote { who, account, value } => self.wrote(at, who, account, value),
            Event::GivesUp(who) => {
                self.step(at, format!("{} gives up", self.cast.who(who)), Tone::Plain);
            }
            Event::Fenced(who) => {
                let who = self.cast.who(who);
                let text = format!("ledger refuses {who}: it has seen a newer token");
                self.opens(at, "The ", text, Tone::Plain);
            }
            _ => {}
        }
    }

    /// Where a lock has a line, standing in it is worth a step.
    fn in_line(&mut self, at: Micros, who: Who) {
        let server = self.known.acted.map(|(server, _)| server);
        let has_line = server.is_some_and(|it| self.cast.kind(it) == Kind::ZooKeeper);
        if has_line && !self.in_line.contains(&who) {
            self.in_line.push(who);
            let how = self.how(who);
            self.step(at, format!("{} asks for the lock{how}", self.cast.who(who)), Tone::Plain);
        }
    }

    fn refused(&mut self, at: Micros, who: Who) {
        let name = self.cast.who(who);
        let how = self.how(who);
        // Who ends there, or has asked often enough, does not ask again.
        let is_last = self.next.is_some_and(
            |it| matches!(it.event, Event::Done(it) | Event::GivesUp(it) if it == who),
        );
        let (then, and) = if is_last {
            ("; it does not ask again", ", and does not ask again")
        } else {
            ("; it will try again", ", and will try again")
        };
        let lost =
            self.known.people.get(usize::from(who.process)).is_some_and(|it| it.lost.is_some());
        if lost {
            self.in_line.retain(|it| *it != who);
            // What was answered is known; and of what never came to a server nothing is.
            let text = if self.known.is_unanswered(who) {
                format!("{name} does not know what became of its request{how}{and}")
            } else {
                format!("{name} gets no answer any more{and}")
            };
            return self.step(at, text, Tone::Plain);
        }
        let stance = self.known.stance(who);
        if stance.is_some_and(|it| it.interrupted.is_some()) {
            let text = format!("{name} gives its attempt up{how}, whatever becomes of it{and}");
            return self.step(at, text, Tone::Plain);
        }
        if stance.is_none_or(|it| it.refusals == 0) {
            let text = format!("{name} asks for the lock and is refused{how}{then}");
            self.step(at, text, Tone::Plain);
        }
    }

    fn enters(
        &mut self,
        at: Micros,
        who: Who,
        (until, fence, shared): (Option<Micros>, Option<i64>, bool),
    ) {
        self.in_line.retain(|it| *it != who);
        let how = self.how(who);
        let refusals = self.known.stance(who).map_or(0, |it| it.refusals);
        let again = match refusals {
            0 => String::new(),
            1 => " at the second attempt".to_owned(),
            more => format!(" after {} refusals", words::count(more)),
        };
        let name = self.cast.who(who);
        let without = self.known.stance(who).is_some_and(|it| it.without);
        let mut text = if without {
            format!("{name} does not get the lock{how}, and enters its section all the same")
        } else {
            format!("{name} gets the lock{again}{how} and enters its section")
        };
        if let Some(fence) = fence {
            let _ = write!(text, ", with token {fence}");
        }
        if let Some(until) = until {
            let _ = write!(text, "; its lease, which it heeds, ends at {}", words::time(until));
        }
        if shared {
            text.push_str(", which it shares");
        }
        let shares = |it: Who| self.known.stance(it).is_some_and(|stance| stance.shares);
        let others = self.known.inside.iter().copied();
        let others: Vec<Who> = others.filter(|it| *it != who && !(shared && shares(*it))).collect();
        if self.cast.allows(others.len()) {
            if !others.is_empty() {
                let _ = write!(text, ", beside {}", self.names(&others));
            }
            self.step(at, text, Tone::Plain);
            if let Some(last) = self.steps.last_mut() {
                last.entry = Some(who);
            }
            return;
        }
        let (is, believe) = if others.len() == 1 { ("is", "believes") } else { ("are", "believe") };
        let others = self.names(&others);
        let text =
            format!("{text}, while {others} {is} still inside and {believe} to have the lock");
        self.step(at, text, Tone::Bad);
    }

    fn leaves(&mut self, at: Micros, who: Who) {
        if let Some(last) = self.steps.last_mut()
            && last.entry == Some(who)
        {
            let _ = write!(last.text.rest, ", and leaves it at {}", words::time(at));
            last.entry = None;
            return;
        }
        self.step(at, format!("{} leaves its section", self.cast.who(who)), Tone::Plain);
    }
}
