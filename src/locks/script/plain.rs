//! Plain data of scripts: booleans, numbers, texts, tables of them, and values that only words understand.

use std::rc::Rc;

use super::wish::How;
use crate::cx::{Instant, Subscription, Token, WatchId};
use crate::store::redis::Bytes;

/// A value that can be kept, compared and hashed.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) enum Plain {
    /// Nothing.
    #[default]
    Nil,
    /// A boolean.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A text.
    Text(Bytes),
    /// A table, its entries in the order of their keys.
    Table(Rc<[(Plain, Plain)]>),
    /// A value that only words understand.
    Opaque(Opaque),
}

/// A double, compared by its bits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Number(u64);

/// A value that only words understand.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) enum Opaque {
    /// A reading of the process's clock, or a point at a distance from one.
    Instant(Instant),
    /// A watch that a call left.
    Watch(WatchId),
    /// A subscription.
    Subscription(Subscription),
    /// The place of a numbered node among others, by its name.
    Sequence(Rc<str>),
    /// A Redis server.
    Server(Server),
    /// A cell.
    Cell(&'static str),
}

/// Which Redis server, and how commands are sent there.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Server {
    /// Which, from 0; none for all.
    pub(super) number: Option<usize>,
    /// How.
    pub(super) how: How,
}

/// What survives a call or a pass: the value at hand and the lock's table, with the tokens that stand in them.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Survives {
    /// A loop's state, a task's argument, a cell's content.
    pub(super) value: Plain,
    /// The table `lock`.
    pub(super) lock: Plain,
    /// The tokens whose texts stand in either: they are not given to anybody else.
    tokens: Vec<Token>,
}

impl Survives {
    /// The two, with those of `known` that stand in them.
    pub(super) fn new(value: Plain, lock: Plain, known: &[Token]) -> Self {
        // A table without entries is what there is before the first call.
        let is_empty = matches!(&lock, Plain::Table(entries) if entries.is_empty());
        let lock = if is_empty { Plain::Nil } else { lock };
        let mut tokens = Vec::new();
        for token in known {
            let text = token.text();
            if !tokens.contains(token) && (value.says(&text) || lock.says(&text)) {
                tokens.push(*token);
            }
        }
        Self { value, lock, tokens }
    }

    /// The tokens that stand in it.
    pub(super) fn tokens(&self) -> &[Token] {
        &self.tokens
    }
}

impl Number {
    /// The number as Lua has it.
    pub(super) fn get(self) -> f64 {
        f64::from_bits(self.0)
    }
}

impl From<f64> for Number {
    fn from(number: f64) -> Self {
        // Both zeros are one, as they are for Lua.
        Self(if number == 0.0 { 0.0_f64 } else { number }.to_bits())
    }
}

impl Plain {
    /// A number.
    pub(super) fn number(number: f64) -> Self {
        Self::Number(number.into())
    }

    /// A text.
    pub(super) fn text(text: impl Into<Bytes>) -> Self {
        Self::Text(text.into())
    }

    /// A list.
    pub(super) fn list(items: impl IntoIterator<Item = Self>) -> Self {
        let items = items.into_iter().enumerate();
        Self::Table(items.map(|(place, item)| (Self::number(place as f64 + 1.0), item)).collect())
    }

    /// A table from its entries.
    pub(super) fn table(mut entries: Vec<(Self, Self)>) -> Self {
        entries.sort_by(|(one, _), (other, _)| one.rank().cmp(&other.rank()));
        Self::Table(entries.into())
    }

    /// Where a key stands among others: booleans, numbers, texts.
    fn rank(&self) -> (u8, i64, &[u8]) {
        match self {
            Self::Bool(flag) => (0, i64::from(*flag), b""),
            // The bits of doubles are in order once those of negative ones are turned round.
            Self::Number(number) => {
                let bits = number.0 as i64;
                (1, bits ^ (((bits >> 63) as u64) >> 1) as i64, b"")
            }
            Self::Text(text) => (2, 0, text),
            _ => (3, 0, b""),
        }
    }

    /// Whether this text stands somewhere in it.
    fn says(&self, text: &[u8]) -> bool {
        match self {
            Self::Text(own) => {
                own.len() >= text.len() && own.windows(text.len()).any(|part| part == text)
            }
            Self::Table(entries) => {
                entries.iter().any(|(key, value)| key.says(text) || value.says(text))
            }
            _ => false,
        }
    }
}
