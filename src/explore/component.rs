//! Worlds as short lists of numbers: every component is kept once.

use std::hash::{BuildHasherDefault, Hash};
use std::rc::Rc;

use indexmap::{IndexMap, IndexSet};
use rustc_hash::FxHasher;

use crate::property::PropertyBox;
use crate::sim::{
    Agenda, Conn, Due, Ensemble, Found, Free, Group, Links, Open, Placed, Process, World, wants,
};
use crate::store::Key;
use crate::time::Micros;

type Hasher = BuildHasherDefault<FxHasher>;

/// The number of a component among those of its kind.
type Id = u32;

/// Things that are kept once.
#[derive(Debug)]
struct Pool<T>(IndexSet<Rc<T>, Hasher>);

impl<T: Hash + Eq> Default for Pool<T> {
    fn default() -> Self {
        Self(IndexSet::default())
    }
}

impl<T: Hash + Eq> Pool<T> {
    fn put(&mut self, thing: &Rc<T>) -> Id {
        match self.0.get_index_of(thing) {
            Some(id) => id as Id,
            None => self.0.insert_full(thing.clone()).0 as Id,
        }
    }

    fn get(&self, id: Id) -> &Rc<T> {
        &self.0[id as usize]
    }
}

/// The components of all worlds of a search.
#[derive(Debug, Default)]
pub(super) struct Components {
    /// Servers by their canonical form, with one that has it.
    servers: IndexMap<Key, Rc<Placed>, Hasher>,
    conns: Pool<Conn>,
    processes: Pool<Process>,
    agendas: Pool<Vec<(Micros, Due)>>,
    budgets: Pool<Vec<u32>>,
    ensembles: Pool<Ensemble>,
    links: Pool<Links>,
    groups: Pool<Vec<Group>>,
    open: Pool<Vec<Open>>,
    properties: Pool<Vec<PropertyBox>>,
    /// A server has told somebody the number of a connection.
    pub(super) shows_client_ids: bool,
}

/// How many numbers there are besides those of servers, processes and connections.
const FIXED: usize = 10;

/// A world as numbers: see [`Components::pack`].
pub(super) type Packed = Box<[Id]>;

/// The numbers of a world's components, beside the components, so that what did not change is not looked up again.
#[derive(Clone, Debug)]
pub(super) struct Unpacked {
    pub(super) world: World,
    packed: Packed,
    servers: usize,
    processes: usize,
}

impl Components {
    /// The world as numbers. `before` is the world that it came from, if it came from one.
    ///
    /// The world must be at time zero.
    pub(super) fn pack(&mut self, world: &World, before: Option<&Unpacked>) -> Packed {
        let World {
            servers: _,
            conns: _,
            processes: _,
            agenda,
            ensemble,
            links,
            groups,
            budgets,
            properties,
            epoch,
            free,
            open,
            // Zero: the world is rebased.
            now: _,
            // They follow from the connections and the processes; debug builds compare them at each step.
            holds: _,
            wants: _,
            // Of sampled timing only.
            pings: _,
            leaving: _,
            // What the step found, which the search has taken.
            found: _,
        } = world;
        let mut packed = Vec::with_capacity(
            world.servers.len() + world.processes.len() + world.conns.len() + 1 + FIXED,
        );
        packed.extend([world.servers.len() as Id]);
        for (n, server) in world.servers.iter().enumerate() {
            let same = before.filter(|before| Rc::ptr_eq(&before.world.servers[n], server));
            packed.push(match same {
                Some(before) => before.packed[1 + n],
                None => self.server(server),
            });
        }
        for (n, process) in world.processes.iter().enumerate() {
            let same = before.filter(|before| Rc::ptr_eq(&before.world.processes[n], process));
            packed.push(match same {
                Some(before) => before.packed[1 + before.servers + n],
                None => self.processes.put(process),
            });
        }
        packed.push(self.agendas.put(&Rc::new(agenda.iter().collect())));
        packed.push(self.budgets.put(&Rc::new(budgets.to_vec())));
        packed.push(self.properties.put(&Rc::new(properties.to_vec())));
        // Absolute time is part of the state only when somebody has read a wall clock.
        let reads_wall = world.processes.iter().any(|process| process.local.read_wall);
        let epoch = if reads_wall { epoch.0 } else { 0 };
        packed.extend([epoch as u32, (epoch >> 32) as u32]);
        packed.push(self.ensembles.put(ensemble));
        packed.push(self.links.put(links));
        packed.push(self.groups.put(&Rc::new(groups.to_vec())));
        packed.push(free.packed());
        packed.push(self.open.put(&Rc::new(open.to_vec())));
        for (n, conn) in world.conns.iter().enumerate() {
            let same = before.filter(|before| {
                before.world.conns.get(n).is_some_and(|old| Rc::ptr_eq(old, conn))
            });
            packed.push(match same {
                Some(before) => before.packed[before.conn_place() + n],
                None => self.conns.put(conn),
            });
        }
        packed.into()
    }

