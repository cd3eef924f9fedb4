//! Access control lists and who a client is known to be.

use std::rc::Rc;

use sha1::{Digest as _, Sha1};

use super::error::ZkError;

/// May read the data and list the children.
pub const READ: i32 = 1;
/// May set the data.
pub const WRITE: i32 = 2;
/// May create children.
pub const CREATE: i32 = 4;
/// May delete children.
pub const DELETE: i32 = 8;
/// May set the ACL.
pub const ADMIN: i32 = 16;
/// May do everything.
pub const ALL: i32 = 31;

/// An identity: a scheme such as `digest` and a name in it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Identity {
    /// `world`, `auth`, `digest`, `ip`, or a scheme that the server does not know.
    pub scheme: Rc<str>,
    /// The name within the scheme.
    pub id: Rc<str>,
}

/// One entry of an access control list.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Acl {
    /// What is allowed: the sum of [`READ`], [`WRITE`], [`CREATE`], [`DELETE`], [`ADMIN`].
    pub perms: i32,
    /// To whom.
    pub who: Identity,
}

/// An access control list.
pub type AclList = Rc<[Acl]>;

impl Identity {
    /// An identity of that scheme and name.
    pub fn new(scheme: &str, id: &str) -> Self {
        Self { scheme: scheme.into(), id: id.into() }
    }

    fn is_anyone(&self) -> bool {
        &*self.scheme == "world" && &*self.id == "anyone"
    }
}

impl Acl {
    /// Allows `perms` to `id` of `scheme`.
    pub fn new(perms: i32, scheme: &str, id: &str) -> Self {
        Self { perms, who: Identity::new(scheme, id) }
    }
}

/// The list that allows everything to everyone, the usual one.
pub fn open() -> AclList {
    Rc::new([Acl::new(ALL, "world", "anyone")])
}

/// Whether one of `identities` may do something of `perms`; an empty list allows everything.
pub(super) fn check(acl: &[Acl], perms: i32, identities: &[Identity]) -> Result<(), ZkError> {
    let allowed = acl.is_empty()
        || acl.iter().filter(|entry| entry.perms & perms != 0).any(|entry| {
            entry.who.is_anyone() || identities.iter().any(|known| matches(&entry.who, known))
        });
    if allowed { Ok(()) } else { Err(ZkError::NoAuth) }
}

/// The list as it is stored: duplicates gone, `auth` replaced by the identities of the client (fact 25).
pub(super) fn resolve(acl: &[Acl], identities: &[Identity]) -> Result<AclList, ZkError> {
    let mut unique: Vec<&Acl> = Vec::with_capacity(acl.len());
    for entry in acl {
        if !unique.contains(&entry) {
            unique.push(entry);
        }
    }
    let mut resolved = Vec::with_capacity(unique.len());
    for entry in unique {
        match &*entry.who.scheme {
            "auth" => {
                // An address is known without proof, so `auth` does not mean it.
                let proven = identities.iter().filter(|known| &*known.scheme == "digest");
                let before = resolved.len();
                resolved.extend(proven.map(|who| Acl { perms: entry.perms, who: who.clone() }));
                if resolved.len() == before {
                    return Err(ZkError::InvalidACL);
                }
            }
            "world" if &*entry.who.id == "anyone" => resolved.push(entry.clone()),
            "digest" if is_digest(&entry.who.id) => resolved.push(entry.clone()),
            "ip" if Network::parse(&entry.who.id).is_some() => resolved.push(entry.clone()),
            _ => return Err(ZkError::InvalidACL),
        }
    }
    if resolved.is_empty() { Err(ZkError::InvalidACL) } else { Ok(resolved.into()) }
}

/// The list as a client sees it that may read it but not change it: without the digests of passwords.
pub(super) fn masked(acl: &AclList) -> AclList {
    if acl.iter().all(|entry| &*entry.who.scheme != "digest") {
        return acl.clone();
    }
    let mask = |entry: &Acl| {
        let user = entry.who.id.split(':').next().unwrap_or_default();
        let is_pair = &*entry.who.scheme == "digest" && entry.who.id.contains(':');
        if is_pair { Acl::new(entry.perms, "digest", &format!("{user}:x")) } else { entry.clone() }
    };
    acl.iter().map(mask).collect()
}

