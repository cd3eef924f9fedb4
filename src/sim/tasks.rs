//! Tasks: their operations begin and end, and threads go from call to call.

use std::collections::VecDeque;

use super::agenda::{Due, OpRef, ProcessId};
use super::process::Running;
use super::thread::Step;
use super::world::{Stage, World};
use crate::cx::{
    Act, Call, Grant, Lane, OpResult, Output, TaskId, clean_up_of, data_of, thread_of,
};
use crate::event::{Event, Who};
use crate::time::Micros;

/// The slot of an operation that is not part of a gathering.
pub(crate) const WHOLE: u8 = u8::MAX;

/// Work that follows at once.
pub(crate) enum Todo {
    /// An operation has ended.
    Ended(OpRef, OpResult),
    /// A task has done something.
    Did(TaskId, VecDeque<Act>),
}

impl World {
    /// All processes begin.
    pub(crate) fn boot(&mut self, stage: &mut Stage<'_>) {
        for server in 0..self.servers.len() {
            self.arm(server as u16);
        }
        for process in 0..self.processes.len() {
            match stage.setup.processes[process].starts {
                Micros::ZERO if self.stays_away(stage, process as ProcessId) => {
                    self.send_away(process as ProcessId);
                }
                Micros::ZERO => self.start_process(stage, process as ProcessId),
                later => self.agenda.put(later, Due::Starts(process as ProcessId)),
            }
        }
    }

    /// A process begins: with its ZooKeeper session, if it has one.
    pub(crate) fn start_process(&mut self, stage: &mut Stage<'_>, process: ProcessId) {
        self.ask(stage, process);
        let zookeeper =
            stage.scene.around[usize::from(process)].first().and_then(|around| around.zookeeper);
        if let Some(server) = zookeeper
            && self.processes[usize::from(process)].zk.is_some()
        {
            let conn = self.conn_on(process, self.lane(process, Lane { server, lane: 0 }));
            self.open(stage, conn);
            self.schedule_ping(stage, process);
        } else {
            self.begin_threads(stage, process);
        }
    }

    /// Threads that begin want the lock from now on, also while there is no connection yet.
    fn ask(&mut self, stage: &mut Stage<'_>, process: ProcessId) {
        let threads = self.processes[usize::from(process)].threads.len();
        for thread in 0..threads as u8 {
            self.happens(stage, &Event::Asks(Who { process, thread }));
        }
    }

    /// The threads of a process begin to ask for the lock.
    pub(crate) fn begin_threads(&mut self, stage: &mut Stage<'_>, process: ProcessId) {
        // A new session is no new beginning for threads that already run, or that have had enough.
        let threads = self.processes[usize::from(process)].threads.len();
        for thread in 0..threads as u8 {
            let state = &self.processes[usize::from(process)];
            if state.task(thread).is_some() || !state.threads[usize::from(thread)].wants() {
                continue;
            }
            let call =
                self.processes[usize::from(process)].threads[usize::from(thread)].lock.acquire();
            let acts = self.begin(stage, process, thread, &call);
            self.work_off(stage, process, VecDeque::from([acts]));
        }
    }

    pub(super) fn begin(
        &mut self,
        stage: &mut Stage<'_>,
        process: ProcessId,
        task: TaskId,
        call: &Call,
    ) -> Todo {
        self.prepare(stage, process);
        let (now, total) = (self.now, self.total());
        let threads = &stage.scene.around[usize::from(process)];
        let around = &threads[usize::from(thread_of(task, threads.len()))];
        let state = self.process_mut(process);
        state.set_clocks(now, total);
        state.local.keep(task, &call.handles());
        let ran = stage.engine.begin(around, task, call, &mut state.local);
        let running = Running { handle: ran.handle, ops: Vec::new(), turned: Vec::new() };
        match state.tasks.binary_search_by_key(&task, |(id, _)| *id) {
            Ok(place) => {
                let (_, old) = std::mem::replace(&mut state.tasks[place], (task, running));
                stage.engine.end(old.handle);
            }
            Err(place) => state.tasks.insert(place, (task, running)),
        }
        Todo::Did(task, ran.acts.into())
    }

