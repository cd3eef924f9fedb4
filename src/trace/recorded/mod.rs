//! Recordings of real servers, compared with the store models.
//!
//! The model is driven with the recorded calls, in file order, at the recorded times, and everything that
//! comes out is compared. A reply is computed before the recorded one is visible to the model; what a real
//! server leaves open reaches the model only through [`Env::draw`](crate::store::Env::draw).

mod tally;

pub use tally::{Difference, RuleUse, Tally};
