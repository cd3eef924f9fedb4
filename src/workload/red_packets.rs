//! Red packets: servers with several threads hand out one shared sum, a random amount at a time.
//!
//! What was handed out and what is left must add up to what there was.

use serde::Deserialize;

use super::kept::KeptIn;
use super::{About, Stop};
use crate::cx::{Cx, Grant, Kept, Next, Work};
use crate::json::{Duration, Problem, Section};
use crate::store::ledger::Reply;
use crate::time::Micros;

/// Takes a packet off the ledger's sum in each section.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RedPackets {
    work: Duration,
    packets: u32,
    largest: u32,
    kept_in: KeptIn,
    stop: Stop,
}

impl Default for RedPackets {
    fn default() -> Self {
        Self {
            work: Duration(Micros::from_ms(30)),
            packets: 5,
            largest: 10,
            kept_in: KeptIn::Ledger,
            stop: Stop::Never,
        }
    }
}

impl RedPackets {
    /// What it is.
    pub const ABOUT: About = About {
        name: "red-packets",
        title: "read what is left of a sum, decide an amount, work, write the rest",
        ledger: true,
        accounts: 0,
        params: &[
            ("work", "how long passes between read and write: \"30ms\""),
            ("packets", "how many packets each thread has to hand out: 5"),
            ("largest", "the largest amount in a packet, from 1: 10"),
            KeptIn::ABOUT,
            Stop::ABOUT,
        ],
    };

    /// The workload with the parameters in `section`.
    pub fn from_section(section: &Section<'_>) -> Result<Self, Box<Problem>> {
        let packets: Self = section.to()?;
        if packets.largest == 0 {
            return Err(section.field("largest")?.error("a packet holds at least 1"));
        }
        Ok(packets)
    }

    /// Hands one packet out; whether there was anything left.
    async fn hand_out(&mut self, cx: &Cx, grant: &Grant) -> bool {
        // 1. Read what is left.
        let left = match self.kept_in.read(cx, grant).await {
            Ok(Reply::Value(left)) => left,
            // Not this time.
            Ok(Reply::Stale) | Err(_) => return true,
        };
        if left <= 0 {
            return false;
        }
        // 2. Decide an amount.
        let most = u32::try_from(left).unwrap_or(u32::MAX).min(self.largest);
        let amount = 1 + i64::from(cx.draw(most).await);
        // 3. Work, and write the rest.
        self.stop.work(cx, grant, self.work.0).await;
        if self.stop.is_over(cx, grant) {
            return true;
        }
        if let Ok(Reply::Value(_)) = self.kept_in.write(cx, left - amount, grant).await {
            cx.note("handed out", amount);
            cx.note("packets", 1);
            self.packets = self.packets.saturating_sub(1);
        }
        true
    }
}

impl Work for RedPackets {
    async fn section(&mut self, cx: &Cx, grant: &Grant) -> Next {
        let more = self.hand_out(cx, grant).await;
        if more && self.packets > 0 { Next::Again } else { Next::Enough }
    }

    fn heeds_validity(&self) -> bool {
        self.stop == Stop::AtValidity
    }

    fn keeps(&self) -> Option<Kept> {
        Some(self.kept_in.place())
    }
}
