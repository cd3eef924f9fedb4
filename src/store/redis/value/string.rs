//! Strings.

use super::super::number::read_integer;
use super::super::reply::Bytes;

/// A string value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Text {
    bytes: Bytes,
    form: Form,
}

/// How the server came to keep it, which OBJECT ENCODING tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Form {
    /// It was set whole: numbers are kept as such.
    Whole,
    /// It is the sum of INCRBYFLOAT, which stays text even where it is a whole number.
    Sum,
    /// It was changed in place (APPEND, SETRANGE, SETBIT).
    Changed,
}

impl Text {
    /// A value that was set whole.
    pub(crate) fn new(bytes: Bytes) -> Self {
        Self { bytes, form: Form::Whole }
    }

    /// A value that INCRBYFLOAT computed.
    pub(crate) fn sum(bytes: Bytes) -> Self {
        Self { bytes, form: Form::Sum }
    }

    /// A value that was changed in place.
    pub(crate) fn changed(bytes: Bytes) -> Self {
        Self { bytes, form: Form::Changed }
    }

    /// The string itself.
    pub(crate) fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// Which form it has, as a number for the canonical state.
    pub(crate) fn form(&self) -> i64 {
        self.form as i64
    }

    /// The 64-bit number that the server keeps in the place of a text, if it does.
    pub(crate) fn number(&self) -> Option<i64> {
        (self.form == Form::Whole).then(|| read_integer(&self.bytes))?
    }

    /// `int` for what is kept as a number, `embstr` up to 44 bytes, else `raw`.
    pub(crate) fn encoding(&self) -> &'static str {
        if self.number().is_some() {
            "int"
        } else if self.form != Form::Changed && self.bytes.len() <= 44 {
            "embstr"
        } else {
            "raw"
        }
    }
}
