//! A plain critical section: enter, work, leave.

use serde::Deserialize;

use super::{About, Stop};
use crate::cx::{Cx, Grant, Next, Work};
use crate::json::{Duration, Problem, Section};
use crate::time::Micros;

/// Work that nobody outside sees.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PlainSection {
    work: Duration,
    rounds: u32,
    stop: Stop,
}

impl Default for PlainSection {
    fn default() -> Self {
        Self { work: Duration(Micros::from_ms(30)), rounds: 1, stop: Stop::Never }
    }
}

impl PlainSection {
    /// What it is.
    pub const ABOUT: About = About {
        name: "section",
        title: "a critical section that takes some time",
        ledger: false,
        accounts: 0,
        params: &[
            ("work", "how long a section takes: \"30ms\""),
            ("rounds", "how many sections each thread wants: 1"),
            Stop::ABOUT,
        ],
    };

    /// The workload with the parameters in `section`.
    pub fn from_section(section: &Section<'_>) -> Result<Self, Box<Problem>> {
        section.to()
    }
}

impl Work for PlainSection {
    async fn section(&mut self, cx: &Cx, grant: &Grant) -> Next {
        self.rounds = self.rounds.saturating_sub(1);
        self.stop.work(cx, grant, self.work.0).await;
        if self.rounds == 0 { Next::Enough } else { Next::Again }
    }

    fn heeds_validity(&self) -> bool {
        self.stop == Stop::AtValidity
    }
}
