//! Error replies.

use super::reply::{Bytes, Reply};

/// The text of an error reply, whole, with its code: `ERR syntax error`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Error(pub(crate) Bytes);

impl Error {
    pub(crate) const WRONG_TYPE: Self =
        Self::fixed("WRONGTYPE Operation against a key holding the wrong kind of value");
    pub(crate) const SYNTAX: Self = Self::fixed("ERR syntax error");
    pub(crate) const NOT_AN_INTEGER: Self =
        Self::fixed("ERR value is not an integer or out of range");
    pub(crate) const NOT_A_FLOAT: Self = Self::fixed("ERR value is not a valid float");
    pub(crate) const NOT_POSITIVE: Self =
        Self::fixed("ERR value is out of range, must be positive");
    pub(crate) const NO_SUCH_KEY: Self = Self::fixed("ERR no such key");
    pub(crate) const SAME_OBJECT: Self =
        Self::fixed("ERR source and destination objects are the same");
    pub(crate) const DB_INDEX: Self = Self::fixed("ERR DB index is out of range");
    pub(crate) const INDEX_RANGE: Self = Self::fixed("ERR index out of range");
    pub(crate) const OVERFLOW: Self = Self::fixed("ERR increment or decrement would overflow");
    /// `EVAL_RO` of a script that may write by its shebang line.
    pub(crate) const WRITER_AS_READER: Self =
        Self::fixed("ERR Can not execute a script with write flag using *_ro command.");
    pub(crate) const OUT_OF_MEMORY: Self =
        Self::fixed("OOM command not allowed when used memory > 'maxmemory'.");
    pub(crate) const NO_SCRIPT: Self = Self::fixed("NOSCRIPT No matching script. Please use EVAL.");
    pub(crate) const READ_ONLY: Self =
        Self::fixed("READONLY You can't write against a read only replica.");
    pub(crate) const NO_WRITER: Self =
        Self::fixed("READONLY Can not run script with write flag on readonly replica");
    pub(crate) const NO_REPLICAS: Self =
        Self::fixed("NOREPLICAS Not enough good replicas to write.");
    pub(crate) const NO_MULTI: Self = Self::fixed("ERR Command not allowed inside a transaction");

    /// An error whose text never changes.
    pub(crate) const fn fixed(text: &'static str) -> Self {
        Self(Bytes::from_static(text.as_bytes()))
    }

    /// An error whose text was made up now.
    pub(crate) fn text(text: impl Into<Bytes>) -> Self {
        Self(text.into())
    }

    /// Too few or too many arguments for `name`, as `client|setname` for a subcommand.
    pub(crate) fn arity(name: &str) -> Self {
        Self::text(format!("ERR wrong number of arguments for '{name}' command"))
    }

    /// A command of Redis that this model leaves out.
    pub(crate) fn not_modelled(what: &str) -> Self {
        Self::text(format!("ERR lockstep does not model {what}"))
    }
}

impl From<Error> for Reply {
    fn from(error: Error) -> Self {
        Self::Error(error.0)
    }
}
