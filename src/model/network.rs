//! `network`: how long messages travel.

use super::words::some_time;
use crate::json::{Duration, Problem, Section};
use crate::sim::Timing;
use crate::time::Micros;

/// The network of a model. In `check` messages take no time at all: orders and durations are faults there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Network {
    /// The shortest latency one way (µs): 1 ms by default.
    pub least: Micros,
    /// The longest latency one way (µs): 5 ms by default.
    pub most: Micros,
    /// What a loop's pass waits (µs) if it took no time: twice the shortest latency by default.
    pub round_trip: Micros,
}

impl Network {
    /// Reads `{"latency": ["1ms", "5ms"], "round_trip": "1ms"}`.
    pub(super) fn from_section(section: Option<Section<'_>>) -> Result<Self, Box<Problem>> {
        let (mut least, mut most) = (Micros::from_ms(1), Micros::from_ms(5));
        let mut round_trip = None;
        if let Some(section) = section {
            let fields = section.fields(&["latency", "round_trip"])?;
            if let Some(latency) = fields.get("latency") {
                let [Duration(first), Duration(second)]: [Duration; 2] = latency.to()?;
                if first > second {
                    return Err(latency.error("the shortest latency comes first"));
                }
                (least, most) = (first, second);
            }
            round_trip = fields.get("round_trip").map(|field| some_time(&field)).transpose()?;
        }
        let twice = Micros(least.0 * 2).max(Micros(1));
        Ok(Self { least, most, round_trip: round_trip.unwrap_or(twice) })
    }

    /// Sampled timing with these latencies.
    pub fn timing(&self) -> Timing {
        Timing::Sampled { least: self.least, most: self.most }
    }
}
