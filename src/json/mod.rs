//! Strict JSON with positions, for files that people write.
//!
//! A [`Document`] is one file; a [`Section`] is one value in it that remembers where it stands. Each part of
//! the program takes its own section and understands it by itself, with [`Section::to`] or field by field;
//! whatever is wrong becomes a [`Problem`] that names file, line, column and JSON path of the whole file:
//!
//! ```
//! use lockstep::json::Document;
//!
//! let text = r#"{"title": "two clients", "clinets": 2}"#;
//! let document = Document::parse("model.json", text)?;
//! let problem = document.root().fields(&["title", "clients"]).unwrap_err();
//! assert_eq!((problem.line, problem.column), (1, 26));
//! assert_eq!(problem.help.as_deref(), Some("did you mean `clients`?"));
//! # Ok::<(), Box<lockstep::json::Problem>>(())
//! ```
//!
//! Strict means: one value and nothing after it, no comments, no key twice in an object (at any depth),
//! nested at most 127 deep.

mod by_name;
mod document;
mod duration;
mod position;
mod problem;
mod section;
mod translate;
mod words;

pub use document::{Beside, Document};
pub use duration::{BadDuration, Duration};
pub use problem::Problem;
pub use section::{Fields, Member, Section};
pub use translate::{in_words, read};
pub use words::{number, one_or_more, signed_time, some_time, word_of};
