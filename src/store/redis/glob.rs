//! Glob patterns, as KEYS, SCAN and PSUBSCRIBE use them.

/// Whether `text` matches `pattern`: `*`, `?`, `[a-c]`, `[^a]` and a backslash that quotes
/// (<https://redis.io/docs/latest/commands/keys/>).
pub(crate) fn matches(pattern: &[u8], text: &[u8]) -> bool {
    let (mut pattern, mut text) = (pattern, text);
    if text.is_empty() {
        // The real matcher does not look at a pattern at all here, so `*` does not match nothing.
        return pattern.is_empty();
    }
    // Where to go on after the last star: its rest of the pattern, and the text that it left over.
    let mut star: Option<(&[u8], &[u8])> = None;
    loop {
        if let [b'*', rest @ ..] = pattern {
            pattern = rest;
            star = Some((pattern, text));
            if pattern.is_empty() {
                return true;
            }
            continue;
        }
        let Some((first, rest)) = text.split_first() else {
            return pattern.is_empty();
        };
        match one(pattern, *first) {
            Some(after) => (pattern, text) = (after, rest),
            None => match star {
                Some((after, [_, left @ ..])) => {
                    (pattern, text) = (after, left);
                    star = Some((after, left));
                }
                _ => return false,
            },
        }
    }
}

/// Matches one byte with the first element of a pattern that does not begin with a star, and gives the rest
/// of the pattern.
fn one(pattern: &[u8], byte: u8) -> Option<&[u8]> {
    match pattern {
        [] => None,
        [b'?', rest @ ..] => Some(rest),
        [b'[', rest @ ..] => class(rest, byte),
        [b'\\', quoted, rest @ ..] => (*quoted == byte).then_some(rest),
        [first, rest @ ..] => (*first == byte).then_some(rest),
    }
}

/// Matches one byte with the inside of a bracket, and gives what follows the bracket. A bracket that is never
/// closed ends with the pattern.
fn class(inside: &[u8], byte: u8) -> Option<&[u8]> {
    let (negated, mut rest) = match inside {
        [b'^', rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    let mut found = false;
    loop {
        match rest {
            [] => break,
            [b'\\', quoted, after @ ..] => {
                found |= *quoted == byte;
                rest = after;
            }
            [b']', after @ ..] => {
                rest = after;
                break;
            }
            [from, b'-', to, after @ ..] => {
                found |= (*from.min(to)..=*from.max(to)).contains(&byte);
                rest = after;
            }
            [single, after @ ..] => {
                found |= *single == byte;
                rest = after;
            }
        }
    }
    (found != negated).then_some(rest)
}
