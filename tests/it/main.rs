//! The integration tests, one binary.

mod bad_input;
mod cli;
mod json;
mod layers;
mod tidy;
mod zookeeper_recordings;
