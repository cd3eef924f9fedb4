//! BITCOUNT, BITPOS.

use super::integer::get_bit;
use super::{clamp, in_bits, read_integer};
use crate::store::redis::ctx::Ctx;
use crate::store::redis::error::Error;
use crate::store::redis::reply::{Bytes, Reply};

/// `BITCOUNT key [start end [BYTE|BIT]]`
pub(super) fn bitcount(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    // The key is looked up before the arguments are read: without it they may be anything.
    let Some(bitmap) = ctx.read_string(&argv[1])? else { return Ok(Reply::Int(0)) };
    let bits = bitmap.len() as i64 * 8;
    let (start, end) = match &argv[2..] {
        [] => (0, bits - 1),
        [start, end, unit @ ..] if unit.len() <= 1 => {
            let (start, end) = (read_integer(start)?, read_integer(end)?);
            if start < 0 && end < 0 && start > end {
                return Ok(Reply::Int(0));
            }
            let in_bits = unit.first().map_or(Ok(false), |unit| in_bits(unit))?;
            bit_range(start, end, bits, in_bits)
        }
        _ => return Err(Error::SYNTAX),
    };
    Ok((start..=end).filter(|at| get_bit(&bitmap, *at as u64)).count().into())
}

/// `BITPOS key bit [start [end [BYTE|BIT]]]`
pub(super) fn bitpos(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let wanted = match read_integer(&argv[2])? {
        0 => false,
        1 => true,
        _ => return Err(Error::fixed("ERR The bit argument must be 1 or 0.")),
    };
    let Some(bitmap) = ctx.read_string(&argv[1])? else {
        return Ok(Reply::Int(if wanted { -1 } else { 0 }));
    };
    let bits = bitmap.len() as i64 * 8;
    let (start, end, has_end) = match &argv[3..] {
        [] => (0, bits - 1, false),
        [start] => {
            let (start, end) = bit_range(read_integer(start)?, -1, bits, false);
            (start, end, false)
        }
        [start, end, unit @ ..] if unit.len() <= 1 => {
            let start = read_integer(start)?;
            let in_bits = unit.first().map_or(Ok(false), |unit| in_bits(unit))?;
            let (start, end) = bit_range(start, read_integer(end)?, bits, in_bits);
            (start, end, true)
        }
        _ => return Err(Error::SYNTAX),
    };
    if start > end {
        return Ok(Reply::Int(-1));
    }
    let found = (start..=end).find(|at| get_bit(&bitmap, *at as u64) == wanted);
    // Behind a string without an end of the client's own there are only zeros.
    let beyond = if wanted || has_end { -1 } else { end + 1 };
    Ok(Reply::Int(found.unwrap_or(beyond)))
}

/// The bits from `start` to `end`, which count bits or bytes of a bitmap of `bits`.
fn bit_range(start: i64, end: i64, bits: i64, in_bits: bool) -> (i64, i64) {
    if in_bits {
        return clamp(start, end, bits);
    }
    let (start, end) = clamp(start, end, bits / 8);
    // A start far behind the end must not overflow; it selects nothing.
    if start > end { (0, -1) } else { (start * 8, end * 8 + 7) }
}
