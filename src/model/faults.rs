//! `faults`: what may go wrong, how often, where, for how long.

use super::clients::Clients;
use super::store::Store;
use crate::json::{Problem, Section};
use crate::sim::{Fault, Scope};

/// What the resource that the lock guards is called.
pub(super) const LEDGER: &str = "db";

/// Reads the list; each kind of fault reads its own section.
pub(super) fn from_section(
    section: Option<Section<'_>>,
    clients: &Clients,
    store: &Store,
    has_ledger: bool,
) -> Result<Vec<Fault>, Box<Problem>> {
    let Some(section) = section else { return Ok(Vec::new()) };
    let servers = store.server_names();
    let processes = |name: &Section<'_>| clients.find(name);
    let ledger = has_ledger.then_some((LEDGER, servers.len() as u16));
    let scope = Scope {
        processes: &processes,
        servers: &servers,
        store: store.name(),
        has_replicas: store.has_replicas(),
        ledger,
        leases: &clients.leases,
    };
    section.elements()?.iter().map(|entry| Fault::from_section(entry, &scope)).collect()
}
