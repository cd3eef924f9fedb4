//! Small things that several sections read in the same way.

pub(super) use crate::json::{number, one_or_more, signed_time, some_time};
