//! The streams of a command, and what may go to each.

use std::cell::Cell;
use std::fmt;
use std::io::{self, Write};
use std::rc::Rc;

use anstream::AutoStream;
use anstream::stream::{AsLockedWrite, RawStream};
use anstyle::{AnsiColor, Style};
use clap::ColorChoice;
use serde::Serialize;

use super::failure::Failure;
use super::surroundings::{self, Stopwatch};
use crate::report::wrapped;

/// What is wrong.
pub(super) const BAD: Style = AnsiColor::Red.on_default().bold();
/// What is as it should be.
pub(super) const GOOD: Style = AnsiColor::Green.on_default();
/// The heading of something.
pub(super) const TITLE: Style = Style::new().bold();
/// What matters less than what stands beside it.
pub(super) const FAINT: Style = Style::new().dimmed();

/// A stream that knows whether it is a terminal: standard output, standard error, a `Vec<u8>`, a file.
pub trait Stream: RawStream + AsLockedWrite {}

impl<S: RawStream + AsLockedWrite> Stream for S {}

/// The version of the program's JSON output.
const SCHEMA: &str = "lockstep/1";

/// The streams of a command. Colours may always be written: they are removed where they do not belong.
pub(super) struct Output<'s> {
    out: Box<dyn Write + 's>,
    err: Box<dyn Write + 's>,
    /// Whether nobody reads the first stream any more.
    unread: Rc<Cell<bool>>,
    /// Whether a person watches the second stream.
    watched: bool,
    /// Since when the last progress line was shown.
    shown: Option<Stopwatch>,
    /// Whether a progress line stands there now.
    progress: bool,
    /// Whether the result is to be JSON.
    pub(super) json: bool,
}

impl<'s> Output<'s> {
    /// The streams `out`, for results, and `err`, for the rest.
    pub(super) fn new(out: impl Stream + 's, err: impl Stream + 's, color: ColorChoice) -> Self {
        let watched = err.is_terminal();
        let choice = match color {
            ColorChoice::Auto => anstream::ColorChoice::Auto,
            ColorChoice::Always => anstream::ColorChoice::Always,
            ColorChoice::Never => anstream::ColorChoice::Never,
        };
        let unread = Rc::new(Cell::new(false));
        let out = Patient { stream: AutoStream::new(out, choice), unread: Rc::clone(&unread) };
        let out = Box::new(io::BufWriter::new(out));
        let err = Box::new(Deaf(AutoStream::new(err, choice)));
        Self { out, err, unread, watched, shown: None, progress: false, json: false }
    }

    /// Where the result goes.
    pub(super) fn out(&mut self) -> &mut dyn Write {
        self.clear();
        &mut *self.out
    }

    /// Where everything else goes.
    pub(super) fn err(&mut self) -> &mut dyn Write {
        self.clear();
        // A terminal shows both streams: keep their order. A failure comes back at the last flush.
        let _ = self.out.flush();
        &mut *self.err
    }

    /// Writes `result` as the one JSON object of this command, with the schema's version.
    pub(super) fn write_json(&mut self, result: &impl Serialize) -> Result<(), Failure> {
        #[derive(Serialize)]
        struct Versioned<'r, R> {
            schema: &'static str,
            #[serde(flatten)]
            result: &'r R,
        }
        let versioned = Versioned { schema: SCHEMA, result };
        serde_json::to_writer_pretty(self.out(), &versioned).map_err(io::Error::from)?;
        writeln!(self.out())?;
        Ok(())
    }

    /// Shows how far the command is, if a person watches; the next output takes its place.
    pub(super) fn progress(&mut self, text: impl fmt::Display) {
        // One line that changes, but not more often than an eye can follow.
        let is_new = self.shown.as_ref().is_none_or(|shown| shown.took().0 >= 100);
        if self.watched && is_new {
            self.shown = Some(Stopwatch::start());
            // Nobody misses a progress line that could not be written.
            let _ = write!(self.err, "\r\x1b[K{text}").and_then(|()| self.err.flush());
            self.progress = true;
        }
    }

    /// Writes a text of ours, and of others in it, in as many lines as it needs.
    pub(super) fn text(&mut self, style: Style, text: &str) -> Result<(), Failure> {
        for line in wrapped(text, surroundings::width()) {
            writeln!(self.out(), "{style}{}{style:#}", line.trim_start())?;
        }
        Ok(())
    }

    /// Whether whoever read the result has seen enough of it, as `head` does.
    pub(super) fn is_unread(&self) -> bool {
        self.unread.get()
    }

    fn clear(&mut self) {
        if self.progress {
            let _ = write!(self.err, "\r\x1b[K").and_then(|()| self.err.flush());
            self.progress = false;
        }
    }

    /// Writes what is still held back.
    pub(super) fn flush(&mut self) -> Result<(), Failure> {
        self.clear();
        Ok(self.out.flush()?)
    }
}

/// A stream whose reader may go away: the command goes on, so that what it exits with is its own answer.
struct Patient<W> {
    stream: W,
    unread: Rc<Cell<bool>>,
}

impl<W: Write> Write for Patient<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.unread.get() {
            return Ok(bytes.len());
        }
        match self.stream.write(bytes) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.unread.set(true);
                Ok(bytes.len())
            }
            written => written,
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self.stream.flush() {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.unread.set(true);
                Ok(())
            }
            flushed => flushed,
        }
    }
}

/// A stream of which no failure matters: what it would have said, the exit code says too.
struct Deaf<W>(W);

impl<W: Write> Write for Deaf<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let _ = self.0.write_all(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let _ = self.0.flush();
        Ok(())
    }
}
