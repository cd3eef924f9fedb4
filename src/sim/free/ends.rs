//! How long a fault lasts, where the model does not say.
//!
//! Such a fault lasts, nominally, for longer than anything in the model compares with. It may be over right after
//! anything that happens until then, or just before: no other moment makes a difference.

use std::rc::Rc;

use crate::choice::{FaultId, Target};
use crate::sim::agenda::Due;
use crate::sim::fault::{OPEN, Strike};
use crate::sim::setup::Setup;
use crate::sim::step::Step;
use crate::sim::world::{Stage, World};
use crate::time::Micros;

/// A fault that may be over at any moment, whom it hit, and with what it ends.
pub(crate) type Open = (FaultId, Target, Due);

impl World {
    /// A fault strikes; for how long it lasts may be open.
    pub(in crate::sim) fn strike(&mut self, stage: &mut Stage<'_>, strike: Strike) {
        let fault = &stage.setup.faults[usize::from(strike.fault)];
        if strike.span != OPEN {
            fault.strike(self, stage, strike);
            return;
        }
        let span = lasting(stage.setup);
        let until = self.now + span;
        let before: Vec<Due> = self.agenda.at(until).collect();
        fault.strike(self, stage, Strike { span, ..strike });
        if !stage.setup.is_abstract() {
            return;
        }
        let ends =
            self.agenda.at(until).filter(|event| event.ends_fault() && !before.contains(event));
        let mut open = self.open.to_vec();
        open.extend(ends.map(|event| (strike.fault, strike.target, event)));
        self.open = open.into();
    }

    /// What is over is open no more.
    pub(in crate::sim) fn close_what_ended(&mut self) {
        if self.open.iter().any(|(.., event)| !self.agenda.has_rare(*event)) {
            let open = self.open.iter().filter(|(.., event)| self.agenda.has_rare(*event));
            self.open = open.copied().collect();
        }
    }

    /// Which faults may be over now.
    pub(in crate::sim) fn offer_ends(&self, out: &mut Vec<Step>) {
        if !self.free.may_choose() {
            return;
        }
        let mut offered = Vec::new();
        for &(fault, target, _) in self.open.iter() {
            if !offered.contains(&(fault, target)) {
                offered.push((fault, target));
                out.extend([false, true].map(|late| Step::Ends(fault, target, late)));
            }
        }
    }

    /// A fault is over.
    pub(in crate::sim) fn ends(
        &mut self,
        stage: &mut Stage<'_>,
        (fault, target): (FaultId, Target),
        late: bool,
    ) {
        self.free.choose();
        self.wait_for_next(late);
        let open = Rc::clone(&self.open);
        for (.., event) in open.iter().filter(|(of, whom, _)| (*of, *whom) == (fault, target)) {
            self.agenda.cancel_rare(*event);
            self.agenda.put_first(self.now, *event);
            self.next(stage);
        }
    }
}

/// How long (µs) a fault lasts of which the model does not say it.
fn lasting(setup: &Setup) -> Micros {
    // In a run with drawn latencies it has to be over while the others still have something to do.
    if setup.is_abstract() { setup.horizon } else { Micros(setup.horizon.0 / 4) }
}
