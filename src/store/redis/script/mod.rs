//! Scripts: what EVAL runs.
//!
//! A script sees the server through [`Host`]; [`Script::eval`] runs it with `KEYS` and `ARGV` and gives its
//! reply. The reply is a function of (script, keys, arguments, what the host answered) and nothing else.

mod convert;
mod engine;
mod exchange;
mod host;
mod library;
mod limits;
mod native;
mod number;
mod order;
mod random;
mod run;
mod sandbox;
mod source;

pub use host::{Host, LogLevel};
pub use source::{Flags, Script};
