//! From the messages of `serde_json` to [`Problem`]s in plain words.

use std::ops::Range;
use std::path::Path;

use super::document::Document;
use super::position;
use super::problem::Problem;
use super::section::did_you_mean;

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
    let at = if consumed { wrong_value(text, end) } else { start };
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

/// The words of serde for people who do not know Rust.
fn in_plain_words(message: &str) -> String {
    let Some((found, expected)) = message.rsplit_once(", expected ") else {
        return message.to_owned();
    };
    let expected = match expected {
        "u8" => "a whole number from 0 to 255",
        "u16" => "a whole number from 0 to 65535",
        "u32" | "u64" | "usize" => "a whole number, not negative",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        "f32" | "f64" => "a number",
        "a boolean" => "true or false",
        "a string" | "str" | "a borrowed string" => "a text",
        "a sequence" => "a list",
        "a map" | "map" => "an object",
        other if other.starts_with("struct ") && message.starts_with("invalid length") => {
            return "expected an object, found a list".to_owned();
        }
        other if other.starts_with("struct ") => "an object",
        other if other.starts_with("tuple ") => "a list",
        "string or map" => "a name, or an object with one member",
        other => other,
    };
    let found = ["invalid type: ", "invalid value: ", "invalid length "]
        .iter()
        .find_map(|prefix| found.strip_prefix(prefix))
        .unwrap_or(found);
    let found = match found {
        "map" => "an object".to_owned(),
        "sequence" => "a list".to_owned(),
        found => found
            .replacen("string ", "the text ", 1)
            .replacen("integer ", "the number ", 1)
            .replacen("floating point ", "the number ", 1)
            .replacen("boolean ", "", 1),
    };
    format!("expected {expected}, found {}", found.replace('`', ""))
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
