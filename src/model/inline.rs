//! The text of a model with the scripts in it, so that a trace needs no file beside it.

use crate::json::{Document, Problem, Section};
use crate::locks::script::Script;

/// The text of `document`, with the text of each script beside the name of its file.
pub(super) fn text(document: &Document) -> Result<String, Box<Problem>> {
    let mut found = Vec::new();
    find(&document.root(), &mut found)?;
    let mut text = document.text().to_owned();
    // From the end on, so that the places before it stay where they are.
    found.sort_by_key(|(name, _)| std::cmp::Reverse(name.span().start));
    for (name, with_text) in found {
        text.replace_range(name.span(), &with_text);
    }
    Ok(text)
}

fn find<'d>(
    section: &Section<'d>,
    found: &mut Vec<(Section<'d>, String)>,
) -> Result<(), Box<Problem>> {
    if section.raw().starts_with('[') {
        for element in section.elements()? {
            find(&element, found)?;
        }
    } else if section.raw().starts_with('{') {
        for member in section.members()? {
            if member.name == "script" && member.value.raw().starts_with('{') {
                found.extend(Script::inlined(&member.value)?);
            } else {
                find(&member.value, found)?;
            }
        }
    }
    Ok(())
}
