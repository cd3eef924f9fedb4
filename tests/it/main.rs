//! The integration tests, one binary.

mod bad_input;
mod cli;
mod engines;
mod json;
mod layers;
mod mutation;
mod mutation_redis;
mod mutation_zookeeper;
mod recipe_catalogue;
mod recipe_world;
mod redis_recordings;
mod redis_script;
mod search;
mod tidy;
