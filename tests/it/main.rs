//! The integration tests, one binary.

mod bad_input;
mod cli;
mod json;
mod layers;
mod tidy;
mod zookeeper_mutations;
mod zookeeper_recordings;
