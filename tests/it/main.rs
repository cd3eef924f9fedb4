//! The integration tests, one binary.

mod bad_input;
mod cli;
mod json;
mod layers;
mod mutation;
mod mutation_redis;
mod mutation_zookeeper;
mod redis_recordings;
mod redis_script;
mod search;
mod tidy;
mod zookeeper_mutations;
mod zookeeper_recordings;
