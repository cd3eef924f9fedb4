//! Judges what the properties ask of the nominal continuation, layer by layer.

use super::liveness::{Ahead, follow};
use super::search::Search;
use super::verdict::{Verdict, Witness};
use crate::property::{Liveness, Names};
use crate::sim::Violation;

impl Search<'_> {
    /// Judges what the properties ask of the nominal continuation, in all worlds with so many deviations.
    pub(super) fn judge_layer(&mut self, deviations: u32) -> Option<(Verdict, Witness)> {
        let asked: Vec<(&'static str, Liveness)> = self
            .setup
            .properties
            .iter()
            .filter_map(|property| Some((property.name(), property.liveness()?)))
            .collect();
        if asked.is_empty() {
            return None;
        }
        self.ahead.clear();
        follow(&self.nominal, &mut self.ahead);
        let mut worst: Option<(u32, u32, Violation)> = None;
        for (number, known) in self.known.iter().enumerate() {
            if known.deviations != deviations || !known.expanded {
                continue;
            }
            if worst.as_ref().is_some_and(|(steps, _, _)| *steps <= known.steps) {
                continue;
            }
            let Some((property, why)) = self.judge(number, &asked) else { continue };
            worst = Some((known.steps, number as u32, Violation { property, why }));
        }
        let (steps, number, violation) = worst?;
        let witness = self.witness(number, None);
        Some((Verdict::Violated { violation, deviations, steps }, witness))
    }

    fn judge(
        &self,
        number: usize,
        asked: &[(&'static str, Liveness)],
    ) -> Option<(&'static str, String)> {
        let ahead = self.ahead[number];
        for (property, liveness) in asked {
            let wrong = match (liveness, ahead) {
                (Liveness::NextEntryWithin(bound), Ahead::Entry(after))
                    if after > *bound && !self.who_wants(number).is_empty() =>
                {
                    format!(
                        "{}, and the next entry is {after} away: more than {bound}",
                        self.who_wants(number)
                    )
                }
                (_, Ahead::Stuck | Ahead::Cycle) => {
                    format!("{}, and nobody will ever enter again", self.who_wants(number))
                }
                _ => continue,
            };
            return Some((property, wrong));
        }
        None
    }

    /// Who waits for the lock, in words.
    fn who_wants(&self, number: usize) -> String {
        let world = self.unpack(number).world;
        let names: Vec<String> = world
            .wanting()
            .filter(|(_, phase)| phase.wants_lock())
            .map(|(who, _)| self.setup.who(who))
            .collect();
        match names.as_slice() {
            [] => String::new(),
            [one] => format!("{one} wants the lock"),
            [rest @ .., last] => format!("{} and {last} want the lock", rest.join(", ")),
        }
    }
}
