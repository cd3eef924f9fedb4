//! `clients`: who wants the lock, with what, and what for.

use super::clock;
use super::fields;
use super::habits;
use super::store::Store;
use crate::cx::{Kept, LockBox, WorkBox};
use crate::json::{Duration, Fields, Problem, Section, number, one_or_more};
use crate::registry;
use crate::sim::{Arrival, Clock, Habits, Leases};
use crate::time::Micros;
use crate::workload;

/// The processes of a model.
#[derive(Clone, Debug)]
pub(super) struct Clients {
    pub(super) processes: Vec<Client>,
    /// The roles with their processes' numbers; none if all processes are alike.
    roles: Vec<(String, Vec<u16>)>,
    /// The leases of all locks.
    pub(super) leases: Leases,
    /// The workloads, each once.
    pub(super) works: Vec<&'static workload::About>,
}

/// One process.
#[derive(Clone, Debug)]
pub(super) struct Client {
    /// `c1`, `c2`, ...; `s1`, `s2`, ... if they have several threads; `reader1`, `reader2`, ... of a role.
    pub(super) name: String,
    pub(super) clock: Clock,
    pub(super) lock: LockBox,
    pub(super) work: WorkBox,
    /// How many threads it has.
    pub(super) threads: usize,
    pub(super) starts: Micros,
    pub(super) arrival: Arrival,
    pub(super) habits: Habits,
}

/// The lock and the work of all that have none of their own.
#[derive(Clone, Copy, Debug)]
pub(super) struct Defaults<'d> {
    pub(super) lock: Option<Section<'d>>,
    pub(super) work: Option<Section<'d>>,
}

/// The most processes.
const MOST_PROCESSES: u32 = 10_000;
/// The most threads of a process: the tasks with higher numbers are background tasks.
const MOST_THREADS: u32 = 32;

impl Clients {
    /// Reads `{"processes": 3, "threads": 1, "clocks": […]}` or `{"roles": {"reader": {…}, "writer": {…}}}`.
    pub(super) fn from_section(
        section: &Section<'_>,
        store: &Store,
        defaults: Defaults<'_>,
    ) -> Result<Self, Box<Problem>> {
        let mut clients = Self {
            processes: Vec::new(),
            roles: Vec::new(),
            leases: Leases::Known(Vec::new()),
            works: Vec::new(),
        };
        let has_roles = section.members()?.iter().any(|member| member.name == "roles");
        let fields = if has_roles {
            let fields = section.fields(&["roles", "clocks"])?;
            clients.read_roles(&fields.field("roles")?, store, defaults)?;
            fields
        } else {
            let fields = section.fields(&fields::names("clients"))?;
            fields.field("processes")?;
            clients.read_processes(&fields, None, store, defaults)?;
            fields
        };
        if let Some(clocks) = fields.get("clocks") {
            for entry in clocks.elements()? {
                clients.set_clock(&entry)?;
            }
        }
        Ok(clients)
    }

    fn read_roles(
        &mut self,
        section: &Section<'_>,
        store: &Store,
        defaults: Defaults<'_>,
    ) -> Result<(), Box<Problem>> {
        let roles = section.members()?;
        if roles.is_empty() {
            return Err(section.error("no role: nobody wants the lock"));
        }
        let (mut locks, mut works) = (0, 0);
        for role in &roles {
            let is_name = role.name.starts_with(|it: char| it.is_ascii_lowercase())
                && role.name.chars().all(|it| it.is_ascii_lowercase() || it == '-');
            if !is_name {
                let message = format!("`{}` is no name for a role", role.name);
                return Err(role.error(message).with_help("use small letters and hyphens"));
            }
            if self.roles.iter().any(|(name, _)| *name == role.name) {
                return Err(role.error(format!("the role `{}` is there twice", role.name)));
            }
            if store.server_names().contains(&role.name) || role.name == "db" {
                return Err(role.error(format!("`{}` is the name of a server", role.name)));
            }
            let fields = role.value.fields(&fields::names("clients.roles"))?;
            let own = Defaults { lock: fields.get("lock"), work: fields.get("work") };
            locks += usize::from(own.lock.is_some());
            works += usize::from(own.work.is_some());
            for (what, own, default) in
                [("lock", own.lock, defaults.lock), ("work", own.work, defaults.work)]
            {
                if own.or(default).is_none() {
                    let name = &role.name;
                    return Err(role.error(format!(
                        "the role `{name}` has no `{what}`, and there is none for all"
                    )));
                }
            }
            let used =
                Defaults { lock: own.lock.or(defaults.lock), work: own.work.or(defaults.work) };
            self.read_processes(&fields, Some(&role.name), store, used)?;
        }
        for (what, given, own) in [("lock", defaults.lock, locks), ("work", defaults.work, works)] {
            if let Some(section) = given.filter(|_| own == roles.len()) {
                return Err(section.error(format!("every role has a `{what}` of its own")));
            }
        }
        Ok(())
    }

