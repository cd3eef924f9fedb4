//! Fuzzers: whatever a file or a line says, the program answers, in bounded time and without a panic.
//!
//! Each kind has a short budget that every test run takes, and a long one that takes hours:
//! `cargo test --release --test fuzz -- --ignored`. Every input follows from its number, which a failure names.

mod logs;
mod models;
mod shells;
mod source;
mod traces;

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Inputs of each kind in every test run.
const SHORT: u64 = 250;
/// Inputs of each kind in a long run.
const LONG: u64 = 100_000;

/// Tries the inputs with the numbers from `first` on; a failure names the number and the input.
fn try_all(first: u64, count: u64, input: impl Fn(u64) -> String, understand: impl Fn(&str)) {
    for number in first..first + count {
        let input = input(number);
        let tried = catch_unwind(AssertUnwindSafe(|| understand(&input)));
        if tried.is_err() {
            let shown: String = input.chars().take(4000).collect();
            panic!("input {number}:\n{shown}");
        }
    }
}
