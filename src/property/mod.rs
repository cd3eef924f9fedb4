//! Properties: what must never happen, and what must happen at least once for that to mean anything.
//!
//! A property sees the world's events in global time, which nobody else does. It judges what the protocols claim.

mod asking;
mod balance;
mod bounded_wait;
mod by_act;
mod catalogue;
mod deadlock;
mod fencing_order;
mod fifo;
mod herd;
mod livelock;
mod living;
mod lost_update;
mod mutual_exclusion;
mod orphaned_lock;
mod parameters;
mod permits;
mod red_packets;
mod release_safety;
mod repeatable_read;
mod spacing;
mod stale_read;
mod words;
mod writer_starvation;

pub use balance::Balance;
pub use bounded_wait::BoundedWait;
pub use by_act::ByAct;
pub use catalogue::{About, Entry, build, catalogue};
pub use deadlock::Deadlock;
pub use fencing_order::FencingOrder;
pub use fifo::Fifo;
pub use herd::Herd;
pub use livelock::Livelock;
pub use lost_update::LostUpdate;
pub use mutual_exclusion::MutualExclusion;
pub use orphaned_lock::OrphanedLock;
pub use parameters::Facts;
pub use permits::Permits;
pub use red_packets::RedPackets;
pub use release_safety::ReleaseSafety;
pub use repeatable_read::RepeatableRead;
pub use spacing::Spacing;
pub use stale_read::StaleRead;
pub use writer_starvation::WriterStarvation;

use std::fmt;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

pub use crate::event::{Event, Names, Who};

use crate::cx::State;
use crate::time::Micros;

/// What a property makes of an event.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Judgement {
    /// Why the property is violated, in words; names are written `{c1}` style by [`Names`].
    pub violated: Option<String>,
    /// What the property is about happened here: it does not hold vacuously.
    pub happened: bool,
}

impl Outlook {
    /// Whether an entry comes, and is waited for: time passes before it.
    fn is_wait(self) -> bool {
        matches!(self, Self::Entry(after) if after > Micros::ZERO)
    }
}

impl Judgement {
    /// It was right, and what it is about happened or not.
    fn right(happened: bool) -> Self {
        Self { violated: None, happened }
    }

    /// It was wrong, if there is a reason.
    fn violated_if(why: Option<String>) -> Self {
        Self { happened: why.is_some(), violated: why }
    }

    /// Nothing to say.
    pub fn nothing() -> Self {
        Self::default()
    }

    /// It happened, and it was right.
    pub fn happened() -> Self {
        Self { violated: None, happened: true }
    }

    /// It was wrong.
    pub fn violated(why: String) -> Self {
        Self { violated: Some(why), happened: true }
    }
}

/// What must hold after the last deviation, when everything goes on nominally, whatever is drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Liveness {
    /// Those who want the lock do not wait for ever: [`Property::foresees`] says who must not.
    NotForEver,
    /// Nobody waits longer than this (µs) for the next entry of anybody.
    NextEntryWithin(Micros),
    /// Nobody waits longer than this (µs) for its own entry.
    OwnEntryWithin(Micros),
    /// The lock is not kept from those who wait for longer than this (µs) while nobody is in a section.
    FreeWithin(Micros),
}

/// What the nominal continuation of a world brings.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outlook {
    /// The next entry is so far away (µs): the longest over all draws, without series of unlucky ones that have no bound.
    Entry(Micros),
    /// No entry: it ends where nothing can ever happen any more.
    Standstill,
    /// No entry: the same happens over and over, whatever is drawn.
    Round {
        /// Whether somebody who waits for the lock goes on asking.
        asks: bool,
    },
}