    fn server(&mut self, server: &Rc<Placed>) -> Id {
        let key = server.key();
        match self.servers.get_index_of(&key) {
            Some(id) => id as Id,
            None => {
                self.shows_client_ids |= server.shows_client_ids();
                self.servers.insert_full(key, server.clone()).0 as Id
            }
        }
    }

    /// The properties of the world of these numbers.
    pub(super) fn properties(&self, packed: &[Id], processes: usize) -> &[PropertyBox] {
        self.properties.get(packed[1 + packed[0] as usize + processes + 2])
    }

    /// The world of these numbers.
    pub(super) fn unpack(&self, packed: &[Id], processes: usize) -> Unpacked {
        let servers = packed[0] as usize;
        let mut rest = packed[1..].iter().copied();
        let mut take = |n: usize| -> Vec<Id> { rest.by_ref().take(n).collect() };
        let server_ids = take(servers);
        let process_ids = take(processes);
        let fixed = take(FIXED);
        let conn_ids: Vec<Id> = rest.collect();
        let epoch = i64::from(fixed[3]) | i64::from(fixed[4]) << 32;
        let agenda: Agenda = self.agendas.get(fixed[0]).iter().copied().collect();
        let agenda = agenda.sorted();
        let processes_of = process_ids.iter().map(|&id| self.processes.get(id).clone());
        let processes_of: Vec<Rc<Process>> = processes_of.collect();
        let conns = conn_ids.iter().map(|&id| self.conns.get(id).clone());
        let conns: Vec<Rc<Conn>> = conns.collect();
        let servers_of = server_ids.iter().map(|&id| self.servers[id as usize].clone());
        let world = World {
            now: Micros::ZERO,
            epoch: Micros(epoch),
            servers: servers_of.collect(),
            holds: conns.iter().map(|conn| conn.holds()).sum(),
            wants: wants(&processes_of),
            free: Free::unpacked(fixed[8]),
            open: self.open.get(fixed[9]).as_slice().into(),
            conns,
            processes: processes_of,
            agenda,
            ensemble: self.ensembles.get(fixed[5]).clone(),
            links: self.links.get(fixed[6]).clone(),
            groups: self.groups.get(fixed[7]).as_slice().into(),
            budgets: self.budgets.get(fixed[1]).as_slice().into(),
            properties: self.properties.get(fixed[2]).as_slice().into(),
            pings: false,
            leaving: Micros::ZERO,
            found: Found::default(),
        };
        Unpacked { world, packed: packed.into(), servers, processes }
    }

    /// How many different components there are, and roughly how many bytes they take.
    pub(super) fn counts(&self) -> Counts {
        Counts {
            servers: self.servers.len(),
            processes: self.processes.0.len(),
            connections: self.conns.0.len(),
            agendas: self.agendas.0.len(),
        }
    }
}

/// How many different components a search has met.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    /// Server states.
    pub servers: usize,
    /// Process states.
    pub processes: usize,
    /// Connection states.
    pub connections: usize,
    /// Agendas.
    pub agendas: usize,
}

impl Unpacked {
    fn conn_place(&self) -> usize {
        1 + self.servers + self.processes + FIXED
    }
}
