//! How much a script may do. Redis would go on for ever (and answer BUSY to others after five seconds); a
//! simulation needs an end, the same one on every machine.

use lua_types::closure::LuaClosure;
use lua_types::proto::LuaProto;
use lua_types::value::LuaValue;
use lua_vm::state::{LuaState, SANDBOX_TRIP_INSTRUCTIONS, SANDBOX_TRIP_MEMORY};

use super::exchange;
use super::run::failure;
use crate::store::redis::Reply;

/// Instructions of the VM that one evaluation may execute.
const INSTRUCTIONS: u64 = 20_000_000;

/// Bytes that one evaluation may allocate.
const MEMORY: usize = 192 << 20;

/// An evaluation that allocates more than this begins again in a fresh VM. The two differ by more than earlier
/// scripts can leave ([`GARBAGE`]), so one that stays below would stay below [`MEMORY`] in a fresh VM as well.
pub(super) const MUCH_MEMORY: usize = 160 << 20;

/// Instructions between two looks at the limits. One can make a string of [`WIDEST`] others.
const INTERVAL: i32 = 1;

/// How many operands one chain of `..` may have: it is one instruction.
const WIDEST: u32 = 32;

/// What is said to a longer one.
pub(super) const TOO_WIDE: &str = "lockstep: script exceeded 32 operands in one chain of ..";

/// Whether a compiled chunk has a chain of `..` that is too long.
pub(crate) fn is_too_wide(chunk: &LuaValue) -> bool {
    match chunk {
        LuaValue::Function(LuaClosure::Lua(chunk)) => widest(&chunk.proto) > WIDEST,
        _ => false,
    }
}

/// The operands of the longest chain of `..` in a function and those in it.
fn widest(function: &LuaProto) -> u32 {
    // The instruction's number is in its low seven bits, the number of operands in its third byte.
    const CONCAT: u32 = 53;
    let own = function.code.iter().map(|instruction| instruction.raw());
    let own = own.filter(|raw| raw & 0x7F == CONCAT).map(|raw| raw >> 16 & 0xFF);
    own.chain(function.p.iter().map(|inner| widest(inner))).max().unwrap_or(0)
}

/// How many words a script may have that make jumps. The compiler walks along all earlier jumps of a statement for each.
const JUMPS: usize = 10_000;

/// What is said to one with more.
pub(super) const TOO_MANY_JUMPS: &str =
    "lockstep: script exceeded 10000 of the words elseif, and, or, break";

/// Whether a script has more such words than can be compiled in reasonable time.
pub(super) fn has_too_many_jumps(source: &[u8]) -> bool {
    // Most scripts are shorter than that many words.
    source.len() > 2 * JUMPS
        && source
            .split(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_')
            .filter(|word| matches!(*word, b"elseif" | b"and" | b"or" | b"break"))
            .nth(JUMPS)
            .is_some()
}

/// Garbage that may lie about between two evaluations, bytes.
const GARBAGE: usize = 512 << 10;

/// How much may be done before the end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Instructions of the VM.
    pub(crate) instructions: u64,
    /// Bytes that are allocated.
    pub(crate) memory: usize,
}

/// What was too much.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Tripped {
    /// Instructions.
    Instructions,
    /// Memory.
    Memory,
}

/// Arms the limits for what runs next.
pub(super) fn arm(state: &mut LuaState) {
    let memory = match exchange::with(|exchange| std::mem::take(&mut exchange.memory)) {
        0 => MEMORY,
        memory => memory,
    };
    arm_with(state, Limits { instructions: INSTRUCTIONS, memory });
}

/// Arms these limits for what runs next.
pub(crate) fn arm_with(state: &mut LuaState, limits: Limits) {
    let mut used = state.global().total_bytes();
    if used > exchange::with(|exchange| exchange.live) + GARBAGE {
        state.gc().full_collect();
        used = state.global().total_bytes();
        exchange::with(|exchange| exchange.live = used);
    }
    let Limits { instructions, memory } = limits;
    state.install_sandbox_limits(INTERVAL, Some(instructions), Some(used + memory));
    state.sandbox_reset();
}

/// How many instructions were executed since [`arm`], to within [`INTERVAL`].
pub(super) fn executed(state: &LuaState) -> u64 {
    INSTRUCTIONS.saturating_sub(state.sandbox_instr_remaining())
}

/// Which limit was exceeded since they were armed.
pub(crate) fn tripped_by(state: &LuaState) -> Option<Tripped> {
    match state.sandbox_tripped_code() {
        SANDBOX_TRIP_INSTRUCTIONS => Some(Tripped::Instructions),
        SANDBOX_TRIP_MEMORY => Some(Tripped::Memory),
        _ => None,
    }
}

/// The reply to a script that exceeded a limit.
pub(super) fn tripped(state: &LuaState) -> Option<Reply> {
    let what = match tripped_by(state)? {
        Tripped::Instructions => format!("{INSTRUCTIONS} instructions"),
        Tripped::Memory => {
            exchange::with(|exchange| exchange.short_of_memory = true);
            format!("{} MiB of memory", MEMORY >> 20)
        }
    };
    Some(failure(format!("lockstep: script exceeded its limit of {what}").as_bytes()))
}
