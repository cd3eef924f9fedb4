//! Operations of tasks: how they begin, what they wait for, how they end.

use std::collections::VecDeque;
use std::rc::Rc;

use super::agenda::{Due, OpRef, ProcessId};
use super::process::{Part, Waiting};
use super::redis_client::Effort;
use super::tasks::{Todo, WHOLE};
use super::world::{Stage, World};
use crate::client::zookeeper::ZkClient;
use crate::cx::{CallError, Op, OpResult, Session, WatchId};
use crate::event::Event;
use crate::time::Micros;

impl World {
    /// Takes the operation off the list of what the task waits for; the result, if the task goes on with it.
    pub(crate) fn settle(
        &mut self,
        process: ProcessId,
        op: OpRef,
        result: OpResult,
    ) -> Option<OpResult> {
        let running = self.running(process, op.task)?;
        let place = running.ops.iter().position(|(id, _)| *id == op.op)?;
        if op.slot == WHOLE {
            let (_, waiting) = running.ops.remove(place);
            self.stop(process, op, &waiting);
            return Some(result);
        }
        let Waiting::Gather { parts, votes } = &mut running.ops[place].1 else { return None };
        let votes = *votes;
        let part = &mut parts[usize::from(op.slot)];
        let Part::Waits(waiting) = std::mem::replace(part, Part::Ended(result)) else {
            return None;
        };
        let decided = votes.decide(parts.iter().filter_map(|part| match part {
            Part::Ended(result) => Some(result),
            Part::Waits(_) => None,
        }));
        let open = parts.iter().any(|part| matches!(part, Part::Waits(_)));
        self.stop(process, op, &waiting);
        if !decided && open {
            return None;
        }
        let (_, gathered) = self.running(process, op.task)?.ops.remove(place);
        let whole = OpRef { slot: WHOLE, ..op };
        self.stop(process, whole, &gathered);
        let Waiting::Gather { parts, .. } = gathered else { return None };
        let results = parts.into_iter().map(|part| match part {
            Part::Ended(result) => Some(result),
            Part::Waits(_) => None,
        });
        Some(OpResult::Gathered(results.collect()))
    }

    /// Nobody waits for this any more: its timer, its place in line for a reply.
    pub(crate) fn stop(&mut self, process: ProcessId, op: OpRef, waiting: &Waiting) {
        match waiting {
            Waiting::Timer(due) | Waiting::Turn { until: due, .. } => {
                self.agenda.cancel(*due, Due::Timer(process, op));
            }
            Waiting::Again { until, .. } | Waiting::Message { until: Some(until), .. } => {
                self.agenda.cancel(*until, Due::Timer(process, op));
            }
            Waiting::Reply { conn, until, .. } => {
                if let Some(until) = until {
                    self.agenda.cancel(*until, Due::Timer(process, op));
                }
                if self.conns[*conn as usize].awaited.iter().any(|awaited| awaited.op == Some(op)) {
                    for awaited in &mut self.conn_mut(*conn).awaited {
                        if awaited.op == Some(op) {
                            awaited.op = None;
                        }
                    }
                }
            }
            Waiting::Gather { parts, .. } => {
                for (slot, part) in parts.iter().enumerate() {
                    if let Part::Waits(waiting) = part {
                        self.stop(process, OpRef { slot: slot as u8, ..op }, waiting);
                    }
                }
            }
            Waiting::Message { until: None, .. }
            | Waiting::Changed(_)
            | Waiting::Fired(_)
            | Waiting::SessionChanged(_) => {}
        }
    }

