//! Lists.

use std::collections::VecDeque;
use std::ops::Range;
use std::rc::Rc;

use super::super::Bytes;
use crate::store::Key;

/// A list of byte strings.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct List(Rc<VecDeque<Bytes>>);

/// An end of a list.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum End {
    /// The head.
    Left,
    /// The tail.
    Right,
}

impl List {
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Bytes> + ExactSizeIterator {
        self.0.iter()
    }

    /// The element at `index`; negative ones count from the tail.
    pub(crate) fn get(&self, index: i64) -> Option<&Bytes> {
        self.0.get(self.position(index)?)
    }

    /// Replaces the element at `index`; false if there is none.
    pub(crate) fn set(&mut self, index: i64, element: Bytes) -> bool {
        let Some(at) = self.position(index) else { return false };
        Rc::make_mut(&mut self.0)[at] = element;
        true
    }

    pub(crate) fn push(&mut self, end: End, element: Bytes) {
        let elements = Rc::make_mut(&mut self.0);
        match end {
            End::Left => elements.push_front(element),
            End::Right => elements.push_back(element),
        }
    }

    pub(crate) fn pop(&mut self, end: End) -> Option<Bytes> {
        let elements = Rc::make_mut(&mut self.0);
        match end {
            End::Left => elements.pop_front(),
            End::Right => elements.pop_back(),
        }
    }

    /// Up to `count` elements from `end`, in the order in which they are popped.
    pub(crate) fn pop_many(&mut self, end: End, count: usize) -> Vec<Bytes> {
        let elements = Rc::make_mut(&mut self.0);
        let count = count.min(elements.len());
        match end {
            End::Left => elements.drain(..count).collect(),
            End::Right => elements.drain(elements.len() - count..).rev().collect(),
        }
    }

    /// Puts `element` before the one at `at`, or behind the last.
    pub(crate) fn insert(&mut self, at: usize, element: Bytes) {
        Rc::make_mut(&mut self.0).insert(at, element);
    }

    /// Removes the first `limit` elements equal to `element`, from `end` on; how many there were.
    pub(crate) fn remove(&mut self, element: &Bytes, end: End, limit: usize) -> usize {
        let found: Vec<usize> = {
            let equal =
                self.0.iter().enumerate().filter(|(_, other)| *other == element).map(|(at, _)| at);
            match end {
                End::Left => equal.take(limit).collect(),
                End::Right => {
                    let mut found: Vec<usize> = equal.rev().take(limit).collect();
                    found.reverse();
                    found
                }
            }
        };
        if !found.is_empty() {
            let mut at = 0..;
            let mut gone = found.iter().peekable();
            Rc::make_mut(&mut self.0)
                .retain(|_| gone.next_if_eq(&&at.next().unwrap_or(0)).is_none());
        }
        found.len()
    }

    /// Keeps only the elements of `range`.
    pub(crate) fn trim(&mut self, range: Range<usize>) {
        let elements = Rc::make_mut(&mut self.0);
        elements.truncate(range.end);
        elements.drain(..range.start.min(elements.len()));
    }

    /// Writes the canonical form.
    pub(crate) fn key(&self, key: &mut Key) {
        key.int(self.len() as i64);
        for element in self.iter() {
            key.bytes(element);
        }
    }

    fn position(&self, index: i64) -> Option<usize> {
        let at = if index < 0 { self.len() as i64 + index } else { index };
        usize::try_from(at).ok().filter(|at| *at < self.len())
    }
}
