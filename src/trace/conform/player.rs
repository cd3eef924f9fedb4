//! One process of a recipe, played along a recording.

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use super::Mismatch;
use super::client::{Asked, Client, Place};
use super::waits::{Part, Wait, Waiting, When};
use crate::cx::{
    Act, Call, Lane, Local, Op, OpId, OpResult, Output, Scripts, Surroundings, TaskId, data_of,
    subscription_of,
};
use crate::sim::{Engine, Live};
use crate::time::Micros;

/// How much earlier (µs) than the recipe would a library may have sent a request: a server's clock is read a moment
/// before the request is executed. So much before its end, too, a client may have been about to send something.
pub(super) const EARLY: Micros = Micros(2_000);

/// How a call went.
pub(super) enum Played {
    /// It came to its end.
    Ended(Output),
    /// The recorded client was gone before.
    Gone,
    /// It did something else than the recorded client.
    Differs(Mismatch),
}

/// The tasks of a process that stands in for a recorded client.
pub(super) struct Player<C> {
    pub(super) client: C,
    name: String,
    engine: Live,
    local: Local,
    around: Rc<Surroundings>,
    tasks: BTreeMap<TaskId, (u32, Vec<Waiting>)>,
    /// The recording's time.
    pub(super) now: Micros,
    /// How much the client's wall clock is behind what the recording says.
    pub(super) behind: Micros,
    place: Place,
    /// Up to where messages of each subscription have been taken.
    heard: BTreeMap<u8, Place>,
    differs: Option<Mismatch>,
    /// How it ended otherwise than its client: it sent more, or it waits for ever.
    ending: Option<Mismatch>,
    gone: bool,
}

/// What a try may have to go back to.
pub(super) struct Before<C> {
    client: C,
    local: Local,
    now: Micros,
    place: Place,
    heard: BTreeMap<u8, Place>,
    tasks: Vec<TaskId>,
}

impl<C: Client> Player<C> {
    pub(super) fn new(client: C, name: &str) -> Self {
        let servers = client.servers() as u16;
        let around = Surroundings {
            scripts: Scripts::default(),
            redis: (0..servers).collect(),
            replicas: vec![Vec::new(); usize::from(servers)],
            zookeeper: Some(0),
            ledger: None,
            process: "c1".to_owned(),
            number: 0,
            thread: 0,
        };
        Self {
            client,
            name: name.to_owned(),
            engine: Live::default(),
            local: Local::new(0, Micros(i64::MAX / 4), true),
            around: Rc::new(around),
            tasks: BTreeMap::new(),
            now: Micros::ZERO,
            behind: Micros::ZERO,
            place: 0,
            heard: BTreeMap::new(),
            differs: None,
            ending: None,
            gone: false,
        }
    }

    /// What a try that fails goes back to.
    pub(super) fn before(&self) -> Before<C> {
        Before {
            client: self.client.clone(),
            local: self.local.clone(),
            now: self.now,
            place: self.place,
            heard: self.heard.clone(),
            tasks: self.tasks.keys().copied().collect(),
        }
    }

    /// Goes back, as if nothing had been tried.
    pub(super) fn back(&mut self, before: Before<C>) {
        (self.differs, self.ending, self.gone) = (None, None, false);
        let begun: Vec<_> = self.tasks.keys().copied().collect();
        for task in begun.into_iter().filter(|task| !before.tasks.contains(task)) {
            self.interrupt(task);
        }
        (self.client, self.local) = (before.client, before.local);
        (self.now, self.place, self.heard) = (before.now, before.place, before.heard);
    }

    /// Whether tasks run beside the thread: what they did cannot be undone.
    pub(super) fn is_alone(&self) -> bool {
        self.tasks.is_empty()
    }

