//! One step: what can happen next, and what happens then.
//!
//! The nominal step is the head of the agenda. Every other one is a fault, or the end of a hold. A deviation is a
//! cause: holding a message costs one, letting it go later costs nothing.

use super::agenda::{ConnId, Event, ProcessId, ServerId};
use super::conn::{Direction, Hold};
use super::fault::FaultKind;
use super::setup::Setup;
use super::world::{Stage, World};
use crate::property;
use crate::store::Inbound;
use crate::time::Micros;

/// Something that can happen next.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Step {
    /// The head of the agenda.
    Next,
    /// A held direction goes on.
    Release(ConnId, Direction),
    /// The message at the head is held, and what follows it on its way.
    Hold(ConnId, Direction, HoldKind),
    /// The connection of the message at the head breaks, and the message is lost.
    Break(ConnId),
    /// A process stands still for this long.
    Pause(ProcessId, Micros),
    /// A process dies.
    Crash(ProcessId),
    /// A process dies, and another takes its place after this long.
    Restart(ProcessId, Micros),
    /// A server dies, and starts again after this long.
    RestartServer(ServerId, Micros),
    /// A process is cut off from what the fault of this number names, for this long.
    Cut(ProcessId, u8, Micros),
    /// The leader of an ensemble dies.
    CrashLeader,
    /// A follower is cut off from the leader for this long.
    CutServer(ServerId, Micros),
}

/// For how long a message is held.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum HoldKind {
    /// Until time moves.
    Reorder,
    /// For at most this long.
    Slow(Micros),
}

/// One alternative of a step.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Alternative {
    pub(crate) step: Step,
    /// Which of the model's faults it is; none when it costs nothing.
    pub(crate) fault: Option<u8>,
}

impl Alternative {
    const fn free(step: Step) -> Self {
        Self { step, fault: None }
    }

    /// 1 for a deviation, else 0.
    pub(crate) const fn cost(self) -> u8 {
        self.fault.is_some() as u8
    }
}

impl World {
    /// What can happen next; the nominal alternative is the first. Nothing, at the end.
    pub(crate) fn alternatives(&self, setup: &Setup, out: &mut Vec<Alternative>) {
        out.clear();
        let head = self.agenda.head();
        let mut holds_time = false;
        if self.holds > 0 {
            for (number, conn) in self.conns.iter().enumerate() {
                for direction in [Direction::Up, Direction::Down] {
                    // A partition ends at its time.
                    if let Some(hold) = conn.hold(direction).filter(|hold| *hold != Hold::Cut) {
                        holds_time |= hold == Hold::Reorder;
                        out.push(Alternative::free(Step::Release(number as ConnId, direction)));
                    }
                }
            }
        }
        let Some((due, event)) = head else { return };
        let moves_time = due > self.now;
        if moves_time && holds_time {
            return;
        }
        out.push(Alternative::free(Step::Next));
        for (number, fault) in setup.faults.iter().enumerate() {
            if self.budgets[number] == 0 {
                continue;
            }
            let number = number as u8;
            let at = |step| Alternative { step, fault: Some(number) };
            if fault.kind == FaultKind::CrashLeader {
                if self.leader_may_die(event, moves_time) {
                    out.push(at(Step::CrashLeader));
                }
                continue;
            }
            if fault.kind == FaultKind::CutServer {
                for server in self.may_be_cut(fault, event, moves_time) {
                    let spans = fault.durations.iter();
                    out.extend(spans.map(|&span| at(Step::CutServer(server, span))));
                }
                continue;
            }
            self.faults_of_head((number, fault), event, &mut |step| out.push(at(step)));
            let any_time = moves_time && setup.is_abstract();
            self.outages(fault, event, any_time, &mut |step| out.push(at(step)));
            // What may befall a process while it waits matters only to when: before time moves.
            if any_time {
                for process in 0..self.processes.len() as ProcessId {
                    if Some(process) != self.process_of(event) {
                        let mut push = |step| out.push(at(step));
                        self.faults_of_process((number, fault), process, &mut push);
                    }
                }
            }
        }
    }

    /// Makes one step.
    pub(crate) fn take(&mut self, stage: &mut Stage<'_>, alternative: Alternative) {
        if let Some(fault) = alternative.fault {
            let mut budgets = self.budgets.to_vec();
            let left = &mut budgets[usize::from(fault)];
            if *left != u32::MAX {
                *left -= 1;
            }
            self.budgets = budgets.into();
        }
        match alternative.step {
            Step::Next => self.next(stage),
            Step::Release(conn, direction) => self.release(conn, direction),
            Step::Hold(conn, direction, kind) => {
                let hold = match kind {
                    HoldKind::Reorder => Hold::Reorder,
                    HoldKind::Slow(span) => {
                        let until = self.now + span;
                        self.agenda.put(until, Event::SlowEnds(conn, direction == Direction::Up));
                        Hold::Slow(until)
                    }
                };
                self.set_hold(conn, direction, Some(hold));
                let held = match direction {
                    Direction::Up => Event::Up(conn),
                    Direction::Down => Event::Down(conn),
                };
                self.agenda.cancel_all(|event| *event == held);
                self.contact(conn);
            }
            Step::Break(conn) => self.break_connection(conn),
            Step::Pause(process, span) => self.pause(stage, process, span),
            Step::Crash(process) => self.crash(stage, process),
            Step::Restart(process, span) => {
                self.crash(stage, process);
                self.agenda.put(self.now + span, Event::Restart(process));
            }
            Step::RestartServer(server, span) => self.crash_server(server, span),
            Step::CrashLeader => self.crash_leader(stage),
            Step::CutServer(server, span) => self.cut_server(server, span),
            Step::Cut(process, fault, span) => self.cut(stage, process, fault, span),
        }
    }

