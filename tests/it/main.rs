//! The integration tests, one binary.
mod redis_script;
mod redis_script_libraries;
mod redis_script_sandbox;

mod bad_input;
mod cli;
mod json;
mod layers;
mod mutation;
mod mutation_redis;
mod mutation_zookeeper;
mod redis_recordings;
mod tidy;
