//! What a Redis server keeps, as people read it.

use super::RedisServer;
use super::reply::Bytes;
use super::value::Value;
use crate::store::content::{Entry, EntryKind};

/// So many members of a collection are shown.
const SHOWN: usize = 6;

impl RedisServer {
    /// Its keys in the order of their names, then the channels that somebody is subscribed to. A key whose time is over
    /// is there until somebody looks at it or the server removes it, as in the real one.
    pub fn content(&self) -> Vec<Entry> {
        let core = self.core();
        let keyspace = &core.keyspace;
        let mut all = Vec::new();
        for db in 0..keyspace.databases() {
            let Some(database) = keyspace.database(db) else { continue };
            for (name, entry) in database.iter() {
                let mut shown = name.to_text();
                if db > 0 {
                    shown = format!("{db}:{shown}");
                }
                let kind = EntryKind::Key(entry.value.kind());
                let until = entry.deadline().map(|ms| core.after_ms(ms));
                let watchers = keyspace.waiters.of(&(db, name.clone()));
                all.push(Entry { until, watchers, ..Entry::new(shown, kind, held(&entry.value)) });
            }
        }
        // Those who are blocked on a key that is not there are shown with it.
        for ((_, name), links) in keyspace.waiters.iter() {
            let name = name.to_text();
            if !all.iter().any(|it| it.name == name) && !links.is_empty() {
                let watchers = links.clone();
                all.push(Entry { watchers, ..Entry::new(name, EntryKind::Absent, "") });
            }
        }
        for subscriptions in [&core.pubsub.channels, &core.pubsub.patterns] {
            for (name, _) in subscriptions.iter() {
                let watchers = subscriptions.of(name).to_vec();
                all.push(Entry { watchers, ..Entry::new(name.to_text(), EntryKind::Channel, "") });
            }
        }
        all
    }
}

/// What a value holds, in one line.
fn held(value: &Value) -> String {
    match value {
        Value::String(text) => text.bytes().to_text(),
        Value::List(list) => members(list.iter().map(Bytes::to_text), list.len()),
        Value::Hash(hash) => members(
            hash.iter().map(|(field, value)| format!("{}: {}", field.to_text(), value.to_text())),
            hash.len(),
        ),
        Value::Set(set) => members(set.iter().map(|it| it.to_text()), set.iter().count()),
        Value::ZSet(zset) => members(
            zset.entries()
                .iter()
                .map(|it| format!("{}: {}", it.member.to_text(), it.score.to_bytes().to_text())),
            zset.entries().len(),
        ),
    }
}

fn members(all: impl Iterator<Item = String>, count: usize) -> String {
    let shown: Vec<String> = all.take(SHOWN).collect();
    let more = match count.saturating_sub(shown.len()) {
        0 => String::new(),
        more => format!(", … {more} more"),
    };
    format!("{{{}{more}}}", shown.join(", "))
}
