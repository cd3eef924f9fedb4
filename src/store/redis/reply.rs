//! What a Redis server says, and the byte strings it is made of.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::rc::Rc;

use super::request::{bulk, line_of};

/// A Redis string: any bytes, cheap to clone.
#[derive(Clone)]
pub struct Bytes(Storage);

/// Where the bytes are: fixed texts such as `OK` cost nothing to make.
#[derive(Clone)]
enum Storage {
    Static(&'static [u8]),
    Shared(Rc<[u8]>),
}

impl Bytes {
    /// A fixed text.
    pub const fn from_static(bytes: &'static [u8]) -> Self {
        Self(Storage::Static(bytes))
    }

    /// The text, with what is not UTF-8 replaced, for people to read.
    pub fn to_text(&self) -> String {
        String::from_utf8_lossy(self).into_owned()
    }
}

impl Default for Bytes {
    fn default() -> Self {
        Self::from_static(b"")
    }
}

impl PartialEq for Bytes {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Bytes {}

impl PartialOrd for Bytes {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Bytes {
    fn cmp(&self, other: &Self) -> Ordering {
        (**self).cmp(&**other)
    }
}

impl Hash for Bytes {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

impl Deref for Bytes {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        match &self.0 {
            Storage::Static(bytes) => bytes,
            Storage::Shared(bytes) => bytes,
        }
    }
}

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl Borrow<[u8]> for Bytes {
    fn borrow(&self) -> &[u8] {
        self
    }
}

impl From<&[u8]> for Bytes {
    fn from(bytes: &[u8]) -> Self {
        Self(Storage::Shared(Rc::from(bytes)))
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Storage::Shared(Rc::from(bytes)))
    }
}

impl From<&str> for Bytes {
    fn from(text: &str) -> Self {
        Self::from(text.as_bytes())
    }
}

impl From<String> for Bytes {
    fn from(text: String) -> Self {
        Self::from(text.into_bytes())
    }
}

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.escape_ascii())
    }
}

/// A reply or a push, as RESP2 has it.
///
/// A nil bulk and a nil array are the same to every client library, and to the recordings: [`Nil`](Self::Nil).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Reply {
    /// A simple string, such as `OK`.
    Status(Bytes),
    /// An error, whole: `WRONGTYPE Operation against ...`.
    Error(Bytes),
    /// An integer.
    Int(i64),
    /// A bulk string.
    Bulk(Bytes),
    /// No value.
    Nil,
    /// A list.
    Array(Rc<[Reply]>),
}

impl Reply {
    /// How long it is on the wire (RESP2), in bytes.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Status(text) | Self::Error(text) => 1 + text.len() + 2,
            Self::Int(number) => line_of(*number),
            Self::Bulk(bytes) => bulk(bytes.len()),
            Self::Nil => line_of(-1),
            Self::Array(items) => {
                line_of(items.len() as i64) + items.iter().map(Self::bytes).sum::<usize>()
            }
        }
    }

    /// `OK`.
    pub const OK: Self = Self::Status(Bytes::from_static(b"OK"));

    /// A bulk string.
    pub fn bulk(bytes: impl Into<Bytes>) -> Self {
        Self::Bulk(bytes.into())
    }

    /// A list.
    pub fn array(items: impl Into<Rc<[Reply]>>) -> Self {
        Self::Array(items.into())
    }

    /// A list of bulk strings.
    pub fn bulks(items: impl IntoIterator<Item = Bytes>) -> Self {
        Self::Array(items.into_iter().map(Self::Bulk).collect())
    }

    /// Whether this is an error.
    pub fn is_error(&self) -> bool {
        matches!(self, Self::Error(_))
    }
}

impl From<i64> for Reply {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<usize> for Reply {
    fn from(number: usize) -> Self {
        Self::Int(number as i64)
    }
}

impl From<bool> for Reply {
    fn from(flag: bool) -> Self {
        Self::Int(i64::from(flag))
    }
}

impl From<Bytes> for Reply {
    fn from(bytes: Bytes) -> Self {
        Self::Bulk(bytes)
    }
}

impl From<Option<Bytes>> for Reply {
    fn from(bytes: Option<Bytes>) -> Self {
        bytes.map_or(Self::Nil, Self::Bulk)
    }
}
