//! One process of a recipe, played along a recording.

use std::collections::BTreeMap;

use lockstep::cx::{Call, Lane, Op, OpResult, Output, Request, Subscription, Surroundings};
use lockstep::sim::solo::{Did, Moment, OpRef, Solo};
use lockstep::time::Micros;

use super::client::{Asked, Client, Place};
use super::compare::Mismatch;
use super::waits::{Part, Wait, When};

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
    solo: Solo,
    /// What its tasks wait for, in the order of tasks and of their operations.
    waits: BTreeMap<OpRef, Wait>,
    /// The recording's time.
    pub(super) now: Micros,
    /// How much the client's wall clock is behind what the recording says.
    pub(super) behind: Micros,
    place: Place,
    /// Up to where messages of each subscription have been taken.
    heard: BTreeMap<Subscription, Place>,
    differs: Option<Mismatch>,
    /// How it ended otherwise than its client: it sent more, or it waits for ever.
    ending: Option<Mismatch>,
    gone: bool,
}

/// What a try may have to go back to.
pub(super) struct Before<C> {
    client: C,
    process: Moment,
    now: Micros,
    place: Place,
    heard: BTreeMap<Subscription, Place>,
}

impl<C: Client> Player<C> {
    pub(super) fn new(client: C, name: &str) -> Self {
        let servers = client.servers() as u16;
        let around = Surroundings {
            redis: (0..servers).collect(),
            replicas: vec![Vec::new(); usize::from(servers)],
            zookeeper: Some(0),
            process: "c1".to_owned(),
            ..Surroundings::default()
        };
        Self {
            client,
            name: name.to_owned(),
            solo: Solo::new(around),
            waits: BTreeMap::new(),
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
            process: self.solo.moment(),
            now: self.now,
            place: self.place,
            heard: self.heard.clone(),
        }
    }

    /// Goes back, as if nothing had been tried.
    pub(super) fn back(&mut self, before: Before<C>) {
        (self.differs, self.ending, self.gone) = (None, None, false);
        self.solo.back_to(before.process);
        self.take();
        self.client = before.client;
        (self.now, self.place, self.heard) = (before.now, before.place, before.heard);
    }

    /// Whether tasks run beside the thread: what they did cannot be undone.
    pub(super) fn is_alone(&self) -> bool {
        self.solo.is_idle()
    }

    /// Plays a call of the thread to its end.
    pub(super) fn play(&mut self, call: &Call) -> Played {
        self.clocks();
        self.solo.begin(call);
        let mut output = self.take();
        while output.is_none() && self.differs.is_none() && !self.gone {
            let Some((op, when, result)) = self.first() else {
                // Nobody is left to end it: the recording ended before, or its client, unless that went on.
                self.gone = true;
                self.ending = self.ending.take().or_else(|| {
                    let (line, _, words) = self.client.next()?;
                    let (client, recorded) = (self.name.clone(), words.join(" "));
                    Some(Mismatch { line, client, recorded, recipe: "waits for ever".to_owned() })
                });
                break;
            };
            output = self.ended(op, when, result);
        }
        let done = if let Some(mismatch) = self.differs.take() {
            Played::Differs(mismatch)
        } else if let Some(output) = output {
            Played::Ended(output)
        } else {
            Played::Gone
        };
        self.solo.stop();
        self.take();
        done
    }

    /// Lets the tasks beside the thread run until `at`: the thread is at work.
    pub(super) fn idle(&mut self, at: Micros) -> Option<Mismatch> {
        while let Some((op, when, result)) = self.first() {
            if when.0 > at || self.gone || self.differs.is_some() {
                break;
            }
            self.ended(op, when, result);
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

    /// What ends first.
    fn first(&self) -> Option<(OpRef, When, OpResult)> {
        let all = self.waits.iter().filter_map(|(op, wait)| {
            let (when, result) = wait.ends(&self.client, self.now, self.place)?;
            Some((*op, when, result))
        });
        all.min_by_key(|(_, when, _)| *when)
    }

    fn clocks(&mut self) {
        self.solo.set_clocks(self.now, self.client.epoch() + self.now - self.behind);
        self.solo.set_session(self.client.session(self.place));
    }

    /// An operation ends; the output of the thread's call, if that ends too.
    fn ended(&mut self, op: OpRef, when: When, result: OpResult) -> Option<Output> {
        let wait = self.waits.get_mut(&op)?;
        if let (Wait::Message { from, .. }, OpResult::Message(_)) = (&*wait, &result) {
            self.heard.insert(*from, when.1);
        }
        let whole = wait.end(&self.client, self.now, self.place, when, result);
        self.now = self.now.max(when.0);
        self.place = self.place.max(when.1);
        let result = whole?;
        self.waits.remove(&op);
        self.clocks();
        self.solo.answer(op, result);
        self.take()
    }

    /// Takes what the tasks did; the output of the thread's call, if it has ended.
    fn take(&mut self) -> Option<Output> {
        let mut output = None;
        while let Some(did) = self.solo.next_did() {
            match did {
                Did::Asks(op, what) => {
                    let wait = self.start(&what);
                    self.waits.insert(op, wait);
                }
                Did::GivesUp(op) => {
                    self.waits.remove(&op);
                }
                Did::Wrote(cell) => {
                    for wait in self.waits.values_mut() {
                        if matches!(wait, Wait::Cell(name) if *name == cell) {
                            *wait = Wait::Ready(OpResult::Done);
                        }
                    }
                }
                Did::Ends(ended) => output = Some(ended),
            }
        }
        output
    }

    fn start(&mut self, what: &Op) -> Wait {
        match what {
            Op::Call { to, request, within, .. } => self.call(*to, request, *within),
            Op::Message { from, within } => Wait::Message {
                from: *from,
                after: self.heard.get(from).copied().unwrap_or_default(),
                until: within.map(|within| self.now + within),
            },
            Op::Sleep(span) => Wait::Timer(self.now + *span),
            Op::Draw(_) | Op::Delay(_) => Wait::Ready(OpResult::Drawn(0)),
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

    fn call(&mut self, to: Lane, request: &Request, within: Option<Micros>) -> Wait {
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
                if let Some(subscription) = Subscription::on(to) {
                    self.heard.insert(subscription, place);
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
