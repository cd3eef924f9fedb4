//! Small things that several sections read in the same way.

use super::{Duration, Problem, Section};
use crate::suggest;
use crate::time::Micros;

/// One element, or a list of them.
pub fn one_or_more(section: Section<'_>) -> Result<Vec<Section<'_>>, Box<Problem>> {
    if !section.raw().starts_with('[') {
        return Ok(vec![section]);
    }
    let elements = section.elements()?;
    if elements.is_empty() {
        return Err(section.error("an empty list; leave the field out if nothing is meant"));
    }
    Ok(elements)
}

/// A duration that is not zero (µs).
pub fn some_time(section: &Section<'_>) -> Result<Micros, Box<Problem>> {
    let Duration(span) = section.to()?;
    if span == Micros::ZERO {
        return Err(section.error("no time at all; a span longer than zero is needed here"));
    }
    Ok(span)
}

/// A duration that may have a minus before it.
pub fn signed_time(section: &Section<'_>) -> Result<Micros, Box<Problem>> {
    let text: String = section.to()?;
    let (negative, span) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, &*text),
    };
    let Duration(span) = span.parse().map_err(|bad| section.error(format!("{bad}")))?;
    Ok(if negative { -span } else { span })
}

/// A whole number from `least` to `most`.
pub fn number(
    section: &Section<'_>,
    what: &str,
    least: u32,
    most: u32,
) -> Result<u32, Box<Problem>> {
    let number: u32 = section.to()?;
    if (least..=most).contains(&number) {
        return Ok(number);
    }
    Err(section.error(format!("{number} {what}: it must be from {least} to {most}")))
}

/// One of many known words, in any case; `right` says what would be one, where none is like what was written.
pub fn word_of(
    section: &Section<'_>,
    kind: &str,
    known: &[&str],
    right: &str,
) -> Result<String, Box<Problem>> {
    let word: String = section.to()?;
    if known.iter().any(|known| known.eq_ignore_ascii_case(&word)) {
        return Ok(word);
    }
    let nearest = suggest::nearest(&word.to_ascii_lowercase(), known.iter().copied());
    let help = nearest.map_or_else(|| right.to_owned(), |it| format!("did you mean `{it}`?"));
    Err(section.error(format!("no {kind} is called `{word}`")).with_help(help))
}