    /// Plays a call of the thread to its end.
    pub(super) fn play(&mut self, call: &Call) -> Played {
        let mut output = self.begin(0, call);
        while output.is_none() && self.differs.is_none() && !self.gone {
            let Some((task, op, when, result)) = self.first() else {
                // Nobody is left to end it: the recording ended before, or its client, unless that went on.
                self.gone = true;
                self.ending = self.ending.take().or_else(|| {
                    let (line, _, words) = self.client.next()?;
                    let (client, recorded) = (self.name.clone(), words.join(" "));
                    Some(Mismatch { line, client, recorded, recipe: "waits for ever".to_owned() })
                });
                break;
            };
            output = self.ended(task, op, when, result);
        }
        let done = if let Some(mismatch) = self.differs.take() {
            Played::Differs(mismatch)
        } else if let Some(output) = output {
            Played::Ended(output)
        } else {
            Played::Gone
        };
        if let Some((handle, _)) = self.tasks.remove(&0) {
            self.engine.end(handle);
        }
        done
    }

    /// Lets the tasks beside the thread run until `at`: the thread is at work.
    pub(super) fn idle(&mut self, at: Micros) -> Option<Mismatch> {
        while let Some((task, op, when, result)) = self.first() {
            if when.0 > at || self.gone || self.differs.is_some() {
                break;
            }
            self.ended(task, op, when, result);
        }
        self.gone = false;
        self.differs.take()
    }

    /// How it has ended otherwise than its client since this was last asked: it sent more, although the client was still
    /// there, or it waits for ever, although the client went on.
    pub(super) fn take_ending(&mut self) -> Option<Mismatch> {
        self.ending.take()
    }

    /// Whether there is something for `take_ending`.
    pub(super) fn ends_otherwise(&self) -> bool {
        self.ending.is_some()
    }

    /// The thread keeps what these handles name.
    pub(super) fn keep(&mut self, handles: &[crate::cx::Handle]) {
        self.local.keep(data_of(0), handles);
        self.local.keep(0, &[]);
    }

    /// What ends first.
    fn first(&self) -> Option<(TaskId, OpId, When, OpResult)> {
        let all = self.tasks.iter().flat_map(|(task, (_, ops))| {
            ops.iter().filter_map(|(op, wait)| {
                let (when, result) = wait.ends(&self.client, self.now, self.place)?;
                Some((*task, *op, when, result))
            })
        });
        all.min_by_key(|(_, _, when, _)| *when)
    }

    fn clocks(&mut self) {
        self.local.monotonic = self.now;
        self.local.wall = self.client.epoch() + self.now - self.behind;
        self.local.session = self.client.session(self.place);
    }

    fn begin(&mut self, task: TaskId, call: &Call) -> Option<Output> {
        self.clocks();
        self.local.keep(task, &call.handles());
        let ran = self.engine.begin(&self.around, task, call, &mut self.local);
        if let Some((old, _)) = self.tasks.insert(task, (ran.handle, Vec::new())) {
            self.engine.end(old);
        }
        self.acts(task, ran.acts.into())
    }

    /// An operation ends; the output of the thread's call, if that ends too.
    fn ended(&mut self, task: TaskId, op: OpId, when: When, result: OpResult) -> Option<Output> {
        let (handle, ops) = self.tasks.get_mut(&task)?;
        let handle = *handle;
        let at = ops.iter().position(|(id, _)| *id == op)?;
        if let (Wait::Message { slot, .. }, OpResult::Message(_)) = (&ops[at].1, &result) {
            self.heard.insert(*slot, when.1);
        }
        let whole = ops[at].1.end(&self.client, self.now, self.place, when, result);
        if when.0 > self.now {
            self.now = when.0;
        }
        self.place = self.place.max(when.1);
        let result = whole?;
        ops.remove(at);
        self.clocks();
        let ran = self.engine.resume(handle, op, result, &mut self.local);
        self.acts(task, ran.acts.into())
    }

