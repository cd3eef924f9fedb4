//! Redis 7.0.15.

mod reply;

pub use reply::{Bytes, Reply};
