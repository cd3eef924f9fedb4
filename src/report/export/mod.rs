//! A run in the formats of other tools. Each is made of the picture, so that all of them tell the same.

mod csv;
mod itf;
mod mermaid;
mod perfetto;
mod shiviz;

use super::picture::{Picture, Spot};

/// A format of another tool.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// A sequence diagram as text, which issues and READMEs show.
    Mermaid,
    /// The Trace Event Format of Chrome, which Perfetto opens.
    Perfetto,
    /// A log with vector clocks.
    Shiviz,
    /// A table of the steps.
    Csv,
    /// The Informal Trace Format of TLA+ and Quint tools: a state for each step.
    Itf,
}

/// A run in another format.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Exported {
    /// The text.
    pub text: String,
    /// Of how many steps how many are in it, if not all are.
    pub left_out: Option<(usize, usize)>,
}

/// The picture in a format. `most` is the most steps of a diagram that people read.
pub fn export(picture: &Picture, title: &str, format: Format, most: usize) -> Exported {
    let text = match format {
        Format::Mermaid => return mermaid::write(picture, title, most),
        Format::Perfetto => perfetto::write(picture, title),
        Format::Shiviz => shiviz::write(picture),
        Format::Csv => csv::write(picture),
        Format::Itf => itf::write(picture, title),
    };
    Exported { text, left_out: None }
}

/// What happens on a lane, in order: messages are sent and arrive, and steps tell what somebody does.
enum Happens {
    /// A message leaves, by its place in the picture.
    Sends(usize),
    /// A message arrives.
    Arrives(usize),
    /// A step is told.
    Step(usize),
}

/// All that happens, in order; a message that takes no time leaves before it arrives.
fn all(picture: &Picture) -> Vec<Happens> {
    let mut all: Vec<((Spot, usize, usize), Happens)> = Vec::new();
    for (place, arrow) in picture.arrows.iter().enumerate() {
        all.push(((arrow.sent, 2 * place, 0), Happens::Sends(place)));
        all.push(((arrow.arrived, 2 * place + 1, 0), Happens::Arrives(place)));
    }
    for (place, step) in picture.steps.iter().enumerate() {
        // What a step tells rests on the messages that arrive in it.
        all.push(((Spot(place, step.at), usize::MAX, 0), Happens::Step(place)));
    }
    all.sort_by_key(|(key, _)| *key);
    all.into_iter().map(|(_, it)| it).collect()
}

/// What a step tells beside its messages, with the lane that it is about; none if it tells only of a message.
fn note(picture: &Picture, place: usize) -> Option<(Option<usize>, String)> {
    let step = &picture.steps[place];
    if let Some(whole) = &step.whole {
        return Some((None, whole.clone()));
    }
    if let Some((lane, text)) = &step.process {
        return Some((Some(*lane), text.clone()));
    }
    // What a server does without a message that arrives in this step, it does by itself.
    let (lane, text) = step.server.as_ref()?;
    let by_message = picture.arrows.iter().any(|it| it.arrived.0 == place && it.to == *lane);
    (!by_message).then(|| (Some(*lane), text.clone()))
}
