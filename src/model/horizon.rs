//! The horizon: longer than everything that anything in the model compares with.

use super::network::Network;
use crate::json::{Duration, Section};
use crate::sim::Fault;
use crate::time::Micros;

/// More than all durations together that recipes and workloads have by default.
const DEFAULTS: Micros = Micros::from_ms(2000);

/// Twice the sum of all durations: those in the file, the defaults, and those that follow from others.
pub(super) fn of(
    root: &Section<'_>,
    faults: &[Fault],
    network: &Network,
    others: Vec<Micros>,
) -> Micros {
    let faults = faults.iter().flat_map(|fault| fault.extent().all_spans());
    let own = [network.most, network.round_trip, DEFAULTS];
    let all = faults.chain(others).chain(own).fold(in_file(root), Micros::saturating_add);
    all + all
}

/// The sum of the texts that are durations, at any depth.
fn in_file(section: &Section<'_>) -> Micros {
    let sum = |parts: &mut dyn Iterator<Item = Section<'_>>| {
        parts.fold(Micros::ZERO, |sum, part| sum + in_file(&part))
    };
    if let Ok(Duration(span)) = section.to() {
        span
    } else if let Ok(members) = section.members() {
        sum(&mut members.into_iter().map(|member| member.value))
    } else if let Ok(elements) = section.elements() {
        sum(&mut elements.into_iter())
    } else {
        Micros::ZERO
    }
}