    /// Reads the processes of a role, or those that are all alike.
    fn read_processes(
        &mut self,
        fields: &Fields<'_>,
        role: Option<&str>,
        store: &Store,
        used: Defaults<'_>,
    ) -> Result<(), Box<Problem>> {
        let missing =
            |name: &str| fields.object().document().root().error(format!("missing field `{name}`"));
        let (lock, leases) = store.lock(&used.lock.ok_or_else(|| missing("lock"))?)?;
        let processes =
            fields.get("processes").map(|it| number(&it, "processes", 1, MOST_PROCESSES));
        let processes = processes.transpose()?.unwrap_or(1);
        if let Some(field) = fields.get("processes")
            && self.processes.len() + processes as usize > MOST_PROCESSES as usize
        {
            return Err(field.error(format!("more than {MOST_PROCESSES} processes in all")));
        }
        let threads = fields.get("threads").map(|it| number(&it, "threads", 1, MOST_THREADS));
        let threads = threads.transpose()?.unwrap_or(1) as usize;
        let habits = habits::from_fields(fields)?;
        let starts = fields.get("starts").map(|it| starts(it, processes)).transpose()?;
        let arrival = arrival(fields, starts.is_some())?;
        let (work, about) = registry::workload(&used.work.ok_or_else(|| missing("work"))?)?;
        let section = used.work.ok_or_else(|| missing("work"))?;
        if let Some(wrong) = work.keeps().and_then(|kept| misplaced(kept, store, &lock, threads)) {
            return Err(section.error(wrong));
        }
        if !self.works.iter().any(|known| known.name == about.name) {
            self.works.push(about);
        }
        self.leases = std::mem::replace(&mut self.leases, Leases::Known(Vec::new())).and(leases);
        let first = self.processes.len() as u16;
        self.roles.extend(role.map(|name| {
            let numbers = (first..first + processes as u16).collect();
            (name.to_owned(), numbers)
        }));
        for n in 1..=processes {
            let name = match role {
                None if threads > 1 => format!("s{n}"),
                None => format!("c{n}"),
                Some(role) if processes == 1 => role.to_owned(),
                Some(role) => format!("{role}{n}"),
            };
            self.processes.push(Client {
                name,
                clock: Clock::default(),
                lock: lock.clone(),
                work: work.clone(),
                threads,
                arrival,
                starts: starts.as_ref().map_or(Micros::ZERO, |all| all[n as usize - 1]),
                habits,
            });
        }
        Ok(())
    }

    fn set_clock(&mut self, section: &Section<'_>) -> Result<(), Box<Problem>> {
        let fields = section.fields(&fields::names("clients.clocks"))?;
        let clock = clock::of_process(&fields)?;
        for process in self.find(&fields.field("process")?)? {
            self.processes[usize::from(process)].clock = clock.clone();
        }
        Ok(())
    }

