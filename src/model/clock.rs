//! `drift_ppm` and `wall_offset`: the clocks of a node.

use super::fields;
use crate::json::{Fields, Problem, Section, signed_time};
use crate::sim::{Clock, ServerSetup};
use crate::time::Micros;

/// The fastest drift (ppm): a tenth.
const MOST_DRIFT: i64 = 100_000;

/// By how many parts per million the clocks of a node go fast, and how far its wall clock is ahead (µs).
pub(super) fn of_node(fields: &Fields<'_>) -> Result<(i64, Micros), Box<Problem>> {
    let drift: i64 = fields.optional("drift_ppm")?.unwrap_or(0);
    if let Some(field) = fields.get("drift_ppm")
        && drift.abs() > MOST_DRIFT
    {
        let message =
            format!("a drift of {drift} ppm: it must be from -{MOST_DRIFT} to {MOST_DRIFT}");
        return Err(field.error(message));
    }
    let offset = fields.get("wall_offset").map(|field| signed_time(&field)).transpose()?;
    Ok((drift, offset.unwrap_or_default()))
}

/// The clocks of a process.
pub(super) fn of_process(fields: &Fields<'_>) -> Result<Clock, Box<Problem>> {
    let (drift, offset) = of_node(fields)?;
    Ok(Clock::new(drift, offset))
}

/// The clocks of the servers of a store: which, its drift (ppm), how far its wall clock is ahead (µs).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Clocks(Vec<(u16, i64, Micros)>);

impl Clocks {
    /// Reads `[{"server": "redis1", "drift_ppm": 1000, "wall_offset": "-5s"}]` about the servers with these names.
    pub(super) fn from_section(
        section: Option<Section<'_>>,
        names: &[String],
    ) -> Result<Self, Box<Problem>> {
        let Some(section) = section else { return Ok(Self::default()) };
        let read = |entry: &Section<'_>| {
            let fields = entry.fields(&fields::names("store.clocks"))?;
            let server = fields.field("server")?;
            let name: String = server.to()?;
            let place = names.iter().position(|known| *known == name).ok_or_else(|| {
                server.unknown_name("server", &name, names.iter().map(String::as_str))
            })?;
            let (drift, offset) = of_node(&fields)?;
            Ok((place as u16, drift, offset))
        };
        section.elements()?.iter().map(read).collect::<Result<_, _>>().map(Self)
    }

    /// Sets the clocks of the servers of the store.
    pub(super) fn set(&self, servers: &mut [ServerSetup]) {
        for (server, drift, offset) in &self.0 {
            if let Some(setup) = servers.get_mut(usize::from(*server)) {
                setup.drift_ppm = *drift;
                setup.state.jump_clock(*offset);
            }
        }
    }
}
