//! The living and the dead: who waits for the lock, who is in its section, and whether somebody who is gone may have left
//! something behind.

use super::asking::Asking;
use super::{Event, Names, Who, words};

/// Who waits, who is inside, who is gone.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Living {
    /// Whether processes can die at all: only then it matters who has begun to take the lock.
    deaths: bool,
    pub(super) asking: Asking,
    inside: Vec<Who>,
    /// Who has begun to take the lock, and is not inside: its first request was executed.
    line: Vec<Who>,
    /// A process died inside or in line, and nobody has entered since.
    gone: bool,
}

impl Living {
    /// At the beginning; `deaths` says whether processes can die.
    pub(super) fn new(deaths: bool) -> Self {
        Self { deaths, ..Self::default() }
    }

    /// Takes note of an event.
    pub(super) fn observe(&mut self, event: &Event<'_>) {
        self.asking.observe(event);
        match *event {
            Event::InLine(who) if self.deaths => put(&mut self.line, who),
            Event::Enters { who, .. } => {
                self.line.retain(|other| *other != who);
                put(&mut self.inside, who);
                self.gone = false;
            }
            Event::Leaves(who) => self.inside.retain(|other| *other != who),
            Event::Done(who) => self.line.retain(|other| *other != who),
            Event::Crashes(process) => {
                let both = self.inside.iter().chain(&self.line);
                self.gone |= both.into_iter().any(|who| who.process == process);
                self.inside.retain(|who| who.process != process);
                self.line.retain(|who| who.process != process);
            }
            _ => {}
        }
    }

    /// Whether somebody living is in its section.
    pub(super) fn is_inside(&self) -> bool {
        !self.inside.is_empty()
    }

    /// Whether a process died inside or while it took the lock, and nobody has entered since.
    pub(super) fn is_gone(&self) -> bool {
        self.gone
    }

    /// `c1 and c2 want the lock`; nothing if nobody does.
    pub(super) fn who_wants(&self, names: &dyn Names) -> Option<String> {
        self.asking.who_wants(names)
    }

    /// `c1 is in its section`.
    pub(super) fn who_is_inside(&self, names: &dyn Names) -> String {
        let inside: Vec<String> = self.inside.iter().map(|who| names.who(*who)).collect();
        match inside.as_slice() {
            [one] => format!("{one} is in its section"),
            _ => format!("{} are in their sections", words::list(&inside)),
        }
    }
}

fn put(list: &mut Vec<Who>, who: Who) {
    if let Err(place) = list.binary_search(&who) {
        list.insert(place, who);
    }
}