    /// Times (µs) that recipes compare with and that do not stand in the model: each recipe's once.
    pub(super) fn compare_with(&self) -> Vec<Micros> {
        let mut locks: Vec<&LockBox> = Vec::new();
        for client in &self.processes {
            if !locks.contains(&&client.lock) {
                locks.push(&client.lock);
            }
        }
        locks.iter().flat_map(|lock| lock.compares_with()).collect()
    }

    /// Whether any of them keeps its number there.
    pub(super) fn keep(&self, there: impl Fn(Kept) -> bool) -> bool {
        self.processes.iter().any(|client| client.work.keeps().is_some_and(&there))
    }

    /// The numbers of the processes that `section` names: one, or all of a role.
    pub(super) fn find(&self, section: &Section<'_>) -> Result<Vec<u16>, Box<Problem>> {
        let name: String = section.to()?;
        if let Some((_, numbers)) = self.roles.iter().find(|(role, _)| *role == name) {
            return Ok(numbers.clone());
        }
        if let Some(place) = self.processes.iter().position(|client| client.name == name) {
            return Ok(vec![place as u16]);
        }
        if !self.roles.is_empty() {
            let roles = self.roles.iter().map(|(role, _)| role.as_str());
            let processes = self.processes.iter().map(|client| client.name.as_str());
            let processes = processes.filter(|name| !self.roles.iter().any(|(it, _)| it == name));
            return Err(section.unknown_name("process or role", &name, roles.chain(processes)));
        }
        let (first, last) =
            (&self.processes[0].name, &self.processes[self.processes.len() - 1].name);
        let error = section.error(format!("unknown process `{name}`"));
        Err(match self.processes.len() {
            1 => error.with_help(format!("there is only `{first}`")),
            2 => error.with_help(format!("there are `{first}` and `{last}`")),
            _ => error.with_help(format!("there are `{first}` to `{last}`")),
        })
    }
}

/// Why a number cannot be kept there.
fn misplaced(kept: Kept, store: &Store, lock: &LockBox, threads: usize) -> Option<&'static str> {
    let Kept::InStore { checked } = kept else { return None };
    let is_zookeeper = store.name() == "zookeeper";
    if store.name() == "none" {
        Some("there is no store to keep the number in")
    } else if checked && !is_zookeeper {
        Some("only ZooKeeper can check a node and write in one transaction")
    } else if checked && !lock.names_node() {
        Some("the recipe does not say which node its lock is: there is nothing to check")
    } else if is_zookeeper && store.is_ensemble() && threads > 1 {
        Some("who wrote is known by the connection: on an ensemble, one thread in each process")
    } else {
        None
    }
}

/// Whether a search tries all moments for the beginning of these processes.
fn arrival(fields: &Fields<'_>, is_given: bool) -> Result<Arrival, Box<Problem>> {
    const ALL: [(&str, Arrival); 2] = [("freely", Arrival::Free), ("together", Arrival::Given)];
    let Some(field) = fields.get("arrive") else {
        return Ok(if is_given { Arrival::Given } else { Arrival::Free });
    };
    let name: String = field.to()?;
    match ALL.iter().find(|(known, _)| *known == name) {
        Some((_, Arrival::Free)) if is_given => {
            Err(field.error("`starts` says when they come: they do not come freely"))
        }
        Some((_, arrival)) => Ok(*arrival),
        None => Err(field.unknown_name("way to arrive", &name, ALL.map(|(name, _)| name))),
    }
}

/// When each process begins: one time for all, or a list with one for each.
fn starts(section: Section<'_>, processes: u32) -> Result<Vec<Micros>, Box<Problem>> {
    let times = one_or_more(section)?;
    let times = times.iter().map(|time| time.to().map(|Duration(span)| span));
    let times: Vec<Micros> = times.collect::<Result<_, _>>()?;
    match (times.len(), processes as usize) {
        (1, processes) => Ok(vec![times[0]; processes]),
        (given, processes) if given == processes => Ok(times),
        (given, processes) => Err(section.error(format!(
            "{given} times for {processes} processes: one for all, or one for each"
        ))),
    }
}
