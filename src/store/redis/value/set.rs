//! Sets.

use std::rc::Rc;

use super::super::Bytes;
use super::super::number::read_integer;
use super::table::{Cursor, Table};
use crate::store::Key;

/// The most members of an intset (`set-max-intset-entries`).
const MAX_INTSET_ENTRIES: usize = 512;

/// A set.
///
/// One of few integers is an intset, sorted; with another member, or too many, it becomes a hash table and
/// stays one.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Set(Rc<Members>);

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Members {
    Intset(Vec<i64>),
    Table(Table<()>),
}

impl Default for Members {
    fn default() -> Self {
        Self::Intset(Vec::new())
    }
}

impl Set {
    pub(crate) fn len(&self) -> usize {
        match &*self.0 {
            Members::Intset(integers) => integers.len(),
            Members::Table(table) => table.len(),
        }
    }

    pub(crate) fn contains(&self, member: &Bytes) -> bool {
        match &*self.0 {
            Members::Intset(integers) => {
                read_integer(member).is_some_and(|integer| integers.binary_search(&integer).is_ok())
            }
            Members::Table(table) => table.get(member).is_some(),
        }
    }

    /// Adds a member; false if it is there already.
    pub(crate) fn insert(&mut self, member: &Bytes) -> bool {
        if self.contains(member) {
            return false;
        }
        match (Rc::make_mut(&mut self.0), read_integer(member)) {
            (Members::Intset(integers), Some(integer)) => {
                let at = integers.partition_point(|other| *other < integer);
                integers.insert(at, integer);
                if integers.len() > MAX_INTSET_ENTRIES {
                    self.convert();
                }
            }
            (Members::Intset(_), None) => {
                self.convert();
                return self.insert(member);
            }
            (Members::Table(table), _) => {
                table.insert(member, ());
            }
        }
        true
    }

    /// Removes a member; false if there is none.
    pub(crate) fn remove(&mut self, member: &Bytes) -> bool {
        if !self.contains(member) {
            return false;
        }
        match Rc::make_mut(&mut self.0) {
            Members::Intset(integers) => {
                let gone = read_integer(member);
                integers.retain(|integer| Some(*integer) != gone);
            }
            Members::Table(table) => {
                table.remove(member);
            }
        }
        true
    }

    /// The members, in the order in which a client sees them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Bytes> {
        let (integers, table) = match &*self.0 {
            Members::Intset(integers) => (Some(integers.iter().map(ToString::to_string)), None),
            Members::Table(table) => (None, Some(table.iter().map(|(member, ())| member.clone()))),
        };
        integers.into_iter().flatten().map(Bytes::from).chain(table.into_iter().flatten())
    }

    /// About `count` members from `cursor` on; an intset is returned whole.
    pub(crate) fn scan(&self, cursor: Cursor, count: usize) -> (Cursor, Vec<Bytes>) {
        match &*self.0 {
            Members::Intset(_) => (0, self.iter().collect()),
            Members::Table(table) => {
                let (next, found) = table.scan(cursor, count);
                (next, found.into_iter().map(|(member, ())| member.clone()).collect())
            }
        }
    }

    /// The name of the representation, as `OBJECT ENCODING` says it.
    pub(crate) fn encoding(&self) -> &'static str {
        match &*self.0 {
            Members::Intset(_) => "intset",
            Members::Table(_) => "hashtable",
        }
    }

    /// Writes the canonical form.
    pub(crate) fn key(&self, key: &mut Key) {
        key.bytes(self.encoding()).int(self.len() as i64);
        for member in self.iter() {
            key.bytes(member);
        }
    }

    fn convert(&mut self) {
        if let Members::Intset(_) = &*self.0 {
            let mut table = Table::default();
            for member in self.iter() {
                table.insert(&member, ());
            }
            self.0 = Rc::new(Members::Table(table));
        }
    }
}

impl FromIterator<Bytes> for Set {
    fn from_iter<I: IntoIterator<Item = Bytes>>(members: I) -> Self {
        let mut set = Self::default();
        for member in members {
            set.insert(&member);
        }
        set
    }
}
