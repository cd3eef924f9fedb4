//! What a verdict can be believed by: how often that was reached which locks break at.

use super::agenda::ProcessId;
use super::process::Process;
use super::thread::Phase;
use crate::event::{By, Event, Who};
use crate::store::effect::Change;

/// Something that locks break at.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Reach {
    /// Somebody entered a section.
    Entered,
    /// Somebody asked for the lock, or was refused, while another was in its section.
    KeptOut,
    /// What a time to live guards ran out while somebody was in its section.
    LeaseOver,
    /// A session ended, and its nodes with it, while somebody was in its section.
    SessionOver,
    /// What stands where the lock lives was removed by another thread, an operator or full memory while somebody was in
    /// its section.
    Removed,
    /// A process stood still in its section.
    StoodStill,
    /// A process died in its section.
    Died,
    /// Somebody got the lock when its grant was over, and did not begin.
    TooLate,
    /// The resource refused a fencing token.
    Fenced,
    /// A change woke somebody who waited.
    Woken,
    /// A connection was lost.
    LostConnection,
    /// Somebody gave up.
    GaveUp,
}

impl Reach {
    /// All, in the order in which they are told.
    pub const ALL: [Self; 12] = [
        Self::Entered,
        Self::KeptOut,
        Self::LeaseOver,
        Self::SessionOver,
        Self::Removed,
        Self::StoodStill,
        Self::Died,
        Self::TooLate,
        Self::Fenced,
        Self::Woken,
        Self::LostConnection,
        Self::GaveUp,
    ];
}

/// Which of these a step reached, one bit each in the order of [`Reach::ALL`].
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Bits(u16);

impl Bits {
    const fn put(&mut self, reach: Reach, whether: bool) {
        self.0 |= (whether as u16) << reach as u16;
    }

    /// A process is about to die.
    pub(super) fn dies(&mut self, process: &Process) {
        self.put(Reach::Died, is_inside(process));
    }

    /// Adds what an event of a world with these processes is.
    pub(super) fn see(&mut self, event: &Event<'_>, processes: &[std::rc::Rc<Process>]) {
        let of = |process: ProcessId| processes.get(usize::from(process));
        let another = |who: Who| {
            processes.iter().enumerate().any(|(number, process)| {
                let threads = process.threads.iter().enumerate();
                let mut others = threads.filter(|(thread, _)| {
                    (number, *thread) != (usize::from(who.process), usize::from(who.thread))
                });
                process.alive && others.any(|(_, thread)| thread.phase == Phase::Working)
            })
        };
        match event {
            Event::Enters { .. } => self.put(Reach::Entered, true),
            Event::InLine(who) | Event::Refused(who) => self.put(Reach::KeptOut, another(*who)),
            Event::Kept(kept) if matches!(kept.change, Change::Removed { .. }) => {
                let inside = processes.iter().any(|it| is_inside(it));
                match kept.by {
                    By::Time => self.put(Reach::LeaseOver, inside),
                    By::Session => self.put(Reach::SessionOver, inside),
                    By::Thread(who) => self.put(Reach::Removed, another(who)),
                    By::Fault(_) => self.put(Reach::Removed, inside),
                    By::Housekeeping | By::Copy => {}
                }
            }
            Event::Pauses(process) => {
                self.put(Reach::StoodStill, of(*process).is_some_and(|it| is_inside(it)));
            }
            Event::TooLate { .. } => self.put(Reach::TooLate, true),
            Event::Fenced(_) => self.put(Reach::Fenced, true),
            Event::Wakes { clients, .. } => self.put(Reach::Woken, !clients.is_empty()),
            Event::Lost { .. } => self.put(Reach::LostConnection, true),
            Event::GivesUp(_) => self.put(Reach::GaveUp, true),
            _ => {}
        }
    }
}

/// Whether a thread of it is in its section.
fn is_inside(process: &Process) -> bool {
    process.alive && process.threads.iter().any(|thread| thread.phase == Phase::Working)
}

/// In how many steps of a search each was reached.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Reached([u64; Reach::ALL.len()]);

impl Reached {
    pub(crate) fn add(&mut self, Bits(mut bits): Bits) {
        while bits != 0 {
            self.0[bits.trailing_zeros() as usize] += 1;
            bits &= bits - 1;
        }
    }

    /// In how many steps.
    pub fn times(&self, reach: Reach) -> u64 {
        self.0[reach as usize]
    }
}
