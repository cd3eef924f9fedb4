//! Hazards: which faults may hit what is about to happen.

use std::rc::Rc;

use super::agenda::{ConnId, Event, ProcessId};
use super::conn::Direction;
use super::fault::{Fault, FaultKind};
use super::step::{HoldKind, Step};
use super::world::World;

impl World {
    pub(crate) fn faults_of_head(
        &self,
        (number, fault): (u8, &Fault),
        event: Event,
        out: &mut dyn FnMut(Step),
    ) {
        if let Some(process) = self.process_of(event) {
            self.faults_of_process((number, fault), process, out);
        }
        if let (FaultKind::Partition, Event::Up(conn)) = (fault.kind, event) {
            // What is under way to a server is part of what a partition stops.
            self.faults_of_process((number, fault), self.conns[conn as usize].process, out);
        }
        let (conn, direction) = match event {
            Event::Up(conn) => (conn, Direction::Up),
            Event::Down(conn) => (conn, Direction::Down),
            _ => return,
        };
        let state = &self.conns[conn as usize];
        let is_message = match direction {
            Direction::Up => state.next_request().is_some(),
            Direction::Down => matches!(state.down.front(), Some(super::conn::Down::Message(_))),
        };
        if !is_message
            || !self.admits(fault, state.process)
            || !self.admits_request(fault, conn, direction)
        {
            return;
        }
        match (fault.kind, direction) {
            (FaultKind::Reorder, _) => out(Step::Hold(conn, direction, HoldKind::Reorder)),
            (FaultKind::Slow, _) => {
                out(Step::Hold(conn, direction, HoldKind::Slow(fault.longest())));
            }
            (FaultKind::LoseRequest, Direction::Up)
            | (FaultKind::LoseReply, Direction::Down)
            | (FaultKind::Disconnect, _) => out(Step::Break(conn)),
            _ => {}
        }
    }

    pub(crate) fn faults_of_process(
        &self,
        (number, fault): (u8, &Fault),
        process: ProcessId,
        out: &mut dyn FnMut(Step),
    ) {
        let state = &self.processes[usize::from(process)];
        let idle = state.threads.iter().all(|thread| !thread.wants());
        if !state.alive || state.paused.is_some() || idle || !self.admits(fault, process) {
            return;
        }
        match fault.kind {
            FaultKind::Pause => fault.durations.iter().for_each(|&d| out(Step::Pause(process, d))),
            FaultKind::Crash => out(Step::Crash(process)),
            FaultKind::Restart => {
                fault.durations.iter().for_each(|&d| out(Step::Restart(process, d)));
            }
            FaultKind::Partition if self.can_be_cut(process, &fault.cut) => {
                fault.durations.iter().for_each(|&d| out(Step::Cut(process, number, d)));
            }
            _ => {}
        }
    }

    pub(crate) fn admits(&self, fault: &Fault, process: ProcessId) -> bool {
        let threads = &self.processes[usize::from(process)].threads;
        fault.may_hit(process)
            && (fault.phases.is_empty()
                || threads.iter().any(|thread| fault.phases.contains(&thread.phase)))
    }

    fn admits_request(&self, fault: &Fault, conn: ConnId, direction: Direction) -> bool {
        if fault.requests.is_empty() {
            return true;
        }
        let state = &self.conns[conn as usize];
        let name: Option<Rc<str>> = match direction {
            Direction::Up => state.next_request().map(|request| request.name().into()),
            Direction::Down => state.awaited.front().and_then(|awaited| awaited.what.clone()),
        };
        let is =
            |wanted: &String| name.as_ref().is_some_and(|name| name.eq_ignore_ascii_case(wanted));
        fault.requests.iter().any(is)
    }

    pub(crate) fn process_of(&self, event: Event) -> Option<ProcessId> {
        match event {
            Event::Down(conn) => Some(self.conns[conn as usize].process),
            Event::Timer(process, _)
            | Event::Silent(process)
            | Event::GivesUp(process)
            | Event::Reconnects(process) => Some(process),
            _ => None,
        }
    }
}
