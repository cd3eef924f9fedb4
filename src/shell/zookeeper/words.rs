//! The words of a line, as `zkCli` splits it.

/// Splits `line` at white space; a word in quotes, double or single, may contain it. Quotes have no escapes, and a
/// quote that is never closed is passed over, as `zkCli` does.
pub(super) fn split(line: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut left = line.trim_start_matches(is_space);
    while let Some(first) = left.chars().next() {
        let (word, rest) = match first {
            '"' | '\'' => match left[1..].split_once(first) {
                Some((word, rest)) => (word, rest),
                None => {
                    left = &left[1..];
                    continue;
                }
            },
            _ => left.split_at(left.find(is_space).unwrap_or(left.len())),
        };
        words.push(word);
        left = rest.trim_start_matches(is_space);
    }
    words
}

/// Java's `\s`.
fn is_space(char: char) -> bool {
    matches!(char, ' ' | '\t'..='\r')
}
