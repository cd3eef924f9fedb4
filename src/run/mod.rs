//! Runs: one loop, who waits in it, what it amounts to, and the way from a search's witness to a run.
//!
//! A run follows from its [`Spec`] alone. [`Recording`] makes one and keeps what happened; [`execute`] hands each event
//! on instead. [`Run`] is the loop itself, step by step.

mod limits;
mod recorder;
mod recording;
mod spec;
mod stepping;
mod tally;
mod waiting;
mod witness;

pub use limits::{End, Limits};
pub use recorder::{Ended, Sink, execute};
pub use recording::Recording;
pub use spec::{Spec, Timed};
pub use stepping::{EngineBox, Run};
pub use tally::{Tally, Waits};
pub use witness::recording as recording_of;
