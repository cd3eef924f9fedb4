//! Writing traces: a file is checked before the work, and has its new content at once or not at all.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::failure::Failure;
use super::output::Output;
use super::quoted;
use crate::run::Recording;
use crate::trace::own;

/// Where a trace goes, known to be a place that can be written to.
#[derive(Debug)]
pub(super) enum Target {
    /// `-`: standard output.
    Stdout,
    /// What is no regular file, as a pipe or a device: it is written to as it is.
    Stream(PathBuf),
    /// A file, or one that is not there yet.
    File {
        /// As it was given.
        path: PathBuf,
        /// What a link leads to.
        real: PathBuf,
    },
}

impl Target {
    /// Looks at `path` before anything is searched or run; it must be none of the `inputs`.
    pub(super) fn of(path: &Path, inputs: &[&Path]) -> Result<Self, Failure> {
        if path.as_os_str() == "-" {
            return Ok(Self::Stdout);
        }
        let wrong =
            |why: &str| Err(Failure::Wrong(format!("--output {}: {why}", quoted::path(path))));
        if inputs.iter().any(|input| is_same(path, input)) {
            return wrong("this is the input: what is written would take its place");
        }
        if path.file_name().is_none() || path.is_dir() {
            return wrong("this is a directory; name a file in it");
        }
        let real = match fs::canonicalize(path) {
            Ok(real) => real,
            Err(_) if fs::symlink_metadata(path).is_ok() => {
                return wrong("this is a link to a file that is not there");
            }
            Err(_) => path.to_path_buf(),
        };
        if let Ok(there) = fs::metadata(&real) {
            // A file that may not be written to is not replaced either.
            if let Err(error) = OpenOptions::new().append(true).open(&real) {
                return wrong(&why(&error));
            }
            if !there.is_file() {
                return Ok(Self::Stream(path.to_path_buf()));
            }
        }
        let target = Self::File { path: path.to_path_buf(), real };
        match target.beside() {
            Ok((name, _)) => {
                let _ = fs::remove_file(name);
                Ok(target)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                wrong("there is no such directory")
            }
            Err(error) => wrong(&why(&error)),
        }
    }

    /// Writes the trace; of a run whose events were not `kept` it is made again.
    pub(super) fn write(
        &self,
        recording: &Recording,
        kept: bool,
        output: &mut Output<'_>,
    ) -> Result<(), Failure> {
        let all = |out: &mut dyn Write| {
            if kept { own::write(recording, out) } else { own::write_anew(&recording.spec, out) }
        };
        self.fill("trace", &all, output)
    }

    /// Writes `text`, which is a `what` (as in "plot"), in place of a trace.
    pub(super) fn write_text(
        &self,
        what: &str,
        text: &str,
        output: &mut Output<'_>,
    ) -> Result<(), Failure> {
        self.fill(what, &|out: &mut dyn Write| out.write_all(text.as_bytes()), output)
    }

    /// Writes what `all` writes, which is called `what`.
    pub(super) fn fill(
        &self,
        what: &str,
        all: &dyn Fn(&mut dyn Write) -> io::Result<()>,
        output: &mut Output<'_>,
    ) -> Result<(), Failure> {
        let fill = |file: File| {
            let mut file = BufWriter::new(file);
            all(&mut file)?;
            file.flush()
        };
        let written = match self {
            Self::Stdout => return Ok(all(output.out())?),
            Self::Stream(path) => OpenOptions::new().append(true).open(path).and_then(fill),
            Self::File { real, .. } => self.beside().and_then(|(name, file)| {
                let written = keep_mode(real, &file)
                    .and_then(|()| fill(file))
                    .and_then(|()| fs::rename(&name, real));
                // Half of it is nothing.
                written.inspect_err(|_| drop(fs::remove_file(&name)))
            }),
        };
        match written {
            // Whoever read it has seen enough.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            Err(error) => {
                let path = self.path().unwrap_or(Path::new("-"));
                let message = format!(
                    "the {what} could not be written to {}: {}",
                    quoted::path(path),
                    why(&error)
                );
                Err(Failure::Wrong(message))
            }
            Ok(()) => Ok(()),
        }
    }

    /// There is nothing to write: what an earlier search left there is no longer true. Whether something was.
    pub(super) fn clear(&self) -> Result<bool, Failure> {
        let Self::File { path, real } = self else { return Ok(false) };
        match fs::remove_file(real) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(Failure::Wrong(format!(
                "the old trace {} could not be removed: {}",
                quoted::path(path),
                why(&error)
            ))),
        }
    }

    /// The file, as it was given; none of standard output.
    pub(super) fn path(&self) -> Option<&Path> {
        match self {
            Self::Stdout => None,
            Self::Stream(path) | Self::File { path, .. } => Some(path),
        }
    }

    /// A new file in the same directory, with its name: what is written there takes the other's place in one step.
    fn beside(&self) -> io::Result<(PathBuf, File)> {
        let Self::File { real, .. } = self else { return Err(io::ErrorKind::Unsupported.into()) };
        let mut number = 0;
        loop {
            let mut name = OsString::from(".");
            name.push(real.file_name().unwrap_or_default());
            name.push(format!(".{number}.part"));
            let name = real.with_file_name(name);
            match OpenOptions::new().write(true).create_new(true).open(&name) {
                Ok(file) => return Ok((name, file)),
                // Another command writes there now, or was killed when it did.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < 1000 => {
                    number += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }
}

/// Whoever may read what was there may read what takes its place.
fn keep_mode(old: &Path, new: &File) -> io::Result<()> {
    match fs::metadata(old) {
        Ok(old) => new.set_permissions(old.permissions()),
        Err(_) => Ok(()),
    }
}

/// Whether two paths lead to one file, by links of either kind too.
fn is_same(one: &Path, other: &Path) -> bool {
    let (Ok(a), Ok(b)) = (fs::metadata(one), fs::metadata(other)) else { return false };
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        // Devices are no inputs that could be lost.
        a.is_file() && (a.dev(), a.ino()) == (b.dev(), b.ino())
    }
    #[cfg(not(unix))]
    {
        a.is_file() && b.is_file() && fs::canonicalize(one).ok() == fs::canonicalize(other).ok()
    }
}

/// Why the system refused, in words that do not differ between systems where they are common.
fn why(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such directory".to_owned(),
        io::ErrorKind::NotADirectory => "a part of the path is no directory".to_owned(),
        io::ErrorKind::PermissionDenied => {
            "it may not be written to (permission denied)".to_owned()
        }
        io::ErrorKind::StorageFull => "the disk is full".to_owned(),
        _ => error.to_string(),
    }
}
