//! A recipe that cannot go on: what it is made of is wrong, and the run or the search ends with that.

use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// What is wrong with a recipe that was written by a user, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Broken(String);

impl Broken {
    /// For people to read.
    pub fn new(message: String) -> Self {
        Self(message)
    }

    /// Ends the run: whoever began it with [`caught`](Self::caught) gets this.
    pub fn raise(self) -> ! {
        // Nothing is printed: it is no defect of this crate.
        resume_unwind(Box::new(self))
    }

    /// Does `work`, in which a recipe may prove to be broken. Other panics go on.
    pub fn caught<R>(work: impl FnOnce() -> R) -> Result<R, Self> {
        catch_unwind(AssertUnwindSafe(work)).map_err(Self::of)
    }

    /// What was raised; other panics go on.
    pub fn of(raised: Box<dyn Any + Send>) -> Self {
        match raised.downcast::<Self>() {
            Ok(broken) => *broken,
            Err(other) => resume_unwind(other),
        }
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Broken {}
