//! `clock-jump`: somebody sets the wall clock of a node forward, or back.
//!
//! A Redis server's keys expire by its wall clock. ZooKeeper counts its sessions by a monotonic clock, and so do
//! timers of processes: to them a jump does nothing.

use super::entry::{BUDGET, Entry, PHASE, PROCESS};
use super::near::{AFTER, BEFORE};
use super::processes::Processes;
use super::servers::Servers;
use super::{About, Extent, Kind, Moment, Strike, Target};
use crate::json::{Problem, one_or_more, signed_time};
use crate::sim::world::{Stage, World};
use crate::time::Micros;
use std::rc::Rc;

#[derive(Debug)]
pub(super) struct ClockJump {
    /// Either some servers, or else processes.
    servers: Option<Servers>,
    whom: Processes,
    jumps: Vec<Micros>,
}

impl ClockJump {
    pub(super) const ABOUT: About = About {
        name: "clock-jump",
        title: "the wall clock of a process, or of a server, is set forward or back; monotonic clocks go on",
        source: "Redis issues 416 and 217; Kleppmann 2016; redlock-py, which measures by time.time()",
        needs: "",
        params: &[
            BUDGET,
            ("by", "by how much, one or several, back with a minus: must be said"),
            PROCESS,
            PHASE,
            BEFORE,
            AFTER,
            ("server", "which servers' clocks, instead of those of processes: none"),
        ],
    };

    pub(super) fn read(entry: &Entry<'_, '_>) -> Result<Self, Box<Problem>> {
        let by = entry.get("by").ok_or_else(|| {
            entry.error("`clock-jump` needs `by`: one duration or a list of them, as in \"-5s\"")
        })?;
        let mut jumps = Vec::new();
        for jump in one_or_more(by)? {
            let span = signed_time(&jump)?;
            if span == Micros::ZERO {
                return Err(jump.error("a jump by nothing is none"));
            }
            jumps.push(span);
        }
        let whom = entry.processes()?;
        let servers = entry.get("server").map(|_| entry.servers()).transpose()?;
        if servers.is_some() && whom != Processes::default() {
            return Err(entry.error(
                "`server` and `process` or `phase`: whose clock jumps, a server's or a process's?",
            ));
        }
        Ok(Self { servers, whom, jumps })
    }
}

impl Kind for ClockJump {
    fn offers(&self, world: &World, moment: Moment, out: &mut dyn FnMut(Target, Micros)) {
        let mut each = |target| self.jumps.iter().for_each(|&jump| out(target, jump));
        match &self.servers {
            Some(servers) => {
                servers.each(world, moment, |_| true, |server| each(Target::Server(server)));
            }
            None => self.whom.each(world, moment, |process| each(Target::Process(process))),
        }
    }

    fn strike(&self, world: &mut World, _: &mut Stage<'_>, strike: Strike) {
        match strike.target {
            Target::Process(process) => world.process_mut(process).clock.jump(strike.span),
            Target::Server(server) => {
                Rc::make_mut(&mut world.servers[usize::from(server)]).state.jump_clock(strike.span);
                world.arm(server);
            }
            _ => {}
        }
    }

    fn extent(&self) -> Extent<'_> {
        let extent = match &self.servers {
            Some(servers) => servers.extent(),
            None => self.whom.extent(),
        };
        Extent { jumps: &self.jumps, ..extent }
    }
}
