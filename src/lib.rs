//! Lockstep: a deterministic simulator of distributed-lock protocols on Redis and ZooKeeper.

pub mod cli;
pub mod json;
pub mod store;
pub mod suggest;
pub mod time;
pub mod trace;
