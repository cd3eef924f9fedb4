//! The world: servers, connections, processes and an agenda, wired by numbers.

use std::borrow::Cow;
use std::rc::Rc;

use super::agenda::{Agenda, ConnId, Due, ProcessId};
use super::conn::Conn;
use super::draw::Drawn;
use super::engine::Engine;
use super::ensemble::Ensemble;
use super::free::{Free, Open};
use super::links::Links;
pub(crate) use super::placed::Placed;
use super::process::{Process, Running};
use super::reached::Bits;
use super::replication::Group;
use super::scene::Scene;
use super::server::AnyServer;
use super::setup::{ProcessSetup, Setup};
use super::thread::{Phase, Thread};
use crate::choice::Choices;
use crate::client::redis::RedisClient;
use crate::client::zookeeper::ZkClient;
use crate::cx::{Lane, Local, LockBox, WorkBox};
use crate::event::{Event, Observer, Who};
use crate::property::PropertyBox;
use crate::time::Micros;

/// A property that was violated.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Violation {
    /// Which.
    pub property: &'static str,
    /// Why, in words.
    pub why: String,
}

/// A world at one moment. Components are shared with other worlds until they change.
#[derive(Clone, Debug)]
pub struct World {
    pub(crate) now: Micros,
    /// World time before the last rebase.
    pub(crate) epoch: Micros,
    pub(crate) servers: Vec<Rc<Placed>>,
    pub(crate) conns: Vec<Rc<Conn>>,
    pub(crate) processes: Vec<Rc<Process>>,
    pub(crate) agenda: Agenda,
    /// Which ZooKeeper server leads.
    pub(crate) ensemble: Rc<Ensemble>,
    /// What is under way between servers.
    pub(crate) links: Rc<Links>,
    /// Redis servers with replicas.
    pub(crate) groups: Rc<[Group]>,
    /// How much is left of each fault's budget; `u32::MAX` is without a limit.
    pub(crate) budgets: Rc<[u32]>,
    pub(crate) properties: Rc<[PropertyBox]>,
    /// What is left of the choices that cost nothing.
    pub(crate) free: Free,
    /// Faults that may be over at any moment.
    pub(crate) open: Rc<[Open]>,
    /// Directions that are held; follows from the connections.
    pub(crate) holds: u32,
    /// Threads that are alive and want something; follows from the processes.
    pub(crate) wants: u32,
    /// Whether ZooKeeper clients really ping.
    pub(crate) pings: bool,
    /// When the messages of the request that is being executed leave their server (sampled timing).
    pub(crate) leaving: Micros,
    /// Not part of the state: what the last step found.
    pub(crate) found: Found,
}

/// What steps found since the last look.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Found {
    /// The first property that was violated.
    pub violation: Option<Violation>,
    /// How bad that was, where it is measured.
    pub worst: u32,
    /// The properties that had something to judge, one bit each.
    pub happened: u64,
    /// Who entered a section, one bit each; the last bit of [`Found::ENTERED`] is that of all further threads. Only
    /// with abstract timing.
    pub entered: u32,
    /// Somebody entered a section or left it.
    pub handed: bool,
    /// A request of somebody who waits for the lock was executed.
    pub asked: bool,
    /// What of draws was left out.
    pub drawn: Drawn,
    /// What was reached that locks break at (abstract timing only).
    pub reached: Bits,
}

impl Found {
    /// The bits of those who enter.
    pub const ENTERED: u32 = u32::MAX >> 1;
}

/// Everything a step needs besides the world.
pub(crate) struct Stage<'a> {
    pub(crate) setup: &'a Setup,
    pub(crate) scene: &'a Scene,
    pub(crate) engine: &'a mut dyn Engine,
    pub(crate) choices: &'a mut dyn Choices,
    pub(crate) observer: &'a mut dyn Observer,
}

