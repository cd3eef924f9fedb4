//! From the messages of `serde_json` to [`Problem`]s in plain words.

use std::ops::Range;
use std::path::Path;

use serde::Deserialize;

use super::by_name::ByName;
use super::document::Document;
use super::position;
use super::problem::Problem;
use super::section::did_you_mean;

/// Reads one value from `text` and nothing after it, where a struct is an object and never a list.
pub fn read<'t, T: Deserialize<'t>>(text: &'t str) -> Result<T, serde_json::Error> {
    let mut source = serde_json::Deserializer::from_str(text);
    let value = T::deserialize(ByName(&mut source))?;
    source.end()?;
    Ok(value)
}

/// What an error says, in words for people who do not know Rust, without its place.
pub fn in_words(error: &serde_json::Error) -> String {
    let message = plain(error);
    match &*message {
        "trailing characters" => "something follows the end of the JSON value".to_owned(),
        "trailing comma" => "a comma before the closing bracket".to_owned(),
        "recursion limit exceeded" => "nested more than 127 deep".to_owned(),
        _ if error.is_eof() => "it ends in the middle of a JSON value".to_owned(),
        other => in_plain_words(other),
    }
}

/// The text is no strict JSON.
pub(super) fn syntax(path: &Path, text: &str, error: &serde_json::Error) -> Problem {
    let end = position::offset(text, error.line(), error.column());
    let message = plain(error);
    if let Some(key) = quoted(&message, "duplicate field `") {
        let span = key_before(text, end, key);
        return Problem::new(path, text, span, format!("the field `{key}` is there twice"));
    }
    let (message, help) = match &*message {
        "trailing characters" => ("something follows the end of the JSON value".to_owned(), None),
        "trailing comma" => ("a comma before the closing bracket".to_owned(), None),
        "recursion limit exceeded" => ("nested more than 127 deep".to_owned(), None),
        _ if error.is_eof() => ("the file ends in the middle of a JSON value".to_owned(), None),
        _ if text[end..].starts_with(['/', '#']) => {
            ("this is no JSON".to_owned(), Some("JSON has no comments; use the field `why`"))
        }
        _ if text[end..].starts_with('\'') => {
            ("this is no JSON".to_owned(), Some("texts stand in double quotes"))
        }
        other => (format!("this is no JSON: {other}"), None),
    };
    let width = text[end..].chars().next().map_or(0, char::len_utf8);
    let mut problem = Problem::new(path, text, end..end + width, message);
    problem.help = help.map(str::to_owned);
    problem
}

/// The value `raw`, which begins at the byte `start` of the document, is not what was expected.
pub(super) fn value(
    document: &Document,
    start: usize,
    raw: &str,
    error: &serde_json::Error,
) -> Problem {
    let text = document.text();
    let end = start + position::offset(raw, error.line(), error.column());
    let message = plain(error);

    for kind in ["field", "variant"] {
        let Some(name) = quoted(&message, &format!("unknown {kind} `")) else { continue };
        let what = if kind == "field" { "field" } else { "name" };
        let span = key_before(text, end, name);
        let mut problem = Problem::at(document, span, format!("unknown {what} `{name}`"));
        let rest = message.split_once("`, ").map_or("", |(_, rest)| rest);
        let known: Vec<&str> = rest.split('`').skip(1).step_by(2).collect();
        problem.help = Some(did_you_mean(name, &known));
        return problem;
    }
    let consumed = error.column() > 0 || error.line() > 1;
    let at = match consumed {
        // The list itself is wrong, not its first element.
        true if message == LIST_FOR_OBJECT && text[end..].starts_with('[') => end,
        true => wrong_value(text, end),
        false => start,
    };
    let (wrong, _) = position::value_at(text, at);
    Problem::at(document, position::span(text, wrong), in_plain_words(&message))
}

/// A byte of the value that an error means, of which `last` is the last byte that was consumed before it.
///
/// `serde_json` consumes a wrong scalar whole, nothing of a wrong object or list, and an object that misses
/// a field to its closing bracket.
fn wrong_value(text: &str, last: usize) -> usize {
    let rest = &text[last..];
    let before = |char: char| char.is_whitespace() || [':', ','].contains(&char);
    let skipped = match rest.strip_prefix('[') {
        Some(inner) => rest.len() - inner.trim_start_matches(before).len(),
        None => rest.len() - rest.trim_start_matches(before).len(),
    };
    last + skipped
}

/// The message of `error` without its place.
fn plain(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    text.strip_suffix(&place).unwrap_or(&text).to_owned()
}

/// What stands between `prefix`, at the beginning of `message`, and the next back quote.
fn quoted<'m>(message: &'m str, prefix: &str) -> Option<&'m str> {
    message.strip_prefix(prefix)?.split('`').next()
}

