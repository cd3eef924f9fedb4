//! Judges what the properties ask of the nominal continuation, layer by layer.

use super::liveness::{ANYBODY, Ahead};
use super::search::Search;
use super::verdict::{Verdict, Witness};
use crate::property::{Liveness, Outlook, PropertyBox, Who};
use crate::sim::Violation;

impl Search<'_> {
    /// Judges what the properties ask of the nominal continuation, in all worlds with so many deviations.
    pub(super) fn judge_layer(&mut self, deviations: u32) -> Option<(Verdict, Witness)> {
        let asked: Vec<(usize, Liveness)> = self
            .setup
            .properties
            .iter()
            .enumerate()
            .filter_map(|(number, property)| Some((number, property.liveness()?)))
            .collect();
        if asked.is_empty() {
            return None;
        }
        let anybody = self.nominal.ahead(ANYBODY);
        let mut threads: Vec<(Who, Vec<Ahead>)> = Vec::new();
        if asked.iter().any(|(_, liveness)| matches!(liveness, Liveness::OwnEntryWithin(_))) {
            let each = self.scene.threads();
            threads = each.map(|who| (who, self.nominal.ahead(self.scene.bit(who)))).collect();
        }
        let mut happened = 0;
        let mut worst: Option<(u32, u32, Violation, bool)> = None;
        for (number, known) in self.known.iter().enumerate() {
            if known.deviations != deviations || !known.expanded {
                continue;
            }
            if worst.as_ref().is_some_and(|(steps, ..)| *steps <= known.steps) {
                continue;
            }
            let round = matches!(anybody[number], Ahead::Cycle { .. });
            let found = asked.iter().find_map(|(place, liveness)| match liveness {
                Liveness::OwnEntryWithin(_) => threads.iter().find_map(|(who, ahead)| {
                    self.judge(&mut happened, number, *place, Some(*who), ahead[number])
                }),
                _ => self.judge(&mut happened, number, *place, None, anybody[number]),
            });
            let Some(violation) = found else { continue };
            worst = Some((known.steps, number as u32, violation, round));
        }
        self.happened |= happened;
        let (steps, number, violation, round) = worst?;
        let mut witness = self.witness(number, None);
        let forever = |property: &PropertyBox| {
            property.name() == violation.property
                && property.liveness() == Some(Liveness::NotForEver)
        };
        if round && self.setup.properties.iter().any(forever) {
            let round = self.nominal.round(number);
            witness.round = round.map(|(from, to)| (witness.steps + from, witness.steps + to));
        }
        Some((Verdict::Violated { violation, deviations, steps }, witness))
    }

    /// What the property at `place` makes of what is ahead of a world: of `whose` entry, or of anybody's. Its bit of
    /// `happened` is set if it had something to judge.
    ///
    /// Where nobody will ever enter again, its state in the end counts: who is inside then stays there.
    fn judge(
        &self,
        happened: &mut u64,
        number: usize,
        place: usize,
        whose: Option<Who>,
        ahead: Ahead,
    ) -> Option<Violation> {
        let (at, outlook) = match ahead {
            Ahead::Unknown | Ahead::Done => return None,
            Ahead::Entry(after) => (number, Outlook::Entry(after)),
            Ahead::Stuck(end) => (end as usize, Outlook::Standstill),
            Ahead::Cycle { world, asks } => (world as usize, Outlook::Round { asks }),
        };
        let processes = self.setup.processes.len();
        let property = &self.components.properties(&self.worlds[at], processes)[place];
        let judgement = property.foresees(whose, outlook, self.setup);
        *happened |= u64::from(judgement.happened) << place;
        Some(Violation { property: property.name(), why: judgement.violated? })
    }

    /// What a search comes to that finds no violation and looked at all runs with up to `layer` deviations; `beyond` says
    /// whether there are runs with more.
    pub(super) fn verdict_without_violation(&self, layer: u32, beyond: bool) -> Verdict {
        if let Some(cut) = self.cut {
            return Verdict::Cut(cut);
        }
        let missing: Vec<&'static str> = self
            .setup
            .properties
            .iter()
            .enumerate()
            .filter(|(number, _)| self.happened >> number & 1 == 0)
            .map(|(_, property)| property.name())
            .collect();
        let within = layer.min(self.bounds.deviations.unwrap_or(layer));
        // Who asks for runs without faults knows that none strikes.
        let idle = if beyond && within == 0 { Vec::new() } else { self.effects.never().collect() };
        if !missing.is_empty() {
            Verdict::Vacuous(missing)
        } else if !idle.is_empty() {
            Verdict::NeverStruck(idle)
        } else if beyond {
            Verdict::HoldsWithin(within)
        } else {
            Verdict::Holds
        }
    }
}
