//! The horizon: longer than everything that anything in the model compares with.

use super::network::Network;
use crate::json::{Duration, Section};
use crate::sim::{Fault, Leases};
use crate::time::Micros;

/// More than the short durations that recipes and workloads have by default: waits between tries, work.
const DEFAULTS: Micros = Micros::from_ms(2000);
/// More than a lease that a model leaves to its recipe: those are 30 s.
const UNSAID_LEASE: Micros = Micros::from_ms(60_000);

/// Twice the sum of all durations: those in the file, the defaults, and those that follow from others.
pub(super) fn of(
    root: &Section<'_>,
    faults: &[Fault],
    network: &Network,
    leases: &Leases,
    others: Vec<Micros>,
) -> Micros {
    let faults = faults.iter().flat_map(|fault| fault.extent().all_spans());
    let lease = if matches!(leases, Leases::Unsaid(_)) { UNSAID_LEASE } else { Micros::ZERO };
    let own = [network.most, network.round_trip, DEFAULTS, lease];
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
