//! What a person sees of a run: a timeline, a story, and what a verdict covers.
//!
//! Everything here is made of the events that a trace has, so that a report can say nothing that is not in the trace.
//! Texts may contain colours; without them they say the same.

pub mod audit;
pub mod because;
mod cast;
pub mod chronicle;
pub mod compare;
pub mod cover;
mod deviation;
pub mod evidence;
pub mod expected;
pub mod export;
mod fault;
mod growth;
pub mod html;
mod idle;
mod layout;
pub mod margin;
pub mod picture;
pub mod recorded;
mod rows;
mod selection;
mod state;
mod story;
mod style;
pub mod svg;
mod timeline;
mod window;
pub mod words;

pub use because::{Because, because};
pub use cast::{Cast, Kind, Misfortune, Process, Server};
pub use deviation::faults_in;
pub use fault::told_kinds;
pub use picture::Picture;
pub use selection::{Around, Selection};
pub use state::state;
pub use story::story;
pub use timeline::{View, timeline, timeline_of};

use crate::choice::{Alternative, Strike};

/// The text in lines of at most `width` characters.
pub fn wrapped(text: &str, width: usize) -> Vec<String> {
    layout::wrap(text, width)
}

/// What happens if an alternative is taken, as a sentence without its full stop.
pub fn alternative(take: &Alternative, cast: &Cast) -> String {
    let late = match take {
        Alternative::Strike(Strike { late, .. })
        | Alternative::Comes { late, .. }
        | Alternative::Asks { late, .. }
        | Alternative::Ends { late, .. } => *late,
        _ => false,
    };
    let when = if late { ", just before the next thing is due" } else { "" };
    format!("{}{when}", deviation::tell(take, cast).sentence)
}
