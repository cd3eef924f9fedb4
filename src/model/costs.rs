//! `costs`: what servers and clients take for their work, in `run`, `sweep` and `compare`.

use super::fields;
use crate::json::{Duration, Problem, Section};
use crate::sim::Costs;

/// Reads `{"zookeeper_request": "50us", "client": "250us"}`; what is not said is as it was measured.
pub(super) fn from_section(section: Option<Section<'_>>) -> Result<Costs, Box<Problem>> {
    let mut costs = Costs::default();
    let Some(section) = section else { return Ok(costs) };
    let fields = section.fields(&fields::names("costs"))?;
    for name in fields::names("costs") {
        if let (Some(Duration(span)), Some(cost)) = (fields.optional(name)?, costs.named(name)) {
            *cost = span;
        }
    }
    Ok(costs)
}