    /// Starts an operation; what it waits for, unless it has ended already.
    pub(crate) fn start(
        &mut self,
        stage: &mut Stage<'_>,
        process: ProcessId,
        at: OpRef,
        what: &Op,
        todo: &mut VecDeque<Todo>,
    ) -> Option<Waiting> {
        // What has ended already is told after the task's other acts, as if it had taken no time.
        let mut at_once = |waiting, result| {
            todo.push_back(Todo::Ended(at, result));
            Some(waiting)
        };
        match what {
            Op::Call { to, request, within, handling } => {
                let conn = self.send(stage, process, at, *to, request);
                let settings = &stage.setup.processes[usize::from(process)].redis;
                let effort = Effort::of(settings, (to, request), *within, *handling);
                let until = effort.patience.map(|span| self.after(process, span));
                if let Some(until) = until {
                    self.agenda.put(until, Due::Timer(process, at));
                }
                Some(Waiting::Reply { conn, until, attempt: effort.attempt })
            }
            Op::Message { from, within } => {
                let until = within.map(|span| self.after(process, span));
                let waiting = Waiting::Message { from: *from, until };
                if let Some(known) = self.known_of(process, *from) {
                    return at_once(Waiting::Message { from: *from, until: None }, known);
                }
                if let Some(until) = until {
                    self.agenda.put(until, Due::Timer(process, at));
                }
                Some(waiting)
            }
            Op::Sleep(span) => {
                let due = self.after(process, *span);
                self.agenda.put(due, Due::Timer(process, at));
                Some(Waiting::Timer(due))
            }
            Op::Draw(n) => {
                let drawn = self.draw(stage, process, *n);
                at_once(Waiting::Changed("drawn"), OpResult::Drawn(drawn))
            }
            Op::Delay(n) => {
                let drawn = self.draw_delay(stage, process, *n);
                at_once(Waiting::Changed("drawn"), OpResult::Drawn(drawn))
            }
            Op::Changed(cell) => Some(Waiting::Changed(cell)),
            Op::Fired(watch) => {
                let fired =
                    self.process_mut(process).zk.as_mut().is_some_and(|zk| zk.take_fired(*watch));
                if fired {
                    return at_once(Waiting::Fired(*watch), OpResult::Done);
                }
                Some(Waiting::Fired(*watch))
            }
            Op::SessionChanged(from) => {
                let session = self.processes[usize::from(process)].local.session;
                if session != *from {
                    return at_once(Waiting::SessionChanged(*from), OpResult::Session(session));
                }
                Some(Waiting::SessionChanged(*from))
            }
            Op::Gather { ops, votes } if ops.is_empty() => {
                // Nothing to wait for.
                let waiting = Waiting::Gather { parts: Vec::new(), votes: *votes };
                at_once(waiting, OpResult::Gathered(Rc::from([])))
            }
            Op::Gather { ops, votes } => {
                let parts = ops.iter().enumerate().map(|(slot, op)| {
                    let at = OpRef { slot: slot as u8, ..at };
                    match self.start(stage, process, at, op, todo) {
                        Some(waiting) => Part::Waits(waiting),
                        None => Part::Ended(OpResult::Done),
                    }
                });
                let parts = parts.collect();
                Some(Waiting::Gather { parts, votes: *votes })
            }
            Op::Turn { head, state } => {
                let now = self.now;
                let turned = &mut self.running(process, at.task)?.turned;
                let again = turned.iter().any(|(of, when)| of == head && *when == now);
                turned.retain(|(of, when)| *when == now && of != head);
                turned.push((*head, now));
                if !again {
                    let waiting = Waiting::Turn { until: now, state: state.clone() };
                    return at_once(waiting, OpResult::Resumed(state.clone()));
                }
                // A pass in which no time passed waits one round trip, so that every cycle moves time.
                let until = now + stage.setup.round_trip;
                self.agenda.put(until, Due::Timer(process, at));
                Some(Waiting::Turn { until, state: state.clone() })
            }
        }
    }

    /// World time after `span` on the process's monotonic clock.
    pub(crate) fn after(&self, process: ProcessId, span: Micros) -> Micros {
        let clock = &self.processes[usize::from(process)].clock;
        self.now + clock.world_span(span.max(Micros::ZERO))
    }