/// Who a client is known to be after it sent `auth` in `scheme`.
pub(super) fn authenticate(scheme: &str, auth: &[u8], address: &str) -> Result<Identity, ZkError> {
    match scheme {
        "digest" => {
            let text = String::from_utf8_lossy(auth);
            let user = text.split(':').next().unwrap_or_default();
            let hash = base64(&Sha1::digest(text.as_bytes()));
            Ok(Identity::new("digest", &format!("{user}:{hash}")))
        }
        "ip" => Ok(Identity::new("ip", address)),
        _ => Err(ZkError::AuthFailed),
    }
}

/// The identities in the order in which the server goes through them, which shows when `auth` is resolved: that of
/// a Java hash table.
pub(super) fn in_hash_order(mut identities: Vec<Identity>) -> Vec<Identity> {
    // The table doubles when it is three quarters full.
    let mut buckets = 16;
    while identities.len() * 4 >= buckets * 3 {
        buckets *= 2;
    }
    identities.sort_by_key(|identity| {
        let hash = [&identity.scheme, &identity.id]
            .iter()
            .fold(17_i32, |hash, text| hash.wrapping_mul(37).wrapping_add(java_hash(text)))
            as u32;
        (hash ^ hash >> 16) as usize & (buckets - 1)
    });
    identities
}

/// `String.hashCode`.
fn java_hash(text: &str) -> i32 {
    text.encode_utf16().fold(0, |hash: i32, unit| hash.wrapping_mul(31).wrapping_add(unit.into()))
}

fn matches(entry: &Identity, known: &Identity) -> bool {
    entry.scheme == known.scheme
        && match &*entry.scheme {
            "digest" => entry.id == known.id,
            "ip" => Network::parse(&entry.id)
                .zip(address(&known.id))
                .is_some_and(|(network, address)| network.contains(address)),
            _ => false,
        }
}

/// `user:hash`: two parts, where Java's `split` leaves out empty parts at the end.
fn is_digest(id: &str) -> bool {
    let parts: Vec<&str> = id.split(':').collect();
    let kept = parts.iter().rposition(|part| !part.is_empty()).map_or(0, |last| last + 1);
    kept == 2
}

struct Network {
    address: u32,
    bits: u32,
}

impl Network {
    fn parse(text: &str) -> Option<Self> {
        let (host, bits) = match text.split_once('/') {
            Some((host, bits)) => (host, integer(bits).filter(|bits| (0..=32).contains(bits))?),
            None => (text, 32),
        };
        Some(Self { address: address(host)?, bits: bits as u32 })
    }

    fn contains(&self, other: u32) -> bool {
        let mask = u32::MAX.checked_shl(32 - self.bits).unwrap_or(0);
        self.address & mask == other & mask
    }
}

/// An address of IP version 4, the only version that the server reads.
fn address(text: &str) -> Option<u32> {
    let mut address = 0;
    let mut parts = 0;
    for part in text.split('.') {
        let part = integer(part).filter(|part| (0..=255).contains(part))?;
        address = address << 8 | part as u32;
        parts += 1;
        if parts > 4 {
            return None;
        }
    }
    (parts == 4).then_some(address)
}

/// As Java's `Integer.parseInt` reads it.
fn integer(text: &str) -> Option<i32> {
    text.parse().ok()
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let group = (0..3)
            .fold(0_u32, |group, at| group << 8 | u32::from(chunk.get(at).copied().unwrap_or(0)));
        for place in 0..4 {
            if place <= chunk.len() {
                let digit = group >> (18 - 6 * place) & 63;
                text.push(char::from(ALPHABET[digit as usize]));
            } else {
                text.push('=');
            }
        }
    }
    text
}
