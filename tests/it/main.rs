//! The integration tests, one binary.
mod redis_script;
