//! A whole JSON file.

use std::fmt;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::problem::Problem;
use super::section::Section;
use super::translate;

/// A JSON file: its path, and its text, which is known to be strict JSON.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Document {
    path: PathBuf,
    text: String,
    beside: Beside,
}

/// Files that the program carries: the path and the text of each.
pub type Beside = &'static [(&'static str, &'static str)];

impl Document {
    /// The longest file that is read, in bytes (16 MiB).
    pub const LONGEST: u64 = 16 << 20;

    /// Reads the file at `path`.
    pub fn open(path: &Path) -> Result<Self, Box<Problem>> {
        Self::parse(path, Self::text_of(path)?)
    }

    /// The text of the file at `path`, whatever its language.
    fn text_of(path: &Path) -> Result<String, Box<Problem>> {
        let whole = |message: String| Box::new(Problem::whole(path, message));
        if path.is_dir() {
            return Err(whole("this is a directory, not a file".to_owned()));
        }
        let mut bytes = Vec::new();
        let read = fs::File::open(path)
            .and_then(|file| file.take(Self::LONGEST + 1).read_to_end(&mut bytes));
        read.map_err(|error| {
            whole(match error.kind() {
                io::ErrorKind::NotFound => "there is no such file".to_owned(),
                io::ErrorKind::PermissionDenied => {
                    "the file may not be read (permission denied)".to_owned()
                }
                _ => format!("the file cannot be read: {error}"),
            })
        })?;
        decoded(path, bytes)
    }

    /// Takes `bytes` for the content of the file at `path`, which is only named in messages.
    pub fn from_bytes(path: &Path, bytes: Vec<u8>) -> Result<Self, Box<Problem>> {
        Self::parse(path, decoded(path, bytes)?)
    }

    /// Takes `text` for the content of the file at `path`, which is only named in messages.
    pub fn parse(path: impl AsRef<Path>, text: impl Into<String>) -> Result<Self, Box<Problem>> {
        let document = Self { path: path.as_ref().to_path_buf(), text: text.into(), beside: &[] };
        document.check()?;
        Ok(document)
    }

    /// The same where files beside it are in `beside` and not on any disk.
    #[must_use]
    pub fn with(self, beside: Beside) -> Self {
        Self { beside, ..self }
    }

    /// The text of the file `name`, whatever its language, beside this one.
    pub fn text_beside(&self, name: &str) -> Result<String, Box<Problem>> {
        let path = self.path.parent().map_or_else(|| name.into(), |it| it.join(name));
        match self.beside.iter().find(|(known, _)| Path::new(known) == path) {
            Some((_, text)) => Ok((*text).to_owned()),
            None => Self::text_of(&path),
        }
    }

    fn check(&self) -> Result<(), Box<Problem>> {
        let text = &self.text;
        if text.starts_with('\u{feff}') {
            let message = "the file begins with a byte order mark; save it as UTF-8 without one";
            return Err(Box::new(Problem::whole(&self.path, message)));
        }
        if text.trim_ascii().is_empty() {
            return Err(Box::new(Problem::whole(&self.path, "the file is empty")));
        }
        let strict = serde_json::from_str::<Strict>(text);
        strict.map(|_| ()).map_err(|error| Box::new(translate::syntax(&self.path, text, &error)))
    }

    /// The file's path, as it was given.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The value that the file holds.
    pub fn root(&self) -> Section<'_> {
        Section::new(self, self.text.trim_ascii())
    }
}

/// Any JSON value in which no object has a key twice.
struct Strict;

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Strict;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Strict, E> {
        Ok(Strict)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Strict, E> {
        Ok(Strict)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Strict, E> {
        Ok(Strict)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Strict, E> {
        Ok(Strict)
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Strict, E> {
        Ok(Strict)
    }

    fn visit_unit<E: Error>(self) -> Result<Strict, E> {
        Ok(Strict)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Strict, A::Error> {
        while list.next_element::<Strict>()?.is_some() {}
        Ok(Strict)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Strict, A::Error> {
        let mut seen = IndexSet::<String, FxBuildHasher>::default();
        while let Some(key) = object.next_key::<String>()? {
            if let Some(key) = seen.replace(key) {
                // The value is not read first, so that the place of the error is the key.
                return Err(Error::custom(format_args!("duplicate field `{key}`")));
            }
            object.next_value::<Strict>()?;
        }
        Ok(Strict)
    }
}

/// What the content of a file says, if it is text and not too long.
fn decoded(path: &Path, bytes: Vec<u8>) -> Result<String, Box<Problem>> {
    let whole = |message: String| Box::new(Problem::whole(path, message));
    if bytes.len() as u64 > Document::LONGEST {
        let bound = Document::LONGEST >> 20;
        return Err(whole(format!("the file is longer than {bound} MiB")));
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let text = String::from_utf8_lossy(error.as_bytes());
        let byte = error.as_bytes()[valid];
        let message = format!("byte 0x{byte:02x} is not UTF-8; JSON is a text file");
        Box::new(Problem::new(path, &text, valid..valid + 1, message))
    })
}
