//! One step: what can happen next, and what happens then.
//!
//! The nominal step is the head of the agenda. Every other one is a fault, or the end of a hold. A deviation is a
//! cause: holding a message costs one, letting it go later costs nothing.

use super::agenda::{ConnId, Due, ProcessId, ServerId};
use super::conn::{Direction, Hold};
use super::fault::{Moment, OPEN, Strike, Target};
use super::setup::Setup;
use super::world::{Stage, World};
use crate::choice::FaultId;
use crate::event::Who;
use crate::store::Inbound;
use crate::time::Micros;

/// Whether each step is followed by a look at what follows from other state.
const CHECKS: bool = cfg!(debug_assertions);

/// Something that can happen next.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Step {
    /// The head of the agenda.
    Next,
    /// A held direction goes on.
    Release(ConnId, Direction),
    /// The message that is the head travels for longer than what comes next takes.
    Late(ConnId, Direction),
    /// A message that is late arrives.
    Arrives(ConnId, Direction),
    /// A process comes that was away, or comes once more; the flag says whether just before the head.
    Comes(ProcessId, bool),
    /// A fault is over of which the model does not say how long it lasts; the same flag.
    Ends(FaultId, Target, bool),
    /// A thread asks again before its wait is over; the same flag.
    Asks(ProcessId, u8, bool),
    /// The end of a fault, which is the head, comes after all else that is due at that instant: how long a fault lasts
    /// is known roughly, so no order at one instant is the right one.
    Defer,
    /// A fault takes effect.
    Strike(Strike),
}

impl Step {
    /// Which of the model's faults it is; none when it costs nothing.
    pub(crate) const fn fault(self) -> Option<u8> {
        match self {
            Self::Strike(strike) => Some(strike.fault),
            _ => None,
        }
    }

    /// Whether it is a reply, or another message to a client, that travels for longer.
    pub(crate) const fn is_late_reply(self) -> bool {
        matches!(self, Self::Late(_, Direction::Down))
    }

    /// 1 for a deviation, else 0.
    pub(crate) const fn cost(self) -> u8 {
        self.fault().is_some() as u8
    }
}

impl World {
    /// What can happen next; the nominal alternative is the first. Nothing, at the end.
    pub(crate) fn alternatives(&self, setup: &Setup, out: &mut Vec<Step>) {
        out.clear();
        let head = self.agenda.head();
        let mut holds_time = false;
        if self.holds > 0 {
            for (number, conn) in self.conns.iter().enumerate() {
                for direction in [Direction::Up, Direction::Down] {
                    // A partition ends at its time, and who stands still goes on at its.
                    let ends = |hold: &Hold| matches!(hold, Hold::Reorder | Hold::Slow(_));
                    if let Some(hold) = conn.hold(direction).filter(ends) {
                        holds_time |= hold == Hold::Reorder;
                        out.push(Step::Release(number as ConnId, direction));
                    }
                }
            }
        }
        let Some((due, event)) = head else { return };
        let moves_time = due > self.now;
        if moves_time && holds_time {
            return;
        }
        if self.holds > 0 && moves_time && setup.is_abstract() && !self.offer_arrivals(out) {
            return;
        }
        out.push(Step::Next);
        if setup.is_abstract() {
            if moves_time {
                self.offer_comings(setup, out);
                self.offer_ends(out);
            } else {
                self.offer_lateness(setup, out);
            }
        }
        if setup.is_abstract() && event.ends_fault() && self.can_wait(due) {
            out.push(Step::Defer);
        }
        let any_time = moves_time && setup.is_abstract();
        let just_sent = setup.is_abstract() && self.was_just_sent(setup, event);
        let moment = Moment { event, moves_time, any_time, just_sent, near: None };
        for (number, fault) in setup.faults.iter().enumerate() {
            let is_tried =
                setup.lateness.is_some() && setup.is_abstract() && fault.is_always_tried();
            if self.budgets[number] > 0 && self.free.may_strike() && !is_tried {
                let any_span = setup.is_abstract() || fault.extent().spans == [OPEN];
                fault.strikes(number as u8, self, moment, &mut |strike| {
                    if any_span || strike.span != OPEN {
                        out.push(Step::Strike(strike));
                    }
                });
            }
        }
    }

    /// Whether it is a message to a server that left in this instant: not one that was held, or came from afar.
    fn was_just_sent(&self, setup: &Setup, event: Due) -> bool {
        let Due::Up(conn) = event else { return false };
        let conn = &self.conns[conn as usize];
        conn.is_fresh(self.now) && !setup.far.contains_key(&(conn.process, conn.server()))
    }

    /// Whether the end of a fault can come after anything else at that instant: not after another end, nor after what
    /// waits for it itself.
    fn can_wait(&self, due: Micros) -> bool {
        let mut others = self.agenda.at(due).filter(|event| !event.ends_fault());
        others.any(|event| self.stalled_for(event).is_none())
    }

    /// Makes one step.
    pub(crate) fn take(&mut self, stage: &mut Stage<'_>, step: Step) {
        match step {
            Step::Next => self.next(stage),
            Step::Release(conn, direction) => self.release(conn, direction),
            Step::Late(conn, direction) => self.be_late(stage, conn, direction),
            Step::Arrives(conn, direction) => self.arrive_late(stage, conn, direction),
            Step::Comes(process, late) => self.comes(stage, process, late),
            Step::Ends(fault, target, late) => self.ends(stage, (fault, target), late),
            Step::Asks(process, thread, late) => {
                self.asks_early(stage, Who { process, thread }, late);
            }
            Step::Defer => {
                if let Some((due, event)) = self.agenda.pop() {
                    self.agenda.put(due, event);
                }
            }
            Step::Strike(strike) => {
                let number = usize::from(strike.fault);
                let mut budgets = self.budgets.to_vec();
                if budgets[number] != u32::MAX {
                    budgets[number] -= 1;
                }
                self.budgets = budgets.into();
                self.free.strike();
                if strike.late {
                    self.now = self.when_late();
                }
                self.strike(stage, strike);
            }
        }
        if stage.setup.is_abstract() {
            self.close_what_ended();
            self.level_offsets();
        }
        if CHECKS && let Some(wrong) = self.untrue() {
            panic!("what follows from other state is untrue after {step:?}: {wrong}");
        }
    }

