//! The children of a node, as a list that the tree and its readers share.

use std::cell::OnceCell;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

use super::id::Name;

/// The children of one node at one moment.
///
/// A snapshot costs nothing to take or to clone, however many children there are. A server lists children in no useful
/// order (fact 13): [`names`](Self::names) has a fixed order that is scrambled on purpose, so that a recipe that
/// forgets to sort fails. Recipes that do sort ask for what they look for, and the answers are kept with the
/// snapshot.
#[derive(Clone, Default)]
pub struct Children(Rc<Inner>);

#[derive(Clone, Default)]
struct Inner {
    /// Sorted by sequence number, then by name.
    sorted: Vec<(Sequence, Name)>,
    scrambled: OnceCell<Rc<[Name]>>,
    by_name: OnceCell<Rc<[Name]>>,
    /// How many bytes the names have.
    bytes: OnceCell<usize>,
}

/// The number at the end of a name; names without one come first.
type Sequence = Option<i64>;

impl Children {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.sorted.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.sorted.is_empty()
    }

    /// Whether there is a child of that name.
    pub fn contains(&self, name: &str) -> bool {
        self.position(name).is_ok()
    }

    /// The names in the order of a reply: fixed, but neither by name nor by age.
    pub fn names(&self) -> &[Name] {
        self.0.scrambled.get_or_init(|| {
            let mut names: Vec<_> =
                self.in_sequence().map(|name| (scramble(name), name.clone())).collect();
            names.sort_unstable();
            names.into_iter().map(|(_, name)| name).collect()
        })
    }

    /// How many bytes the names have, without what stands between them on the wire.
    pub fn bytes(&self) -> usize {
        *self.0.bytes.get_or_init(|| self.in_sequence().map(|name| name.len()).sum())
    }

    /// The names in order of their bytes.
    pub fn by_name(&self) -> &[Name] {
        self.0.by_name.get_or_init(|| {
            let mut names: Vec<_> = self.in_sequence().cloned().collect();
            names.sort_unstable();
            names.into()
        })
    }

    /// The names by the sequence number at their end (the last ten digits), those without a number first.
    pub fn in_sequence(&self) -> impl DoubleEndedIterator<Item = &Name> + ExactSizeIterator {
        self.0.sorted.iter().map(|(_, name)| name)
    }

    /// The first of [`in_sequence`](Self::in_sequence).
    pub fn first(&self) -> Option<&Name> {
        self.in_sequence().next()
    }

    /// The one before `me` in [`in_sequence`](Self::in_sequence), if `me` is there and is not the first.
    pub fn before(&self, me: &str) -> Option<&Name> {
        let at = self.position(me).ok()?;
        at.checked_sub(1).map(|before| &self.0.sorted[before].1)
    }

    /// Those that are not in `other` as well, and those of `other` that are not here: at no cost if nothing has changed
    /// between the two. A node that was deleted and created anew is among both.
    pub fn differences(&self, other: &Self) -> (Vec<Name>, Vec<Name>) {
        let (mut mine, mut theirs) = (Vec::new(), Vec::new());
        if Rc::ptr_eq(&self.0, &other.0) {
            return (mine, theirs);
        }
        let (mut left, mut right) =
            (self.0.sorted.iter().peekable(), other.0.sorted.iter().peekable());
        loop {
            match (left.peek(), right.peek()) {
                (Some(a), Some(b)) if Rc::ptr_eq(&a.1, &b.1) => {
                    left.next();
                    right.next();
                }
                (Some(a), b) if b.is_none_or(|b| a < b) => mine.extend(left.next().map(name)),
                (a, Some(b)) if a.is_none_or(|a| b < a) => theirs.extend(right.next().map(name)),
                (Some(_), Some(_)) => {
                    mine.extend(left.next().map(name));
                    theirs.extend(right.next().map(name));
                }
                _ => return (mine, theirs),
            }
        }
    }

    pub(super) fn insert(&mut self, name: Name) {
        if let Err(at) = self.position(&name) {
            self.change(|sorted| sorted.insert(at, (sequence(&name), name)));
        }
    }

    pub(super) fn remove(&mut self, name: &str) {
        if let Ok(at) = self.position(name) {
            self.change(|sorted| {
                sorted.remove(at);
            });
        }
    }

    fn change(&mut self, change: impl FnOnce(&mut Vec<(Sequence, Name)>)) {
        let inner = Rc::make_mut(&mut self.0);
        change(&mut inner.sorted);
        inner.scrambled.take();
        inner.by_name.take();
        inner.bytes.take();
    }

    fn position(&self, name: &str) -> Result<usize, usize> {
        let sequence = sequence(name);
        self.0.sorted.binary_search_by(|(theirs, other)| {
            theirs.cmp(&sequence).then_with(|| (**other).cmp(name))
        })
    }
}

impl FromIterator<Name> for Children {
    fn from_iter<I: IntoIterator<Item = Name>>(names: I) -> Self {
        let mut children = Self::default();
        for name in names {
            children.insert(name);
        }
        children
    }
}

impl PartialEq for Children {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0) || self.0.sorted == other.0.sorted
    }
}

impl Eq for Children {}

impl Hash for Children {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.sorted.hash(state);
    }
}

impl std::fmt::Debug for Children {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.in_sequence()).finish()
    }
}

fn name((_, name): &(Sequence, Name)) -> Name {
    name.clone()
}

/// What a server appends is `%010d`: ten digits, or a minus sign before them once the counter has run over.
fn sequence(name: &str) -> Sequence {
    let digits = name.get(name.len().checked_sub(10)?..)?;
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok()
}

/// FNV-1a, then mixed, so that names that differ in their last digit alone are far apart.
pub(super) fn scramble(name: &str) -> u64 {
    let hash = name.bytes().fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
    });
    (hash ^ hash >> 29).wrapping_mul(0xBF58_476D_1CE4_E5B9)
}
