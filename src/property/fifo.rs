//! FIFO: the living enter in the order in which they got in line.
//!
//! Where the lock has a queue in the store, a thread is in line from the moment its entry stands there, the numbered node
//! or the element of the list, until that is gone. Where it has none, from the moment its first request for a section was
//! executed: from then on the store could know the order, whether the recipe heeds it or not.

use super::parameters::{Facts, parameters};
use super::words;
use super::{About, Event, Judgement, Names, Property, Who};
use crate::choice::ServerId;
use crate::event::Kept;
use crate::json::{Problem, Section};
use crate::store::effect::{Change, Item, Part};
use crate::time::Micros;

/// The property `fifo`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Fifo {
    /// How often one who waits may be overtaken.
    overtakings: u32,
    /// Whether the line is a queue in the store.
    queues: bool,
    line: Vec<Waiter>,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Waiter {
    who: Who,
    /// How often it was overtaken.
    overtaken: u32,
    /// Its entry in the queue, if that is still there.
    entry: Option<(ServerId, Item)>,
    /// What it does there.
    stance: Stance,
}

/// What somebody in line does; only who waits can be overtaken.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Stance {
    /// It waits.
    Waits,
    /// It takes the lock, as far as is known: its element of the list has gone by its own request, or it never had one.
    Takes,
    /// Its entry is gone, and its place with it.
    Gone,
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
        Self { overtakings, queues: false, line: Vec::new() }
    }

    /// Reads `"fifo"` or `{"overtakings": 3}`.
    pub fn from_section(section: &Section<'_>, facts: &Facts) -> Result<Self, Box<Problem>> {
        let fields = parameters(section, &["overtakings"])?;
        let overtakings =
            fields.map(|fields| fields.optional("overtakings")).transpose()?.flatten();
        Ok(Self { queues: facts.queues, ..Self::new(overtakings.unwrap_or(0)) })
    }

    /// An entry of the queue came, or went.
    fn kept(&mut self, kept: &Kept) {
        let is_there = |waiter: &&mut Waiter| {
            waiter.entry.as_ref().is_some_and(|(at, item)| *at == kept.server && *item == kept.item)
        };
        match (&kept.change, kept.by.thread()) {
            (Change::Placed { .. }, Some(who)) if is_entry(&kept.item) => {
                let entry = Some((kept.server, kept.item.clone()));
                let stands = |it: &&mut Waiter| it.who == who && it.stance != Stance::Gone;
                match self.line.iter_mut().find(stands) {
                    // A second one beside the first, or one below another lock, changes nothing; who was taken out of a
                    // list comes back to its place.
                    Some(waiter) => {
                        waiter.entry = waiter.entry.take().or(entry);
                        waiter.stance = Stance::Waits;
                    }
                    None => {
                        self.line.retain(|waiter| waiter.who != who);
                        self.line.push(Waiter { who, overtaken: 0, entry, stance: Stance::Waits });
                    }
                }
            }
            // Where nobody waits, the lock is taken without a place in the queue: that is before whoever comes later.
            (Change::Placed { .. }, Some(who))
                if kept.item.part.is_some() && self.line.iter().all(|it| it.who != who) =>
            {
                let stance = Stance::Takes;
                self.line.push(Waiter { who, overtaken: 0, entry: None, stance });
            }
            (Change::Removed { .. }, by) => {
                if let Some(waiter) = self.line.iter_mut().find(is_there) {
                    waiter.entry = None;
                    waiter.stance = match by {
                        // Who is taken out by another does not give its place up.
                        Some(by) if by != waiter.who => Stance::Waits,
                        Some(_) if kept.item.part.is_some() => Stance::Takes,
                        _ => Stance::Gone,
                    };
                }
            }
            _ => {}
        }
    }

    fn enters(&mut self, who: Who, names: &dyn Names) -> Judgement {
        // Who enters without ever having been in line came after all who are.
        let place = self.line.iter().position(|waiter| waiter.who == who);
        let place = place.unwrap_or(self.line.len());
        let happened = self.line.iter().any(|waiter| waiter.who != who);
        for waiter in self.line[..place].iter_mut().filter(|it| it.stance == Stance::Waits) {
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
            Event::InLine(who)
                if !self.queues && self.line.iter().all(|waiter| waiter.who != who) =>
            {
                self.line.push(Waiter { who, overtaken: 0, entry: None, stance: Stance::Waits });
            }
            Event::Kept(ref kept) if self.queues => self.kept(kept),
            Event::Enters { who, .. } => return self.enters(who, names),
            Event::Leaves(who) | Event::Refused(who) => {
                self.line.retain(|it| it.who != who || it.stance == Stance::Waits);
            }
            Event::Done(who) => self.line.retain(|waiter| waiter.who != who),
            Event::Crashes(process) => self.line.retain(|waiter| waiter.who.process != process),
            _ => {}
        }
        Judgement::nothing()
    }
}

/// Whether something in the store is the place of somebody in a queue.
fn is_entry(item: &Item) -> bool {
    item.is_numbered() || matches!(item.part, Some(Part::Element(_)))
}
