//! Why a command could not do its work.

use std::io;

use super::exit::Exit;
use super::output::{BAD, Output};
use crate::cx::Broken;
use crate::json::Problem;
use crate::trace::BadFile;
use crate::visible;

/// Why a command could not do its work.
#[derive(Debug)]
pub(super) enum Failure {
    /// Wrong use or bad input, in words.
    Wrong(String),
    /// The result could not be written.
    Unwritable(io::Error),
}

impl Failure {
    /// What is wrong.
    pub(super) fn text(self) -> String {
        match self {
            Self::Unwritable(error) => format!("the result could not be written: {error}"),
            Self::Wrong(message) => message,
        }
    }

    /// Tells what is wrong, and what the process exits with for it.
    pub(super) fn show(self, output: &mut Output<'_>) -> Exit {
        let message = self.text();
        let message = visible::lines(&message);
        // If even this cannot be written, the exit code still says it.
        let _ = writeln!(output.err(), "{BAD}error:{BAD:#} {message}");
        Exit::Wrong
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Unwritable(error)
    }
}

impl From<Box<Problem>> for Failure {
    fn from(problem: Box<Problem>) -> Self {
        Self::Wrong(problem.to_string())
    }
}

impl From<Broken> for Failure {
    fn from(broken: Broken) -> Self {
        Self::Wrong(broken.to_string())
    }
}

impl From<BadFile> for Failure {
    fn from(bad: BadFile) -> Self {
        Self::Wrong(bad.to_string())
    }
}
