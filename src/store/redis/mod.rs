//! Redis 7.0.15.

mod number;
mod reply;
mod value;

pub use reply::{Bytes, Reply};
