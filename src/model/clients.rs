//! `clients`: who wants the lock.

use super::words::{number, signed_time};
use crate::json::{Problem, Section};
use crate::sim::Clock;

/// The processes of a model.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Clients {
    pub(super) processes: Vec<Client>,
    /// How many threads each has.
    pub(super) threads: usize,
}

/// One process.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Client {
    /// `c1`, `c2`, ...; `s1`, `s2`, ... if they have several threads.
    pub(super) name: String,
    pub(super) clock: Clock,
}

/// The most processes.
const MOST_PROCESSES: u32 = 10_000;
/// The most threads of a process: the tasks with higher numbers are background tasks.
const MOST_THREADS: u32 = 32;
/// The fastest drift (ppm): a tenth.
const MOST_DRIFT: i64 = 100_000;

impl Clients {
    /// Reads `{"processes": 3, "threads": 1, "clocks": […]}`.
    pub(super) fn from_section(section: &Section<'_>) -> Result<Self, Box<Problem>> {
        let fields = section.fields(&["processes", "threads", "clocks"])?;
        let processes = number(&fields.field("processes")?, "processes", 1, MOST_PROCESSES)?;
        let threads = fields.get("threads").map(|it| number(&it, "threads", 1, MOST_THREADS));
        let threads = threads.transpose()?.unwrap_or(1);
        let letter = if threads > 1 { 's' } else { 'c' };
        let client = |n| Client { name: format!("{letter}{n}"), clock: Clock::default() };
        let mut clients =
            Self { processes: (1..=processes).map(client).collect(), threads: threads as usize };
        if let Some(clocks) = fields.get("clocks") {
            for entry in clocks.elements()? {
                clients.set_clock(&entry)?;
            }
        }
        Ok(clients)
    }

    fn set_clock(&mut self, section: &Section<'_>) -> Result<(), Box<Problem>> {
        let fields = section.fields(&["process", "drift_ppm", "wall_offset"])?;
        let process = self.find(&fields.field("process")?)?;
        let drift: i64 = fields.optional("drift_ppm")?.unwrap_or(0);
        if let Some(field) = fields.get("drift_ppm")
            && drift.abs() > MOST_DRIFT
        {
            let message =
                format!("a drift of {drift} ppm: it must be from -{MOST_DRIFT} to {MOST_DRIFT}");
            return Err(field.error(message));
        }
        let offset = fields.get("wall_offset").map(|field| signed_time(&field)).transpose()?;
        self.processes[usize::from(process)].clock = Clock::new(drift, offset.unwrap_or_default());
        Ok(())
    }

    /// The number of the process with the name that `section` is.
    pub(super) fn find(&self, section: &Section<'_>) -> Result<u16, Box<Problem>> {
        let name: String = section.to()?;
        let place = self.processes.iter().position(|client| client.name == name);
        place.and_then(|place| u16::try_from(place).ok()).ok_or_else(|| {
            let (first, last) =
                (&self.processes[0].name, &self.processes[self.processes.len() - 1].name);
            let error = section.error(format!("unknown process `{name}`"));
            match self.processes.len() {
                1 => error.with_help(format!("there is only `{first}`")),
                2 => error.with_help(format!("there are `{first}` and `{last}`")),
                _ => error.with_help(format!("there are `{first}` to `{last}`")),
            }
        })
    }
}