    /// What a task may have to know about the world: the tokens that others still have.
    fn prepare(&mut self, stage: &Stage<'_>, process: ProcessId) {
        if !stage.setup.is_abstract() || !self.processes[usize::from(process)].local.has_minted() {
            return;
        }
        let known = super::tokens::known(self, process);
        self.process_mut(process).local.known_tokens = known;
    }

    /// An operation, or a part of one, has ended.
    pub(crate) fn ended(
        &mut self,
        stage: &mut Stage<'_>,
        process: ProcessId,
        op: OpRef,
        result: OpResult,
    ) {
        self.work_off(stage, process, VecDeque::from([Todo::Ended(op, result)]));
    }

    pub(super) fn work_off(
        &mut self,
        stage: &mut Stage<'_>,
        process: ProcessId,
        mut todo: VecDeque<Todo>,
    ) {
        while let Some(next) = todo.pop_front() {
            match next {
                Todo::Ended(op, result) => {
                    if let Some(result) = self.settle(process, op, result) {
                        let acts = self.go_on(stage, process, op, result);
                        todo.extend(acts);
                    }
                }
                Todo::Did(task, mut acts) => {
                    while let Some(act) = acts.pop_front() {
                        self.act(stage, process, task, act, &mut todo);
                    }
                }
            }
            self.wake_readers(process, &mut todo);
        }
        let local = &mut self.process_mut(process).local;
        local.known_tokens = 0;
        local.wall = Micros::ZERO;
        local.ahead = Micros::ZERO;
        self.forget_watches(process);
        self.forget_subscriptions(stage, process);
    }

    fn go_on(
        &mut self,
        stage: &mut Stage<'_>,
        process: ProcessId,
        op: OpRef,
        result: OpResult,
    ) -> Option<Todo> {
        self.prepare(stage, process);
        let (now, total) = (self.now, self.total());
        let state = self.process_mut(process);
        state.set_clocks(now, total);
        let handle = state.task(op.task)?.handle;
        let ran = stage.engine.resume(handle, op.op, result, &mut state.local);
        if let Some(running) = state.task_mut(op.task) {
            running.handle = ran.handle;
        }
        Some(Todo::Did(op.task, ran.acts.into()))
    }

    fn act(
        &mut self,
        stage: &mut Stage<'_>,
        process: ProcessId,
        task: TaskId,
        act: Act,
        todo: &mut VecDeque<Todo>,
    ) {
        match act {
            Act::Start(op, what) => {
                let at = OpRef { task, op, slot: WHOLE };
                if let Some(waiting) = self.start(stage, process, at, &what, todo)
                    && let Some(running) = self.running(process, task)
                {
                    running.ops.push((op, waiting));
                }
            }
            Act::Cancel(op) => {
                let Some(running) = self.running(process, task) else { return };
                if let Some(place) = running.ops.iter().position(|(id, _)| *id == op) {
                    let (_, waiting) = running.ops.remove(place);
                    self.stop(process, OpRef { task, op, slot: WHOLE }, &waiting);
                }
                todo.retain(
                    |next| !matches!(next, Todo::Ended(of, _) if of.task == task && of.op == op),
                );
            }
            Act::Spawn(number, call) => {
                self.interrupt(stage, process, number);
                todo.push_back(self.begin(stage, process, number, &call));
            }
            Act::Interrupt(number) => {
                self.interrupt(stage, process, number);
                todo.retain(|next| match next {
                    Todo::Ended(of, _) => of.task != number,
                    Todo::Did(of, _) => *of != number,
                });
            }
            Act::Note(what, amount) => {
                stage.observer.on_event(self.total(), &Event::Noted { process, what, amount });
            }
            Act::Finish(output) => self.finish(stage, process, task, output, todo),
        }
    }

    pub(super) fn interrupt(&mut self, stage: &mut Stage<'_>, process: ProcessId, task: TaskId) {
        let state = self.process_mut(process);
        let Ok(place) = state.tasks.binary_search_by_key(&task, |(id, _)| *id) else { return };
        let (_, running) = state.tasks.remove(place);
        state.local.keep(task, &[]);
        stage.engine.end(running.handle);
        for (op, waiting) in running.ops {
            self.stop(process, OpRef { task, op, slot: WHOLE }, &waiting);
        }
    }

