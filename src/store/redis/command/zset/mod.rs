//! Sorted sets: <https://redis.io/docs/latest/commands/?group=sorted-set>.

mod add;
mod algebra;
mod bound;
mod member;
mod pop;
mod range;

use super::{Command, Flags};

const FAST: Flags = Flags::FAST;
const BLOCKING: Flags = Flags::BLOCKING.with(Flags::NO_SCRIPT);

pub(super) const COMMANDS: &[Command] = &[
    Command::new("zadd", -4, add::zadd).grows(1, 1, 1).flags(FAST),
    Command::new("zincrby", 4, add::zincrby).grows(1, 1, 1).flags(FAST),
    Command::new("zunion", -3, algebra::zunion).reads(0, 0, 0),
    Command::new("zunionstore", -4, algebra::zunionstore).grows(1, 1, 1),
    Command::new("zinter", -3, algebra::zinter).reads(0, 0, 0),
    Command::new("zinterstore", -4, algebra::zinterstore).grows(1, 1, 1),
    Command::new("zintercard", -3, algebra::zintercard).reads(0, 0, 0),
    Command::new("zdiff", -3, algebra::zdiff).reads(0, 0, 0),
    Command::new("zdiffstore", -4, algebra::zdiffstore).grows(1, 1, 1),
    Command::new("zrem", -3, member::zrem).writes(1, 1, 1).flags(FAST),
    Command::new("zcard", 2, member::zcard).reads(1, 1, 1).flags(FAST),
    Command::new("zscore", 3, member::zscore).reads(1, 1, 1).flags(FAST),
    Command::new("zmscore", -3, member::zmscore).reads(1, 1, 1).flags(FAST),
    Command::new("zrank", 3, member::zrank).reads(1, 1, 1).flags(FAST),
    Command::new("zrevrank", 3, member::zrevrank).reads(1, 1, 1).flags(FAST),
    Command::new("zcount", 4, member::zcount).reads(1, 1, 1).flags(FAST),
    Command::new("zlexcount", 4, member::zlexcount).reads(1, 1, 1).flags(FAST),
    Command::new("zrandmember", -2, member::zrandmember).reads(1, 1, 1),
    Command::new("zscan", -3, member::zscan).reads(1, 1, 1),
    Command::new("zpopmin", -2, pop::zpopmin).writes(1, 1, 1).flags(FAST),
    Command::new("zpopmax", -2, pop::zpopmax).writes(1, 1, 1).flags(FAST),
    Command::new("zmpop", -4, pop::zmpop).writes(0, 0, 0),
    Command::new("bzpopmin", -3, pop::bzpopmin).writes(1, -2, 1).flags(BLOCKING.with(FAST)),
    Command::new("bzpopmax", -3, pop::bzpopmax).writes(1, -2, 1).flags(BLOCKING.with(FAST)),
    Command::new("bzmpop", -5, pop::bzmpop).writes(0, 0, 0).flags(Flags::BLOCKING),
    Command::new("zrange", -4, range::zrange).reads(1, 1, 1),
    Command::new("zrangebyscore", -4, range::zrangebyscore).reads(1, 1, 1),
    Command::new("zrangebylex", -4, range::zrangebylex).reads(1, 1, 1),
    Command::new("zrevrange", -4, range::zrevrange).reads(1, 1, 1),
    Command::new("zrevrangebyscore", -4, range::zrevrangebyscore).reads(1, 1, 1),
    Command::new("zrevrangebylex", -4, range::zrevrangebylex).reads(1, 1, 1),
    Command::new("zrangestore", -5, range::zrangestore).grows(1, 2, 1),
    Command::new("zremrangebyrank", 4, range::zremrangebyrank).writes(1, 1, 1),
    Command::new("zremrangebyscore", 4, range::zremrangebyscore).writes(1, 1, 1),
    Command::new("zremrangebylex", 4, range::zremrangebylex).writes(1, 1, 1),
];
