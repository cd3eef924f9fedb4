//! What belongs to one process and is shared by its tasks: its clock table, its tokens, its cells.
//!
//! A recipe never sees a number here: it holds *handles*, and asks. Every answer is an observation, which is
//! why a task is a pure function of what it has observed.

use std::collections::BTreeMap;
use std::hash::Hash;

use super::handle::{Handle, Instant, Token, WatchId};
use super::owners::Owners;
use super::state::Value;
use crate::time::Micros;

/// The number of a task within its process.
pub type TaskId = u8;

/// The owner of handles that stand in cells.
const CELLS: TaskId = 63;

/// The owner of handles that stand in the plain data of a thread, between and during its calls.
pub(crate) const fn data_of(thread: TaskId) -> TaskId {
    64 + thread
}

/// The task that cleans up after a thread.
pub(crate) const fn clean_up_of(thread: TaskId) -> TaskId {
    96 + thread
}

/// The number of a recipe's task that belongs to a lock `depth` locks deep in others.
pub(crate) const fn deep(task: TaskId, depth: u8) -> TaskId {
    if depth == 0 { task } else { 128 + 32 * (depth - 1) + task % 32 }
}

/// The thread whose connections a task uses, and in whose name it acts: its own, or the process's first.
pub(crate) const fn thread_of(task: TaskId, threads: usize) -> TaskId {
    let thread = if task < clean_up_of(0) { task } else { task - clean_up_of(0) };
    if (thread as usize) < threads { thread } else { 0 }
}

/// What a ZooKeeper client library knows of its session.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Session {
    /// In contact with a server.
    #[default]
    Connected,
    /// The connection is gone; the session may live (`Disconnected`, Curator's SUSPENDED).
    Suspended,
    /// A server said that the session is over (`Expired`, Curator's LOST).
    Expired,
}

/// A question that the process itself answers, at once.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Ask {
    /// A new reading of the monotonic clock.
    Now,
    /// Whether the instant has come.
    IsPast(Instant),
    /// The time since the instant (µs), saturated.
    Since(Instant),
    /// The time until the instant (µs), not below zero.
    Until(Instant),
    /// The wall clock (ms since 1970).
    WallClock,
    /// A reading of the wall clock, to be compared with a later one.
    Wall,
    /// By how many ms the wall clock says more than it did then.
    WallSince(Instant),
    /// A new token.
    Token,
    /// A new watch.
    Watch,
    /// A new subscription.
    Subscription,
    /// What the client library knows of the ZooKeeper session.
    Session,
    /// The number of the ZooKeeper session.
    SessionId,
    /// The content of a cell.
    Read(&'static str),
    /// A new content for a cell.
    Write(&'static str, Value),
    /// From here on the task refers to these handles only.
    Keep(Box<[Handle]>),
}

/// What the process answered.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Answer {
    Done,
    Yes(bool),
    Span(Micros),
    Number(i64),
    Instant(Instant),
    Token(Token),
    Watch(WatchId),
    /// The number of a subscription.
    Slot(u8),
    Session(Session),
    Value(Option<Value>),
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Kept {
    /// The reading (µs) of the process's monotonic clock, of an instant; the serial number, of a token.
    reading: Micros,
    /// How far (µs) the wall clock was ahead then, of a reading of that; else zero.
    ahead: Micros,
    /// The tasks that refer to it.
    owners: Owners,
}

impl Kept {
    fn nothing(task: TaskId) -> Self {
        Self { reading: Micros::ZERO, ahead: Micros::ZERO, owners: Owners::only(task) }
    }
}

/// What handles of one kind refer to, by their numbers.
type Table = Vec<Option<Kept>>;

/// The tables, each with the kind of its handles.
type Tables<'a> = [(&'a mut Table, fn(u8) -> Handle); 4];

