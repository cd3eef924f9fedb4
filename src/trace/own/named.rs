//! Sites and deviations with names, as traces write them.
//!
//! The data are those of [`choice`](crate::choice); only the names of processes, servers and faults stand where numbers
//! were. A fault is named by its place in the model's list, from 1, and tells its kind, and before or after which requests
//! it strikes, so that the line reads by itself.

use serde::{Deserialize, Serialize};

use crate::choice::{Alternative, Deviation, FaultId, ProcessId, Renaming, ServerId, Site};
use crate::event::Names as _;
use crate::sim::{Fault, Setup, Side};

/// A fault of a model, as traces name it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultName {
    /// Its place in the model's list, from 1.
    listed: usize,
    /// Its kind.
    kind: String,
    /// Before which requests it strikes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    before: Vec<String>,
    /// After which requests it strikes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    after: Vec<String>,
    /// The command that somebody at a console runs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    command: Vec<String>,
}

/// A site as traces write it.
pub type NamedSite = Site<String, String, FaultName>;
/// An alternative as traces write it.
pub type NamedAlternative = Alternative<String, String, FaultName>;
/// A deviation as traces write it.
pub type NamedDeviation = Deviation<String, String, FaultName>;

impl FaultName {
    fn of(place: FaultId, fault: &Fault) -> Self {
        let requests = |side: Side| {
            let near = fault.near().filter(|near| near.side == side);
            near.map(|near| near.requests.clone()).unwrap_or_default()
        };
        let command = fault.extent().command.unwrap_or_default();
        Self {
            listed: usize::from(place) + 1,
            kind: fault.name().to_owned(),
            before: requests(Side::Before),
            after: requests(Side::After),
            command: command.iter().map(crate::store::redis::Bytes::to_text).collect(),
        }
    }
}

/// From the numbers of a setup to the names of a trace.
type Naming<'a> = Renaming<'a, ProcessId, ServerId, FaultId, String, String, FaultName>;

/// From numbers to names.
pub(super) fn names<'a>(setup: &'a Setup, then: &mut dyn FnMut(&Naming<'_>)) {
    let process = |it: &ProcessId| Some(setup.process(*it));
    let server = |it: &ServerId| Some(setup.server(*it));
    let fault = |it: &FaultId| Some(FaultName::of(*it, setup.faults.get(usize::from(*it))?));
    then(&Renaming { process: &process, server: &server, fault: &fault });
}

/// A site with names.
pub(super) fn site(site: Site, setup: &Setup) -> Option<NamedSite> {
    let mut named = None;
    names(setup, &mut |names| named = site.map(names));
    named
}

/// An alternative with names.
pub(super) fn alternative(take: &Alternative, setup: &Setup) -> Option<NamedAlternative> {
    let mut named = None;
    names(setup, &mut |names| named = take.map(names));
    named
}

/// A deviation with names.
pub fn deviation(deviation: &Deviation, setup: &Setup) -> Option<NamedDeviation> {
    let mut named = None;
    names(setup, &mut |names| named = deviation.map(names));
    named
}

/// A deviation of a trace with numbers; none if the model has no such process, server or fault.
pub(super) fn numbered(deviation: &NamedDeviation, setup: &Setup) -> Option<Deviation> {
    let place = |found: Option<usize>| found.map(|place| place as u16);
    let process = |it: &String| place(setup.processes.iter().position(|known| known.name == *it));
    let server = |it: &String| place(setup.servers.iter().position(|known| known.name == *it));
    let fault = |it: &FaultName| {
        let place = it.listed.checked_sub(1)?;
        let known = setup.faults.get(place)?;
        (FaultName::of(place as FaultId, known) == *it).then_some(place as FaultId)
    };
    deviation.map(&Renaming { process: &process, server: &server, fault: &fault })
}