impl World {
    /// The world before anything has happened.
    pub(crate) fn new(setup: &Setup) -> Self {
        let servers = setup.servers.iter().map(|server| Rc::new(Placed::new(server)));
        let members = super::ensemble::members(setup.servers.iter().map(|server| &server.state));
        let leader = members.last().copied().filter(|_| members.len() > 1);
        let has_zk = setup.servers.iter().any(|s| matches!(s.state, AnyServer::ZooKeeper(_)));
        let processes = setup.processes.iter().enumerate().map(|(number, process)| {
            Rc::new(Process {
                alive: process.starts == Micros::ZERO,
                away: false,
                again: setup.comes_again(number as u16),
                lives: process.habits.lives,
                paused: None,
                cut: None,
                clock: process.clock.clone(),
                local: Local::new(number as u16, setup.horizon, !setup.is_abstract()),
                tasks: Vec::new(),
                threads: match process.starts {
                    Micros::ZERO => threads(setup, number as u16),
                    _ => Vec::new(),
                },
                redis: RedisClient::default(),
                zk: has_zk.then(|| ZkClient::new(process.session_timeout_ms, process.library)),
                zk_server: members.get(number % members.len().max(1)).copied().unwrap_or_default(),
                masters: setup.sentinel.groups.iter().map(|members| members[0]).collect(),
                conns: Vec::new(),
            })
        });
        let processes: Vec<Rc<Process>> = processes.collect();
        let budgets = setup.faults.iter().map(|fault| fault.budget.unwrap_or(u32::MAX));
        Self {
            now: Micros::ZERO,
            epoch: Micros::ZERO,
            servers: servers.collect(),
            conns: Vec::new(),
            wants: wants(&processes),
            free: Free::at_most(setup.most_free),
            open: Rc::new([]),
            holds: 0,
            processes,
            agenda: if setup.is_abstract() {
                Agenda::default().sorted()
            } else {
                Agenda::default()
            },
            ensemble: Rc::new(Ensemble::led_by(leader, members.len())),
            links: Rc::new(Links::default()),
            groups: Group::all(setup),
            budgets: budgets.collect(),
            properties: setup.properties.clone().into(),
            pings: has_zk && !setup.is_abstract(),
            leaving: Micros::ZERO,
            found: Found::default(),
        }
    }

    /// From now on the numbers of connections to Redis servers are part of the state.
    pub(crate) fn count_client_ids(&mut self) {
        for placed in &mut self.servers {
            if let AnyServer::Redis(redis) = &mut Rc::make_mut(placed).state {
                redis.count_client_ids();
            }
        }
    }

    /// World time since the run began (µs).
    pub fn total(&self) -> Micros {
        self.epoch + self.now
    }

    /// Whether every thread that is still alive has had enough, and no process is still to come.
    pub fn is_done(&self) -> bool {
        self.wants == 0 && !self.agenda.iter().any(|(_, event)| is_beginning(event))
    }

