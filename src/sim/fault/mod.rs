//! Faults: what may go wrong, how often, where, and for how long.
//!
//! One file a kind: what it is called and where it is known from, the section of a model that it reads, what it
//! offers at a moment, and how it takes effect. [`catalogue()`] lists them. A fault is added to the world, never to a
//! case: a model names kinds, budgets and places, and finding the moment is what the search is for.

mod between;
mod catalogue;
mod clock_jump;
mod crash;
mod crash_leader;
mod cut_leader;
mod cut_server;
mod disconnect;
mod entry;
mod expire_session;
mod failover;
mod fill_memory;
mod interrupt;
mod lag;
mod lag_server;
mod late_expiry;
mod lose_reply;
mod lose_request;
mod messages;
mod move_client;
mod near;
mod operator;
mod partition;
mod pause;
mod processes;
mod refuse_writes;
mod reorder;
mod restart;
mod restart_all;
mod restart_server;
mod servers;
mod slow;
mod stall_server;

use std::fmt;
use std::rc::Rc;

pub use catalogue::catalogue;
pub use entry::{Finds, Leases, Scope};
pub(super) use messages::name_of_next;
pub use near::{Near, Side};
pub use partition::{Cut, Way};

use super::agenda::{Due, ProcessId};
use super::sides::Sides;
use super::thread::Phase;
use super::world::{Stage, World};
pub(crate) use crate::choice::{Strike, Target};
use crate::cx::TaskId;
use crate::json::{Problem, Section};
use crate::store::redis::Bytes;
use crate::time::Micros;

// A new kind is a file, named above and listed here; its words are a line of `report/fault.rs`.
catalogue::kinds! {
    pause::Pause,
    crash::Crash,
    restart::Restart,
    lose_request::LoseRequest,
    lose_reply::LoseReply,
    reorder::Reorder,
    slow::Slow,
    disconnect::Disconnect,
    partition::Partition,
    restart_server::RestartServer,
    restart_all::RestartAll,
    crash_leader::CrashLeader,
    cut_server::CutServer,
    cut_leader::CutLeader,
    failover::Failover,
    lag::Lag,
    operator::Operator,
    interrupt::Interrupt,
    clock_jump::ClockJump,
    stall_server::StallServer,
    fill_memory::FillMemory,
    refuse_writes::RefuseWrites,
    late_expiry::LateExpiry,
    lag_server::LagServer,
    move_client::MoveClient,
    expire_session::ExpireSession,
}

/// In the place of a duration: the model does not say for how long, so any is tried (`sim/free/ends.rs`).
pub const OPEN: Micros = Micros::MAX;

/// What a kind of fault is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct About {
    /// Its name in model files.
    pub name: &'static str,
    /// One line.
    pub title: &'static str,
    /// Where it comes from.
    pub source: &'static str,
    /// The store that it needs; empty if any will do.
    pub needs: &'static str,
    /// Its parameters, each with what it means and its default.
    pub params: &'static [(&'static str, &'static str)],
}

/// One fault as a model allows it.
#[derive(Clone, Debug)]
pub struct Fault {
    /// How often at most; `None` is without a limit.
    pub budget: Option<u32>,
    about: &'static About,
    near: Option<Near>,
    kind: Rc<dyn Kind>,
}

/// The moment for which faults are offered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    /// What happens next if nothing goes wrong.
    pub(crate) event: Due,
    /// Whether time moves before it.
    pub(crate) moves_time: bool,
    /// Whether it is the last moment before time moves, in a search: what befalls somebody who only waits matters
    /// to no one before that.
    pub(crate) any_time: bool,
    /// Whether it is a request, in a search, that its process has only just sent: no time has passed since.
    pub(crate) just_sent: bool,
    /// Whose request is the next thing to happen, if the fault strikes before or after such requests only.
    pub(crate) near: Option<Asker>,
}

/// A process, and which of its tasks it is, if that is known.
pub(crate) type Asker = (ProcessId, Option<TaskId>);

/// Whether a kind of fault stops those whom it hits.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum Halt {
    #[default]
    Never,
    ForATime,
    ForGood,
}

/// What a fault may hit and for how long, for reports.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Extent<'a> {
    /// Which processes, all if empty; `None` if it hits no process or message.
    pub processes: Option<&'a [u16]>,
    /// Which requests or their replies, by name, all if empty; `None` if it hits no message.
    pub requests: Option<&'a [String]>,
    /// Which servers, all if empty; `None` if it hits no server.
    pub servers: Option<&'a [u16]>,
    /// Where a thread of the process must be; anywhere if empty.
    pub phases: &'a [Phase],
    /// For how long (µs).
    pub spans: &'a [Micros],
    /// Between whom, if it is between sides.
    pub sides: Option<&'a Sides>,
    /// What it cuts processes off from, and which way.
    pub cut: Option<&'a Cut>,
    /// The command that somebody at a console runs.
    pub command: Option<&'a [Bytes]>,
    /// Whether a thread that it hits ends there.
    pub ends_thread: bool,
    /// Whether a message that it hits is held, and arrives later.
    pub holds: bool,
    /// By how much (µs) a clock jumps.
    pub jumps: &'a [Micros],
    /// Whether it may be over sooner than its longest duration.
    pub up_to: bool,
}