/// One property. Its state is part of the world of a search, if the model selects it.
pub trait Property: Clone + Eq + Hash + fmt::Debug + 'static {
    /// Its name in model files.
    fn name(&self) -> &'static str;

    /// What it makes of an event at `now` (global time).
    fn observe(&mut self, now: Micros, event: &Event<'_>, names: &dyn Names) -> Judgement;

    /// How bad the worst violation was that it has seen, where that is measured: of a run the worst one is told, else the
    /// first.
    fn worst(&self) -> u32 {
        0
    }

    /// How many may be inside at once, if that is what it judges.
    fn permits(&self) -> Option<u32> {
        None
    }

    /// Moves the origin of time.
    fn rebase(&mut self, _dt: Micros) {}

    /// What it asks of the nominal continuation, if anything.
    fn liveness(&self) -> Option<Liveness> {
        None
    }

    /// What it makes of what is ahead: of the entry of `whose` ([`Liveness::OwnEntryWithin`]), else of the next one. The
    /// property's state is that of now; where nobody will enter any more it is that of the end.
    fn foresees(&self, _whose: Option<Who>, _outlook: Outlook, _names: &dyn Names) -> Judgement {
        Judgement::nothing()
    }
}

trait AnyProperty: State {
    fn name(&self) -> &'static str;
    fn observe(&mut self, now: Micros, event: &Event<'_>, names: &dyn Names) -> Judgement;
    fn worst(&self) -> u32;
    fn permits(&self) -> Option<u32>;
    fn copy(&self) -> Rc<dyn AnyProperty>;
    fn rebase(&self, dt: Micros) -> PropertyBox;
    fn liveness(&self) -> Option<Liveness>;
    fn foresees(&self, whose: Option<Who>, outlook: Outlook, names: &dyn Names) -> Judgement;
}

impl<P: Property> AnyProperty for P {
    fn name(&self) -> &'static str {
        Property::name(self)
    }
    fn observe(&mut self, now: Micros, event: &Event<'_>, names: &dyn Names) -> Judgement {
        Property::observe(self, now, event, names)
    }
    fn worst(&self) -> u32 {
        Property::worst(self)
    }
    fn permits(&self) -> Option<u32> {
        Property::permits(self)
    }
    fn copy(&self) -> Rc<dyn AnyProperty> {
        Rc::new(self.clone())
    }
    fn rebase(&self, dt: Micros) -> PropertyBox {
        let mut next = self.clone();
        Property::rebase(&mut next, dt);
        PropertyBox::new(next)
    }
    fn liveness(&self) -> Option<Liveness> {
        Property::liveness(self)
    }
    fn foresees(&self, whose: Option<Who>, outlook: Outlook, names: &dyn Names) -> Judgement {
        Property::foresees(self, whose, outlook, names)
    }
}

/// Any property.
#[derive(Clone)]
pub struct PropertyBox(Rc<dyn AnyProperty>);

impl PropertyBox {
    /// Wraps a property.
    pub fn new<P: Property>(property: P) -> Self {
        Self(Rc::new(property))
    }

    /// See [`Property::name`].
    pub fn name(&self) -> &'static str {
        self.0.name()
    }

    /// See [`Property::observe`].
    pub fn observe(&mut self, now: Micros, event: &Event<'_>, names: &dyn Names) -> Judgement {
        if Rc::get_mut(&mut self.0).is_none() {
            self.0 = self.0.copy();
        }
        match Rc::get_mut(&mut self.0) {
            Some(property) => property.observe(now, event, names),
            None => unreachable!("a copy is nobody else's"),
        }
    }

    /// See [`Property::worst`].
    pub(crate) fn worst(&self) -> u32 {
        self.0.worst()
    }

    /// See [`Property::permits`].
    pub(crate) fn permits(&self) -> Option<u32> {
        self.0.permits()
    }

    pub(crate) fn rebase(&mut self, dt: Micros) {
        *self = self.0.rebase(dt);
    }

    /// See [`Property::liveness`].
    pub fn liveness(&self) -> Option<Liveness> {
        self.0.liveness()
    }

    /// See [`Property::foresees`].
    pub fn foresees(&self, whose: Option<Who>, outlook: Outlook, names: &dyn Names) -> Judgement {
        self.0.foresees(whose, outlook, names)
    }
}

impl PartialEq for PropertyBox {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0) || self.0.same(&*other.0 as &dyn State)
    }
}

impl Eq for PropertyBox {}

impl Hash for PropertyBox {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.feed(state);
    }
}

impl fmt::Debug for PropertyBox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
