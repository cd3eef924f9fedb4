//! Client libraries, as plain data: locks break there.

pub mod zookeeper;
