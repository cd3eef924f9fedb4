//! Mutual exclusion by act: what reaches the resource, whatever the threads believe.
//!
//! A thread that stops in time by its own clock can still have a request under way. The resource sees it later, when
//! the lock is another's: catalogue entry F12 (Kleppmann 2016, the delayed write).

use super::asking::Asking;
use super::parameters::{Facts, parameters};
use super::words::{self, OLDEST};
use super::{About, Event, Judgement, Names, Property, Who};
use crate::json::{Problem, Section};
use crate::store::ledger::Account;
use crate::time::Micros;

/// The property `mutual-exclusion-by-act`.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct ByAct {
    /// The last section of each thread, in the order of entry.
    sections: Vec<Entered>,
    /// Who acted last.
    last: Option<Who>,
    asking: Asking,
}

/// A section, and what is left of it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Entered {
    who: Who,
    /// When it was entered; zero once it was left.
    since: Micros,
    until: Option<Micros>,
    inside: bool,
    /// It shares the lock with others that do.
    shared: bool,
    /// Who has acted in a section that was entered later.
    overtaken: Option<Who>,
}

impl ByAct {
    /// What it is.
    pub const ABOUT: About = About {
        name: "mutual-exclusion-by-act",
        title: "no request of a section reaches the ledger while another thread is in its section, or after a later one acted",
        vacuous: "nobody used the ledger after another had, or while another wanted the lock",
        source: "Kleppmann 2016, \"How to do distributed locking\": the delayed write",
        params: &[],
    };

    /// Reads `"mutual-exclusion-by-act"`.
    pub fn from_section(section: &Section<'_>, _: &Facts) -> Result<Self, Box<Problem>> {
        parameters(section, &[]).map(|_| Self::default())
    }

    fn acts(
        &mut self,
        now: Micros,
        who: Who,
        what: (&str, Account),
        names: &dyn Names,
    ) -> Judgement {
        let (what, account) = what;
        let Some(place) = self.sections.iter().position(|section| section.who == who) else {
            return Judgement::nothing();
        };
        let shared = self.sections[place].shared;
        let other = self.sections.iter().find(|other| {
            let apart = other.who != who && !(shared && other.shared);
            apart && other.inside && other.until.is_none_or(|until| until > now)
        });
        let actor = names.who(who);
        let violated = if let Some(other) = other {
            let (name, since) = (names.who(other.who), words::span(now - other.since));
            Some(format!(
                "{what} of {actor} reaches {account} while {name} is in its section, which it entered {since} ago"
            ))
        } else {
            self.sections[place].overtaken.map(|later| {
                let later = names.who(later);
                format!("{what} of {actor} reaches {account} after {later}, which entered later, has acted there")
            })
        };
        let apart = |earlier: &&mut Entered| !(shared && earlier.shared);
        for earlier in self.sections[..place].iter_mut().filter(apart) {
            earlier.overtaken.get_or_insert(who);
        }
        // It is put to the test where another has acted, or would like to.
        let happened = self.last.is_some_and(|last| last != who) || self.asking.is_any_but(who);
        self.last = Some(who);
        Judgement { violated, happened }
    }

    fn leaves(&mut self, gone: impl Fn(Who) -> bool) {
        for section in self.sections.iter_mut().filter(|section| gone(section.who)) {
            (section.inside, section.since, section.until) = (false, Micros::ZERO, None);
        }
    }
}

impl Property for ByAct {
    fn name(&self) -> &'static str {
        Self::ABOUT.name
    }

    fn observe(&mut self, now: Micros, event: &Event<'_>, names: &dyn Names) -> Judgement {
        self.asking.observe(event);
        match *event {
            Event::Enters { who, until, shared, .. } => {
                self.sections.retain(|section| section.who != who);
                self.sections.push(Entered {
                    who,
                    since: now,
                    until,
                    inside: true,
                    shared,
                    overtaken: None,
                });
            }
            Event::Leaves(who) => self.leaves(|other| other == who),
            Event::Crashes(process) => self.leaves(|other| other.process == process),
            Event::Read { who, account, .. } => {
                return self.acts(now, who, ("a read", account), names);
            }
            Event::Wrote { who, account, .. } => {
                return self.acts(now, who, ("a write", account), names);
            }
            _ => {}
        }
        Judgement::nothing()
    }

    fn rebase(&mut self, dt: Micros) {
        for section in self.sections.iter_mut().filter(|section| section.inside) {
            section.since = (section.since - dt).max(OLDEST);
            section.until = section.until.map(|until| (until - dt).max(OLDEST));
        }
    }
}
