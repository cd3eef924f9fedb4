//! Lockstep: a deterministic simulator of distributed-lock protocols on Redis and ZooKeeper.

pub mod choice;
pub mod cli;
pub mod client;
pub mod cx;
pub mod explore;
pub mod json;
pub mod locks;
pub mod model;
pub mod property;
pub mod registry;
pub mod report;
pub mod sim;
pub mod store;
pub mod suggest;
pub mod time;
pub mod trace;
pub mod workload;
