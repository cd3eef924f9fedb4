//! A reader: it reads the ledger, works, and reads it again; nobody may write meanwhile.

use serde::Deserialize;

use super::kept::KeptIn;
use super::{About, Stop};
use crate::cx::{Cx, Grant, Kept, Next, Work};
use crate::json::{Duration, Problem, Section};
use crate::time::Micros;

/// Reads the ledger twice in each section.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReadTwice {
    work: Duration,
    rounds: u32,
    kept_in: KeptIn,
    stop: Stop,
}

impl Default for ReadTwice {
    fn default() -> Self {
        Self {
            work: Duration(Micros::from_ms(30)),
            rounds: 1,
            kept_in: KeptIn::Ledger,
            stop: Stop::Never,
        }
    }
}

impl ReadTwice {
    /// What it is.
    pub const ABOUT: About = About {
        name: "read-twice",
        title: "read the ledger, work, read it again: a reader beside writers",
        ledger: true,
        accounts: 0,
        params: &[
            ("work", "how long passes between the reads: \"30ms\""),
            ("rounds", "how many sections each thread wants: 1"),
            KeptIn::ABOUT,
            Stop::ABOUT,
        ],
    };

    /// The workload with the parameters in `section`.
    pub fn from_section(section: &Section<'_>) -> Result<Self, Box<Problem>> {
        section.to()
    }

    async fn look(&self, cx: &Cx, grant: &Grant) {
        let Ok(first) = self.kept_in.read(cx, grant).await else { return };
        self.stop.work(cx, grant, self.work.0).await;
        if self.stop.is_over(cx, grant) {
            return;
        }
        if self.kept_in.read(cx, grant).await == Ok(first) {
            cx.note("read the same twice", 1);
        }
    }
}

impl Work for ReadTwice {
    async fn section(&mut self, cx: &Cx, grant: &Grant) -> Next {
        self.rounds = self.rounds.saturating_sub(1);
        self.look(cx, grant).await;
        if self.rounds == 0 { Next::Enough } else { Next::Again }
    }

    fn heeds_validity(&self) -> bool {
        self.stop == Stop::AtValidity
    }

    fn keeps(&self) -> Option<Kept> {
        Some(self.kept_in.place())
    }
}
