//! Access to keys that hold lists, hashes, sets or sorted sets.

use super::super::config::NotifyFlags;
use super::super::ctx::Ctx;
use super::super::error::Error;
use super::super::reply::Bytes;
use super::super::value::Collection;

impl Ctx<'_> {
    /// The collection under a key, for a command that reads.
    pub(crate) fn read_as<T: Collection>(&mut self, key: &Bytes) -> Result<Option<T>, Error> {
        self.read(key).map(|value| T::of(value).cloned().ok_or(Error::WRONG_TYPE)).transpose()
    }

    /// The collection under a key, for a command that may write.
    pub(crate) fn peek_as<T: Collection>(&mut self, key: &Bytes) -> Result<Option<T>, Error> {
        self.peek(key).map(|value| T::of(value).cloned().ok_or(Error::WRONG_TYPE)).transpose()
    }

    /// Whether the key is there and holds a collection of this kind.
    pub(crate) fn holds<T: Collection>(&mut self, key: &Bytes) -> bool {
        self.peek(key).and_then(T::of).is_some()
    }

    /// The collection under a key to change in place. A command that took something away goes on with
    /// [`shrunk`](Self::shrunk).
    pub(crate) fn write_as<T: Collection>(&mut self, key: &Bytes) -> Result<Option<&mut T>, Error> {
        self.write(key).map(|value| T::of_mut(value).ok_or(Error::WRONG_TYPE)).transpose()
    }

    /// The same; a missing key is added with `empty`, which the command fills before it ends.
    pub(crate) fn write_or_add<T: Collection>(
        &mut self,
        key: &Bytes,
        empty: T,
    ) -> Result<&mut T, Error> {
        if !self.exists(key) {
            self.add(key, empty.into_value());
        }
        self.write_as(key)?.ok_or(Error::WRONG_TYPE)
    }

    /// Elements were taken from a collection: reports `event`, marks the key changed, and removes it if
    /// nothing is left, which is an event of its own.
    pub(crate) fn shrunk<T: Collection>(&mut self, key: &Bytes, event: &'static str) {
        self.notify(T::CLASS, event, key);
        self.remove_if_empty::<T>(key);
        self.changed(key);
    }

    /// Removes a key if its collection has no elements left, and says whether it did.
    pub(crate) fn remove_if_empty<T: Collection>(&mut self, key: &Bytes) -> bool {
        let is_empty = self.peek(key).and_then(T::of).is_some_and(T::is_empty);
        if is_empty {
            self.remove(key);
            self.notify(NotifyFlags::GENERIC, "del", key);
        }
        is_empty
    }

    /// Stores the result of a command under `key`, whatever it held, and reports `event`; an empty result
    /// deletes the key, which nobody looks up before: one that is expired is reported as deleted.
    pub(crate) fn store<T: Collection>(&mut self, key: &Bytes, result: T, event: &'static str) {
        if result.is_empty() {
            if self.remove(key) {
                self.changed(key);
                self.notify(NotifyFlags::GENERIC, "del", key);
            }
        } else {
            self.set(key, result.into_value());
            self.notify(T::CLASS, event, key);
        }
    }
}
