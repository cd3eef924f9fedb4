//! Messages that travel for longer than what comes next takes.
//!
//! Nominally a message takes no time. It may take up to the longest latency: then whatever happens until that may come
//! before it, within one direction of a connection still in order. A message that is late is held; it arrives before
//! any later step that it could be told apart from, or at the end of the instant, or when it has travelled for as long
//! as a message can.

use crate::sim::agenda::{ConnId, Due, ProcessId, ServerId};
use crate::sim::conn::{Direction, Hold};
use crate::sim::setup::Setup;
use crate::sim::step::Step;
use crate::sim::thread::Phase;
use crate::sim::world::{Stage, World};
use crate::time::Micros;

/// What a step touches.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Touches {
    Server(ServerId),
    Process(ProcessId),
    /// More than one of them.
    Several,
}

impl World {
    /// The directions whose first message is late.
    fn lates(&self) -> impl Iterator<Item = (ConnId, Direction)> + '_ {
        let directions = [Direction::Up, Direction::Down];
        let all = self.conns.iter().enumerate().flat_map(move |(number, conn)| {
            directions.into_iter().map(move |direction| (number, conn, direction))
        });
        let late =
            all.filter(|(_, conn, direction)| matches!(conn.hold(*direction), Some(Hold::Late(_))));
        late.map(|(number, _, direction)| (number as ConnId, direction))
    }

    /// Late messages arrive, at the end of an instant: the nominal step where time would move. Whether that may wait.
    pub(in crate::sim) fn offer_arrivals(&self, out: &mut Vec<Step>) -> bool {
        let before = out.len();
        out.extend(self.lates().map(|(conn, direction)| Step::Arrives(conn, direction)));
        if out.len() == before {
            return true;
        }
        // Time may move on to something that can be told from one of them.
        let Some((_, head)) = self.agenda.head() else { return false };
        self.lates().any(|late| self.can_be_told(head, late))
            && !matches!(head, Due::SlowEnds(conn, up)
                if self.lates().any(|late| late == (conn, if up { Direction::Up } else { Direction::Down })))
    }

    /// What may happen in place of the head, which is due now: a late message arrives, or the head becomes late.
    pub(in crate::sim) fn offer_lateness(&self, setup: &Setup, out: &mut Vec<Step>) {
        let Some(lateness) = setup.lateness else { return };
        let Some((due, head)) = self.agenda.head() else { return };
        for late in self.lates() {
            if self.can_be_told(head, late) {
                out.push(Step::Arrives(late.0, late.1));
            }
        }
        let (conn, direction) = match head {
            Due::Up(conn) => (conn, Direction::Up),
            Due::Down(conn) => (conn, Direction::Down),
            _ => return,
        };
        if self.free.may_choose() && self.may_matter((conn, direction), due + lateness) {
            out.push(Step::Late(conn, direction));
        }
    }

    /// Whether anything that is due until then could be told from a message that is the head of the agenda, or could
    /// lead to something that can.
    fn may_matter(&self, (conn, direction): (ConnId, Direction), until: Micros) -> bool {
        let process = self.conns[conn as usize].process;
        if direction == Direction::Down && !self.is_seen(process) && !self.hears_elsewhere(conn) {
            return false;
        }
        let mut others = self.agenda.until(until).filter(|event| match event {
            Due::Up(of) => (*of, Direction::Up) != (conn, direction),
            Due::Down(of) => (*of, Direction::Down) != (conn, direction),
            _ => true,
        });
        others.any(|event| self.awaits_process_that_stands_still(event).is_none())
    }

    fn awaits_process_that_stands_still(&self, event: Due) -> Option<ProcessId> {
        let process = self.process_of(event)?;
        self.processes[usize::from(process)].paused.as_ref().map(|_| process)
    }

    /// Whether properties see what a process does next: it may enter or leave a section.
    fn is_seen(&self, process: ProcessId) -> bool {
        let threads = &self.processes[usize::from(process)].threads;
        threads.iter().any(|thread| matches!(thread.phase, Phase::Acquiring | Phase::Working))
    }

    /// Whether the process of a late reply may hear something else first.
    pub(crate) fn hears_several(&self, step: Step) -> bool {
        matches!(step, Step::Late(conn, _) if self.hears_elsewhere(conn))
    }

    /// Whether the process of a connection may hear something that does not come on it.
    fn hears_elsewhere(&self, conn: ConnId) -> bool {
        let process = self.conns[conn as usize].process;
        let others = self.processes[usize::from(process)].conns.iter();
        let mut others = others.filter(|(_, other)| *other != conn);
        others.any(|(_, other)| !self.conns[*other as usize].awaited.is_empty())
    }

    /// Whether it makes a difference which of the two comes first.
    fn can_be_told(&self, event: Due, (conn, direction): (ConnId, Direction)) -> bool {
        let state = &self.conns[conn as usize];
        let message = match direction {
            Direction::Up => Touches::Server(state.server()),
            Direction::Down => Touches::Process(state.process),
        };
        let other = self.touches(event);
        other == message
            || other == Touches::Several
            || direction == Direction::Down && self.is_seen(state.process)
    }

    fn touches(&self, event: Due) -> Touches {
        match event {
            Due::Up(conn) | Due::Served(conn) => {
                Touches::Server(self.conns[conn as usize].server())
            }
            Due::Wake(server) | Due::Peer(_, server) => Touches::Server(server),
            event => self.process_of(event).map_or(Touches::Several, Touches::Process),
        }
    }

    /// The message at the head of a direction, and what follows it on its way, is late.
    pub(in crate::sim) fn be_late(
        &mut self,
        stage: &Stage<'_>,
        conn: ConnId,
        direction: Direction,
    ) {
        self.free.choose();
        let lateness = stage.setup.lateness.unwrap_or_default();
        let due = self.agenda.head().map_or(self.now, |(due, _)| due);
        let until = due + lateness;
        self.agenda.put(until, Due::SlowEnds(conn, direction == Direction::Up));
        self.hold(conn, direction, Hold::Late(until));
    }

    /// A late message arrives.
    pub(in crate::sim) fn arrive_late(
        &mut self,
        stage: &mut Stage<'_>,
        conn: ConnId,
        direction: Direction,
    ) {
        self.release(conn, direction);
        let event = match direction {
            Direction::Up => Due::Up(conn),
            Direction::Down => Due::Down(conn),
        };
        self.agenda.bring_first(self.now, event);
        self.next(stage);
    }
}
