//! `BITFIELD`, `BITFIELD_RO`.

use super::super::parse::{integer, is_option};
use super::integer::{Overflow, Type};
use super::{bitmap_up_to, offset, put};
use crate::store::redis::config::NotifyFlags;
use crate::store::redis::ctx::Ctx;
use crate::store::redis::error::Error;
use crate::store::redis::reply::{Bytes, Reply};

/// `BITFIELD key [GET type offset | [OVERFLOW WRAP|SAT|FAIL] SET|INCRBY type offset value ...]`
pub(super) fn bitfield(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let operations = read_operations(&argv[2..])?;
    run(ctx, &argv[1], &operations)
}

/// `BITFIELD_RO key [GET type offset ...]`
pub(super) fn bitfield_ro(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let operations = read_operations(&argv[2..])?;
    if operations.iter().any(Operation::writes) {
        return Err(Error::fixed("ERR BITFIELD_RO only supports the GET subcommand"));
    }
    run(ctx, &argv[1], &operations)
}

/// One subcommand.
struct Operation {
    act: Act,
    kind: Type,
    offset: u64,
    overflow: Overflow,
}

enum Act {
    Get,
    Set(i64),
    Increment(i64),
}

impl Operation {
    fn writes(&self) -> bool {
        !matches!(self.act, Act::Get)
    }

    fn last_bit(&self) -> u64 {
        self.offset + u64::from(self.kind.bits) - 1
    }

    /// The reply, and whether the integer changed; `None` if it overflowed and must not.
    fn run(&self, bitmap: &mut [u8]) -> Option<(i64, bool)> {
        let old = self.kind.get(bitmap, self.offset);
        let ((new, overflowed), reply_old) = match self.act {
            Act::Get => return Some((old, false)),
            Act::Set(value) => (self.kind.add(value, 0, self.overflow), true),
            Act::Increment(by) => (self.kind.add(old, by, self.overflow), false),
        };
        if overflowed && self.overflow == Overflow::Fail {
            return None;
        }
        self.kind.set(bitmap, self.offset, new);
        Some((if reply_old { old } else { new }, old != new))
    }
}

fn read_operations(arguments: &[Bytes]) -> Result<Vec<Operation>, Error> {
    const INVALID: Error = Error::fixed("ERR Invalid OVERFLOW type specified");
    let mut operations = Vec::new();
    let mut overflow = Overflow::Wrap;
    let mut rest = arguments;
    while let [name, values @ ..] = rest {
        if let (true, [choice, more @ ..]) = (is_option(name, "overflow"), values) {
            overflow = match choice.to_ascii_lowercase().as_slice() {
                b"wrap" => Overflow::Wrap,
                b"sat" => Overflow::Saturate,
                b"fail" => Overflow::Fail,
                _ => return Err(INVALID),
            };
            rest = more;
            continue;
        }
        let width = match values.len() {
            2.. if is_option(name, "get") => 2,
            3.. if is_option(name, "set") || is_option(name, "incrby") => 3,
            _ => return Err(Error::SYNTAX),
        };
        let (values, more) = values.split_at(width);
        let kind = Type::read(&values[0])?;
        let offset = offset(&values[1], Some(kind.bits))?;
        let act = match values.get(2) {
            None => Act::Get,
            Some(value) if is_option(name, "set") => Act::Set(integer(value)?),
            Some(value) => Act::Increment(integer(value)?),
        };
        operations.push(Operation { act, kind, offset, overflow });
        rest = more;
    }
    Ok(operations)
}

fn run(ctx: &mut Ctx<'_>, key: &Bytes, operations: &[Operation]) -> Result<Reply, Error> {
    let last =
        operations.iter().filter(|operation| operation.writes()).map(Operation::last_bit).max();
    let (mut bitmap, grows) = match last {
        Some(last) => bitmap_up_to(ctx, key, last)?,
        None => (ctx.read_string(key)?.as_deref().map_or_else(Vec::new, <[u8]>::to_vec), false),
    };
    let mut has_changed = false;
    let mut replies = Vec::with_capacity(operations.len());
    for operation in operations {
        let outcome = operation.run(&mut bitmap);
        has_changed |= outcome.is_some_and(|(_, changed)| changed || (grows && operation.writes()));
        replies.push(outcome.map_or(Reply::Nil, |(value, _)| Reply::Int(value)));
    }
    if last.is_some() {
        put(ctx, key, bitmap);
    }
    if has_changed {
        ctx.changed(key);
        ctx.notify(NotifyFlags::STRING, "setbit", key);
    }
    Ok(Reply::array(replies))
}
