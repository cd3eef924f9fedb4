//! The table `bit` (Lua `BitOp`): operations on 32-bit integers.
//!
//! Source: bitop.luajit.org, "Lua `BitOp` API Functions".

use lua_types::error::LuaError;
use lua_types::value::LuaValue;
use lua_vm::state::LuaState;

use super::super::native::{Native, count, give, library, number_arg, string};

/// Makes the table.
pub(in super::super) fn make(state: &mut LuaState) -> Result<LuaValue, LuaError> {
    library(
        state,
        &[
            ("tobit", tobit),
            ("tohex", tohex),
            ("bnot", bnot),
            ("band", band),
            ("bor", bor),
            ("bxor", bxor),
            ("lshift", lshift),
            ("rshift", rshift),
            ("arshift", arshift),
            ("rol", rol),
            ("ror", ror),
            ("bswap", bswap),
        ],
    )
}

/// An argument as 32 bits. The sum has them, rounded, in the low bits of its fraction; of a number beyond 2^51 they are
/// whatever stands there.
fn bits(state: &mut LuaState, n: i32) -> Result<i32, LuaError> {
    const SHIFT: f64 = 6_755_399_441_055_744.0; // 2^52 + 2^51
    Ok((number_arg(state, n)? + SHIFT).to_bits() as u32 as i32)
}

fn result(state: &mut LuaState, bits: i32) -> Native {
    give(state, LuaValue::Float(f64::from(bits)))
}

fn tobit(state: &mut LuaState) -> Native {
    let bits = bits(state, 1)?;
    result(state, bits)
}

fn bnot(state: &mut LuaState) -> Native {
    let bits = bits(state, 1)?;
    result(state, !bits)
}

fn fold(state: &mut LuaState, operation: fn(i32, i32) -> i32) -> Native {
    let mut all = bits(state, 1)?;
    for n in 2..=count(state) {
        all = operation(all, bits(state, n)?);
    }
    result(state, all)
}

fn band(state: &mut LuaState) -> Native {
    fold(state, |a, b| a & b)
}

fn bor(state: &mut LuaState) -> Native {
    fold(state, |a, b| a | b)
}

fn bxor(state: &mut LuaState) -> Native {
    fold(state, |a, b| a ^ b)
}

fn shift(state: &mut LuaState, operation: fn(i32, u32) -> i32) -> Native {
    let value = bits(state, 1)?;
    let by = bits(state, 2)? as u32 & 31;
    result(state, operation(value, by))
}

fn lshift(state: &mut LuaState) -> Native {
    shift(state, |value, by| value << by)
}

fn rshift(state: &mut LuaState) -> Native {
    shift(state, |value, by| ((value as u32) >> by) as i32)
}

fn arshift(state: &mut LuaState) -> Native {
    shift(state, |value, by| value >> by)
}

fn rol(state: &mut LuaState) -> Native {
    shift(state, i32::rotate_left)
}

fn ror(state: &mut LuaState) -> Native {
    shift(state, i32::rotate_right)
}

fn bswap(state: &mut LuaState) -> Native {
    let bits = bits(state, 1)?;
    result(state, bits.swap_bytes())
}

fn tohex(state: &mut LuaState) -> Native {
    let value = bits(state, 1)? as u32;
    let width = if count(state) >= 2 { bits(state, 2)? } else { 8 };
    let digits = width.unsigned_abs().min(8) as usize;
    let hex = if width < 0 { format!("{value:08X}") } else { format!("{value:08x}") };
    let text = string(state, &hex.as_bytes()[8 - digits..])?;
    give(state, text)
}
