//! Lockstep: a deterministic simulator of distributed-lock protocols on Redis and ZooKeeper.

pub mod store;
pub mod time;
pub mod trace;
