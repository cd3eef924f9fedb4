//! The server as a script sees it.

use super::random::Rand48;
use crate::store::redis::{Bytes, Reply};

/// What a script can reach: commands, and the server's log.
///
/// The host decides what a command means inside a script: which ones are refused (`ERR This Redis command is not
/// allowed from script`), that writes are refused in a read-only script, and the script-only texts for unknown
/// commands and wrong arities (Redis fact 14, 17).
pub trait Host {
    /// Runs one command and gives its reply; a failure is a [`Reply::Error`] with the whole bare text, code
    /// included. `argv` is never empty.
    fn call(&mut self, argv: Vec<Bytes>) -> Reply;

    /// The script executed so many instructions so far. It is told before each [`call`](Self::call), for a
    /// host in which work takes time.
    fn worked(&mut self, instructions: u64) {
        let _ = instructions;
    }

    /// `redis.log`: a line for the server's log. It has no effect that a client could see.
    fn log(&mut self, level: LogLevel, message: &[u8]) {
        let _ = (level, message);
    }

    /// Whether the user may run this command line, for `redis.acl_check_cmd`; `None` if there is no such command.
    fn may_run(&mut self, argv: &[Bytes]) -> Option<bool> {
        let _ = argv;
        Some(true)
    }

    /// Where `math.random` goes on.
    fn random(&self) -> Rand48 {
        Rand48::default()
    }

    /// Where it has come to at the script's end.
    fn keep_random(&mut self, random: Rand48) {
        let _ = random;
    }
}

/// The level of a line in the server's log, `redis.LOG_DEBUG` and so on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum LogLevel {
    /// `redis.LOG_DEBUG`, 0.
    Debug,
    /// `redis.LOG_VERBOSE`, 1.
    Verbose,
    /// `redis.LOG_NOTICE`, 2.
    Notice,
    /// `redis.LOG_WARNING`, 3.
    Warning,
}
