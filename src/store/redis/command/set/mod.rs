//! Sets: <https://redis.io/docs/latest/commands/?group=set>.

mod algebra;
mod member;
mod random;

pub(super) use algebra::{sdiff, sdiffstore, sinter, sintercard, sinterstore, sunion, sunionstore};
pub(super) use member::{sadd, scard, sismember, smembers, smismember, smove, srem, sscan};
pub(super) use random::{spop, srandmember};