    pub(crate) fn release(&mut self, conn: ConnId, direction: Direction) {
        let hold = self.conns[conn as usize].hold(direction);
        self.set_hold(conn, direction, None);
        let state = &self.conns[conn as usize];
        // A connection is established with its first message: that is no message of its own.
        let requests = state.up.iter().filter(|(message, _)| *message != Inbound::Connect);
        let (event, waiting) = match direction {
            Direction::Up => (Event::Up(conn), requests.count()),
            Direction::Down => (Event::Down(conn), state.down.len()),
        };
        if let Some(Hold::Slow(until)) = hold {
            self.agenda.cancel(until, Event::SlowEnds(conn, direction == Direction::Up));
        }
        if self.is_cut(conn, direction) {
            self.set_hold(conn, direction, Some(Hold::Cut));
            return;
        }
        for _ in 0..waiting {
            self.agenda.put(self.now, event);
        }
        self.contact(conn);
    }

    pub(crate) fn set_hold(&mut self, conn: ConnId, direction: Direction, hold: Option<Hold>) {
        let before = self.conns[conn as usize].hold(direction);
        self.holds += u32::from(hold.is_some());
        self.holds -= u32::from(before.is_some());
        if before != hold {
            self.conn_mut(conn).set_hold(direction, hold);
        }
    }

    fn next(&mut self, stage: &mut Stage<'_>) {
        let Some((due, event)) = self.agenda.pop() else { return };
        self.now = self.now.max(due);
        if let Some(process) = self.awaits_process(event)
            && self.processes[usize::from(process)].paused.is_some()
        {
            self.queue_for_paused(process, event);
            return;
        }
        match event {
            Event::Up(conn) => self.arrive(stage, conn),
            Event::Served(conn) => self.serve(stage, conn),
            Event::Down(conn) => self.receive(stage, conn),
            Event::Timer(process, op) => self.timer(stage, process, op),
            Event::Wake(server) => self.wake(stage, server),
            Event::Resume(process) => self.resume_process(stage, process),
            Event::Restart(process) => self.restart(stage, process),
            Event::ServerUp(server) => self.start_server(stage, server),
            Event::Ping(process) => self.ping(stage, process),
            Event::SlowEnds(conn, up) => {
                self.release(conn, if up { Direction::Up } else { Direction::Down });
            }
            Event::Peer(from, to) => self.hear_peer(stage, from, to),
            Event::Elects => self.elect(stage),
            Event::Rejoins(server) => self.rejoin(server),
            Event::StopsServing(server) => self.stop_serving(stage, server),
            Event::Reconnects(process) => self.reconnects(stage, process),
            Event::Heals(process) => self.heal(process),
            Event::Silent(process) => self.silent(stage, process),
            Event::GivesUp(process) => self.gives_up(stage, process),
        }
    }

    fn awaits_process(&self, event: Event) -> Option<ProcessId> {
        match event {
            Event::Ping(process) => Some(process),
            event => self.process_of(event),
        }
    }

    fn pause(&mut self, stage: &mut Stage<'_>, process: ProcessId, span: Micros) {
        self.process_mut(process).paused = Some(std::collections::VecDeque::new());
        self.agenda.put(self.now + span, Event::Resume(process));
        self.contacts(process);
        self.happens(stage, &property::Event::Pauses(process));
    }

    fn queue_for_paused(&mut self, process: ProcessId, event: Event) {
        if let Event::Timer(_, op) = event {
            // How long ago it was due makes no difference any more.
            self.set_due(process, op, Micros(i64::MIN));
        }
        if let Some(backlog) = &mut self.process_mut(process).paused {
            backlog.push_back(event);
        }
    }

    fn resume_process(&mut self, stage: &mut Stage<'_>, process: ProcessId) {
        let backlog = self.process_mut(process).paused.take().unwrap_or_default();
        for event in backlog {
            if let Event::Timer(_, op) = event {
                self.set_due(process, op, self.now);
            }
            self.agenda.put(self.now, event);
        }
        self.contacts(process);
        self.happens(stage, &property::Event::Resumes(process));
    }

    fn crash(&mut self, stage: &mut Stage<'_>, process: ProcessId) {
        self.wants -= self.processes[usize::from(process)].wants();
        let state = self.process_mut(process);
        state.alive = false;
        state.paused = None;
        // Before the client library forgets its session.
        self.contacts(process);
        let state = self.process_mut(process);
        // What a dead process had in mind is nothing to anybody.
        state.threads.clear();
        for (_, running) in std::mem::take(&mut state.tasks) {
            stage.engine.end(running.handle);
        }
        let conns: Vec<ConnId> = state.conns.iter().map(|(_, conn)| *conn).collect();
        state.local = state.local.reborn();
        if let Some(zk) = &mut state.zk {
            let setup = &stage.setup.processes[usize::from(process)];
            *zk = crate::client::zookeeper::ZkClient::new(setup.session_timeout_ms, setup.library);
        }
        self.agenda.cancel_all(|event| {
            matches!(
                event,
                Event::Timer(of, _) | Event::Ping(of) | Event::Resume(of) | Event::Silent(of) | Event::GivesUp(of) | Event::Reconnects(of)
                if *of == process
            )
        });
        for conn in conns {
            self.close_by_client(stage, conn);
        }
        self.happens(stage, &property::Event::Crashes(process));
    }

    fn restart(&mut self, stage: &mut Stage<'_>, process: ProcessId) {
        let threads = super::world::threads(stage.setup, process);
        let state = self.process_mut(process);
        state.alive = true;
        state.threads = threads;
        self.wants += self.processes[usize::from(process)].wants();
        self.happens(stage, &property::Event::Restarts(process));
        self.start_process(stage, process);
    }
}
