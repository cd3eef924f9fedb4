//! Redis 7.0.15.

mod reply;
pub mod script;

pub use reply::{Bytes, Reply};
