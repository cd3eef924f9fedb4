//! The integration tests, one binary.

mod json;
