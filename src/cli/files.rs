//! Which files a command is about.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use crate::trace::BadFile;

/// The files that `paths` name: each file itself, whatever its name, and of each directory the files in it
/// and below with one of `extensions`, sorted. A directory without any is bad.
pub(super) fn find(paths: &[PathBuf], extensions: &[&str]) -> Vec<Result<PathBuf, BadFile>> {
    let mut found = Vec::new();
    for path in paths {
        if !path.is_dir() {
            found.push(Ok(path.clone()));
            continue;
        }
        let before = found.len();
        walk(path, extensions, &mut found);
        if found.len() == before {
            let message = format!("no .{} file is in this directory", extensions[0]);
            found.push(Err(BadFile::whole(path, message)));
        }
    }
    found
}

fn walk(directory: &Path, extensions: &[&str], found: &mut Vec<Result<PathBuf, BadFile>>) {
    let entries = fs::read_dir(directory).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let mut entries = match entries {
        Ok(entries) => entries,
        Err(error) => return found.push(Err(BadFile::unreadable(directory, &error))),
    };
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        // The entry's own type: a link to a directory is not followed, so that no walk goes in circles.
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            walk(&path, extensions, found);
        } else if extensions.iter().any(|extension| has_extension(&path, extension)) {
            found.push(Ok(path));
        }
    }
}

/// Whether the file's name ends in a dot and `extension`.
pub(super) fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension() == Some(OsStr::new(extension))
}
