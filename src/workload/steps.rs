//! Long work in steps: before each the client looks whether it still has the lock, if it cares.

use serde::Deserialize;

use super::kept::KeptIn;
use super::{About, Stop};
use crate::cx::{Cx, Grant, Kept, Next, Work};
use crate::json::{Duration, Problem, Section};
use crate::store::ledger::Reply;
use crate::time::Micros;

/// Adds one to the ledger in each step of a section.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LongWork {
    work: Duration,
    steps: u32,
    rounds: u32,
    kept_in: KeptIn,
    stop: Stop,
}

impl Default for LongWork {
    fn default() -> Self {
        Self {
            work: Duration(Micros::from_ms(10)),
            steps: 3,
            rounds: 1,
            kept_in: KeptIn::Ledger,
            stop: Stop::AtValidity,
        }
    }
}

impl LongWork {
    /// What it is.
    pub const ABOUT: About = About {
        name: "steps",
        title: "long work in steps, each of which reads the ledger, works, and writes one more",
        ledger: true,
        accounts: 0,
        params: &[
            ("work", "how long a step takes: \"10ms\""),
            ("steps", "how many steps a section has: 3"),
            ("rounds", "how many sections each thread wants: 1"),
            KeptIn::ABOUT,
            ("stop", "\"never\", or \"at-validity\", looked at before each step: \"at-validity\""),
        ],
    };

    /// The workload with the parameters in `section`.
    pub fn from_section(section: &Section<'_>) -> Result<Self, Box<Problem>> {
        section.to()
    }

    /// One step; whether it was made.
    async fn step(&self, cx: &Cx, grant: &Grant) -> bool {
        let Ok(Reply::Value(value)) = self.kept_in.read(cx, grant).await else { return false };
        self.stop.work(cx, grant, self.work.0).await;
        !self.stop.is_over(cx, grant) && self.kept_in.write(cx, value + 1, grant).await.is_ok()
    }
}

impl Work for LongWork {
    async fn section(&mut self, cx: &Cx, grant: &Grant) -> Next {
        self.rounds = self.rounds.saturating_sub(1);
        let mut made = 0;
        while made < self.steps && !self.stop.is_over(cx, grant) && self.step(cx, grant).await {
            made += 1;
        }
        cx.note("steps", made.into());
        if self.rounds == 0 { Next::Enough } else { Next::Again }
    }

    fn heeds_validity(&self) -> bool {
        self.stop == Stop::AtValidity
    }

    fn keeps(&self) -> Option<Kept> {
        Some(self.kept_in.place())
    }
}
