//! BITOP.

use crate::store::redis::config::NotifyFlags;
use crate::store::redis::ctx::Ctx;
use crate::store::redis::error::Error;
use crate::store::redis::reply::{Bytes, Reply};
use crate::store::redis::value::{Text, Value};

/// `BITOP AND|OR|XOR|NOT destkey key [key ...]`
pub(super) fn bitop(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    const NOT_OF_MANY: Error =
        Error::fixed("ERR BITOP NOT must be called with a single source key.");
    let combine: fn(u8, u8) -> u8 = match argv[1].to_ascii_lowercase().as_slice() {
        b"and" => |one, other| one & other,
        b"or" => |one, other| one | other,
        b"xor" => |one, other| one ^ other,
        b"not" if argv.len() != 4 => return Err(NOT_OF_MANY),
        b"not" => |one, _| !one,
        _ => return Err(Error::SYNTAX),
    };
    let mut sources = Vec::with_capacity(argv.len());
    for key in &argv[3..] {
        sources.push(ctx.read_string(key)?.unwrap_or_default());
    }
    // The operation is folded over the sources; NOT has one, and meets a second that it ignores.
    if sources.len() == 1 && argv[1].eq_ignore_ascii_case(b"not") {
        sources.push(Bytes::default());
    }
    let length = sources.iter().map(|source| source.len()).max().unwrap_or(0);
    let result: Vec<u8> = (0..length)
        .map(|at| {
            let bytes = sources.iter().map(|source| source.get(at).copied().unwrap_or(0));
            bytes.reduce(combine).unwrap_or(0)
        })
        .collect();
    if result.is_empty() {
        if ctx.remove(&argv[2]) {
            ctx.changed(&argv[2]);
            ctx.notify(NotifyFlags::GENERIC, "del", &argv[2]);
        }
    } else {
        ctx.set(&argv[2], Value::String(Text::changed(result.into())));
        ctx.notify(NotifyFlags::STRING, "set", &argv[2]);
    }
    Ok(length.into())
}
