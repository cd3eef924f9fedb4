//! From bytes of a text to lines, columns and JSON paths, and back.

use std::fmt::Write as _;
use std::ops::Range;

use super::section;

/// The line and the character in it at the byte `offset`, both from 1.
pub(super) fn line_and_column(text: &str, offset: usize) -> (usize, usize) {
    let before = &text.as_bytes()[..offset.min(text.len())];
    let line = before.split(|byte| *byte == b'\n').count();
    let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    (line, String::from_utf8_lossy(&before[start..]).chars().count() + 1)
}

/// The byte offset of the last byte that `serde_json` had consumed at its `line` and `column`.
pub(super) fn offset(text: &str, line: usize, column: usize) -> usize {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let offset = (start + column.saturating_sub(1)).min(text.len());
    (0..=offset).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// The bytes that `part`, a slice of `text`, takes in it.
pub(super) fn span(text: &str, part: &str) -> Range<usize> {
    let start = (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize).min(text.len());
    start..(start + part.len()).min(text.len())
}

/// The innermost value of the strict JSON `text` at the byte `offset`, and its JSON path, as in
/// `clients[1].work`. The path of the root is empty.
///
/// A key belongs to its member's path, but to the object's value.
pub(super) fn value_at(text: &str, offset: usize) -> (&str, String) {
    let mut value = text.trim_ascii();
    let mut path = String::new();
    loop {
        let Some(child) = child_at(text, value, offset, &mut path) else { return (value, path) };
        if !span(text, child).contains(&offset) {
            return (value, path);
        }
        value = child;
    }
}

/// The member or element of `value` at the byte `offset` of `text`; adds its step to `path`.
fn child_at<'t>(text: &str, value: &'t str, offset: usize, path: &mut String) -> Option<&'t str> {
    if value.starts_with('{') {
        let members = section::members(value);
        let (name, key, child) = members.into_iter().find(|(_, key, child)| {
            span(text, key).start <= offset && offset < span(text, child).end
        })?;
        debug_assert!(!key.is_empty(), "a key has at least its quotes");
        path.push_str(if path.is_empty() { "" } else { "." });
        path.push_str(&name);
        return Some(child);
    }
    if value.starts_with('[') {
        let elements = section::elements(value);
        let index = elements.iter().position(|child| span(text, child).contains(&offset))?;
        let _ = write!(path, "[{index}]");
        return Some(elements[index]);
    }
    None
}
