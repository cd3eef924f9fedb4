//! What is wrong with a document, told so that a person finds it.

use std::error::Error;
use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::document::Document;
use super::position;
use crate::visible;

/// What is wrong with a file, and where.
///
/// ```text
/// models/a.json:3:5: unknown field `clinets`
///    |
///  3 |     "clinets": 2,
///    |     ^^^^^^^^^
///    = at clinets
///    = help: did you mean `clients`?
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// The file, as it was given.
    pub path: PathBuf,
    /// The line, from 1; 0 if the file as a whole is meant.
    pub line: usize,
    /// The character in that line, from 1; 0 if the file as a whole is meant.
    pub column: usize,
    /// Where in the value that is: `faults[1].pause`. Empty for the root, and where the file is no JSON.
    pub json_path: String,
    /// What is wrong.
    pub message: String,
    /// What would be right.
    pub help: Option<String>,
    /// The part of the line to show, the characters to skip before the caret, and how many carets.
    snippet: Option<(String, usize, usize)>,
}

/// The widest snippet, in characters.
const WIDEST: usize = 96;

impl Problem {
    /// Something wrong with the file at `path` that is not in its text.
    pub fn of_file(path: &Path, message: impl Into<String>) -> Self {
        Self::whole(path, message)
    }

    /// Something wrong with the file as a whole.
    pub fn whole(path: &Path, message: impl Into<String>) -> Self {
        Self {
            path: path.to_path_buf(),
            line: 0,
            column: 0,
            json_path: String::new(),
            message: message.into(),
            help: None,
            snippet: None,
        }
    }

    /// Something wrong with the bytes `span` of `text`, which may be no JSON.
    pub(super) fn new(
        path: &Path,
        text: &str,
        span: Range<usize>,
        message: impl Into<String>,
    ) -> Self {
        let (line, column) = position::line_and_column(text, span.start);
        let snippet = snippet(text, line, column, span);
        Self { line, column, snippet: Some(snippet), ..Self::whole(path, message) }
    }

    /// Something wrong with the bytes `span` of `document`.
    pub(super) fn at(document: &Document, span: Range<usize>, message: impl Into<String>) -> Self {
        let (_, json_path) = position::value_at(document.text(), span.start);
        Self { json_path, ..Self::new(document.path(), document.text(), span, message) }
    }

    /// The same, with a sentence that says what would be right.
    #[must_use]
    pub fn with_help(mut self: Box<Self>, help: impl Into<String>) -> Box<Self> {
        self.help = Some(help.into());
        self
    }
}

/// The window of the line around the column: its text, the characters before the caret, the carets.
fn snippet(text: &str, line: usize, column: usize, span: Range<usize>) -> (String, usize, usize) {
    let whole: Vec<char> = text.lines().nth(line - 1).unwrap_or_default().chars().collect();
    let marked = text.get(span).unwrap_or_default().lines().next().unwrap_or_default();
    let caret = column - 1;
    let first = if whole.len() > WIDEST { caret.saturating_sub(WIDEST / 2) } else { 0 };
    let shown = whole.iter().skip(first).take(WIDEST);
    // A tab or a control character would move the caret away from what it points at.
    let shown = shown.map(|char| if visible::is_hidden(*char) { ' ' } else { *char }).collect();
    let carets = marked.chars().count().clamp(1, WIDEST.saturating_sub(caret - first).max(1));
    (shown, caret - first, carets)
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Names and keys of whoever wrote the file stand in all of these.
        let path = self.path.display().to_string();
        let (path, message) = (visible::line(&path), visible::line(&self.message));
        let (line, column) = (self.line, self.column);
        match line {
            0 => write!(f, "{path}: {message}")?,
            _ => write!(f, "{path}:{line}:{column}: {message}")?,
        }
        let number = line.to_string();
        let margin = " ".repeat(number.len());
        if let Some((text, skip, carets)) = &self.snippet {
            let text = text.trim_end();
            write!(f, "\n {margin} |\n {number} | {text}\n {margin} | ")?;
            write!(f, "{}{}", " ".repeat(*skip), "^".repeat(*carets))?;
        }
        if !self.json_path.is_empty() {
            write!(f, "\n {margin} = at {}", visible::line(&self.json_path))?;
        }
        if let Some(help) = &self.help {
            write!(f, "\n {margin} = help: {}", visible::line(help))?;
        }
        Ok(())
    }
}

impl Error for Problem {}
