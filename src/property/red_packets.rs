//! Red packets: what was handed out and what remains is always what there was.
//!
//! The ledger holds what remains. A thread reads it, takes a part of it for somebody, and writes back the rest.

use super::asking::Asking;
use super::parameters::{Facts, parameters};
use super::{About, Event, Judgement, Names, Property, Who};
use crate::json::{Problem, Section};
use crate::time::Micros;

/// The property `red-packets`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct RedPackets {
    initial: i64,
    handed_out: i64,
    /// What each thread read last and has not yet taken from, in the order of their numbers.
    reads: Vec<(Who, i64)>,
    /// Who took last.
    last: Option<Who>,
    asking: Asking,
}

impl RedPackets {
    /// What it is.
    pub const ABOUT: About = About {
        name: "red-packets",
        title: "what was handed out and what remains is what there was, at each write",
        vacuous: "nobody took a packet after another had, or while another wanted the lock",
        source: "the sum as an invariant: Berenson et al. 1995, P4",
        params: &[],
    };

    /// The property of a ledger that says `initial` at the beginning.
    pub fn new(initial: i64) -> Self {
        let (reads, asking) = (Vec::new(), Asking::default());
        Self { initial, handed_out: 0, reads, last: None, asking }
    }

    /// Reads `"red-packets"`; the sum is the ledger's.
    pub fn from_section(section: &Section<'_>, facts: &Facts) -> Result<Self, Box<Problem>> {
        parameters(section, &[])?;
        if facts.ledger <= 0 {
            let message =
                format!("the ledger says {} at the beginning: nothing to hand out", facts.ledger);
            return Err(section.error(message).with_help("write \"given\": {\"ledger\": 10000}"));
        }
        Ok(Self::new(facts.ledger))
    }

    fn wrote(&mut self, who: Who, remains: i64, names: &dyn Names) -> Judgement {
        // A write that rests on no read takes nothing that anybody knows of.
        let place = self.reads.binary_search_by_key(&who, |(reader, _)| *reader).ok();
        let Some((_, read)) = place.map(|place| self.reads.remove(place)) else {
            return Judgement::nothing();
        };
        let taken = read.saturating_sub(remains);
        self.handed_out = self.handed_out.saturating_add(taken);
        // It is put to the test where another has taken something, or would like to.
        let happened = self.last.is_some_and(|last| last != who) || self.asking.is_any_but(who);
        self.last = Some(who);
        let sum = self.handed_out.saturating_add(remains);
        let violated = (sum != self.initial).then(|| {
            let (who, initial, handed_out) = (names.who(who), self.initial, self.handed_out);
            let wrong = if sum > initial { "too much" } else { "too little" };
            format!(
                "{who} takes {taken} of the {read} that it read and writes {remains}: {handed_out} handed out and \
                 {remains} left are {sum}, {} {wrong}; there were {initial}",
                sum.abs_diff(initial)
            )
        });
        Judgement { violated, happened }
    }
}

impl Property for RedPackets {
    fn name(&self) -> &'static str {
        Self::ABOUT.name
    }

    fn observe(&mut self, _: Micros, event: &Event<'_>, names: &dyn Names) -> Judgement {
        self.asking.observe(event);
        match *event {
            Event::Read { who, account, value } if account.is_whole() => {
                match self.reads.binary_search_by_key(&who, |(reader, _)| *reader) {
                    Ok(place) => self.reads[place].1 = value,
                    Err(place) => self.reads.insert(place, (who, value)),
                }
                Judgement::nothing()
            }
            Event::Wrote { who, account, value: remains } if account.is_whole() => {
                self.wrote(who, remains, names)
            }
            _ => Judgement::nothing(),
        }
    }
}
