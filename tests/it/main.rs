//! The integration tests, one binary.
mod redis_script;

mod bad_input;
mod cli;
mod json;
mod layers;
mod search;
mod tidy;
