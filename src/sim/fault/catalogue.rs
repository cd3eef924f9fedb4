//! All kinds of faults, by their names in model files.

use std::rc::Rc;

use super::entry::{Entry, Scope};
use super::near::Near;
use super::{About, Fault, Kind};
use super::{
    clock_jump::ClockJump, crash::Crash, crash_leader::CrashLeader, cut_leader::CutLeader,
    cut_server::CutServer, disconnect::Disconnect, expire_session::ExpireSession,
    failover::Failover, fill_memory::FillMemory, interrupt::Interrupt, lag::Lag,
    lag_server::LagServer, late_expiry::LateExpiry, lose_reply::LoseReply,
    lose_request::LoseRequest, move_client::MoveClient, operator::Operator, partition::Partition,
    pause::Pause, reorder::Reorder, restart::Restart, restart_all::RestartAll,
    restart_server::RestartServer, slow::Slow, stall_server::StallServer,
};
use crate::json::{Problem, Section};

type Read = fn(&Entry<'_, '_>) -> Result<Rc<dyn Kind>, Box<Problem>>;

macro_rules! entries {
    ($($kind:ty),* $(,)?) => {
        &[$((&<$kind>::ABOUT, |entry| {
            <$kind>::read(entry).map(|kind| -> Rc<dyn Kind> { Rc::new(kind) })
        })),*]
    };
}

const ENTRIES: &[(&About, Read)] = entries![
    Pause,
    Crash,
    Restart,
    LoseRequest,
    LoseReply,
    Reorder,
    Slow,
    Disconnect,
    Partition,
    RestartServer,
    RestartAll,
    CrashLeader,
    CutServer,
    CutLeader,
    Failover,
    Lag,
    Operator,
    Interrupt,
    ClockJump,
    StallServer,
    FillMemory,
    LateExpiry,
    LagServer,
    MoveClient,
    ExpireSession,
];

/// All kinds of faults.
pub fn catalogue() -> impl Iterator<Item = &'static About> {
    ENTRIES.iter().map(|(about, _)| *about)
}

/// The fault of one entry of a model's list.
pub(super) fn read(section: &Section<'_>, scope: &Scope<'_>) -> Result<Fault, Box<Problem>> {
    let known = || catalogue().map(|about| about.name);
    let find = |name: &str| ENTRIES.iter().find(|(about, _)| about.name == name);
    let (found, member) = if section.raw().starts_with('"') {
        let name: String = section.to()?;
        (find(&name).ok_or_else(|| section.unknown_name("fault", &name, known()))?, None)
    } else {
        let member = section.only_member()?;
        (find(&member.name).ok_or_else(|| member.unknown("fault", known()))?, Some(member))
    };
    let (about, read) = found;
    let entry = Entry::new(about, *section, member, scope)?;
    let near = Near::read(&entry)?;
    Ok(Fault { budget: entry.budget()?, about, near, kind: read(&entry)? })
}
