//! Elements drawn at random: HRANDFIELD, SRANDMEMBER, SPOP, ZRANDMEMBER.

use std::rc::Rc;

use crate::store::redis::ctx::Ctx;
use crate::store::redis::draw::Draw;
use crate::store::redis::error::Error;
use crate::store::redis::reply::Bytes;

/// The most elements of one reply that repeats elements. A real server has no limit but its memory.
const MAX_REPEATED: u64 = 100_000;

/// The position of one of `candidates`, which are not empty.
pub(super) fn pick(ctx: &mut Ctx<'_>, candidates: &[Bytes]) -> usize {
    pick_of(ctx, &candidates.into())
}

/// The positions of `count` of `candidates`: different ones (all in their order, if that many are asked
/// for), or, for a negative count, so many that may repeat.
pub(super) fn sample(
    ctx: &mut Ctx<'_>,
    candidates: &[Bytes],
    count: i64,
) -> Result<Vec<usize>, Error> {
    if candidates.is_empty() {
        return Ok(Vec::new());
    }
    if count < 0 {
        if count.unsigned_abs() > MAX_REPEATED {
            return Err(Error::not_modelled("random replies of more than 100000 elements"));
        }
        let candidates = candidates.into();
        return Ok((count..0).map(|_| pick_of(ctx, &candidates)).collect());
    }
    if count as usize >= candidates.len() {
        return Ok((0..candidates.len()).collect());
    }
    let mut left: Vec<usize> = (0..candidates.len()).collect();
    let mut names = candidates.to_vec();
    let picked = (0..count).map(|_| {
        let at = pick(ctx, &names);
        names.remove(at);
        left.remove(at)
    });
    Ok(picked.collect())
}

fn pick_of(ctx: &mut Ctx<'_>, candidates: &Rc<[Bytes]>) -> usize {
    ctx.draw(&Draw::Pick(candidates.clone()), candidates.len() as u32) as usize
}
