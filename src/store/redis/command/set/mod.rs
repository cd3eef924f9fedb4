//! Sets: <https://redis.io/docs/latest/commands/?group=set>.

mod algebra;
mod member;
mod random;

use super::{Command, Flags};

const FAST: Flags = Flags::FAST;

pub(super) const COMMANDS: &[Command] = &[
    Command::new("sadd", -3, member::sadd).grows(1, 1, 1).flags(FAST),
    Command::new("srem", -3, member::srem).writes(1, 1, 1).flags(FAST),
    Command::new("smove", 4, member::smove).writes(1, 2, 1).flags(FAST),
    Command::new("sismember", 3, member::sismember).reads(1, 1, 1).flags(FAST),
    Command::new("smismember", -3, member::smismember).reads(1, 1, 1).flags(FAST),
    Command::new("scard", 2, member::scard).reads(1, 1, 1).flags(FAST),
    Command::new("smembers", 2, member::smembers).reads(1, 1, 1),
    Command::new("sscan", -3, member::sscan).reads(1, 1, 1),
    Command::new("sinter", -2, algebra::sinter).reads(1, -1, 1),
    Command::new("sinterstore", -3, algebra::sinterstore).grows(1, -1, 1),
    Command::new("sintercard", -3, algebra::sintercard).reads(0, 0, 0),
    Command::new("sunion", -2, algebra::sunion).reads(1, -1, 1),
    Command::new("sunionstore", -3, algebra::sunionstore).grows(1, -1, 1),
    Command::new("sdiff", -2, algebra::sdiff).reads(1, -1, 1),
    Command::new("sdiffstore", -3, algebra::sdiffstore).grows(1, -1, 1),
    Command::new("spop", -2, random::spop).writes(1, 1, 1).flags(FAST),
    Command::new("srandmember", -2, random::srandmember).reads(1, 1, 1),
];
