//! The search: all answers to all questions, fewest deviations first.

mod component;
mod growth;
mod judge;
mod limits;
mod liveness;
mod odometer;
mod search;
mod verdict;

pub use component::Counts;
pub use growth::{Drawer, Growth};
pub use search::{Progress, Search, to_the_end};
pub use verdict::{Bounds, Cut, Outcome, Seen, Verdict, Witness};
