//! Tasks: their operations begin and end, and threads go from call to call.

use std::collections::VecDeque;

use super::agenda::{Event, OpRef, ProcessId};
use super::process::{Part, Running, Waiting};
use super::tell::Told;
use super::thread::Step;
use super::world::{Stage, World};
use crate::choice::{About, Question};
use crate::cx::{
    Act, Call, CallError, Grant, Lane, Op, OpResult, Output, Session, TaskId, WatchId, data_of,
};
use crate::property::{self, Who};
use crate::time::Micros;

/// The slot of an operation that is not part of a gathering.
const WHOLE: u8 = u8::MAX;

/// Work that follows at once.
enum Todo {
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
            self.start_process(stage, process as ProcessId);
        }
    }

    /// A process begins: with its ZooKeeper session, if it has one.
    pub(crate) fn start_process(&mut self, stage: &mut Stage<'_>, process: ProcessId) {
        let zookeeper =
            stage.around[usize::from(process)].first().and_then(|around| around.zookeeper);
        if let Some(server) = zookeeper
            && self.processes[usize::from(process)].zk.is_some()
        {
            let conn = self.conn_on(process, Lane { server, lane: 0 });
            self.open(stage, conn);
            self.schedule_ping(stage, process);
        } else {
            self.begin_threads(stage, process);
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
            self.happens(stage, &property::Event::Asks(Who { process, thread }));
            let acts = self.begin(stage, process, thread, &call);
            self.work_off(stage, process, VecDeque::from([acts]));
        }
    }

    fn begin(
        &mut self,
        stage: &mut Stage<'_>,
        process: ProcessId,
        task: TaskId,
        call: &Call,
    ) -> Todo {
        self.prepare(stage, process);
        let (now, total) = (self.now, self.total());
        // Tasks beside the threads use the first one's connections.
        let threads = &stage.around[usize::from(process)];
        let around = threads.get(usize::from(task)).unwrap_or(&threads[0]);
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

    fn work_off(&mut self, stage: &mut Stage<'_>, process: ProcessId, mut todo: VecDeque<Todo>) {
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
        self.forget_watches(process);
    }

    /// Tasks that wait for a cell that was written go on.
    fn wake_readers(&mut self, process: ProcessId, todo: &mut VecDeque<Todo>) {
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

    /// The operations of a process that wait for something.
    fn waiting_for(&self, process: ProcessId, waits: impl Fn(&Waiting) -> bool) -> Vec<OpRef> {
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

    /// Takes the operation off the list of what the task waits for; the result, if the task goes on with it.
    fn settle(&mut self, process: ProcessId, op: OpRef, result: OpResult) -> Option<OpResult> {
        let running = self.running(process, op.task)?;
        let place = running.ops.iter().position(|(id, _)| *id == op.op)?;
        if op.slot == WHOLE {
            let (_, waiting) = running.ops.remove(place);
            self.stop(process, op, &waiting);
            return Some(result);
        }
        let Waiting::Gather { parts, need } = &mut running.ops[place].1 else { return None };
        let need = *need;
        let part = &mut parts[usize::from(op.slot)];
        let Part::Waits(waiting) = std::mem::replace(part, Part::Ended(result)) else {
            return None;
        };
        let said_yes = |part: &&Part| matches!(part, Part::Ended(result) if result.says_yes());
        let yes = parts.iter().filter(said_yes).count() as u32;
        let open = parts.iter().any(|part| matches!(part, Part::Waits(_)));
        self.stop(process, op, &waiting);
        if yes < need && open {
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
    fn stop(&mut self, process: ProcessId, op: OpRef, waiting: &Waiting) {
        match waiting {
            Waiting::Timer(due) | Waiting::Turn { until: due, .. } => {
                self.agenda.cancel(*due, Event::Timer(process, op));
            }
            Waiting::Reply { conn, until } => {
                if let Some(until) = until {
                    self.agenda.cancel(*until, Event::Timer(process, op));
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
            Waiting::Changed(_) | Waiting::Fired(_) | Waiting::SessionChanged(_) => {}
        }
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
                stage.listener.hear(self.total(), &Told::Noted { process, what, amount });
            }
            Act::Finish(output) => self.finish(stage, process, task, output, todo),
        }
    }

    fn interrupt(&mut self, stage: &mut Stage<'_>, process: ProcessId, task: TaskId) {
        let state = self.process_mut(process);
        let Ok(place) = state.tasks.binary_search_by_key(&task, |(id, _)| *id) else { return };
        let (_, running) = state.tasks.remove(place);
        state.local.keep(task, &[]);
        stage.engine.end(running.handle);
        for (op, waiting) in running.ops {
            self.stop(process, OpRef { task, op, slot: WHOLE }, &waiting);
        }
    }

    /// Starts an operation; what it waits for, unless it has ended already.
    fn start(
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
            Op::Call { to, request, within } => {
                let conn = self.send(stage, process, at, *to, request);
                let until = within.map(|span| self.after(process, span));
                if let Some(until) = until {
                    self.agenda.put(until, Event::Timer(process, at));
                }
                Some(Waiting::Reply { conn, until })
            }
            Op::Sleep(span) => {
                let due = self.after(process, *span);
                self.agenda.put(due, Event::Timer(process, at));
                Some(Waiting::Timer(due))
            }
            Op::Draw(n) => {
                let name = &stage.setup.processes[usize::from(process)].name;
                let number = stage.choices.pick(&Question {
                    about: About::Draw,
                    n: *n,
                    site: &|| format!("{name} draws"),
                    name: &|number| number.to_string(),
                });
                at_once(Waiting::Changed("drawn"), OpResult::Drawn(number))
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
            Op::Gather { ops, need } => {
                let parts = ops.iter().enumerate().map(|(slot, op)| {
                    let at = OpRef { slot: slot as u8, ..at };
                    match self.start(stage, process, at, op, todo) {
                        Some(waiting) => Part::Waits(waiting),
                        None => Part::Ended(OpResult::Done),
                    }
                });
                let parts = parts.collect();
                Some(Waiting::Gather { parts, need: *need })
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
                self.agenda.put(until, Event::Timer(process, at));
                Some(Waiting::Turn { until, state: state.clone() })
            }
        }
    }

    /// World time after `span` on the process's monotonic clock.
    fn after(&self, process: ProcessId, span: Micros) -> Micros {
        let clock = &self.processes[usize::from(process)].clock;
        self.now + clock.world_span(span.max(Micros::ZERO))
    }

    /// Notes when the timer of an operation is due now.
    pub(crate) fn set_due(&mut self, process: ProcessId, op: OpRef, due: Micros) {
        let Some(running) = self.running(process, op.task) else { return };
        let Some((_, waiting)) = running.ops.iter_mut().find(|(id, _)| *id == op.op) else {
            return;
        };
        waiting.set_due(op.slot, due);
    }

    /// A timer of a task fires.
    pub(crate) fn timer(&mut self, stage: &mut Stage<'_>, process: ProcessId, op: OpRef) {
        stage.listener.hear(self.total(), &Told::Timer { process });
        let Some(running) = self.processes[usize::from(process)].task(op.task) else { return };
        let waiting = running.ops.iter().find(|(id, _)| *id == op.op).map(|(_, waiting)| waiting);
        let waiting = match (waiting, op.slot) {
            (waiting, WHOLE) => waiting,
            (Some(Waiting::Gather { parts, .. }), slot) => match parts.get(usize::from(slot)) {
                Some(Part::Waits(waiting)) => Some(waiting),
                _ => None,
            },
            _ => None,
        };
        let result = match waiting {
            Some(Waiting::Timer(_)) => OpResult::Done,
            Some(Waiting::Reply { .. }) => OpResult::Failed(CallError::TimedOut),
            Some(Waiting::Turn { state, .. }) => OpResult::Resumed(state.clone()),
            _ => return,
        };
        self.ended(stage, process, op, result);
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
        self.process_mut(process).local.session = session;
        let waits = |waiting: &Waiting| matches!(waiting, Waiting::SessionChanged(from) if *from != session);
        for op in self.waiting_for(process, waits) {
            self.ended(stage, process, op, OpResult::Session(session));
        }
    }

    /// A call is over: a thread goes on to the next.
    fn finish(
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
        let state = self.process_mut(process);
        let Some(thread) = state.threads.get_mut(usize::from(task)) else {
            state.local.keep(task, &[]);
            return;
        };
        let who = Who { process, thread: task };
        let refused = matches!(output, Output::Acquired(_, Err(_)));
        let step = thread.after(output);
        let data = [thread.lock.handles(), thread.work.handles()].concat();
        state.local.keep(data_of(task), &data);
        let heeds = thread.work.heeds_validity();
        match step {
            Step::Call(call) => {
                if refused {
                    self.happens(stage, &property::Event::Refused(who));
                }
                todo.push_back(self.begin(stage, process, task, &call));
            }
            Step::Enter(grant, call) => {
                self.enter(stage, who, &grant, heeds);
                todo.push_back(self.begin(stage, process, task, &call));
            }
            Step::Leave(call) => {
                self.happens(stage, &property::Event::Leaves(who));
                todo.push_back(self.begin(stage, process, task, &call));
            }
            Step::Ask(call, anew) => {
                if anew {
                    self.happens(stage, &property::Event::Asks(who));
                }
                todo.push_back(self.begin(stage, process, task, &call));
            }
            Step::Done => {
                self.wants -= 1;
                self.process_mut(process).local.keep(task, &[]);
                self.happens(stage, &property::Event::Done(who));
            }
        }
    }

    fn enter(&mut self, stage: &mut Stage<'_>, who: Who, grant: &Grant, heeds: bool) {
        let now = self.now;
        let state = &self.processes[usize::from(who.process)];
        let until = grant
            .until
            .filter(|_| heeds)
            .map(|until| now + state.clock.world_span(state.local.until(until)));
        self.happens(stage, &property::Event::Enters { who, until, fence: grant.fence });
    }
}

impl World {
    /// Whether ZooKeeper clients really ping: in sampled timing.
    pub(crate) fn pings(&self) -> bool {
        self.pings
    }
}
