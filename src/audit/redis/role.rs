//! What a request would have done, had things been otherwise.
//!
//! Whether a request gets a lock only if nobody has it, whether a release looks whose lock it removes: the text does
//! not say that, the model does. The request is run once more on a copy of the server in which somebody else has the
//! key. Requests of one shape are tried once: the same command with the same options, the same script with as many
//! arguments.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::store::Effect;
use crate::store::effect::{Change, Part};
use crate::store::redis::{Bytes, Reply};
use crate::trace::recorded::monitor::{Driver, Entry, SOMEBODY};

/// How a lock is given out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Grants {
    /// Only if nobody has it.
    Exclusive,
    /// As long as fewer than so many have it.
    UpTo(usize),
    /// To all who want it in the same way, and to nobody while it is held in another.
    Shared,
    /// Whoever has it: it is no lock.
    Anyway,
}

/// How a request releases.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Releases {
    /// It removes the key, whosever it is.
    Blindly,
    /// It removes what it names.
    ByToken,
    /// It does not.
    Not,
}

/// What is known of requests, by their shapes.
#[derive(Debug, Default)]
pub(super) struct Roles {
    grants: BTreeMap<Shape, Grants>,
    attempts: BTreeMap<Shape, bool>,
    releases: BTreeMap<Shape, Releases>,
}

/// A request without its tokens and its key; where in it the key stands.
type Shape = (Vec<Bytes>, usize, usize);

/// How many shapes are known at most.
const MOST: usize = 1 << 14;
/// With how many others a semaphore is tried.
const PERMITS: [usize; 10] = [1, 2, 3, 4, 5, 8, 10, 16, 32, 64];

/// A request, and the key of it that is meant.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) commands: &'a [Entry],
    pub(super) key: &'a Bytes,
    pub(super) db: usize,
}

impl Asked<'_> {
    /// Its shape: names, options, and for scripts their text or sum.
    fn shape(&self) -> Shape {
        let mut words = Vec::new();
        let mut place = 0;
        let mut count = 0;
        for entry in self.commands.iter().take(16) {
            let is_script = entry.words[0].to_ascii_lowercase().starts_with(b"eval");
            for (at, word) in entry.words.iter().enumerate() {
                if word == self.key && place == 0 {
                    place = count + at;
                }
                let is_option =
                    at >= 3 && word.len() <= 8 && word.iter().all(u8::is_ascii_alphabetic);
                if at == 0 || is_script && at < 3 || !is_script && is_option {
                    words.push(Bytes::from(word.to_ascii_lowercase()));
                }
            }
            count += entry.words.len();
        }
        (words, place, count)
    }

    fn words(&self) -> impl Iterator<Item = &Bytes> {
        self.commands.iter().flat_map(|entry| &entry.words)
    }

    /// Whether a word of it is this, or has it in it.
    pub(super) fn names(&self, token: &str) -> bool {
        let token = token.as_bytes();
        self.words().any(|word| {
            **word == *token
                || token.len() >= 8 && memchr::memmem::find(word, token).is_some()
                || word.len() >= 8
                    && memchr::memmem::find(token, word).is_some()
                    && word != self.key
        })
    }
}

fn known<T: Copy>(cache: &BTreeMap<Shape, T>, shape: &Shape) -> Option<T> {
    cache.get(shape).copied()
}

fn keep<T: Copy>(cache: &mut BTreeMap<Shape, T>, shape: Shape, value: T) -> T {
    if cache.len() < MOST {
        cache.insert(shape, value);
    }
    value
}

impl Roles {
    /// How a request that just got `parts` of its key (none: the key itself) gives the lock out.
    pub(super) fn grants(
        &mut self,
        driver: &mut Driver,
        asked: Asked<'_>,
        parts: &[Part],
    ) -> Grants {
        let shape = asked.shape();
        if let Some(known) = known(&self.grants, &shape) {
            return known;
        }
        let found = if parts.is_empty() {
            let text = look(driver, asked, &[b"GET"]);
            let Some(Reply::Bulk(value)) = text else { return Grants::Anyway };
            let other = another(&value);
            let setup = vec![vec!["SET".into(), asked.key.clone(), other]];
            if refuses(driver, asked, &setup) { Grants::Exclusive } else { Grants::Anyway }
        } else {
            parts_granted(driver, asked, parts)
        };
        keep(&mut self.grants, shape, found)
    }

    /// Whether a request that did nothing to its key would have got it had nobody had it.
    pub(super) fn attempts(&mut self, driver: &mut Driver, asked: Asked<'_>) -> bool {
        let shape = asked.shape();
        if let Some(known) = known(&self.grants, &shape) {
            return known != Grants::Anyway;
        }
        if let Some(known) = known(&self.attempts, &shape) {
            return known;
        }
        let setup = vec![vec!["DEL".into(), asked.key.clone()]];
        let gets = places(&driver.try_out(asked.db, &setup, asked.commands), asked.key);
        keep(&mut self.attempts, shape, gets)
    }