/// The part of a process that its tasks share.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Local {
    process: u16,
    instants: Table,
    tokens: Table,
    watches: Table,
    subscriptions: Table,
    cells: BTreeMap<&'static str, Value>,
    /// What the ZooKeeper client library knows.
    pub(crate) session: Session,
    /// The number of the ZooKeeper session, or 0.
    pub(crate) session_id: i64,
    /// The process's monotonic clock now (µs), set before its tasks run.
    pub(crate) monotonic: Micros,
    /// The process's wall clock now (µs since 1970), set before its tasks run.
    pub(crate) wall: Micros,
    /// How far (µs) the wall clock is ahead of the monotonic one, but for a constant, set before its tasks run.
    pub(crate) ahead: Micros,
    /// Whether a task has read the wall clock: from then on absolute time is part of the state.
    pub(crate) read_wall: bool,
    /// Instants older than this (µs) are all equally old.
    pub(crate) horizon: Micros,
    /// Whether tokens are numbered on and on, or numbers that nobody knows any more are used again.
    pub(crate) serial_tokens: bool,
    /// The numbers of tokens that stand in stores or messages, one bit each, set before the tasks run.
    pub(crate) known_tokens: u64,
    /// How many tokens there were; 1 for any number of them where numbers are used again.
    minted: u32,
    /// Cells written since the world last looked.
    pub(crate) written: Vec<&'static str>,
}

impl Local {
    pub(crate) fn new(process: u16, horizon: Micros, serial_tokens: bool) -> Self {
        Self {
            process,
            instants: Vec::new(),
            tokens: Vec::new(),
            watches: Vec::new(),
            subscriptions: Vec::new(),
            session: Session::default(),
            session_id: 0,
            cells: BTreeMap::new(),
            monotonic: Micros::ZERO,
            wall: Micros::ZERO,
            ahead: Micros::ZERO,
            read_wall: false,
            horizon,
            serial_tokens,
            known_tokens: 0,
            minted: 0,
            written: Vec::new(),
        }
    }

    /// Stands in while the real one is lent to a task.
    pub(crate) fn empty() -> Self {
        Self::new(0, Micros::ZERO, false)
    }

    /// Whether some value still refers to the watch.
    pub(crate) fn watches(&self, watch: WatchId) -> bool {
        self.watches.get(usize::from(watch.0)).is_some_and(Option::is_some)
    }

    /// Whether some value still refers to the subscription of this number.
    pub(crate) fn subscribes(&self, slot: u8) -> bool {
        self.subscriptions.get(usize::from(slot)).is_some_and(Option::is_some)
    }

    /// Whether this process, or one whose place it took, ever had a token: stores may still have it.
    pub(crate) fn has_minted(&self) -> bool {
        self.minted > 0
    }

    /// The part of the process that takes the place of this one: without memory, but with tokens of its own.
    pub(crate) fn reborn(&self) -> Self {
        let minted = self.minted;
        Self { minted, ..Self::new(self.process, self.horizon, self.serial_tokens) }
    }

    /// The global span until `instant`, as far as this clock knows.
    pub(crate) fn until(&self, instant: Instant) -> Micros {
        self.reading(instant) - self.monotonic
    }

    /// Answers `ask` for `task`.
    pub(crate) fn answer(&mut self, task: TaskId, ask: &Ask) -> Answer {
        match ask {
            Ask::Now => self.read(task, Micros::ZERO),
            Ask::Wall => self.read(task, self.ahead),
            Ask::WallSince(reading) => Answer::Number(self.wall_ms_since(*reading)),
            Ask::IsPast(instant) => Answer::Yes(self.reading(*instant) <= self.monotonic),
            Ask::Since(instant) => {
                Answer::Span((self.monotonic - self.reading(*instant)).min(self.horizon))
            }
            Ask::Until(instant) => {
                Answer::Span((self.reading(*instant) - self.monotonic).max(Micros::ZERO))
            }
            Ask::WallClock => {
                self.read_wall = true;
                Answer::Number(self.wall.as_ms())
            }
            Ask::Token => {
                let serial = if self.serial_tokens {
                    self.minted += 1;
                    self.minted
                } else {
                    self.minted = 1;
                    0
                };
                let (reading, ahead) = (Micros(i64::from(serial)), Micros::ZERO);
                let kept = Kept { reading, ahead, owners: Owners::only(task) };
                let slot = place(&mut self.tokens, kept, self.known_tokens);
                Answer::Token(Token { process: self.process, slot, serial })
            }
            Ask::Watch => {
                let kept = Kept::nothing(task);
                Answer::Watch(WatchId(place(&mut self.watches, kept, 0)))
            }
            Ask::Subscription => {
                let kept = Kept::nothing(task);
                Answer::Slot(place(&mut self.subscriptions, kept, 0))
            }
            Ask::Session => Answer::Session(self.session),
            Ask::SessionId => Answer::Number(self.session_id),
            Ask::Read(name) => Answer::Value(self.cells.get(name).cloned()),
            Ask::Write(name, value) => {
                self.cells.insert(name, value.clone());
                let handles = super::state::handles_in(|mut hasher| {
                    for value in self.cells.values() {
                        value.hash(&mut hasher);
                    }
                });
                self.keep(CELLS, &handles);
                self.written.push(name);
                Answer::Done
            }
            Ask::Keep(handles) => {
                self.keep(task, handles);
                Answer::Done
            }
        }
    }

