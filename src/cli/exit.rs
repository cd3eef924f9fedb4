//! What the process exits with.

use std::process::ExitCode;

use crate::run::Meets;

/// The outcome of a command, in the order in which one outweighs another.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub enum Exit {
    /// All is as expected: 0.
    #[default]
    Expected,
    /// A limit was hit before the answer was known: 3.
    Inconclusive,
    /// A property was violated, or a replay differs: 1.
    Violated,
    /// Wrong use, or an input that cannot be understood: 2.
    Wrong,
}

impl Exit {
    /// The number that the shell sees.
    pub fn code(self) -> u8 {
        match self {
            Self::Expected => 0,
            Self::Violated => 1,
            Self::Wrong => 2,
            Self::Inconclusive => 3,
        }
    }
}

impl From<Meets> for Exit {
    fn from(meets: Meets) -> Self {
        match meets {
            Meets::Expectation => Self::Expected,
            Meets::Inconclusive => Self::Inconclusive,
            Meets::Not => Self::Violated,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        exit.code().into()
    }
}
