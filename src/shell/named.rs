//! The connections of a shell by name, and which of them a line is for.

/// Things with names, in the order in which they came, of which one is the current one.
#[derive(Clone, Debug)]
pub(super) struct Named<T> {
    all: Vec<(String, T)>,
    current: usize,
}

impl<T> Named<T> {
    /// One thing, which is the current one.
    pub(super) fn new(name: &str, first: T) -> Self {
        Self { all: vec![(name.to_owned(), first)], current: 0 }
    }

    /// The current one.
    pub(super) fn current(&self) -> &T {
        &self.all[self.current].1
    }

    /// The current one.
    pub(super) fn current_mut(&mut self) -> &mut T {
        &mut self.all[self.current].1
    }

    /// The place of the current one.
    pub(super) fn place(&self) -> usize {
        self.current
    }

    /// The name of the current one, if there are others.
    pub(super) fn name_among_others(&self) -> Option<&str> {
        (self.all.len() > 1).then(|| &*self.all[self.current].0)
    }

    /// What is printed before each line about the thing at `place`: nothing for the current one.
    pub(super) fn label(&self, place: usize) -> String {
        if place == self.current { String::new() } else { format!("[{}] ", self.all[place].0) }
    }

    pub(super) fn at(&mut self, place: usize) -> &mut T {
        &mut self.all[place].1
    }

    /// Where the thing of that name is.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        self.all.iter().position(|(known, _)| known == name)
    }

    /// Where the first thing is that `is` true of.
    pub(super) fn position(&self, is: impl Fn(&T) -> bool) -> Option<usize> {
        self.all.iter().position(|(_, thing)| is(thing))
    }

    /// From now on the thing at `place` is the current one.
    pub(super) fn go_to(&mut self, place: usize) {
        self.current = place;
    }

    /// Adds one, which becomes the current one.
    pub(super) fn add(&mut self, name: &str, thing: T) {
        self.all.push((name.to_owned(), thing));
        self.current = self.all.len() - 1;
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.all.iter().map(|(name, thing)| (&**name, thing))
    }
}

/// Whether a connection may have that name: it is printed before lines, and no option.
pub(super) fn check(name: &str) -> Result<(), String> {
    let good = |char: char| char.is_ascii_alphanumeric() || matches!(char, '-' | '_');
    if name.len() <= 32
        && name.starts_with(|char: char| char.is_ascii_alphanumeric())
        && name.chars().all(good)
    {
        return Ok(());
    }
    Err("a name has letters, digits, \"-\" and \"_\", at most 32".to_owned())
}

/// Adds `text` to `out`, each line that is not empty after `label`.
pub(super) fn print(out: &mut String, label: &str, text: &str) {
    for line in text.split_inclusive('\n') {
        if line != "\n" {
            out.push_str(label);
        }
        out.push_str(line);
    }
}