    /// From here on `task` refers to `handles` only; what nobody refers to is forgotten.
    pub(crate) fn keep(&mut self, task: TaskId, handles: &[Handle]) {
        let tables: Tables<'_> = [
            (&mut self.instants, Handle::Instant),
            (&mut self.tokens, Handle::Token),
            (&mut self.watches, Handle::Watch),
            (&mut self.subscriptions, Handle::Subscription),
        ];
        for (table, handle) in tables {
            for (slot, entry) in table.iter_mut().enumerate() {
                if let Some(kept) = entry {
                    kept.owners.set(task, handles.contains(&handle(slot as u8)));
                    if kept.owners.is_empty() {
                        *entry = None;
                    }
                }
            }
            while table.last().is_some_and(Option::is_none) {
                table.pop();
            }
        }
    }

    /// Makes the present reading of the monotonic clock its zero, and old instants equally old.
    pub(crate) fn rebase(&mut self) {
        for kept in self.instants.iter_mut().flatten() {
            kept.reading = (kept.reading - self.monotonic).max(-self.horizon);
        }
        self.monotonic = Micros::ZERO;
    }

    fn reading(&self, instant: Instant) -> Micros {
        self.kept(instant).reading + instant.plus
    }

    fn kept(&self, instant: Instant) -> &Kept {
        match self.instants.get(usize::from(instant.slot)) {
            Some(Some(kept)) => kept,
            // The value that held it hashes without it: a defect of that type's `Hash`.
            _ => panic!("an instant was used after the value that kept it was hashed without it"),
        }
    }

    /// A new reading of the clocks, of which the wall clock is that far ahead.
    fn read(&mut self, task: TaskId, ahead: Micros) -> Answer {
        let kept = Kept { reading: self.monotonic, ahead, owners: Owners::only(task) };
        Answer::Instant(Instant { slot: place(&mut self.instants, kept, 0), plus: Micros::ZERO })
    }

    /// By how many ms the wall clock says more than it did at that reading: what a program finds that subtracts the two.
    fn wall_ms_since(&self, reading: Instant) -> i64 {
        let kept = self.kept(reading);
        let passed = (self.monotonic - kept.reading).min(self.horizon) + self.ahead - kept.ahead;
        // Where in a millisecond a run began is no part of a search's state: there it begins with one.
        let now = if self.serial_tokens { self.wall } else { passed };
        now.0.div_euclid(1000) - (now - passed).0.div_euclid(1000)
    }
}

/// Puts `kept` into the first free place that is not `barred`.
fn place(table: &mut Vec<Option<Kept>>, kept: Kept, barred: u64) -> u8 {
    let barred = |slot: usize| slot < 64 && barred >> slot & 1 == 1;
    let free = (0..table.len()).find(|&slot| table[slot].is_none() && !barred(slot));
    let slot = free.unwrap_or_else(|| {
        let mut slot = table.len();
        while barred(slot) {
            slot += 1;
        }
        table.resize(slot + 1, None);
        slot
    });
    assert!(slot < usize::from(u8::MAX), "a call holds more than 250 instants or tokens");
    table[slot] = Some(kept);
    slot as u8
}