/// The last place of the text `"name"` that begins at or before the byte `end`; the byte itself if the name
/// was written with escapes.
fn key_before(text: &str, end: usize, name: &str) -> Range<usize> {
    let quoted = format!("\"{name}\"");
    let upto = (end + quoted.len()).min(text.len());
    let upto = (0..=upto).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    text[..upto].rfind(&quoted).map_or(end..end + 1, |start| start..start + quoted.len())
}

/// What [`super::by_name`] says to a list in the place of an object.
const LIST_FOR_OBJECT: &str = "invalid type: sequence, expected map";

/// The words of serde for people who do not know Rust.
fn in_plain_words(message: &str) -> String {
    if message.starts_with("data did not match any variant") {
        return "this is none of the forms that are understood here".to_owned();
    }
    if let Some(rest) = message.strip_prefix("unknown variant `")
        && let Some((name, _)) = rest.split_once('`')
    {
        return format!("unknown name `{name}`");
    }
    let Some((found, expected)) = message.rsplit_once(", expected ") else {
        return message.to_owned();
    };
    if let Some(length) = found.strip_prefix("invalid length ") {
        return wrong_length(length, expected);
    }
    let found = ["invalid type: ", "invalid value: "]
        .iter()
        .find_map(|prefix| found.strip_prefix(prefix))
        .unwrap_or(found);
    // A name of several, with or without something that belongs to it.
    match (found, expected.split(' ').next()) {
        ("unit variant", _) => {
            return "this name takes a value: write it as an object with one member, the name"
                .to_owned();
        }
        (_, Some("unit")) if expected.starts_with("unit variant") => {
            return "this name takes no value: write it as a text".to_owned();
        }
        _ => {}
    }
    format!("expected {}, found {}", wanted(expected), given(found))
}

/// What was expected, in words.
fn wanted(expected: &str) -> &str {
    let plain = expected.strip_prefix("a ").or_else(|| expected.strip_prefix("an "));
    match plain.unwrap_or(expected) {
        "u8" => "a whole number from 0 to 255",
        "u16" => "a whole number from 0 to 65535",
        "u32" | "u64" | "u128" | "usize" => "a whole number, not negative",
        "i8" | "i16" | "i32" | "i64" | "i128" | "isize" => "a whole number",
        other if other.starts_with("nonzero u") => "a whole number from 1 on",
        other if other.starts_with("nonzero i") => "a whole number other than 0",
        "f32" | "f64" => "a number",
        "boolean" => "true or false",
        "string" | "str" | "borrowed string" => "a text",
        "character" | "char" => "one character",
        "sequence" => "a list",
        "map" => "an object",
        "map with a single key" => "an object with one member",
        "unit" => "null",
        "option" => "a value or null",
        "string or map" | "variant of enum" => "a name, or an object with one member",
        "variant identifier" | "field identifier" | "identifier" => "a name",
        other if other.starts_with("struct ") || other.starts_with("internally tagged ") => {
            "an object"
        }
        other if other.starts_with("tuple ") || other.starts_with("array ") => "a list",
        other if other.starts_with("enum ") => "a name, or an object with one member",
        other if other.starts_with("newtype ") => "a value",
        _ => expected,
    }
}

/// What was there, in words.
fn given(found: &str) -> String {
    match found {
        "map" => "an object".to_owned(),
        "sequence" => "a list".to_owned(),
        "unit" | "unit value" | "Option value" => "null".to_owned(),
        found if found.ends_with(" variant") => "a name with a value".to_owned(),
        found => found
            .replacen("string ", "the text ", 1)
            .replacen("integer ", "the number ", 1)
            .replacen("floating point ", "the number ", 1)
            .replacen("boolean ", "", 1)
            .replace('`', ""),
    }
}

/// A list has another number of elements than it must have.
fn wrong_length(length: &str, expected: &str) -> String {
    if expected.starts_with("struct ") {
        return "expected an object, found a list".to_owned();
    }
    let wanted = expected.split(' ').filter_map(|word| word.parse::<usize>().ok()).next_back();
    match wanted {
        Some(wanted) => format!("expected a list of {wanted}, found one of {length}"),
        None => format!("this list of {length} has another length than it must have"),
    }
}

/// What kind of value the strict JSON `raw` is, in words.
pub(super) fn kind(raw: &str) -> &'static str {
    match raw.as_bytes().first() {
        Some(b'{') => "an object",
        Some(b'[') => "a list",
        Some(b'"') => "a text",
        Some(b't' | b'f') => "true or false",
        Some(b'n') => "null",
        _ => "a number",
    }
}
