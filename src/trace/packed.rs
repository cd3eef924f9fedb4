//! Files as they lie about: packed with gzip or not, whatever their names say.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;

use super::bad::BadFile;
use super::content::Content;

/// The two bytes that every gzip file begins with.
const MAGIC: [u8; 2] = [0x1f, 0x8b];

/// How much of a file is read at once.
const CHUNK: usize = 1 << 16;

/// How much of a file is looked at to tell what it is.
const LOOKED_AT: usize = 1 << 16;

/// A file that was opened.
pub struct Opened {
    /// Its text, unpacked.
    pub source: Box<dyn BufRead>,
    /// What it is, if that can be told.
    pub content: Option<Content>,
    /// Its size on disk, in bytes; none of a pipe.
    pub size: Option<u64>,
    /// Whether it is packed.
    pub packed: bool,
}

impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opened").field("content", &self.content).finish_non_exhaustive()
    }
}

/// Opens the file at `path`; `-` is standard input.
pub fn open(path: &Path) -> Result<Opened, BadFile> {
    let unreadable = |error: io::Error| BadFile::unreadable(path, &error);
    if path.as_os_str() == "-" {
        return unpack(io::stdin()).map_err(unreadable);
    }
    // Opening a directory succeeds on some systems and then fails with a less helpful text.
    if path.is_dir() {
        return Err(BadFile::whole(path, "this is a directory, not a file"));
    }
    let file = File::open(path).map_err(unreadable)?;
    let size = file.metadata().ok().filter(fs::Metadata::is_file).map(|it| it.len());
    Ok(Opened { size, ..unpack(file).map_err(unreadable)? })
}

/// What is in `source`, unpacked if it is packed.
pub fn unpack(source: impl Read + 'static) -> io::Result<Opened> {
    let mut source = BufReader::with_capacity(CHUNK, source);
    let mut first = Vec::new();
    fill(&mut source, &mut first, |read| read.len() >= MAGIC.len())?;
    let packed = first.starts_with(&MAGIC);
    let whole = io::Cursor::new(first).chain(source);
    let mut source: Box<dyn BufRead> = if packed {
        Box::new(BufReader::with_capacity(CHUNK, MultiGzDecoder::new(whole)))
    } else {
        Box::new(whole)
    };
    let mut first = Vec::new();
    fill(&mut source, &mut first, |read| {
        read.len() >= LOOKED_AT
            || read.contains(&b'\n')
                && matches!(Content::of(read), Some(Content::Monitor | Content::Trace))
    })?;
    let content = Content::of(&first);
    let source = Box::new(io::Cursor::new(first).chain(source));
    Ok(Opened { source, content, size: None, packed })
}

/// Reads until that is enough, or to the end.
fn fill(
    source: &mut impl BufRead,
    read: &mut Vec<u8>,
    enough: impl Fn(&[u8]) -> bool,
) -> io::Result<()> {
    while !enough(read) {
        let more = match source.fill_buf() {
            Ok([]) => return Ok(()),
            Ok(more) => more.len().min(LOOKED_AT),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            // What is wrong is told when the rest is read.
            Err(_) if !read.is_empty() => return Ok(()),
            Err(error) => return Err(error),
        };
        let from = read.len();
        read.resize(from + more, 0);
        source.read_exact(&mut read[from..])?;
    }
    Ok(())
}