    /// The instant at which the next thing is due: a fault that is late strikes just before it.
    pub(super) fn when_late(&self) -> Micros {
        self.agenda.head().map_or(self.now, |(due, _)| due.max(self.now))
    }

    /// The message at the head of a direction is held, and what follows it on its way.
    pub(super) fn hold(&mut self, conn: ConnId, direction: Direction, hold: Hold) {
        self.set_hold(conn, direction, Some(hold));
        let held = match direction {
            Direction::Up => Due::Up(conn),
            Direction::Down => Due::Down(conn),
        };
        self.agenda.cancel_all(|event| *event == held);
        self.contact(conn);
    }

    pub(crate) fn release(&mut self, conn: ConnId, direction: Direction) {
        let hold = self.conns[conn as usize].hold(direction);
        self.set_hold(conn, direction, None);
        if hold == Some(Hold::Unsent) {
            self.conn_mut(conn).up_due = self.now;
        }
        let state = &self.conns[conn as usize];
        // A connection is established with its first message: that is no message of its own.
        let requests = state.up.iter().filter(|(message, _)| *message != Inbound::Connect);
        let (event, waiting) = match direction {
            Direction::Up => (Due::Up(conn), requests.count()),
            Direction::Down => (Due::Down(conn), state.down.len()),
        };
        if let Some(Hold::Slow(until) | Hold::Late(until)) = hold {
            self.agenda.cancel(until, Due::SlowEnds(conn, direction == Direction::Up));
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

    pub(super) fn next(&mut self, stage: &mut Stage<'_>) {
        let Some((due, event)) = self.agenda.pop() else { return };
        self.now = self.now.max(due);
        if let Some(process) = self.awaits_process(event)
            && self.processes[usize::from(process)].paused.is_some()
        {
            self.queue_for_paused(process, event);
            return;
        }
        if let Some(until) = self.stalled_for(event) {
            // It waits in line until the server goes on.
            self.agenda.put(until, event);
            return;
        }
        match event {
            Due::Up(conn) => self.arrive(stage, conn),
            Due::Served(conn) => self.serve(stage, conn),
            Due::Down(conn) => self.receive(stage, conn),
            Due::Timer(process, op) => self.timer(stage, process, op),
            Due::Wake(server) => self.wake(stage, server),
            Due::Resume(process) => self.resume_process(stage, process),
            Due::Starts(process) => self.begin_process(stage, process),
            Due::Exits(process) => self.exit(stage, process),
            Due::Restart(process) => self.restart(stage, process),
            Due::ServerUp(server) => self.start_server(stage, server),
            Due::Ping(process) => self.ping(stage, process),
            Due::SlowEnds(conn, up) => {
                self.release(conn, if up { Direction::Up } else { Direction::Down });
            }
            Due::Peer(from, to) => self.hear_peer(stage, from, to),
            Due::Elects => self.elect(stage),
            Due::Rejoins(server) => self.rejoin(stage, server),
            Due::Deposes(server) => self.depose(stage, server),
            Due::StepsDown(server) => self.step_down(stage, server),
            Due::StopsServing(server) => self.stop_serving(stage, server),
            Due::GivenUp(server, until) => self.give_up_leader(stage, server, until),
            Due::Reconnects(process) => self.reconnects(stage, process),
            Due::Resubscribes(process, slot) => self.resubscribe(stage, process, slot),
            Due::Heals(process) => self.heal(stage, process),
            Due::Joins(fault) => self.join(stage, fault),
            Due::CatchesUp(from, to) => self.catch_up(stage, (from, to)),
            Due::MasterDown(group) => self.fail_over(stage, group),
            Due::PutsRight(group) => self.put_right(stage, group),
            Due::Switched(process, group) => self.switch(stage, process, group),
            Due::Over(fault, target) => {
                stage.setup.faults[usize::from(fault)].over(self, stage, target);
            }
            Due::Silent(process) => self.silent(stage, process),
            Due::GivesUp(process) => self.gives_up(stage, process),
        }
    }

    fn awaits_process(&self, event: Due) -> Option<ProcessId> {
        match event {
            Due::Ping(process) => Some(process),
            event => self.process_of(event),
        }
    }

    /// The process that the nominal step is about.
    pub(crate) fn acting_process(&self) -> Option<ProcessId> {
        self.agenda.head().and_then(|(_, event)| self.process_of(event))
    }

    /// The server that acts in the nominal step.
    pub(crate) fn acting_server(&self) -> Option<ServerId> {
        match self.agenda.head()?.1 {
            Due::Up(conn) | Due::Served(conn) => Some(self.conns[conn as usize].server()),
            Due::Wake(server) | Due::Peer(_, server) | Due::ServerUp(server) => Some(server),
            _ => None,
        }
    }

    /// The process that a step like this is about.
    pub(super) fn process_of(&self, event: Due) -> Option<ProcessId> {
        match event {
            Due::Down(conn) => Some(self.conns[conn as usize].process),
            Due::Timer(process, _)
            | Due::Switched(process, _)
            | Due::Silent(process)
            | Due::GivesUp(process)
            | Due::Resubscribes(process, _)
            | Due::Reconnects(process) => Some(process),
            _ => None,
        }
    }
}
