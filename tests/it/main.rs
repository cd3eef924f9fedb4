//! The integration tests, one binary.

mod bad_input;
mod cli;
mod json;
mod layers;
mod model_files;
mod mutation;
mod mutation_redis;
mod mutation_zookeeper;
mod redis_recordings;
mod redis_script;
mod search;
mod tidy;
