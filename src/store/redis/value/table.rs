//! A hash table whose order is fixed and looks arbitrary.

use std::collections::BTreeMap;
use std::ops::Bound;

use super::super::Bytes;

/// What SCAN and its kin hand out to be asked again with; 0 begins and ends an iteration.
pub(crate) type Cursor = u64;

/// A hash table.
///
/// A real server iterates its tables in an order that depends on a seed it draws when it starts. Here the
/// order is that of a fixed hash of the members: the same on every machine, independent of how the table
/// came about, and never sorted, so that a client that forgot to sort is found out.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Table<V>(BTreeMap<Placed, V>);

/// A member at its place. Members of one place stand in the order of their bytes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
struct Placed {
    place: u32,
    member: Bytes,
}

impl<V> Table<V> {
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn get(&self, member: &Bytes) -> Option<&V> {
        self.0.get(&Placed::new(member))
    }

    /// Sets the value of `member`; the old one is returned.
    pub(crate) fn insert(&mut self, member: &Bytes, value: V) -> Option<V> {
        self.0.insert(Placed::new(member), value)
    }

    pub(crate) fn remove(&mut self, member: &Bytes) -> Option<V> {
        self.0.remove(&Placed::new(member))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Bytes, &V)> {
        self.0.iter().map(member_and_value)
    }

    /// About `count` members from `cursor` on, and the cursor of the next ones.
    ///
    /// The guarantees are those of `SCAN`: a member that is there during the whole iteration is returned,
    /// one that never was is not.
    pub(crate) fn scan(&self, cursor: Cursor, count: usize) -> (Cursor, Vec<(&Bytes, &V)>) {
        let Ok(place) = u32::try_from(cursor) else { return (0, Vec::new()) };
        let from = Placed { place, member: Bytes::default() };
        let mut found = Vec::new();
        let mut last = None;
        for entry in self.0.range((Bound::Included(from), Bound::Unbounded)) {
            let place = entry.0.place;
            if found.len() >= count && last != Some(place) {
                return (Cursor::from(place), found);
            }
            last = Some(place);
            found.push(member_and_value(entry));
        }
        (0, found)
    }
}

impl<V> Default for Table<V> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

fn member_and_value<'a, V>((placed, value): (&'a Placed, &'a V)) -> (&'a Bytes, &'a V) {
    (&placed.member, value)
}

impl Placed {
    fn new(member: &Bytes) -> Self {
        Self { place: place(member), member: member.clone() }
    }
}

/// Where in a table `member` stands: FNV-1a, whose similar texts lie close together, then mixed. Never 0,
/// which as a cursor means the beginning.
fn place(member: &[u8]) -> u32 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in member {
        hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    hash = (hash ^ hash >> 32).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    ((hash >> 32) as u32).max(1)
}
