//! The resource that a lock guards: numbers, read and written by whoever says to hold the lock.
//!
//! It stands for the database of the story: it knows nothing of locks unless it is told to check fencing
//! tokens (Kleppmann 2016, "How to do distributed locking").

use std::fmt;

use serde::{Serialize, Serializer};

use crate::store::content::{Entry, EntryKind};
use crate::store::{Env, Inbound, Key, Link, Outbound, Server};
use crate::time::Micros;

/// One number of the ledger: its main one, or one of several accounts, which are numbered from 1. Or the number that a
/// work keeps in the lock's own store instead ([`IN_STORE`](Self::IN_STORE)).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Account(pub u8);

impl Account {
    /// The ledger's main number.
    pub const MAIN: Self = Self(0);

    /// The number that is kept in the lock's store: the ledger has no such account.
    pub const IN_STORE: Self = Self(u8::MAX);

    /// Whether it is the main number.
    pub fn is_main(&self) -> bool {
        *self == Self::MAIN
    }

    /// Whether it is the one number of the resource, wherever that is kept.
    pub fn is_whole(self) -> bool {
        self.is_main() || self == Self::IN_STORE
    }

    /// Its number, unless it is the main one.
    pub fn shown(self) -> Option<u8> {
        (!self.is_main()).then_some(self.0)
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::MAIN => f.write_str("the ledger"),
            Self::IN_STORE => f.write_str("the store"),
            Self(number) => write!(f, "account {number}"),
        }
    }
}

impl Serialize for Account {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match *self {
            Self::IN_STORE => serializer.serialize_str("in the store"),
            Self(number) => serializer.serialize_u8(number),
        }
    }
}

/// What a client asks.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Request {
    /// The number, please.
    Read {
        /// Of which account.
        account: Account,
        /// The fencing token of the reader's lock, if it has one.
        fence: Option<i64>,
    },
    /// Make it this number.
    Write {
        /// Of which account.
        account: Account,
        /// The new number.
        value: i64,
        /// The fencing token of the writer's lock, if it has one.
        fence: Option<i64>,
    },
}

/// What the ledger answers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Reply {
    /// The number, after the request.
    Value(i64),
    /// The token is older than one that was already seen: nothing was done.
    Stale,
}

/// Whose tokens are checked.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Fencing {
    /// Nobody's.
    #[default]
    Off,
    /// Those of writes only (the trap of catalogue entry F65).
    Writes,
    /// Those of reads and writes.
    Both,
}

/// The ledger.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Ledger {
    value: i64,
    /// The accounts, from number 1 on.
    accounts: Vec<i64>,
    fencing: Fencing,
    highest: Option<i64>,
}

impl Ledger {
    /// A ledger that says `value`.
    pub fn new(value: i64, fencing: Fencing) -> Self {
        Self { value, accounts: Vec::new(), fencing, highest: None }
    }

    /// The same with accounts beside the main number.
    #[must_use]
    pub fn with_accounts(self, accounts: Vec<i64>) -> Self {
        Self { accounts, ..self }
    }

    /// What the accounts hold at present.
    pub fn accounts(&self) -> &[i64] {
        &self.accounts
    }

    /// The number of an account; the main one where there is no such account.
    fn number(&mut self, account: Account) -> &mut i64 {
        let place =
            account.shown().and_then(|number| self.accounts.get_mut(usize::from(number) - 1));
        place.unwrap_or(&mut self.value)
    }

    /// The number at present.
    pub fn value(&self) -> i64 {
        self.value
    }

    /// Its numbers, as people read them, and the newest fencing token that it has seen.
    pub fn content(&self) -> Vec<Entry> {
        let accounts = (1u8..).zip(&self.accounts).map(|(number, it)| (Account(number), *it));
        let numbers = std::iter::once((Account::MAIN, self.value)).chain(accounts);
        let number = |(account, value): (Account, i64)| {
            Entry::new(account.to_string(), EntryKind::Number, value.to_string())
        };
        let mut all: Vec<Entry> = numbers.map(number).collect();
        let token = self.highest.map(|it| it.to_string());
        all.extend(token.map(|it| Entry::new("newest token", EntryKind::Number, it)));
        all
    }

    fn admits(&mut self, fence: Option<i64>, checked: bool) -> bool {
        let Some(fence) = fence.filter(|_| checked) else { return true };
        if self.highest.is_some_and(|highest| fence < highest) {
            return false;
        }
        self.highest = Some(fence);
        true
    }
}

impl Server for Ledger {
    type Request = Request;
    type Message = Reply;
    type Draw = std::convert::Infallible;

    fn deliver(
        &mut self,
        _: Micros,
        link: Link,
        message: Inbound<Request>,
        env: &mut dyn Env<Self>,
    ) {
        let Inbound::Request(request) = message else { return };
        let (account, admitted) = match request {
            Request::Read { account, fence } => {
                (account, self.admits(fence, self.fencing == Fencing::Both))
            }
            Request::Write { account, value, fence } => {
                let admitted = self.admits(fence, self.fencing != Fencing::Off);
                if admitted {
                    *self.number(account) = value;
                }
                (account, admitted)
            }
        };
        let reply = if admitted { Reply::Value(*self.number(account)) } else { Reply::Stale };
        env.send(link, Outbound::Message(reply));
    }

    fn deadline(&self) -> Option<Micros> {
        None
    }

    fn wake(&mut self, _: Micros, _: &mut dyn Env<Self>) {}

    /// The ledger is durable: a crash loses nothing.
    fn crash(&mut self) {}

    fn restart(&mut self, _: Micros, _: &mut dyn Env<Self>) {}

    fn rebase(&mut self, _: Micros) {}

    fn key(&self, key: &mut Key) {
        for account in &self.accounts {
            key.int(*account);
        }
        key.int(self.value).int(self.highest.map_or(-1, |highest| highest));
    }
}
