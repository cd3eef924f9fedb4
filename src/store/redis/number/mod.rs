//! Numbers in texts, as Redis reads and prints them.
//!
//! Redis leans on the C library: scores are `strtod` and `%.17g`, `INCRBYFLOAT`, `HINCRBYFLOAT` and the
//! timeouts of blocking commands are x86 80-bit `long double`s. Each kind has its own file.

mod big;
mod double;
mod integer;
mod long_double;
mod scan;

pub(crate) use double::{print_double, read_double, read_double_prefix};
pub(crate) use integer::read_integer;
pub(crate) use long_double::LongDouble;
