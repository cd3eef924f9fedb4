//! Keyspace notifications of keys that expired.

use super::world::Alternatives;
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
pub(super) fn only_this_key(draw: &Draw, place: &(usize, Bytes)) -> Alternatives {
    match draw {
        Draw::ActiveExpiry { db, key, .. } if (*db, key) == (place.0, &place.1) => {
            Alternatives::Only(0)
        }
        _ => Alternatives::Only(1),
    }
}
