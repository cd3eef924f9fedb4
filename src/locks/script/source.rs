//! The text of a script, and what it defines.

use std::hash::{Hash, Hasher};
use std::rc::Rc;

use super::plain::Plain;
use crate::store::redis::Bytes;
use crate::store::redis::script::Script as Text;
use crate::time::Micros;

/// A script with its parameters: the same text with others is another one.
#[derive(Clone, Debug)]
pub(super) struct Source {
    /// What messages call it: the path as the model has it.
    pub(super) name: String,
    /// Its text.
    pub(super) text: String,
    /// Files that it names, with their texts.
    pub(super) files: Vec<(String, String)>,
    /// Its parameters.
    pub(super) params: Vec<(String, Plain)>,
    /// Names all of it.
    pub(super) key: Bytes,
}

/// What a file defines.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Found {
    /// Its functions.
    pub(super) functions: Vec<Rc<str>>,
    /// Where the lock lives, if it says.
    pub(super) place: Option<Vec<String>>,
    /// How often (µs) `renew` runs.
    pub(super) renew_every: Option<Micros>,
    /// How long (µs) a client waits after a refusal, and how much is added at most.
    pub(super) retry: Option<(Micros, Micros)>,
    /// Whether it has words for Redis, and for ZooKeeper.
    pub(super) stores: (bool, bool),
    /// Texts in it that look like the name of a script.
    pub(super) files: Vec<String>,
    /// All numbers in it, as times of so many milliseconds.
    pub(super) numbers: Vec<Micros>,
    /// All texts in it.
    pub(super) texts: Vec<String>,
}

impl Source {
    /// A script.
    pub(super) fn new(
        name: String,
        text: String,
        files: Vec<(String, String)>,
        params: Vec<(String, Plain)>,
    ) -> Self {
        let all = format!("{name}\0{text}\0{files:?}\0{params:?}");
        let key = Text::sha1_of(all.as_bytes());
        Self { name, text, files, params, key }
    }

    /// The text of a file that the script names.
    pub(super) fn file(&self, name: &str) -> Option<&str> {
        self.files.iter().find(|(known, _)| known == name).map(|(_, text)| &**text)
    }
}

impl Found {
    /// Whether there is a function of that name.
    pub(super) fn has(&self, function: &str) -> bool {
        self.functions.iter().any(|known| &**known == function)
    }
}

impl PartialEq for Source {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Source {}

impl Hash for Source {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key.hash(state);
    }
}
