//! SETBIT, GETBIT.

use super::integer::{get_bit, set_bit};
use super::{bitmap_up_to, offset, put};
use crate::store::redis::config::NotifyFlags;
use crate::store::redis::ctx::Ctx;
use crate::store::redis::error::Error;
use crate::store::redis::number::read_integer;
use crate::store::redis::reply::{Bytes, Reply};

/// `SETBIT key offset value`
pub(super) fn setbit(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let offset = offset(&argv[2], None)?;
    let on = match read_integer(&argv[3]) {
        Some(0) => false,
        Some(1) => true,
        _ => return Err(Error::fixed("ERR bit is not an integer or out of range")),
    };
    let (mut bitmap, grows) = bitmap_up_to(ctx, &argv[1], offset)?;
    let before = get_bit(&bitmap, offset);
    set_bit(&mut bitmap, offset, on);
    put(ctx, &argv[1], bitmap);
    if grows || before != on {
        ctx.changed(&argv[1]);
        ctx.notify(NotifyFlags::STRING, "setbit", &argv[1]);
    }
    Ok(before.into())
}

/// `GETBIT key offset`
pub(super) fn getbit(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let offset = offset(&argv[2], None)?;
    let bitmap = ctx.read_string(&argv[1])?.unwrap_or_default();
    Ok(get_bit(&bitmap, offset).into())
}
