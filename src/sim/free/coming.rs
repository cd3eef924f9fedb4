//! Clients that come when they like, and whose tries have any phase.
//!
//! Nominally each client comes at the beginning, once. It may as well come right after anything that happens to others,
//! or just before, or never; whose tries are over may come once more; and one wait between tries may be shorter, so that
//! the next try falls right after something that happens to others, or just before it: as if the tries had begun a little
//! earlier. Between two events nothing changes, so no other moment makes a difference.

use crate::choice::{About, Alternative, ProcessDue, Question, Site};
use crate::event::Who;
use crate::sim::agenda::{Due, OpRef, ProcessId};
use crate::sim::process::Waiting;
use crate::sim::setup::Setup;
use crate::sim::step::Step;
use crate::sim::tasks::WHOLE;
use crate::sim::thread::{Phase, Thread};
use crate::sim::world::{Stage, World};
use crate::time::Micros;

impl World {
    /// Whether a process is away at the beginning. Somebody is there.
    pub(in crate::sim) fn stays_away(&self, stage: &mut Stage<'_>, process: ProcessId) -> bool {
        let setup = stage.setup;
        let at_once = setup.processes[usize::from(process)].starts == Micros::ZERO;
        if !setup.arrives_freely(process) || !at_once || !self.free.may_choose() {
            return false;
        }
        let is_last = usize::from(process) + 1 == self.processes.len();
        if is_last && self.processes[..usize::from(process)].iter().all(|it| it.away) {
            return false;
        }
        let picked = stage.choices.pick(&Question {
            about: About::Arrival,
            n: 2,
            site: &|| Site::Process { process, due: ProcessDue::Start },
            alternative: &|_| Alternative::StaysAway(process),
        });
        picked == 1
    }

    /// A process is not there yet.
    pub(in crate::sim) fn send_away(&mut self, process: ProcessId) {
        self.wants -= self.processes[usize::from(process)].wants();
        let state = self.process_mut(process);
        state.away = true;
        self.free.choose();
        let state = self.process_mut(process);
        state.alive = false;
        state.threads.clear();
    }

    /// Who may come now, or ask again: when nothing more is due at this instant.
    pub(in crate::sim) fn offer_comings(&self, setup: &Setup, out: &mut Vec<Step>) {
        let head = self.agenda.head().and_then(|(_, event)| self.process_of(event));
        for (number, state) in self.processes.iter().enumerate() {
            let process = number as ProcessId;
            let comes_again = || self.free.may_choose() && self.may_come_again(process);
            if state.away || comes_again() {
                out.extend([false, true].map(|late| Step::Comes(process, late)));
            } else if self.free.may_choose() && setup.arrives_freely(process) {
                self.offer_asking(process, head == Some(process), out);
            }
        }
    }

    /// Whether all threads of a process have given up, for the first time.
    fn may_come_again(&self, process: ProcessId) -> bool {
        let state = &self.processes[usize::from(process)];
        state.alive
            && state.paused.is_none()
            && state.again
            && state.threads.iter().all(Thread::has_given_up)
    }

    /// Which waits of a process may end now.
    fn offer_asking(&self, process: ProcessId, is_next: bool, out: &mut Vec<Step>) {
        let state = &self.processes[usize::from(process)];
        if !state.alive || state.paused.is_some() {
            return;
        }
        for (number, thread) in state.threads.iter().enumerate() {
            if !thread.unphased || self.pause_between_tries(process, number as u8).is_none() {
                continue;
            }
            out.push(Step::Asks(process, number as u8, false));
            if !is_next {
                out.push(Step::Asks(process, number as u8, true));
            }
        }
    }

    /// The wait of a thread between two tries, and when it is over.
    fn pause_between_tries(&self, process: ProcessId, thread: u8) -> Option<(OpRef, Micros)> {
        let state = &self.processes[usize::from(process)];
        if state.threads[usize::from(thread)].phase != Phase::Waiting {
            return None;
        }
        let [(op, Waiting::Timer(due))] = state.task(thread)?.ops.as_slice() else { return None };
        Some((OpRef { task: thread, op: *op, slot: WHOLE }, *due))
    }

    /// A process comes that was away, or comes once more.
    pub(in crate::sim) fn comes(&mut self, stage: &mut Stage<'_>, process: ProcessId, late: bool) {
        self.wait_for_next(late);
        if std::mem::take(&mut self.process_mut(process).away) {
            self.begin_process(stage, process);
        } else {
            let state = self.process_mut(process);
            state.again = false;
            self.free.choose();
            let state = self.process_mut(process);
            for thread in &mut state.threads {
                thread.comes_again();
            }
            self.wants += self.processes[usize::from(process)].wants();
            self.begin_threads(stage, process);
        }
        self.go_first(process, late);
    }

    /// A thread asks again before its wait is over.
    pub(in crate::sim) fn asks_early(
        &mut self,
        stage: &mut Stage<'_>,
        Who { process, thread }: Who,
        late: bool,
    ) {
        let Some((op, due)) = self.pause_between_tries(process, thread) else { return };
        self.free.choose();
        self.wait_for_next(late);
        self.agenda.cancel(due, Due::Timer(process, op));
        self.set_due(process, op, self.now);
        self.process_mut(process).threads[usize::from(thread)].unphased = false;
        self.timer(stage, process, op);
        self.go_first(process, late);
    }

    /// Time goes on to the next event, which comes after what happens now.
    pub(in crate::sim) fn wait_for_next(&mut self, late: bool) {
        if late {
            self.now = self.when_late();
        }
    }

    /// What a process sends just before the next event arrives before it.
    fn go_first(&mut self, process: ProcessId, late: bool) {
        if !late {
            return;
        }
        let now = self.now;
        let own = |world: &Self, event: &Due| matches!(event, Due::Up(conn) if world.conns[*conn as usize].process == process);
        let sent: Vec<Due> = self.agenda.at(now).filter(|event| own(self, event)).collect();
        for event in sent.into_iter().rev() {
            self.agenda.bring_first(now, event);
        }
    }
}
