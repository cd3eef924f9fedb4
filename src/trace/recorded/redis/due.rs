//! What happens by the passing of time alone: keys expire, of which keyspace notifications tell, and blocks time out.

use super::world::Alternatives;
use crate::store::Link;
use crate::store::redis::{Bytes, Draw, Reply};

/// The key whose expiry a keyspace notification tells.
pub(super) fn expired(push: &Reply) -> Option<(usize, Bytes)> {
    let Reply::Array(parts) = push else { return None };
    let [.., Reply::Bulk(channel), Reply::Bulk(message)] = &**parts else { return None };
    if let Some(rest) = channel.strip_prefix(b"__keyevent@") {
        let (db, event) = split(rest)?;
        return (event == b"expired").then(|| (db, message.clone()));
    }
    let (db, key) = split(channel.strip_prefix(b"__keyspace@")?)?;
    (**message == *b"expired").then(|| (db, key.into()))
}

/// `0__:name`
fn split(text: &[u8]) -> Option<(usize, &[u8])> {
    let end = text.iter().position(|byte| !byte.is_ascii_digit())?;
    let db = std::str::from_utf8(&text[..end]).ok()?.parse().ok()?;
    Some((db, text[end..].strip_prefix(b"__:")?))
}

/// The background removes this key now and no other, and nobody's block times out.
pub(super) fn only_this_key((db, key): &(usize, Bytes)) -> impl Fn(&Draw, u32) -> Alternatives {
    only(
        move |draw| matches!(draw, Draw::ActiveExpiry { db: of, key: gone, .. } if (of, gone) == (db, key)),
    )
}

/// This client's block times out now and nobody else's, and the background removes no key.
pub(super) fn only_this_block(link: Link) -> impl Fn(&Draw, u32) -> Alternatives {
    only(move |draw| matches!(draw, Draw::BlockTimeout { link: other, .. } if *other == link))
}

fn only(this: impl Fn(&Draw) -> bool) -> impl Fn(&Draw, u32) -> Alternatives {
    move |draw, _| Alternatives::Only(u32::from(!this(draw)))
}
