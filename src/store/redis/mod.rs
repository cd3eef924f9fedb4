//! Redis 7.0.15, as one server answers.

mod blocking;
mod client;
mod command;
mod config;
mod core;
mod ctx;
mod draw;
mod durable;
mod error;
mod execute;
mod glob;
mod keyspace;
mod mark;
mod memory;
mod monitor;
mod notify;
pub(crate) mod number;
mod pubsub;
mod reply;
pub mod script;
mod scripts;
mod server;
mod value;
mod watching;

pub use config::{Config, Eviction, NotifyFlags, Persistence, Preference};
pub use draw::Draw;
pub use reply::{Bytes, Reply};
pub use server::{Message, RedisServer};
