//! Writing traces.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use super::failure::Failure;
use crate::run::Recording;
use crate::trace::own;

/// Whether `-` was given: standard output.
pub(super) fn is_stdout(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Writes the trace to the file at `path`.
pub(super) fn write(path: &Path, recording: &Recording) -> Result<(), Failure> {
    let written = File::create(path).and_then(|file| {
        let mut file = BufWriter::new(file);
        own::write(recording, &mut file)?;
        file.flush()
    });
    written.map_err(|error| {
        Failure::Wrong(format!("the trace could not be written to {}: {error}", path.display()))
    })
}
