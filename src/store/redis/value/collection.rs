//! What the kinds of values that have elements share.

use super::super::config::NotifyFlags;
use super::{Hash, List, Set, Value, ZSet};

/// A kind of value that has elements. A command that finds another kind answers `WRONGTYPE`.
pub(crate) trait Collection: Clone + Default {
    /// The class of its notifications.
    const CLASS: NotifyFlags;

    /// The collection in a value of this kind.
    fn of(value: &Value) -> Option<&Self>;

    /// The same to change.
    fn of_mut(value: &mut Value) -> Option<&mut Self>;

    /// The collection as a value.
    fn into_value(self) -> Value;

    /// Whether it has no elements.
    fn is_empty(&self) -> bool;
}

macro_rules! collection {
    ($kind:ident, $class:ident) => {
        impl Collection for $kind {
            const CLASS: NotifyFlags = NotifyFlags::$class;

            fn of(value: &Value) -> Option<&Self> {
                match value {
                    Value::$kind(collection) => Some(collection),
                    _ => None,
                }
            }

            fn of_mut(value: &mut Value) -> Option<&mut Self> {
                match value {
                    Value::$kind(collection) => Some(collection),
                    _ => None,
                }
            }

            fn into_value(self) -> Value {
                Value::$kind(self)
            }

            fn is_empty(&self) -> bool {
                self.len() == 0
            }
        }
    };
}

collection!(Hash, HASH);
collection!(List, LIST);
collection!(Set, SET);
collection!(ZSet, ZSET);
