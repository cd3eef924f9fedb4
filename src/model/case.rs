//! `case`: which entry of the catalogue of failures a model shows.

use std::fmt;

use crate::json::{Problem, Section};

/// An entry of the catalogue, and which side of it a model is.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Case {
    /// `F01`, or `N1` for a setting in which nothing may be found.
    pub id: String,
    /// Which side.
    pub form: Form,
}

/// The sides of an entry.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Form {
    /// The failure happens.
    Broken,
    /// The same ingredients with the remedy: it does not.
    Fixed,
    /// A setting in which nothing may be found.
    Control,
}

impl Case {
    /// Reads `"F01"`, `"F01 fixed"` or `"N1"`.
    pub(super) fn from_section(section: &Section<'_>) -> Result<Self, Box<Problem>> {
        let text: String = section.to()?;
        let (id, form) = match text.strip_suffix(" fixed") {
            Some(id) => (id, Form::Fixed),
            None if text.starts_with('N') => (&*text, Form::Control),
            None => (&*text, Form::Broken),
        };
        let number =
            id.strip_prefix('F').or_else(|| id.strip_prefix('N').filter(|_| form == Form::Control));
        match number {
            Some(digits) if !digits.is_empty() && digits.bytes().all(|it| it.is_ascii_digit()) => {
                Ok(Self { id: id.to_owned(), form })
            }
            _ => Err(section.error(format!(
                "`{text}` is no entry of the catalogue: write \"F01\", \"F01 fixed\" or \"N1\""
            ))),
        }
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.form {
            Form::Broken | Form::Control => f.pad(&self.id),
            Form::Fixed => f.pad(&format!("{} fixed", self.id)),
        }
    }
}