    /// A call is over: a thread goes on to the next.
    pub(super) fn finish(
        &mut self,
        stage: &mut Stage<'_>,
        process: ProcessId,
        task: TaskId,
        output: Output,
        todo: &mut VecDeque<Todo>,
    ) {
        // What a call leaves unfinished ends with it; the engine has forgotten the task already.
        let state = self.process_mut(process);
        if let Ok(place) = state.tasks.binary_search_by_key(&task, |(id, _)| *id) {
            let (_, running) = state.tasks.remove(place);
            for (op, waiting) in running.ops {
                self.stop(process, OpRef { task, op, slot: WHOLE }, &waiting);
            }
        }
        let now = self.now;
        let state = self.process_mut(process);
        let Some(thread) = state.threads.get_mut(usize::from(task)) else {
            state.local.keep(task, &[]);
            return;
        };
        let who = Who { process, thread: task };
        let refused = matches!(output, Output::Acquired(_, Err(_)));
        // Who heeds its grant does not begin when that is over.
        let too_late = match &output {
            Output::Acquired(_, Ok(Grant { until: Some(until), .. }))
                if thread.work.heeds_validity() =>
            {
                Some(state.local.until(*until)).filter(|left| *left <= Micros::ZERO)
            }
            _ => None,
        };
        let too_late = too_late.map(|left| now + state.clock.world_span(left));
        let step =
            if too_late.is_some() { thread.gives_back(output) } else { thread.after(output) };
        let data = [thread.lock.handles(), thread.work.handles()].concat();
        state.local.keep(data_of(task), &data);
        let heeds = thread.work.heeds_validity();
        match step {
            Step::Call(call) => {
                if let Some(until) = too_late {
                    self.happens(stage, &Event::TooLate { who, until });
                    self.happens(stage, &Event::Refused(who));
                }
                if refused {
                    self.happens(stage, &Event::Refused(who));
                }
                todo.push_back(self.begin(stage, process, task, &call));
            }
            Step::Enter(grant, call) => {
                self.enter(stage, who, &grant, heeds);
                todo.push_back(self.begin(stage, process, task, &call));
            }
            Step::EnterWithout(call) => {
                self.happens(stage, &Event::GoesInWithout(who));
                self.enter(stage, who, &Grant::default(), heeds);
                todo.push_back(self.begin(stage, process, task, &call));
            }
            Step::Leave(call, clean_up) => {
                self.happens(stage, &Event::Leaves(who));
                todo.push_back(self.begin(stage, process, task, &call));
                if let Some(call) = clean_up {
                    let number = clean_up_of(task);
                    self.interrupt(stage, process, number);
                    todo.push_back(self.begin(stage, process, number, &call));
                }
            }
            Step::Ask(call, anew) => {
                if anew {
                    self.happens(stage, &Event::Asks(who));
                }
                todo.push_back(self.begin(stage, process, task, &call));
            }
            Step::GiveUp => {
                if refused {
                    self.happens(stage, &Event::Refused(who));
                }
                self.happens(stage, &Event::GivesUp(who));
                self.done(stage, who);
            }
            Step::Done => self.done(stage, who),
        }
    }

    /// A thread has had enough; after the last one the process ends, if another takes its place.
    pub(super) fn done(&mut self, stage: &mut Stage<'_>, who: Who) {
        self.wants -= 1;
        let state = self.process_mut(who.process);
        state.local.keep(who.thread, &[]);
        if state.wants() == 0 && state.lives > 1 {
            state.lives -= 1;
            self.agenda.put(self.now, Due::Exits(who.process));
        }
        self.happens(stage, &Event::Done(who));
    }

    fn enter(&mut self, stage: &mut Stage<'_>, who: Who, grant: &Grant, heeds: bool) {
        let now = self.now;
        let state = &self.processes[usize::from(who.process)];
        let lease = grant.until.map(|until| now + state.clock.world_span(state.local.until(until)));
        let (until, fence, shared) = (lease.filter(|_| heeds), grant.fence, grant.shared);
        self.happens(stage, &Event::Enters { who, until, lease, fence, shared });
    }
}

impl World {
    /// Whether ZooKeeper clients really ping: in sampled timing.
    pub(crate) fn pings(&self) -> bool {
        self.pings
    }
}