    /// Threads that are alive and still want something, with where they are.
    pub fn wanting(&self) -> impl Iterator<Item = (Who, Phase)> + '_ {
        self.processes.iter().enumerate().filter(|(_, process)| process.alive).flat_map(
            |(number, process)| {
                process.threads.iter().enumerate().filter(|(_, thread)| thread.wants()).map(
                    move |(thread, state)| {
                        (Who { process: number as u16, thread: thread as u8 }, state.phase)
                    },
                )
            },
        )
    }

    pub(crate) fn process_mut(&mut self, process: ProcessId) -> &mut Process {
        Rc::make_mut(&mut self.processes[usize::from(process)])
    }

    pub(crate) fn conn_mut(&mut self, conn: ConnId) -> &mut Conn {
        Rc::make_mut(&mut self.conns[conn as usize])
    }

    /// The connection of a process on this lane.
    pub(crate) fn conn_on(&mut self, process: ProcessId, lane: Lane) -> ConnId {
        let known = self.processes[usize::from(process)].conns.iter().find(|(of, _)| *of == lane);
        if let Some((_, conn)) = known {
            return *conn;
        }
        let conn = self.conns.len() as ConnId;
        self.conns.push(Rc::new(Conn::new(process, lane)));
        self.process_mut(process).conns.push((lane, conn));
        conn
    }

    /// Tells the properties and whoever listens.
    pub(crate) fn happens(&mut self, stage: &mut Stage<'_>, event: &Event<'_>) {
        stage.observer.on_event(self.total(), event);
        self.judge(stage, event);
    }

    /// Tells the properties only: of what listeners learn in other words.
    pub(crate) fn judge(&mut self, stage: &mut Stage<'_>, event: &Event<'_>) {
        let now = self.total();
        if stage.setup.is_abstract() {
            self.found.reached.see(event, &self.processes);
        }
        match *event {
            Event::Enters { who, .. } if stage.setup.is_abstract() => {
                self.found.entered |= stage.scene.bit(who);
                self.found.handed = true;
            }
            Event::Leaves(_) => self.found.handed = true,
            Event::InLine(_) => self.found.asked = true,
            _ => {}
        }
        if self.properties.is_empty() {
            return;
        }
        let properties = Rc::make_mut(&mut self.properties);
        for (number, property) in properties.iter_mut().enumerate() {
            let judgement = property.observe(self.now, event, stage.setup);
            if judgement.happened {
                self.found.happened |= 1 << number;
            }
            // Of a property that measures how bad it is, the worst is told.
            let (name, worst) = (property.name(), property.worst());
            let first = self.found.violation.as_ref();
            if let Some(why) = judgement.violated
                && first.is_none_or(|it| it.property == name && worst > self.found.worst)
            {
                stage
                    .observer
                    .on_event(now, &Event::Violated { property: name, why: Cow::Borrowed(&why) });
                self.found.violation = Some(Violation { property: name, why });
                self.found.worst = worst;
            }
        }
    }

    /// Makes now the origin of time.
    pub(crate) fn rebase(&mut self) {
        let dt = self.now;
        if dt == Micros::ZERO {
            return;
        }
        self.agenda.rebase(dt);
        if !self.links.is_quiet() {
            Rc::make_mut(&mut self.links).rebase(dt);
        }
        for server in &mut self.servers {
            Rc::make_mut(server).rebase(dt);
        }
        for conn in &mut self.conns {
            if conn.has_times() {
                Rc::make_mut(conn).rebase(dt);
            }
        }
        for process in &mut self.processes {
            Rc::make_mut(process).rebase(dt);
        }
        let rebased = self.properties.iter().cloned().map(|mut property| {
            property.rebase(dt);
            property
        });
        self.properties = rebased.collect();
        self.epoch += dt;
        self.now = Micros::ZERO;
    }

    /// The task as the world knows it.
    pub(crate) fn running(&mut self, process: ProcessId, task: u8) -> Option<&mut Running> {
        self.process_mut(process).task_mut(task)
    }

    /// Puts a server's next deadline on the agenda, in place of the one that is there.
    pub(crate) fn arm(&mut self, server: u16) {
        let placed = &self.servers[usize::from(server)];
        let earliest = placed.stalls.unwrap_or(self.now).max(self.now);
        let deadline = placed.deadline(self.now).map(|deadline| deadline.max(earliest));
        if deadline == placed.wake {
            return;
        }
        if let Some(wake) = placed.wake {
            self.agenda.cancel(wake, Due::Wake(server));
        }
        if let Some(deadline) = deadline {
            self.agenda.put(deadline, Due::Wake(server));
        }
        Rc::make_mut(&mut self.servers[usize::from(server)]).wake = deadline;
    }
}

/// Whether a process is still to come.
fn is_beginning(event: Due) -> bool {
    matches!(event, Due::Starts(_) | Due::Exits(_) | Due::Restart(_))
}

/// How many threads are alive and want something.
pub(crate) fn wants(processes: &[Rc<Process>]) -> u32 {
    let alive = processes.iter().filter(|process| process.alive);
    alive.map(|process| process.wants()).sum()
}

/// The threads of a process that begins.
pub(crate) fn threads(setup: &Setup, process: ProcessId) -> Vec<Thread> {
    let ProcessSetup { threads, habits, .. } = &setup.processes[usize::from(process)];
    let unphased = setup.arrives_freely(process);
    let thread = |(lock, work): &(LockBox, WorkBox)| {
        Thread::new(lock.clone(), work.clone(), *habits, unphased)
    };
    threads.iter().map(thread).collect()
}
