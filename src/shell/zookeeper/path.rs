//! Paths that a client sends at all (`PathUtils.validatePath`).

use super::failure::Failure;

/// Whether the client library accepts `path`.
pub(super) fn validate(path: &str) -> Result<(), Failure> {
    let bad = |why: &str| Err(Failure(why.to_owned()));
    if path.is_empty() {
        return bad("Path length must be > 0");
    }
    if !path.starts_with('/') {
        return bad("Path must start with / character");
    }
    if path == "/" {
        return Ok(());
    }
    if path.ends_with('/') {
        return bad("Path must not end with / character");
    }
    // Java counts units of UTF-16.
    let units: Vec<u16> = path.encode_utf16().collect();
    let is = |at: usize, char: char| units.get(at).is_some_and(|unit| *unit == char as u16);
    let ends_part = |at: usize| at + 1 == units.len() || is(at + 1, '/');
    let wrong = (1..units.len()).find_map(|at| {
        let why = if is(at, '/') && is(at - 1, '/') {
            "empty node name specified"
        } else if is(at, '.')
            && ends_part(at)
            && (is(at - 1, '/') || (is(at - 1, '.') && at > 1 && is(at - 2, '/')))
        {
            "relative paths not allowed"
        } else if matches!(units[at], 1..=0x1f | 0x7f..=0x9f | 0xd800..=0xf8ff | 0xfff0..) {
            "invalid character"
        } else {
            return None;
        };
        Some((at, why))
    });
    match wrong {
        Some((at, why)) => {
            Err(Failure(format!("Invalid path string \"{path}\" caused by {why} @{at}")))
        }
        None => Ok(()),
    }
}

/// The path of a child.
pub(super) fn child(path: &str, name: &str) -> String {
    if path == "/" { format!("/{name}") } else { format!("{path}/{name}") }
}
