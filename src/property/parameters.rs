//! How a property stands in a model: its name alone, or its name with parameters.

use crate::json::{Fields, Problem, Section};
use crate::time::Micros;

/// What the properties of a model need to know of the rest of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Facts {
    /// What the ledger says at the beginning.
    pub ledger: i64,
    /// Whether a fault of the model ends processes.
    pub crashes: bool,
    /// Whether the lock of anybody has a queue in the store ([`Lock::is_queue`](crate::cx::Lock::is_queue)).
    pub queues: bool,
    /// For how long (µs) at least what is placed where the lock lives counts for others, if that ends
    /// ([`Lock::counts_for`](crate::cx::Lock::counts_for)).
    pub counts_for: Option<Micros>,
}

/// The parameters, of which `known` are all there are. None where the property's name stands alone.
pub(super) fn parameters<'d>(
    section: &Section<'d>,
    known: &[&str],
) -> Result<Option<Fields<'d>>, Box<Problem>> {
    if section.raw().starts_with('"') {
        return Ok(None);
    }
    section.fields(known).map(Some)
}
