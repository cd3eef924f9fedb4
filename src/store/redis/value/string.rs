//! Strings.

use super::super::reply::Bytes;

/// A string value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Text {
    bytes: Bytes,
    /// It was changed in place (APPEND, SETRANGE, SETBIT), which OBJECT ENCODING tells.
    raw: bool,
}

impl Text {
    /// A value that was set whole.
    pub(crate) fn new(bytes: Bytes) -> Self {
        Self { bytes, raw: false }
    }

    /// A value that was changed in place.
    pub(crate) fn changed(bytes: Bytes) -> Self {
        Self { bytes, raw: true }
    }

    /// The string itself.
    pub(crate) fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// Whether it was changed in place.
    pub(crate) fn is_raw(&self) -> bool {
        self.raw
    }

    /// `int` for what reads back as the same 64-bit number, `embstr` up to 44 bytes, else `raw`.
    pub(crate) fn encoding(&self) -> &'static str {
        if self.raw {
            "raw"
        } else if super::super::number::read_integer(&self.bytes).is_some() {
            "int"
        } else if self.bytes.len() <= 44 {
            "embstr"
        } else {
            "raw"
        }
    }
}
