//! `network`: how long messages travel.

use super::fields;
use std::collections::BTreeMap;

use super::clients::Clients;
use crate::json::{Duration, Problem, Section, one_or_more, some_time};
use crate::sim::Timing;
use crate::time::Micros;

/// The network of a model. In `check` messages take no time but for what is
/// `far`: orders and durations are faults there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Network {
    /// The shortest latency one way (µs): 1 ms by default.
    pub least: Micros,
    /// The longest latency one way (µs): 5 ms by default.
    pub most: Micros,
    /// What a loop's pass waits (µs) if it took no time: twice the shortest latency by default.
    pub round_trip: Micros,
    /// How much longer (µs) a message travels between a process and a server that are far apart, by their numbers.
    pub far: BTreeMap<(u16, u16), Micros>,
}

impl Network {
    /// Reads `{"latency": ["1ms", "5ms"], "round_trip": "1ms", "far": […]}`.
    pub(super) fn from_section(
        section: Option<Section<'_>>,
        clients: &Clients,
        servers: &[String],
    ) -> Result<Self, Box<Problem>> {
        let (mut least, mut most) = (Micros::from_ms(1), Micros::from_ms(5));
        let (mut round_trip, mut far) = (None, BTreeMap::new());
        if let Some(section) = section {
            let fields = section.fields(&fields::names("network"))?;
            if let Some(latency) = fields.get("latency") {
                let [Duration(first), Duration(second)]: [Duration; 2] = latency.to()?;
                if first > second {
                    return Err(latency.error("the shortest latency comes first"));
                }
                (least, most) = (first, second);
            }
            round_trip = fields.get("round_trip").map(|field| some_time(&field)).transpose()?;
            for entry in
                fields.get("far").map(|field| field.elements()).transpose()?.iter().flatten()
            {
                far.extend(apart(entry, clients, servers)?);
            }
        }
        let twice = Micros(least.0 * 2).max(Micros(1));
        Ok(Self { least, most, round_trip: round_trip.unwrap_or(twice), far })
    }

    /// Sampled timing with these latencies.
    pub fn timing(&self) -> Timing {
        Timing::Sampled { least: self.least, most: self.most }
    }
}

/// Pairs of a process and a server, each with how far apart (µs) they are.
type Links = Vec<((u16, u16), Micros)>;

/// Reads `{"process": "c1", "server": ["redis2", "redis3"], "latency": "2ms"}`.
fn apart(
    section: &Section<'_>,
    clients: &Clients,
    servers: &[String],
) -> Result<Links, Box<Problem>> {
    let fields = section.fields(&fields::names("network.far"))?;
    let latency = some_time(&fields.field("latency")?)?;
    let mut links = Vec::new();
    for section in one_or_more(fields.field("process")?)? {
        let processes = clients.find(&section)?;
        for section in one_or_more(fields.field("server")?)? {
            let name: String = section.to()?;
            let known = servers.iter().map(String::as_str);
            let Some(server) = servers.iter().position(|known| *known == name) else {
                return Err(section.unknown_name("server", &name, known));
            };
            let to = |&process: &u16| ((process, server as u16), latency);
            links.extend(processes.iter().map(to));
        }
    }
    Ok(links)
}
