//! Bitmaps: <https://redis.io/docs/latest/commands/?group=bitmap>.

mod bit;
mod count;
mod field;
mod integer;
mod operation;

use super::parse::integer as read_integer;
use super::{Command, Flags};
use crate::store::redis::ctx::Ctx;
use crate::store::redis::error::Error;
use crate::store::redis::number;
use crate::store::redis::reply::Bytes;
use crate::store::redis::value::{Text, Value};

pub(super) const COMMANDS: &[Command] = &[
    Command::new("setbit", 4, bit::setbit).grows(1, 1, 1),
    Command::new("getbit", 3, bit::getbit).reads(1, 1, 1).flags(Flags::FAST),
    Command::new("bitcount", -2, count::bitcount).reads(1, 1, 1),
    Command::new("bitpos", -3, count::bitpos).reads(1, 1, 1),
    Command::new("bitop", -4, operation::bitop).grows(2, -1, 1),
    Command::new("bitfield", -2, field::bitfield).grows(1, 1, 1),
    Command::new("bitfield_ro", -2, field::bitfield_ro).reads(1, 1, 1).flags(Flags::FAST),
];

/// The longest string (bytes) that a real server makes (`proto-max-bulk-len`).
const MAX_BYTES: u64 = 512 << 20;
/// The longest bitmap (bytes) that this model makes.
const MAX_MODELLED_BYTES: u64 = 1 << 20;

/// A position of a bit. With `width`, `#n` is the n-th integer of that many bits.
fn offset(argument: &[u8], width: Option<u32>) -> Result<u64, Error> {
    const INVALID: Error = Error::fixed("ERR bit offset is not an integer or out of range");
    let (text, factor) = match (argument.strip_prefix(b"#"), width) {
        (Some(index), Some(width)) => (index, i64::from(width)),
        _ => (argument, 1),
    };
    number::read_integer(text)
        // The server multiplies before it looks, and the product may wrap.
        .map(|index| index.wrapping_mul(factor))
        .and_then(|offset| u64::try_from(offset).ok())
        .filter(|offset| offset / 8 < MAX_BYTES)
        .ok_or(INVALID)
}

/// The bitmap under `key`, long enough for the bit `last`, and whether that made it longer.
fn bitmap_up_to(ctx: &mut Ctx<'_>, key: &Bytes, last: u64) -> Result<(Vec<u8>, bool), Error> {
    let old = ctx.peek_string(key)?;
    if last / 8 >= MAX_MODELLED_BYTES {
        return Err(Error::not_modelled("bitmaps of more than 1 MiB"));
    }
    if old.is_none() {
        ctx.add(key, Value::String(Text::changed(Bytes::default())));
    }
    let mut bitmap = old.as_deref().map_or_else(Vec::new, <[u8]>::to_vec);
    let length = (last / 8 + 1) as usize;
    let grows = bitmap.len() < length;
    if grows {
        bitmap.resize(length, 0);
    }
    Ok((bitmap, grows))
}

/// Puts a bitmap back. Whatever was set before, it is a raw string now.
fn put(ctx: &mut Ctx<'_>, key: &Bytes, bitmap: Vec<u8>) {
    ctx.overwrite(key, Value::String(Text::changed(bitmap.into())));
}

/// The positions from `start` to `end` (negative: from the back) of `length`, which may be none.
fn clamp(start: i64, end: i64, length: i64) -> (i64, i64) {
    let from_back = |at: i64| if at < 0 { (length + at).max(0) } else { at };
    (from_back(start), from_back(end).min(length - 1))
}

/// Whether positions are given in bits (`BIT`) and not in bytes (`BYTE`).
fn in_bits(unit: &[u8]) -> Result<bool, Error> {
    match unit.to_ascii_lowercase().as_slice() {
        b"bit" => Ok(true),
        b"byte" => Ok(false),
        _ => Err(Error::SYNTAX),
    }
}
