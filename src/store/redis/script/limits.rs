//! How much a script may do. Redis would go on for ever (and answer BUSY to others after five seconds); a
//! simulation needs an end, the same one on every machine.

use lua_vm::state::{LuaState, SANDBOX_TRIP_INSTRUCTIONS, SANDBOX_TRIP_MEMORY};

use super::run::failure;
use crate::store::redis::Reply;

/// Instructions of the VM that one evaluation may execute.
pub(super) const INSTRUCTIONS: u64 = 20_000_000;

/// Bytes that one evaluation may allocate.
pub(super) const MEMORY: usize = 64 << 20;

/// Instructions between two looks at the limits. A string can double at each instruction, so few.
const INTERVAL: i32 = 10;

/// Garbage that may lie about between two evaluations, bytes.
const GARBAGE: usize = 4 << 20;

/// Arms the limits for one evaluation.
pub(super) fn arm(state: &mut LuaState) {
    let mut used = state.global().total_bytes();
    if used > GARBAGE {
        state.gc().full_collect();
        used = state.global().total_bytes();
    }
    state.install_sandbox_limits(INTERVAL, Some(INSTRUCTIONS), Some(used + MEMORY));
    state.sandbox_reset();
}

/// The reply to a script that exceeded a limit.
pub(super) fn tripped(state: &LuaState) -> Option<Reply> {
    match state.sandbox_tripped_code() {
        SANDBOX_TRIP_INSTRUCTIONS => Some(failure(
            format!("lockstep: script exceeded its limit of {INSTRUCTIONS} instructions")
                .as_bytes(),
        )),
        SANDBOX_TRIP_MEMORY => Some(failure(
            format!("lockstep: script exceeded its limit of {} MiB of memory", MEMORY >> 20)
                .as_bytes(),
        )),
        _ => None,
    }
}
