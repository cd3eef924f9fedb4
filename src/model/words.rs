//! Small things that several sections read in the same way.

pub(super) use crate::json::{number, signed_time, some_time};
