//! Interactive shells: the command lines of `redis-cli` and `zkCli` against the models of the stores, in virtual
//! time.
//!
//! A [`Shell`] is a function from a line of input to what it prints. It knows no terminal; whoever drives it
//! decides whether to show [`Shell::prompt`].
//!
//! ```
//! use lockstep::shell::{RedisShell, Shell};
//!
//! let mut shell = RedisShell::new();
//! assert_eq!(shell.enter("SET lock a NX PX 500").text, "OK\n");
//! assert_eq!(shell.enter(".advance 501ms").text, "");
//! assert_eq!(shell.enter("GET lock").text, "(nil)\n");
//! ```

mod dot;
mod line;
mod named;
pub(crate) mod redis;
mod zookeeper;

pub use line::{BadLine, LONGEST_LINE, next_line};
pub use redis::RedisShell;
pub use zookeeper::ZooKeeperShell;

/// A command line against one store.
pub trait Shell {
    /// What a terminal shows before the first prompt.
    fn greeting(&self) -> String;

    /// What a terminal shows before a line is typed.
    fn prompt(&self) -> String;

    /// Does what `line` says.
    fn enter(&mut self, line: &str) -> Said;
}

/// What a shell made of a line.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Said {
    /// What it prints: whole lines.
    pub text: String,
    /// Whether that was the last one.
    pub ends: bool,
}
