//! `faults`: what may go wrong, how often, where, for how long.

use super::clients::Clients;
use super::store::{Leases, Store};
use super::words::{number, one_or_more, some_time};
use crate::json::{Fields, Member, Problem, Section};
use crate::registry;
use crate::sim::{Cut, Fault, FaultKind, Phase, Way};
use crate::time::Micros;

const PHASES: [(&str, Phase); 4] = [
    ("acquiring", Phase::Acquiring),
    ("waiting", Phase::Waiting),
    ("working", Phase::Working),
    ("releasing", Phase::Releasing),
];

/// Reads the list. An entry is a name, for once and anywhere, or `{"pause": {…}}`.
pub(super) fn from_section(
    section: Option<Section<'_>>,
    clients: &Clients,
    store: &Store,
    leases: &Leases,
) -> Result<Vec<Fault>, Box<Problem>> {
    let Some(section) = section else { return Ok(Vec::new()) };
    let servers = store.server_names();
    let read = |entry: &Section<'_>| {
        let fault = fault(entry, clients, &servers, leases)?;
        if fault.kind == FaultKind::RestartServer && store.name() != "redis" {
            let message =
                format!("`{}` restarts Redis servers, and the store has none", fault.kind);
            return Err(entry.error(message));
        }
        store.check_server_fault(entry, &fault).map(|()| fault)
    };
    section.elements()?.iter().map(read).collect()
}

fn fault(
    entry: &Section<'_>,
    clients: &Clients,
    servers: &[String],
    leases: &Leases,
) -> Result<Fault, Box<Problem>> {
    let known = || FaultKind::ALL.iter().map(|(name, _)| *name);
    let find = |name: &str| FaultKind::ALL.iter().find(|(known, _)| *known == name);
    if entry.raw().starts_with('"') {
        let name: String = entry.to()?;
        let (_, kind) = find(&name).ok_or_else(|| entry.unknown_name("fault", &name, known()))?;
        return Ok(Fault {
            kind: *kind,
            budget: Some(1),
            durations: default_durations(*kind, leases, || entry.error(needs_for(*kind)))?,
            processes: Vec::new(),
            phases: Vec::new(),
            requests: Vec::new(),
            cut: Cut::default(),
        });
    }
    let member = entry.only_member()?;
    let (_, kind) = find(&member.name).ok_or_else(|| member.unknown("fault", known()))?;
    let fields = member.value.fields(match kind {
        FaultKind::Partition => &["budget", "for", "process", "phase", "server", "way"],
        FaultKind::CrashLeader => &["budget"],
        FaultKind::RestartServer | FaultKind::CutServer => &["budget", "for", "server"],
        _ => &["budget", "for", "process", "phase", "request"],
    })?;
    Ok(Fault {
        kind: *kind,
        budget: budget(&fields)?,
        durations: durations(&fields, &member, *kind, leases)?,
        processes: each(&fields, "process", |name| clients.find(&name))?,
        phases: each(&fields, "phase", phase)?,
        requests: requests(&fields, *kind)?,
        cut: Cut {
            servers: each(&fields, "server", |name| server(&name, servers))?,
            way: fields.get("way").map(|field| way(&field)).transpose()?.unwrap_or_default(),
        },
    })
}

fn server(section: &Section<'_>, servers: &[String]) -> Result<u16, Box<Problem>> {
    let name: String = section.to()?;
    match servers.iter().position(|known| *known == name) {
        Some(number) => Ok(number as u16),
        None => Err(section.unknown_name("server", &name, servers.iter().map(String::as_str))),
    }
}

fn way(section: &Section<'_>) -> Result<Way, Box<Problem>> {
    let name: String = section.to()?;
    match Way::ALL.iter().find(|(known, _)| *known == name) {
        Some((_, way)) => Ok(*way),
        None => Err(section.unknown_name("way", &name, Way::ALL.iter().map(|(name, _)| *name))),
    }
}

/// Once, unless the section says otherwise.
fn budget(fields: &Fields<'_>) -> Result<Option<u32>, Box<Problem>> {
    let Some(field) = fields.get("budget") else { return Ok(Some(1)) };
    if field.raw().starts_with('"') {
        let text: String = field.to()?;
        return match &*text {
            "unlimited" => Ok(None),
            _ => Err(field.unknown_name("budget", &text, ["unlimited"])),
        };
    }
    if field.raw() == "0" {
        return Err(field.error("a budget of 0 allows nothing; leave the fault out"));
    }
    number(&field, "times", 1, 1_000_000).map(Some)
}

fn durations(
    fields: &Fields<'_>,
    member: &Member<'_>,
    kind: FaultKind,
    leases: &Leases,
) -> Result<Vec<Micros>, Box<Problem>> {
    match fields.get("for") {
        Some(field) if !kind.takes_time() => {
            Err(field.error(format!("`{kind}` takes no time: `for` means nothing here")))
        }
        Some(field) => one_or_more(field)?.iter().map(some_time).collect(),
        None => default_durations(kind, leases, || member.error(needs_for(kind))),
    }
}

fn needs_for(kind: FaultKind) -> String {
    format!("`{kind}` takes time: it needs `for`, one duration or a list of them")
}

/// Just below and just above each lease: shorter by a tenth, and longer by a tenth.
fn default_durations(
    kind: FaultKind,
    leases: &Leases,
    missing: impl Fn() -> Box<Problem>,
) -> Result<Vec<Micros>, Box<Problem>> {
    if !kind.takes_time() {
        return Ok(Vec::new());
    }
    match leases {
        Leases::Known(leases) if !leases.is_empty() => {
            let around = leases.iter().flat_map(|&(least, most)| {
                let tenth = Micros(least.0 / 10);
                [least - tenth, most + tenth]
            });
            Ok(around.collect())
        }
        Leases::Known(_) => {
            Err(missing().with_help("the lock has no lease to take a default from"))
        }
        Leases::Unsaid => {
            Err(missing().with_help("or write the lock's `ttl`, to take a default from"))
        }
    }
}

fn each<'d, T>(
    fields: &Fields<'d>,
    name: &str,
    read: impl Fn(Section<'d>) -> Result<T, Box<Problem>>,
) -> Result<Vec<T>, Box<Problem>> {
    let Some(field) = fields.get(name) else { return Ok(Vec::new()) };
    one_or_more(field)?.into_iter().map(read).collect()
}

fn phase(section: Section<'_>) -> Result<Phase, Box<Problem>> {
    let name: String = section.to()?;
    match PHASES.iter().find(|(known, _)| *known == name) {
        Some((_, phase)) => Ok(*phase),
        None => Err(section.unknown_name("phase", &name, PHASES.iter().map(|(name, _)| *name))),
    }
}

fn requests(fields: &Fields<'_>, kind: FaultKind) -> Result<Vec<String>, Box<Problem>> {
    let Some(field) = fields.get("request") else { return Ok(Vec::new()) };
    if registry::hits_processes(kind) {
        let message = format!("`{kind}` hits a process, not a request; say `phase` instead");
        return Err(field.error(message));
    }
    each(fields, "request", |section| section.to())
}
