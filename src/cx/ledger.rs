//! Calls to the resource that the lock guards.

use super::{CallError, Cx, Handling, Lane, Op, OpResult, Pending, Request};
use crate::store::ledger::{self, Account};

/// A client of the ledger.
#[derive(Clone, Copy, Debug)]
pub struct LedgerClient<'a> {
    cx: &'a Cx,
    server: u16,
}

impl Cx {
    /// The resource that the lock guards, if the model has one.
    pub fn ledger(&self) -> Option<LedgerClient<'_>> {
        self.surroundings().ledger.map(|server| LedgerClient { cx: self, server })
    }
}

impl LedgerClient<'_> {
    /// Reads the number.
    pub fn read(self, fence: Option<i64>) -> Pending<Result<ledger::Reply, CallError>> {
        self.read_account(Account::MAIN, fence)
    }

    /// Reads an account.
    pub fn read_account(
        self,
        account: Account,
        fence: Option<i64>,
    ) -> Pending<Result<ledger::Reply, CallError>> {
        self.call(ledger::Request::Read { account, fence })
    }

    /// Writes the number.
    pub fn write(
        self,
        value: i64,
        fence: Option<i64>,
    ) -> Pending<Result<ledger::Reply, CallError>> {
        self.write_account(Account::MAIN, value, fence)
    }

    /// Writes an account.
    pub fn write_account(
        self,
        account: Account,
        value: i64,
        fence: Option<i64>,
    ) -> Pending<Result<ledger::Reply, CallError>> {
        self.call(ledger::Request::Write { account, value, fence })
    }

    fn call(self, request: ledger::Request) -> Pending<Result<ledger::Reply, CallError>> {
        // Each thread has a connection of its own, so that replies cannot be mixed up.
        let to = Lane { server: self.server, lane: self.cx.surroundings().thread };
        let request = Request::Ledger(request);
        let call = Op::Call { to, request, within: None, handling: Handling::Library };
        self.cx.op(call, |result| match result {
            OpResult::Ledger(reply) => Ok(reply),
            OpResult::Failed(error) => Err(error),
            other => unreachable!("a request to the ledger was answered with {other:?}"),
        })
    }
}
