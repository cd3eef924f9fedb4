//! Mutual exclusion by belief: never two threads in their sections. [`Permits`](super::Permits) allows more.
//!
//! A belief begins when the protocol says "you have it" (the acquisition returned) and ends when the thread leaves its
//! section, dies, or, if its work heeds the grant's validity, when that ends. This is the strictest reading: a thread
//! that stands still in its section believes on (Kleppmann 2016, "How to do distributed locking").

use super::asking::Asking;
use super::parameters::{Facts, parameters};
use super::words::{self, OLDEST};
use super::{About, Event, Judgement, Names, Property, Who};
use crate::json::{Problem, Section};
use crate::time::Micros;

/// The property `mutual-exclusion`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct MutualExclusion {
    permits: u32,
    inside: Vec<Inside>,
    asking: Asking,
}

/// A thread in its section.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Inside {
    who: Who,
    since: Micros,
    until: Option<Micros>,
    /// It shares the lock with others that do.
    shared: bool,
    paused: bool,
}

impl MutualExclusion {
    /// What it is.
    pub const ABOUT: About = About {
        name: "mutual-exclusion",
        title: "never two threads that believe to hold the lock, unless both share it",
        vacuous: "nobody wanted the lock while another was in its section",
        source: "Kleppmann 2016, \"How to do distributed locking\"",
        params: &[],
    };

    /// At most `permits` threads at once.
    pub fn new(permits: u32) -> Self {
        Self { permits, inside: Vec::new(), asking: Asking::default() }
    }

    /// Reads `"mutual-exclusion"`.
    pub fn from_section(section: &Section<'_>, _: &Facts) -> Result<Self, Box<Problem>> {
        parameters(section, &[]).map(|_| Self::new(1))
    }

    /// Whether somebody wants the lock while others have all of it: then it has somebody to keep out, whether that one
    /// is refused, waits, or has not come to the store yet.
    fn keeps_out(&self, now: Micros) -> bool {
        let inside = self.inside.iter().filter(|it| it.until.is_none_or(|until| until > now));
        inside.count() as u64 >= u64::from(self.permits) && self.asking.is_any()
    }

    fn enters(
        &mut self,
        now: Micros,
        who: Who,
        (until, shared): (Option<Micros>, bool),
        names: &dyn Names,
    ) -> Judgement {
        self.inside.retain(|inside| inside.until.is_none_or(|until| until > now));
        if until.is_some_and(|until| until <= now) {
            // The validity was over before the reply came: the thread believes nothing.
            self.inside.retain(|inside| inside.who != who);
            return Judgement::nothing();
        }
        // Who shares is no trouble for others that do.
        let others = self.inside.iter().filter(|inside| inside.who != who);
        let others: Vec<&Inside> = others.filter(|inside| !(shared && inside.shared)).collect();
        let too_many = others.len() as u64 >= u64::from(self.permits);
        let violated = too_many.then(|| self.why(now, who, &others, names));
        self.inside.retain(|inside| inside.who != who);
        self.inside.push(Inside { who, since: now, until, shared, paused: false });
        self.inside.sort_by_key(|inside| inside.who);
        Judgement { happened: too_many || self.keeps_out(now), violated }
    }

    fn why(&self, now: Micros, who: Who, others: &[&Inside], names: &dyn Names) -> String {
        let told = others.iter().map(|inside| {
            let state = match (inside.paused, inside.until) {
                (true, _) => ", where it stands still",
                (false, Some(_)) => ", and its validity has not ended",
                (false, None) => "",
            };
            let state =
                if inside.shared { format!(", as a reader{state}") } else { state.to_owned() };
            let since = words::span(now - inside.since);
            format!(
                "{} is in its section, which it entered {since} ago{state}",
                names.who(inside.who)
            )
        });
        let told: Vec<String> = told.collect();
        let enters = names.who(who);
        match self.permits {
            1 => format!(
                "{enters} enters while {}: both believe that they hold the lock",
                told.join("; ")
            ),
            permits => format!(
                "{enters} enters while {}: {} believe to have one of {permits} permits",
                told.join("; "),
                others.len() + 1
            ),
        }
    }

    fn set_paused(&mut self, process: u16, paused: bool) {
        for inside in self.inside.iter_mut().filter(|inside| inside.who.process == process) {
            inside.paused = paused;
        }
    }
}

impl Property for MutualExclusion {
    fn name(&self) -> &'static str {
        Self::ABOUT.name
    }

    fn observe(&mut self, now: Micros, event: &Event<'_>, names: &dyn Names) -> Judgement {
        self.asking.observe(event);
        match *event {
            Event::Asks(_) if self.keeps_out(now) => return Judgement::happened(),
            Event::Enters { who, until, shared, .. } => {
                return self.enters(now, who, (until, shared), names);
            }
            Event::Leaves(who) => self.inside.retain(|inside| inside.who != who),
            Event::Crashes(process) => self.inside.retain(|inside| inside.who.process != process),
            Event::Pauses(process) => self.set_paused(process, true),
            Event::Resumes(process) => self.set_paused(process, false),
            _ => {}
        }
        Judgement::nothing()
    }

    fn permits(&self) -> Option<u32> {
        Some(self.permits)
    }

    fn rebase(&mut self, dt: Micros) {
        self.inside.retain(|inside| inside.until.is_none_or(|until| until > dt));
        for inside in &mut self.inside {
            inside.since = (inside.since - dt).max(OLDEST);
            inside.until = inside.until.map(|until| until - dt);
        }
    }
}
