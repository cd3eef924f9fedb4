//! Client libraries, as plain data: locks break there.

pub mod redis;
pub mod zookeeper;
