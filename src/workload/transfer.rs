//! Bank transfer: an amount goes from one account to another; what there is in all stays the same.
//!
//! Each account may have a lock of its own: then a transfer needs two, and in which order it takes them matters.

use serde::Deserialize;

use super::{About, Stop};
use crate::cx::{Cx, Grant, Kept, LedgerClient, Next, Work};
use crate::json::{Duration, Problem, Section};
use crate::store::ledger::{Account, Reply};
use crate::time::Micros;

/// Moves an amount between two accounts in each section.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Transfer {
    work: Duration,
    rounds: u32,
    amount: u32,
    direction: Direction,
    stop: Stop,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Direction {
    #[default]
    There,
    Back,
}

impl Default for Transfer {
    fn default() -> Self {
        let (direction, stop) = (Direction::There, Stop::Never);
        Self { work: Duration(Micros::from_ms(30)), rounds: 1, amount: 10, direction, stop }
    }
}

impl Transfer {
    /// What it is.
    pub const ABOUT: About = About {
        name: "transfer",
        title: "read two accounts, work, write one with less and the other with more",
        ledger: true,
        accounts: 2,
        params: &[
            ("work", "how long passes between reads and writes: \"30ms\""),
            ("rounds", "how many sections each thread wants: 1"),
            ("amount", "how much is moved: 10"),
            ("direction", "\"there\", from account 1 to account 2, or \"back\": \"there\""),
            Stop::ABOUT,
        ],
    };

    /// The workload with the parameters in `section`.
    pub fn from_section(section: &Section<'_>) -> Result<Self, Box<Problem>> {
        section.to()
    }

    async fn move_once(&self, cx: &Cx, grant: &Grant) {
        let Some(ledger) = cx.ledger() else { return };
        let (from, to) = match self.direction {
            Direction::There => (Account(1), Account(2)),
            Direction::Back => (Account(2), Account(1)),
        };
        let Some(payer) = read(ledger, from, grant).await else { return };
        let Some(payee) = read(ledger, to, grant).await else { return };
        self.stop.work(cx, grant, self.work.0).await;
        if self.stop.is_over(cx, grant) {
            return;
        }
        let amount = i64::from(self.amount);
        // A write whose reply is lost counts as done; one that is refused leaves the other account alone.
        if ledger.write_account(from, payer - amount, grant.fence).await == Ok(Reply::Stale) {
            return;
        }
        if let Ok(Reply::Value(_)) = ledger.write_account(to, payee + amount, grant.fence).await {
            cx.note("moved", amount);
        }
    }
}

async fn read(ledger: LedgerClient<'_>, account: Account, grant: &Grant) -> Option<i64> {
    match ledger.read_account(account, grant.fence).await {
        Ok(Reply::Value(value)) => Some(value),
        _ => None,
    }
}

impl Work for Transfer {
    async fn section(&mut self, cx: &Cx, grant: &Grant) -> Next {
        self.rounds = self.rounds.saturating_sub(1);
        self.move_once(cx, grant).await;
        if self.rounds == 0 { Next::Enough } else { Next::Again }
    }

    fn heeds_validity(&self) -> bool {
        self.stop == Stop::AtValidity
    }

    fn keeps(&self) -> Option<Kept> {
        Some(Kept::InLedger)
    }
}