    fn acts(&mut self, task: TaskId, mut acts: VecDeque<Act>) -> Option<Output> {
        let mut output = None;
        while let Some(act) = acts.pop_front() {
            match act {
                Act::Start(op, what) => {
                    let wait = self.start(&what);
                    if let Some((_, ops)) = self.tasks.get_mut(&task) {
                        ops.push((op, wait));
                    }
                }
                Act::Cancel(op) => {
                    if let Some((_, ops)) = self.tasks.get_mut(&task) {
                        ops.retain(|(id, _)| *id != op);
                    }
                }
                Act::Spawn(number, call) => {
                    self.interrupt(number);
                    self.begin(number, &call);
                }
                Act::Interrupt(number) => self.interrupt(number),
                Act::Note(..) => {}
                Act::Finish(finished) => {
                    self.tasks.remove(&task);
                    if task == 0 {
                        output = Some(finished);
                    } else {
                        self.local.keep(task, &[]);
                    }
                }
            }
        }
        self.wake_readers();
        output
    }

    fn interrupt(&mut self, task: TaskId) {
        if let Some((handle, _)) = self.tasks.remove(&task) {
            self.engine.end(handle);
            self.local.keep(task, &[]);
        }
    }

    /// Whoever waits for a cell that was written goes on.
    fn wake_readers(&mut self) {
        let written = std::mem::take(&mut self.local.written);
        for (_, wait) in self.tasks.values_mut().flat_map(|(_, ops)| ops) {
            if matches!(wait, Wait::Cell(name) if written.contains(name)) {
                *wait = Wait::Ready(OpResult::Done);
            }
        }
    }

    fn start(&mut self, what: &Op) -> Wait {
        match what {
            Op::Call { to, request, within, .. } => self.call(*to, request, *within),
            Op::Message { from, within } => Wait::Message {
                slot: from.slot(),
                after: self.heard.get(&from.slot()).copied().unwrap_or_default(),
                until: within.map(|within| self.now + within),
            },
            Op::Sleep(span) => Wait::Timer(self.now + *span),
            Op::Draw(_) => Wait::Ready(OpResult::Drawn(0)),
            Op::Changed(cell) => Wait::Cell(cell),
            Op::Fired(watch) => Wait::Watch(*watch),
            Op::SessionChanged(from) => Wait::Session(*from),
            Op::Gather { ops, votes } => {
                let parts = ops.iter().map(|op| Part::Waits(self.start(op))).collect();
                Wait::Gather { parts, votes: *votes }
            }
            Op::Turn { state, .. } => Wait::Ready(OpResult::Resumed(state.clone())),
        }
    }

    fn call(&mut self, to: Lane, request: &crate::cx::Request, within: Option<Micros>) -> Wait {
        if self.differs.is_some() || self.gone {
            return Wait::Never;
        }
        match self.client.ask(to, request, self.place, self.now) {
            Asked::Answered { sent, place, at, result } => {
                if sent + EARLY < self.now {
                    let early = (self.now - sent).as_ms();
                    self.differs = Some(Mismatch {
                        line: place,
                        client: self.name.clone(),
                        recorded: format!("a request {early} ms before the recipe does"),
                        recipe: format!("waits longer, until {}", self.now.0),
                    });
                }
                if let Some(slot) = subscription_of(to) {
                    self.heard.insert(slot, place);
                }
                Wait::Reply { place, at: at.max(self.now), result }
            }
            Asked::Unanswered => match within {
                Some(within) => Wait::Patience(self.now + within),
                None => Wait::Never,
            },
            Asked::Gone => {
                self.gone = true;
                Wait::Never
            }
            Asked::Nothing { line, until, recipe } => {
                let (now, until) = (self.now.0, until.0);
                self.ending = Some(Mismatch {
                    line,
                    client: self.name.clone(),
                    recorded: format!("nothing more, and was there until {until}"),
                    recipe: format!("{recipe} at {now}"),
                });
                self.gone = true;
                Wait::Never
            }
            Asked::Differs { line, recorded, recipe } => {
                let client = self.name.clone();
                self.differs = Some(Mismatch { line, client, recorded, recipe });
                Wait::Never
            }
        }
    }
}
