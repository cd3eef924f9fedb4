//! A counter: read it, work, write it back with one more. Two at once lose an update.

use serde::Deserialize;

use super::kept::KeptIn;
use super::{About, Stop};
use crate::cx::{Cx, Grant, Kept, Next, Work};
use crate::json::{Duration, Problem, Section};
use crate::store::ledger::Reply;
use crate::time::Micros;

/// Adds one to the ledger in each section.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Counter {
    work: Duration,
    rounds: u32,
    kept_in: KeptIn,
    stop: Stop,
}

impl Default for Counter {
    fn default() -> Self {
        Self {
            work: Duration(Micros::from_ms(30)),
            rounds: 1,
            kept_in: KeptIn::Ledger,
            stop: Stop::Never,
        }
    }
}

impl Counter {
    /// What it is.
    pub const ABOUT: About = About {
        name: "counter",
        title: "read the ledger, work, write one more",
        ledger: true,
        accounts: 0,
        params: &[
            ("work", "how long passes between read and write: \"30ms\""),
            ("rounds", "how many sections each thread wants: 1"),
            KeptIn::ABOUT,
            Stop::ABOUT,
        ],
    };

    /// The workload with the parameters in `section`.
    pub fn from_section(section: &Section<'_>) -> Result<Self, Box<Problem>> {
        section.to()
    }

    async fn count(&self, cx: &Cx, grant: &Grant) {
        let Ok(Reply::Value(value)) = self.kept_in.read(cx, grant).await else { return };
        self.stop.work(cx, grant, self.work.0).await;
        if self.stop.is_over(cx, grant) {
            return;
        }
        // A write whose reply is lost counts as done: the next section reads what is there.
        if let Ok(Reply::Value(_)) = self.kept_in.write(cx, value + 1, grant).await {
            cx.note("counted", 1);
        }
    }
}

impl Work for Counter {
    async fn section(&mut self, cx: &Cx, grant: &Grant) -> Next {
        self.rounds = self.rounds.saturating_sub(1);
        self.count(cx, grant).await;
        if self.rounds == 0 { Next::Enough } else { Next::Again }
    }

    fn heeds_validity(&self) -> bool {
        self.stop == Stop::AtValidity
    }

    fn keeps(&self) -> Option<Kept> {
        Some(self.kept_in.place())
    }
}
