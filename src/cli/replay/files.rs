//! Which files a replay is about.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::{fs, io};

use super::MONITOR;
use crate::trace::BadFile;

/// A file that a replay is about.
pub(super) enum Found {
    /// A file that should be a trace.
    Trace(PathBuf),
    /// A MONITOR log in a directory.
    MonitorLog(PathBuf),
    /// A path at which nothing can be replayed.
    Bad(BadFile),
}

impl Found {
    /// The path of it.
    pub(super) fn path(&self) -> &Path {
        match self {
            Self::Trace(path) | Self::MonitorLog(path) => path,
            Self::Bad(bad) => &bad.path,
        }
    }
}

/// The files that `paths` name: each file itself, and of each directory the traces in it, sorted.
pub(super) fn find(paths: &[PathBuf]) -> Vec<Found> {
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            let before = found.len();
            walk(path, &mut found);
            if found.len() == before {
                let message = "no .jsonl file is in this directory";
                found.push(Found::Bad(BadFile::whole(path, message)));
            }
        } else if has_extension(path, "log") && path.exists() {
            found.push(Found::Bad(BadFile::whole(path, MONITOR)));
        } else {
            found.push(Found::Trace(path.clone()));
        }
    }
    found
}

fn walk(directory: &Path, found: &mut Vec<Found>) {
    let unreadable = |error: &io::Error| Found::Bad(BadFile::unreadable(directory, error));
    let entries = fs::read_dir(directory).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let mut entries = match entries {
        Ok(entries) => entries,
        Err(error) => return found.push(unreadable(&error)),
    };
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        // The entry's own type: a link to a directory is not followed, so that no walk goes in circles.
        let is_directory = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_directory {
            walk(&path, found);
        } else if has_extension(&path, "jsonl") {
            found.push(Found::Trace(path));
        } else if has_extension(&path, "log") {
            found.push(Found::MonitorLog(path));
        }
    }
}

fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension() == Some(OsStr::new(extension))
}
