//! Runs: one loop, who waits in it, what it amounts to, and the way from a search's witness to a run.
//!
//! A run follows from its [`Spec`] alone. [`Recording`] makes one and keeps what happened; [`execute`] hands each event
//! on instead. [`Run`] is the loop itself, step by step. [`check()`] searches a model and [`Sweep`] makes many runs; what
//! they found is compared with what the model expects by [`Found`]. The command line adds words to all that, and nothing
//! else.

mod check;
mod found;
mod limits;
mod measure;
mod recorder;
mod recording;
mod refused;
mod sample;
mod shrink;
mod spec;
mod states;
mod stepping;
mod sweep;
mod tally;
mod waiting;
mod witness;

pub use check::{Asked, Checked, check};
pub use found::{Found, Meets};
pub use limits::{End, Limits};
pub use measure::{Measured, Percentiles, Worst, measure};
pub use recorder::{Ended, Sink, Watch, execute, execute_watched};
pub use recording::Recording;
pub use refused::{Refused, refused};
pub use sample::{Happened, Sample, sample};
pub use shrink::{failure, shrunk};
pub use spec::{Spec, Timed};
pub use states::{Content, Moment, StateChange, States};
pub use stepping::{EngineBox, Run};
pub use sweep::{Sweep, run_only};
pub use tally::{Tally, Waits};
pub use witness::recording as recording_of;
