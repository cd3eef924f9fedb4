//! The integration tests, one binary.

mod bad_input;
mod cli;
mod json;
mod layers;
mod tidy;
mod zookeeper_data;
mod zookeeper_ensemble;
mod zookeeper_mutations;
mod zookeeper_properties;
mod zookeeper_recordings;
mod zookeeper_sessions;
mod zookeeper_watches;
mod zookeeper_world;