    /// Whether a request would release a lock with this token.
    pub(super) fn releases(
        &mut self,
        driver: &mut Driver,
        asked: Asked<'_>,
        token: &str,
        is_part: bool,
    ) -> Releases {
        let shape = asked.shape();
        if let Some(known) = known(&self.releases, &shape) {
            let named = known != Releases::ByToken || asked.names(token);
            return if named { known } else { Releases::Not };
        }
        let mut removes = |token: &str| {
            let (key, token) = (asked.key.clone(), Bytes::from(token));
            let put = if is_part {
                let kind = kind(driver, asked);
                put_part(&kind, key, token, &"1".into())
            } else {
                vec!["SET".into(), key, token]
            };
            let setup = vec![vec!["DEL".into(), asked.key.clone()], put];
            let did = driver.try_out(asked.db, &setup, asked.commands);
            did.iter().any(|effect| {
                effect.item.place.as_bytes() == &**asked.key
                    && matches!(effect.change, Change::Removed { .. })
            })
        };
        if removes(SOMEBODY) {
            return keep(&mut self.releases, shape, Releases::Blindly);
        }
        if !asked.names(token) {
            return Releases::Not;
        }
        let found = if removes(token) { Releases::ByToken } else { Releases::Not };
        keep(&mut self.releases, shape, found)
    }
}

/// A value that another client would have written.
fn another(value: &[u8]) -> Bytes {
    match std::str::from_utf8(value).ok().and_then(|text| text.parse::<i64>().ok()) {
        Some(number) => number.wrapping_add(1).to_string().into(),
        None => SOMEBODY.into(),
    }
}

fn look(driver: &mut Driver, asked: Asked<'_>, words: &[&[u8]]) -> Option<Reply> {
    let mut command: Vec<&[u8]> = words[..1].to_vec();
    command.push(asked.key);
    command.extend(&words[1..]);
    driver.looked(asked.db, &command)
}

fn kind(driver: &mut Driver, asked: Asked<'_>) -> String {
    match look(driver, asked, &[b"TYPE"]) {
        Some(Reply::Status(kind)) if &*kind != b"none" => kind.to_text(),
        _ => "hash".to_owned(),
    }
}

fn put_part(kind: &str, key: Bytes, part: Bytes, value: &Bytes) -> Vec<Bytes> {
    match kind {
        "zset" => vec!["ZADD".into(), key, value.clone(), part],
        "set" => vec!["SADD".into(), key, part],
        "list" => vec!["RPUSH".into(), key, part],
        _ => vec!["HSET".into(), key, part, value.clone()],
    }
}

/// Whether somebody got the key, or a part of it.
fn places(effects: &[Effect], key: &Bytes) -> bool {
    effects.iter().any(|effect| {
        effect.item.place.as_bytes() == &**key && matches!(effect.change, Change::Placed { .. })
    })
}

/// Whether a request leaves the key alone as it is then.
fn refuses(driver: &mut Driver, asked: Asked<'_>, setup: &[Vec<Bytes>]) -> bool {
    let did = driver.try_out(asked.db, setup, asked.commands);
    !did.iter().any(|effect| {
        effect.item.place.as_bytes() == &**asked.key
            && matches!(effect.change, Change::Placed { .. } | Change::Removed { .. })
    })
}

/// How a part of a collection is given out.
fn parts_granted(driver: &mut Driver, asked: Asked<'_>, parts: &[Part]) -> Grants {
    let kind = kind(driver, asked);
    let all = match &*kind {
        "hash" => look(driver, asked, &[b"HGETALL"]),
        "zset" => look(driver, asked, &[b"ZRANGE", b"0", b"-1", b"WITHSCORES"]),
        _ => None,
    };
    let Some(Reply::Array(all)) = all else { return Grants::Anyway };
    let texts: Vec<&Bytes> = all
        .iter()
        .filter_map(|reply| match reply {
            Reply::Bulk(text) => Some(text),
            _ => None,
        })
        .collect();
    let own = owners(asked, parts);
    let is_own = |part: &Bytes| own.iter().any(|own| own.as_bytes() == &**part);
    let pairs: Vec<(&Bytes, &Bytes)> = texts.chunks_exact(2).map(|two| (two[0], two[1])).collect();
    let Some((_, value)) = pairs.iter().find(|(part, _)| is_own(part)) else {
        return Grants::Anyway;
    };
    // The key as it is, with others in the place of the client: as many of them as that.
    let held = |count: usize, rest: &dyn Fn(&Bytes) -> Bytes| {
        let key = || asked.key.clone();
        let mut setup = vec![vec!["DEL".into(), key()]];
        for (part, content) in pairs.iter().filter(|(part, _)| !is_own(part)) {
            setup.push(put_part(&kind, key(), (*part).clone(), &rest(content)));
        }
        for number in 0..count {
            let part = Bytes::from(format!("{SOMEBODY} {number}"));
            setup.push(put_part(&kind, key(), part, value));
        }
        setup
    };
    let same = |content: &Bytes| content.clone();
    let others = pairs.len() - own.len().min(pairs.len());
    for count in PERMITS {
        if refuses(driver, asked, &held(count, &same)) {
            // Other members of a semaphore count with those that are made up.
            let others = if kind == "zset" { others } else { 0 };
            return match count + others + own.len() - 1 {
                1 => Grants::Exclusive,
                count => Grants::UpTo(count),
            };
        }
    }
    let otherwise = |content: &Bytes| match content.first() {
        Some(b'0'..=b'9' | b'-') => content.clone(),
        _ => SOMEBODY.into(),
    };
    if kind == "hash" && others > 0 && refuses(driver, asked, &held(1, &otherwise)) {
        return Grants::Shared;
    }
    Grants::Anyway
}

/// The parts that are the client: those that its request names, or all where it names none.
pub(super) fn owners(asked: Asked<'_>, parts: &[Part]) -> Vec<Rc<str>> {
    let texts = parts.iter().map(Part::text);
    let named: Vec<Rc<str>> = texts.clone().filter(|text| asked.names(text)).cloned().collect();
    if named.is_empty() { texts.cloned().collect() } else { named }
}
