//! One row of a timeline.

use std::rc::Rc;

use crate::choice::{ProcessId, ServerId};
use crate::event::Who;
use crate::time::Micros;

/// Where a thread is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(in crate::report) struct Life {
    /// In its section.
    pub(in crate::report) inside: bool,
    /// Its process stands still.
    pub(in crate::report) paused: bool,
    /// Its process is dead.
    pub(in crate::report) gone: bool,
}

/// Where the threads of all processes are; rows between which nobody moves share it.
pub(in crate::report) type Lives = Rc<Vec<Vec<Life>>>;

/// How a row is meant.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(in crate::report) enum Tone {
    /// As it should be.
    Plain,
    /// Something was done to the world.
    Fault,
    /// Something that should not be.
    Bad,
}

/// Signs in a row that a legend explains.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each sign is there or not, whatever the others")]
pub(in crate::report) struct Signs {
    /// A script by the commands that it calls.
    pub(in crate::report) script: bool,
    /// `-e`.
    pub(in crate::report) ephemeral: bool,
    /// `-s`.
    pub(in crate::report) sequential: bool,
    /// `-w`.
    pub(in crate::report) watch: bool,
}

/// One row.
#[derive(Clone, PartialEq, Debug)]
pub(in crate::report) struct Row {
    pub(in crate::report) at: Micros,
    /// The place in the run of the event that it tells, or of the first of them.
    pub(in crate::report) event: usize,
    /// What a process does.
    pub(in crate::report) process: Option<(ProcessId, String)>,
    /// What a server does.
    pub(in crate::report) server: Option<(ServerId, String)>,
    /// The thread whose request it is.
    pub(in crate::report) by: Option<Who>,
    /// What concerns everybody.
    pub(in crate::report) whole: Option<String>,
    /// Whether it stands for rows that only repeat others.
    pub(in crate::report) repeats: bool,
    pub(in crate::report) signs: Signs,
    pub(in crate::report) tone: Tone,
    /// Where each thread of each process is afterwards; of a crowd only those that are looked for have any.
    pub(in crate::report) lives: Lives,
}

impl Row {
    pub(in crate::report) fn new(at: Micros, tone: Tone, lives: Lives) -> Self {
        Self {
            at,
            event: 0,
            process: None,
            server: None,
            by: None,
            whole: None,
            repeats: false,
            signs: Signs::default(),
            tone,
            lives,
        }
    }
}
