//! Hashes.

use std::rc::Rc;

use super::super::Bytes;
use super::table::{Cursor, Table};
use crate::store::Key;

/// The longest field or value of a listpack, in bytes (`hash-max-listpack-value`).
const MAX_LISTPACK_VALUE: usize = 64;
/// The most fields of a listpack (`hash-max-listpack-entries`).
const MAX_LISTPACK_ENTRIES: usize = 512;

/// A hash: fields and their values.
///
/// A small one is a listpack, which keeps the order of insertion; one that grew beyond the limits is a hash
/// table and stays one.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Hash(Rc<Fields>);

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Fields {
    Listpack(Vec<(Bytes, Bytes)>),
    Table(Table<Bytes>),
}

impl Default for Fields {
    fn default() -> Self {
        Self::Listpack(Vec::new())
    }
}

impl Hash {
    pub(crate) fn len(&self) -> usize {
        match &*self.0 {
            Fields::Listpack(pairs) => pairs.len(),
            Fields::Table(table) => table.len(),
        }
    }

    pub(crate) fn get(&self, field: &Bytes) -> Option<&Bytes> {
        match &*self.0 {
            Fields::Listpack(pairs) => {
                pairs.iter().find(|pair| pair.0 == *field).map(|pair| &pair.1)
            }
            Fields::Table(table) => table.get(field),
        }
    }

    /// Sets a field; true if it is new.
    pub(crate) fn insert(&mut self, field: &Bytes, value: Bytes) -> bool {
        if field.len().max(value.len()) > MAX_LISTPACK_VALUE {
            self.convert();
        }
        let is_new = match Rc::make_mut(&mut self.0) {
            Fields::Listpack(pairs) => {
                if let Some(pair) = pairs.iter_mut().find(|pair| pair.0 == *field) {
                    pair.1 = value;
                    false
                } else {
                    pairs.push((field.clone(), value));
                    true
                }
            }
            Fields::Table(table) => table.insert(field, value).is_none(),
        };
        if self.len() > MAX_LISTPACK_ENTRIES {
            self.convert();
        }
        is_new
    }

    /// Removes a field; false if there is none.
    pub(crate) fn remove(&mut self, field: &Bytes) -> bool {
        if self.get(field).is_none() {
            return false;
        }
        match Rc::make_mut(&mut self.0) {
            Fields::Listpack(pairs) => pairs.retain(|pair| pair.0 != *field),
            Fields::Table(table) => {
                table.remove(field);
            }
        }
        true
    }

    /// The fields and their values, in the order in which a client sees them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Bytes, &Bytes)> {
        let (listpack, table) = match &*self.0 {
            Fields::Listpack(pairs) => {
                (Some(pairs.iter().map(|(field, value)| (field, value))), None)
            }
            Fields::Table(table) => (None, Some(table.iter())),
        };
        listpack.into_iter().flatten().chain(table.into_iter().flatten())
    }

    /// About `count` fields from `cursor` on; a listpack is returned whole.
    pub(crate) fn scan(&self, cursor: Cursor, count: usize) -> (Cursor, Vec<(&Bytes, &Bytes)>) {
        match &*self.0 {
            Fields::Listpack(_) => (0, self.iter().collect()),
            Fields::Table(table) => table.scan(cursor, count),
        }
    }

    /// The name of the representation, as `OBJECT ENCODING` says it.
    pub(crate) fn encoding(&self) -> &'static str {
        match &*self.0 {
            Fields::Listpack(_) => "listpack",
            Fields::Table(_) => "hashtable",
        }
    }

    /// Writes the canonical form.
    pub(crate) fn key(&self, key: &mut Key) {
        key.bytes(self.encoding()).int(self.len() as i64);
        for (field, value) in self.iter() {
            key.bytes(field).bytes(value);
        }
    }

    fn convert(&mut self) {
        if let Fields::Listpack(pairs) = &*self.0 {
            let mut table = Table::default();
            for (field, value) in pairs {
                table.insert(field, value.clone());
            }
            self.0 = Rc::new(Fields::Table(table));
        }
    }
}
