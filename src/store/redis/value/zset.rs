//! Sorted sets.

use std::cmp::Ordering;
use std::ops::Range;
use std::rc::Rc;

use super::super::Bytes;
use super::score::Score;
use super::table::{Cursor, Table};
use crate::store::Key;

/// The longest member of a listpack, in bytes (`zset-max-listpack-value`).
const MAX_LISTPACK_VALUE: usize = 64;
/// The most members of a listpack (`zset-max-listpack-entries`).
const MAX_LISTPACK_ENTRIES: usize = 128;

/// A sorted set: members in the order of their scores, equal scores in the order of the members' bytes.
///
/// A small one is a listpack; one that grew beyond the limits is a skip list with a hash table, and stays
/// one.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct ZSet(Rc<Members>);

#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
struct Members {
    order: Vec<Entry>,
    /// The scores by member, unless this is a listpack.
    table: Option<Table<Score>>,
}

/// A member and its score.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Entry {
    /// The member.
    pub(crate) member: Bytes,
    /// Its score.
    pub(crate) score: Score,
}

impl Entry {
    /// As sorted sets order their members.
    pub(crate) fn order(&self, other: &Self) -> Ordering {
        self.score.order(other.score).then_with(|| self.member.cmp(&other.member))
    }
}

impl ZSet {
    /// An empty sorted set for `count` members, the first of `length` bytes.
    pub(crate) fn for_members(count: usize, length: usize) -> Self {
        let mut empty = Self::default();
        if count > MAX_LISTPACK_ENTRIES || length > MAX_LISTPACK_VALUE {
            empty.make_skiplist();
        }
        empty
    }

    pub(crate) fn len(&self) -> usize {
        self.0.order.len()
    }

    /// The members in order.
    pub(crate) fn entries(&self) -> &[Entry] {
        &self.0.order
    }

    pub(crate) fn score(&self, member: &Bytes) -> Option<Score> {
        match &self.0.table {
            Some(table) => table.get(member).copied(),
            None => {
                self.entries().iter().find(|entry| entry.member == *member).map(|entry| entry.score)
            }
        }
    }

    /// The number of members before `member`.
    pub(crate) fn rank(&self, member: &Bytes) -> Option<usize> {
        let entry = Entry { member: member.clone(), score: self.score(member)? };
        self.entries().binary_search_by(|other| other.order(&entry)).ok()
    }

    /// Adds a member or moves it to another score.
    pub(crate) fn insert(&mut self, member: &Bytes, score: Score) {
        let is_new = self.remove(member).is_none();
        let too_large = self.len() >= MAX_LISTPACK_ENTRIES || member.len() > MAX_LISTPACK_VALUE;
        if is_new && too_large {
            self.make_skiplist();
        }
        let members = Rc::make_mut(&mut self.0);
        let score = if members.table.is_none() { score.in_listpack() } else { score };
        let entry = Entry { member: member.clone(), score };
        let at = members.order.partition_point(|other| other.order(&entry) == Ordering::Less);
        members.order.insert(at, entry);
        if let Some(table) = &mut members.table {
            table.insert(member, score);
        }
    }

    /// Removes a member; its score is returned.
    pub(crate) fn remove(&mut self, member: &Bytes) -> Option<Score> {
        let rank = self.rank(member)?;
        let score = self.entries()[rank].score;
        self.remove_ranks(rank..rank + 1);
        Some(score)
    }

    /// Removes the members of `ranks` and returns them in order.
    pub(crate) fn remove_ranks(&mut self, ranks: Range<usize>) -> Vec<Entry> {
        let members = Rc::make_mut(&mut self.0);
        let gone: Vec<Entry> = members.order.drain(ranks).collect();
        if let Some(table) = &mut members.table {
            for entry in &gone {
                table.remove(&entry.member);
            }
        }
        gone
    }

    /// About `count` members from `cursor` on, with their scores as ZSCAN prints them; a listpack is returned
    /// whole.
    pub(crate) fn scan(&self, cursor: Cursor, count: usize) -> (Cursor, Vec<(&Bytes, Bytes)>) {
        match &self.0.table {
            None => {
                let stored = |entry: &'_ Entry| entry.score.stored_in_listpack();
                (0, self.entries().iter().map(|entry| (&entry.member, stored(entry))).collect())
            }
            Some(table) => {
                let (next, found) = table.scan(cursor, count);
                (
                    next,
                    found.into_iter().map(|(member, score)| (member, score.to_bytes())).collect(),
                )
            }
        }
    }

    /// The members in the order of the hash table, which is arbitrary, or in order if there is none.
    pub(crate) fn members_unordered(&self) -> Vec<Bytes> {
        match &self.0.table {
            None => self.entries().iter().map(|entry| entry.member.clone()).collect(),
            Some(table) => table.iter().map(|(member, _)| member.clone()).collect(),
        }
    }

    /// The name of the representation, as `OBJECT ENCODING` says it.
    pub(crate) fn encoding(&self) -> &'static str {
        if self.0.table.is_none() { "listpack" } else { "skiplist" }
    }

    /// Writes the canonical form.
    pub(crate) fn key(&self, key: &mut Key) {
        key.bytes(self.encoding()).int(self.len() as i64);
        for entry in self.entries() {
            key.bytes(&entry.member).int(entry.score.value().to_bits() as i64);
        }
    }

    /// Becomes a skip list with a hash table, whatever its size.
    pub(crate) fn make_skiplist(&mut self) {
        let members = Rc::make_mut(&mut self.0);
        if members.table.is_none() {
            let mut table = Table::default();
            for entry in &members.order {
                table.insert(&entry.member, entry.score);
            }
            members.table = Some(table);
        }
    }
}

/// A sorted set of different members, a listpack if they fit.
impl FromIterator<Entry> for ZSet {
    fn from_iter<I: IntoIterator<Item = Entry>>(entries: I) -> Self {
        let mut order: Vec<Entry> = entries.into_iter().collect();
        let fits = order.len() <= MAX_LISTPACK_ENTRIES
            && order.iter().all(|entry| entry.member.len() <= MAX_LISTPACK_VALUE);
        if fits {
            for entry in &mut order {
                entry.score = entry.score.in_listpack();
            }
        }
        order.sort_by(Entry::order);
        let mut set = Self(Rc::new(Members { order, table: None }));
        if !fits {
            set.make_skiplist();
        }
        set
    }
}
