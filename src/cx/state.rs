//! Plain data of any type: what a recipe is between its calls, what survives a loop's pass, what a cell holds.

use std::any::Any;
use std::cell::RefCell;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

use super::handle::Handle;

/// Plain data: cloned, compared and hashed by its fields alone.
///
/// Derive the four traits and it is there. An [`Instant`](super::Instant) or a [`Token`](super::Token) among the
/// fields must take part in `Hash`, as a derive sees to: that is how the world knows that it is still needed.
pub trait State: Any + fmt::Debug {
    /// The value as [`Any`].
    fn as_any(&self) -> &dyn Any;
    /// Whether the other is of the same type and equal.
    fn same(&self, other: &dyn State) -> bool;
    /// Feeds the hasher with the value.
    fn feed(&self, hasher: &mut dyn Hasher);
}

impl<T: Clone + Eq + Hash + fmt::Debug + 'static> State for T {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn same(&self, other: &dyn State) -> bool {
        other.as_any().downcast_ref::<T>().is_some_and(|other| self == other)
    }

    fn feed(&self, mut hasher: &mut dyn Hasher) {
        self.hash(&mut hasher);
    }
}

/// A shared [`State`].
#[derive(Clone)]
pub struct Value(Rc<dyn State>);

impl Value {
    /// Wraps `value`.
    pub fn new<T: Clone + Eq + Hash + fmt::Debug + 'static>(value: T) -> Self {
        Self(Rc::new(value))
    }

    /// The value, if it is of this type.
    pub fn get<T: 'static>(&self) -> Option<&T> {
        self.0.as_any().downcast_ref()
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0) || self.0.same(&*other.0)
    }
}

impl Eq for Value {}

impl Hash for Value {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.feed(state);
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

thread_local! {
    /// Collects the handles that are hashed while [`handles_in`] looks through a value.
    static SEEN: RefCell<Option<Vec<Handle>>> = const { RefCell::new(None) };
}

/// Notes that `handle` is part of the value being looked through, if one is.
pub(super) fn note(handle: Handle) {
    SEEN.with_borrow_mut(|seen| {
        if let Some(seen) = seen
            && !seen.contains(&handle)
        {
            seen.push(handle);
        }
    });
}

/// The handles (instants, tokens, tasks) that `feed` hashes.
pub(crate) fn handles_in(feed: impl FnOnce(&mut dyn Hasher)) -> Vec<Handle> {
    SEEN.with_borrow_mut(|seen| *seen = Some(Vec::new()));
    feed(&mut rustc_hash::FxHasher::default());
    SEEN.with_borrow_mut(Option::take).unwrap_or_default()
}
