//! How much a script may do. Redis would go on for ever (and answer BUSY to others after five seconds); a
//! simulation needs an end, the same one on every machine.

use lua_vm::state::{LuaState, SANDBOX_TRIP_INSTRUCTIONS, SANDBOX_TRIP_MEMORY};

use super::exchange;
use super::run::failure;
use crate::store::redis::Reply;

/// Instructions of the VM that one evaluation may execute.
const INSTRUCTIONS: u64 = 20_000_000;

/// Bytes that one evaluation may allocate.
const MEMORY: usize = 64 << 20;

/// An evaluation that allocates more than this begins again in a fresh VM. The two differ by more than earlier
/// scripts can leave ([`GARBAGE`]), so one that stays below would stay below [`MEMORY`] in a fresh VM as well.
pub(super) const MUCH_MEMORY: usize = 32 << 20;

/// Instructions between two looks at the limits. A string can double at each instruction, so few.
const INTERVAL: i32 = 10;

/// Garbage that may lie about between two evaluations, bytes.
const GARBAGE: usize = 4 << 20;

/// Arms the limits for what runs next.
pub(super) fn arm(state: &mut LuaState) {
    let mut used = state.global().total_bytes();
    if used > GARBAGE {
        state.gc().full_collect();
        used = state.global().total_bytes();
    }
    let memory = match exchange::with(|exchange| std::mem::take(&mut exchange.memory)) {
        0 => MEMORY,
        memory => memory,
    };
    state.install_sandbox_limits(INTERVAL, Some(INSTRUCTIONS), Some(used + memory));
    state.sandbox_reset();
}

/// How many instructions were executed since [`arm`], to within [`INTERVAL`].
pub(super) fn executed(state: &LuaState) -> u64 {
    INSTRUCTIONS.saturating_sub(state.sandbox_instr_remaining())
}

/// The reply to a script that exceeded a limit.
pub(super) fn tripped(state: &LuaState) -> Option<Reply> {
    let what = match state.sandbox_tripped_code() {
        SANDBOX_TRIP_INSTRUCTIONS => format!("{INSTRUCTIONS} instructions"),
        SANDBOX_TRIP_MEMORY => {
            exchange::with(|exchange| exchange.short_of_memory = true);
            format!("{} MiB of memory", MEMORY >> 20)
        }
        _ => return None,
    };
    Some(failure(format!("lockstep: script exceeded its limit of {what}").as_bytes()))
}