impl Extent<'_> {
    /// All its durations that are known, and the lengths of all jumps (µs).
    pub fn all_spans(&self) -> Vec<Micros> {
        let jumps = self.jumps.iter().map(|jump| Micros(jump.0.saturating_abs()));
        self.spans.iter().copied().filter(|span| *span != OPEN).chain(jumps).collect()
    }
}

/// How faults of a kind strike, with the parameters that a model gave.
pub(crate) trait Kind: fmt::Debug {
    /// Whom it may hit at this moment, and for how long.
    fn offers(&self, world: &World, moment: Moment, out: &mut dyn FnMut(Target, Micros));

    /// It takes effect.
    fn strike(&self, world: &mut World, stage: &mut Stage<'_>, strike: Strike);

    /// What it may hit, and for how long.
    fn extent(&self) -> Extent<'_>;

    /// What it did is over; comes if it put an [`Due::Over`] on the agenda.
    fn over(&self, _: &mut World, _: &mut Stage<'_>, _: Target) {}

    /// What there must be for it to strike, in words, where it names no phase and no request.
    fn needs(&self) -> &'static str {
        "somebody who lives, runs and is not done"
    }

    /// Whether it ends a process.
    fn kills(&self) -> bool {
        false
    }

    /// Whether a search tries what it does at no cost, listed or not.
    fn is_always_tried(&self) -> bool {
        false
    }

    /// Whether it stops a process or a thread.
    fn halts(&self) -> Halt {
        if self.kills() { Halt::ForGood } else { Halt::Never }
    }
}

impl Fault {
    /// Reads one entry of a model's list: a name, for once and anywhere, or `{"pause": {…}}`.
    pub fn from_section(section: &Section<'_>, scope: &Scope<'_>) -> Result<Self, Box<Problem>> {
        catalogue::read(section, scope)
    }

    /// What it is.
    pub fn about(&self) -> &'static About {
        self.about
    }

    /// Its name in model files.
    pub fn name(&self) -> &'static str {
        self.about.name
    }

    /// What it may hit, and for how long.
    pub fn extent(&self) -> Extent<'_> {
        self.kind.extent()
    }

    /// Whether a search tries what it does at no cost, listed or not.
    pub fn is_always_tried(&self) -> bool {
        self.kind.is_always_tried()
    }

    /// What there must be for it to strike, in words, where it names no phase and no request.
    pub fn needs(&self) -> &'static str {
        self.kind.needs()
    }

    /// Whether it ends a process.
    pub fn kills(&self) -> bool {
        self.kind.kills()
    }

    /// Before or after which requests it strikes; at any moment if none.
    pub fn near(&self) -> Option<&Near> {
        self.near.as_ref()
    }

    /// Whether it is about certain requests.
    pub(crate) fn names_requests(&self) -> bool {
        self.near.is_some() || self.extent().requests.is_some_and(|requests| !requests.is_empty())
    }

    /// The ways in which it, the one of this number, may strike at this moment.
    pub(crate) fn strikes(
        &self,
        number: u8,
        world: &World,
        moment: Moment,
        out: &mut dyn FnMut(Strike),
    ) {
        let near = match &self.near {
            None => None,
            Some(near) => match near.asker(world, moment) {
                None => return,
                asker => asker,
            },
        };
        let moment = Moment { near, ..moment };
        self.kind.offers(world, moment, &mut |target, span| {
            let strike = Strike { fault: number, target, span, late: false, unsent: false };
            out(strike);
            if self.may_be_late(moment, target) {
                out(Strike { late: true, ..strike });
            }
        });
        if let Some(asker) = self.may_be_unsent(world, moment) {
            let moment = Moment { near: Some(asker), ..moment };
            self.kind.offers(world, moment, &mut |target, span| {
                out(Strike { fault: number, target, span, late: false, unsent: true });
            });
        }
    }

    /// Whose request it is that is about to arrive, if it makes a difference that it is stopped between its last look at
    /// the world and that request. In a search messages take no time, so that it has only just been sent.
    fn may_be_unsent(&self, world: &World, moment: Moment) -> Option<Asker> {
        let anywhere = self.near.is_none() && self.kind.halts() != Halt::Never;
        let sent = anywhere && moment.just_sent;
        if sent { near::asker_of_next(world, moment) } else { None }
    }

    /// Whether it makes a difference that a process is stopped only when it is about to go on by itself: it has been
    /// alive until then, and its pause ends later.
    fn may_be_late(&self, moment: Moment, target: Target) -> bool {
        let waits = matches!(moment.event, Due::Timer(of, _) if target == Target::Process(of));
        waits && moment.any_time && self.kind.halts() != Halt::Never
    }

    /// It takes effect.
    pub(crate) fn strike(&self, world: &mut World, stage: &mut Stage<'_>, strike: Strike) {
        let unsent = self.near.as_ref().is_some_and(|near| near.side == Side::Before);
        if unsent || strike.unsent {
            near::take_back(world, strike.target, self.kind.halts());
        }
        self.kind.strike(world, stage, strike);
    }

    /// What it did is over.
    pub(crate) fn over(&self, world: &mut World, stage: &mut Stage<'_>, target: Target) {
        self.kind.over(world, stage, target);
    }
}