    /// Notes when the timer of an operation is due now.
    pub(crate) fn set_due(&mut self, process: ProcessId, op: OpRef, due: Micros) {
        if let Some(waiting) = self.process_mut(process).waiting_mut(op) {
            waiting.set_due(due);
        }
    }

    /// A timer of a task fires.
    pub(crate) fn timer(&mut self, stage: &mut Stage<'_>, process: ProcessId, op: OpRef) {
        stage.observer.on_event(self.total(), &Event::Timer(process));
        let result = match self.processes[usize::from(process)].waiting(op) {
            Some(Waiting::Timer(_)) => OpResult::Done,
            Some(Waiting::Again { attempt, .. }) => {
                let attempt = attempt.clone();
                return self.send_again(stage, process, op, &attempt);
            }
            Some(Waiting::Reply { conn, attempt: Some(_), .. }) => {
                let conn = *conn;
                return self.times_out(stage, process, op, conn);
            }
            Some(Waiting::Reply { .. } | Waiting::Message { .. }) => {
                OpResult::Failed(CallError::TimedOut)
            }
            Some(Waiting::Turn { state, .. }) => OpResult::Resumed(state.clone()),
            _ => return,
        };
        self.ended(stage, process, op, result);
    }

    /// The operations of a process that wait for something.
    pub(crate) fn waiting_for(
        &self,
        process: ProcessId,
        waits: impl Fn(&Waiting) -> bool,
    ) -> Vec<OpRef> {
        let mut found = Vec::new();
        for (task, running) in &self.processes[usize::from(process)].tasks {
            for (op, waiting) in &running.ops {
                if waits(waiting) {
                    found.push(OpRef { task: *task, op: *op, slot: WHOLE });
                }
                if let Waiting::Gather { parts, .. } = waiting {
                    for (slot, part) in parts.iter().enumerate() {
                        if matches!(part, Part::Waits(waiting) if waits(waiting)) {
                            found.push(OpRef { task: *task, op: *op, slot: slot as u8 });
                        }
                    }
                }
            }
        }
        found
    }

    /// Tasks that wait for a cell that was written go on.
    pub(crate) fn wake_readers(&mut self, process: ProcessId, todo: &mut VecDeque<Todo>) {
        if self.processes[usize::from(process)].local.written.is_empty() {
            return;
        }
        let written = std::mem::take(&mut self.process_mut(process).local.written);
        let waits =
            |waiting: &Waiting| matches!(waiting, Waiting::Changed(cell) if written.contains(cell));
        for op in self.waiting_for(process, waits) {
            todo.push_back(Todo::Ended(op, OpResult::Done));
        }
    }

    pub(crate) fn watch_fired(
        &mut self,
        stage: &mut Stage<'_>,
        process: ProcessId,
        watch: WatchId,
    ) {
        let waits = |waiting: &Waiting| *waiting == Waiting::Fired(watch);
        for op in self.waiting_for(process, waits) {
            if let Some(zk) = &mut self.process_mut(process).zk {
                zk.take_fired(watch);
            }
            self.ended(stage, process, op, OpResult::Done);
        }
    }

    /// The session is over: whoever waits for a watch of it is told.
    pub(crate) fn watches_over(&mut self, stage: &mut Stage<'_>, process: ProcessId) {
        for op in self.waiting_for(process, |waiting| matches!(waiting, Waiting::Fired(_))) {
            self.ended(stage, process, op, OpResult::Done);
        }
    }

    pub(crate) fn set_session(
        &mut self,
        stage: &mut Stage<'_>,
        process: ProcessId,
        session: Session,
    ) {
        let state = self.process_mut(process);
        state.local.session = session;
        let id = state.zk.as_ref().and_then(ZkClient::session);
        state.local.session_id = id.map_or(0, |(id, _)| id.0);
        let waits = |waiting: &Waiting| matches!(waiting, Waiting::SessionChanged(from) if *from != session);
        for op in self.waiting_for(process, waits) {
            self.ended(stage, process, op, OpResult::Session(session));
        }
    }
}
