//! What steps and their places are called in traces.

use super::agenda::{ConnId, Event, ProcessId};
use super::conn::Direction;
use super::setup::Setup;
use super::step::Step;
use super::tell::Told;
use super::world::{Stage, World};
use crate::cx::subscription_of;

/// What the end of a fault is called in traces that comes after all else that is due at the same instant.
pub const DEFERRED: &str = "let the others go first";

/// The lane of the first task beside the threads.
const BESIDE: u8 = 32;

impl World {
    /// What an alternative is called in traces; stable, and without numbers that depend on the order of events.
    pub(crate) fn name(&self, setup: &Setup, step: Step) -> String {
        match step {
            Step::Next => "go on".to_owned(),
            Step::Release(conn, direction) => {
                format!("release {}", self.way(setup, conn, direction))
            }
            Step::Defer => DEFERRED.to_owned(),
            Step::Strike(strike) => setup.faults[usize::from(strike.fault)].call(setup, strike),
        }
    }

    /// One way of a connection, as in `c1>redis`; further connections of the process are numbered.
    fn way(&self, setup: &Setup, conn: ConnId, direction: Direction) -> String {
        let conn = &self.conns[conn as usize];
        let process = &setup.processes[usize::from(conn.process)].name;
        let server = &setup.servers[usize::from(conn.server())].name;
        let lane = match (conn.to.lane, subscription_of(conn.to)) {
            (_, Some(0)) => "/channel".to_owned(),
            (_, Some(slot)) => format!("/channel {}", slot + 1),
            (0, _) => String::new(),
            (lane @ 1..BESIDE, _) => format!("/{}", lane + 1),
            (BESIDE, _) => "/beside".to_owned(),
            (lane, _) => format!("/beside {}", lane - BESIDE + 1),
        };
        match direction {
            Direction::Up => format!("{process}>{server}{lane}"),
            Direction::Down => format!("{server}>{process}{lane}"),
        }
    }

    /// What the step is about: the head of the agenda.
    pub(crate) fn site(&self, setup: &Setup) -> String {
        let name = |process: ProcessId| setup.processes[usize::from(process)].name.clone();
        match self.agenda.head() {
            None => "the end".to_owned(),
            Some((_, event)) => match event {
                Event::Up(conn) | Event::Served(conn) | Event::SlowEnds(conn, true) => {
                    self.way(setup, conn, Direction::Up)
                }
                Event::Down(conn) | Event::SlowEnds(conn, false) => {
                    self.way(setup, conn, Direction::Down)
                }
                Event::Timer(process, _) => format!("{} timer", name(process)),
                Event::Resume(process) => format!("{} resumes", name(process)),
                Event::Starts(process) => format!("{} starts", name(process)),
                Event::Exits(process) => format!("{} ends", name(process)),
                Event::Restart(process) => format!("{} restarts", name(process)),
                Event::ServerUp(server) => {
                    format!("{} restarts", setup.servers[usize::from(server)].name)
                }
                Event::Ping(process) => format!("{} ping", name(process)),
                Event::Peer(from, to) => {
                    let name = |server: u16| &setup.servers[usize::from(server)].name;
                    format!("{}>{}", name(from), name(to))
                }
                Event::Rejoins(server) => {
                    format!("{} rejoins", setup.servers[usize::from(server)].name)
                }
                Event::StopsServing(server) => {
                    format!("{} stops serving", setup.servers[usize::from(server)].name)
                }
                Event::Deposes(server) => {
                    format!("{} is deposed", setup.servers[usize::from(server)].name)
                }
                Event::StepsDown(server) => {
                    format!("{} steps down", setup.servers[usize::from(server)].name)
                }
                Event::GivenUp(server, _) => {
                    format!("{} is given up", setup.servers[usize::from(server)].name)
                }
                Event::Elects => "election".to_owned(),
                Event::Over(fault, target) => {
                    setup.faults[usize::from(fault)].name_of_end(setup, target)
                }
                Event::Reconnects(process) => format!("{} reconnects", name(process)),
                Event::Resubscribes(process, _) => format!("{} subscribes again", name(process)),
                Event::Heals(process) => format!("{} heals", name(process)),
                Event::Joins(_) => "partition heals".to_owned(),
                Event::CatchesUp(from, to) => {
                    let name = |it: u16| &setup.servers[usize::from(it)].name;
                    format!("{} catches up with {}", name(to), name(from))
                }
                Event::MasterDown(_) => "failover".to_owned(),
                Event::PutsRight(_) => "Sentinels put servers right".to_owned(),
                Event::Switched(process, _) => format!("{} hears of another master", name(process)),
                Event::Silent(process) => format!("{} hears nothing", name(process)),
                Event::GivesUp(process) => format!("{} gives its session up", name(process)),
                Event::Wake(server) => {
                    format!("{} deadline", setup.servers[usize::from(server)].name)
                }
            },
        }
    }

    /// Tells whoever listens that something other than the nominal happens.
    pub(crate) fn tell_deviation(&self, stage: &mut Stage<'_>, step: Step) {
        let take = self.name(stage.setup, step);
        let cost = step.cost();
        let site = self.site(stage.setup);
        let at = match step {
            Step::Strike(strike) if strike.late => self.epoch + self.when_late(),
            _ => self.total(),
        };
        stage.listener.hear(at, &Told::Deviated { site: &site, take: &take, cost });
    }
}
