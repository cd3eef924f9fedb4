//! The integration tests, one binary.

mod bad_input;
mod cli;
mod json;
mod layers;
mod model_files;
mod mutation;
mod mutation_redis;
mod mutation_zookeeper;
mod recipe_catalogue;
mod recipe_world;
mod redis_recordings;
mod redis_script;
mod redis_types_arguments;
mod redis_types_bits;
mod redis_types_blocking;
mod redis_types_hash;
mod redis_types_list;
mod redis_types_session;
mod redis_types_set;
mod redis_types_sort;
mod redis_types_zset;
mod search;
mod tidy;
mod zookeeper_mutations;
mod zookeeper_recordings;
