//! Options and arguments of a command, as the library behind `zkCli` reads them.

use std::collections::BTreeMap;

use super::failure::Failure;

/// What a command line says.
#[derive(Debug, Default)]
pub(super) struct Options<'l> {
    given: BTreeMap<char, &'l str>,
    /// Everything else, the command's name not included.
    pub(super) arguments: Vec<&'l str>,
}

impl<'l> Options<'l> {
    /// Reads `words`; `known` has a letter for each option, those with a value followed by a colon.
    pub(super) fn parse(words: &[&'l str], known: &str) -> Result<Self, Failure> {
        let mut options = Self::default();
        let mut words = words.iter().copied();
        while let Some(word) = words.next() {
            if word == "--" {
                options.arguments.extend(words);
                break;
            }
            if !is_option(word) {
                options.arguments.push(word);
                continue;
            }
            // Letters may stand together, and a value behind its letter: `-se`, `-v3`.
            for (at, letter) in word[1..].char_indices() {
                let Some(takes_value) = takes_value(known, letter) else {
                    return Err(Failure(format!("Unrecognized option: {word}")));
                };
                if !takes_value {
                    options.given.insert(letter, "");
                    continue;
                }
                let behind = &word[1 + at + letter.len_utf8()..];
                let value = if behind.is_empty() {
                    words.next().filter(|next| !is_known_option(next, known))
                } else {
                    Some(behind)
                };
                let missing = || Failure(format!("Missing argument for option: {letter}"));
                options.given.insert(letter, value.ok_or_else(missing)?);
                break;
            }
        }
        Ok(options)
    }

    /// Whether the option was given.
    pub(super) fn has(&self, letter: char) -> bool {
        self.given.contains_key(&letter)
    }

    /// The value of an option that has one.
    pub(super) fn value(&self, letter: char) -> Option<&'l str> {
        self.given.get(&letter).copied()
    }

    /// `-v`, or -1, which is any version.
    pub(super) fn version(&self) -> Result<i32, Failure> {
        let bad = || Failure("-v argument must be an int value".to_owned());
        self.value('v').map_or(Ok(-1), |text| text.parse().map_err(|_| bad()))
    }
}

fn takes_value(known: &str, letter: char) -> Option<bool> {
    let at = known.find(letter).filter(|_| letter != ':')?;
    Some(known[at + letter.len_utf8()..].starts_with(':'))
}

/// Whether `word` begins with an option that there is, so that it is no value of another one.
fn is_known_option(word: &str, known: &str) -> bool {
    let letter = word.chars().nth(1).filter(|_| is_option(word));
    letter.is_some_and(|letter| takes_value(known, letter).is_some())
}

/// A lone dash and a negative number are arguments.
fn is_option(word: &str) -> bool {
    word.len() > 1 && word.starts_with('-') && word.parse::<f64>().is_err()
}
