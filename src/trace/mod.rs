//! Traces: JSON Lines that a person reads and the program replays.

pub mod recorded;
