//! Text of others on terminals: what could move a cursor, change a colour or begin a line is shown as an escape.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Whether `char` is not seen as itself, or changes how what follows is seen: control characters, separators of lines,
/// and the marks that turn the direction of text around.
pub fn is_hidden(char: char) -> bool {
    char.is_control()
        || matches!(
            char,
            '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{feff}'
        )
        || ('\u{202a}'..='\u{202e}').contains(&char)
        || ('\u{2066}'..='\u{2069}').contains(&char)
}

/// The text as one line in which everything is seen: `\n`, `\t`, `\x1b`, `\u{202e}`.
///
/// What has nothing hidden stays as it is, a backslash too: this is for people to read, not to be read back.
pub fn line(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for char in text.chars() {
        escape(char, &mut shown);
    }
    Cow::Owned(shown)
}

/// The same for a text of several lines that are all ours: their ends stay, LF and CR LF.
pub fn lines(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|char| char != '\n' && is_hidden(char)) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for line in text.split_inclusive('\n') {
        let end = ["\r\n", "\n"].into_iter().find(|end| line.ends_with(end)).unwrap_or("");
        line[..line.len() - end.len()].chars().for_each(|char| escape(char, &mut shown));
        shown.push_str(end);
    }
    Cow::Owned(shown)
}

fn escape(char: char, shown: &mut String) {
    // Writing to a string cannot fail.
    let _ = match char {
        '\n' => write!(shown, "\\n"),
        '\r' => write!(shown, "\\r"),
        '\t' => write!(shown, "\\t"),
        char if !is_hidden(char) => write!(shown, "{char}"),
        char if u32::from(char) < 0x80 => write!(shown, "\\x{:02x}", u32::from(char)),
        char => write!(shown, "\\u{{{:x}}}", u32::from(char)),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_hidden_is_shown_and_the_rest_stays() {
        assert_eq!(
            line("k\u{1b}[31m\r\nHOLDS\t\u{9b}x\u{202e}"),
            "k\\x1b[31m\\r\\nHOLDS\\t\\u{9b}x\\u{202e}"
        );
        assert!(matches!(line("größer → 🔒 a\\nb"), Cow::Borrowed(_)));
    }

    #[test]
    fn ends_of_lines_stay_where_they_are_ours() {
        assert_eq!(lines("a\r\nb\rc\nd\u{7}"), "a\r\nb\\rc\nd\\x07");
        assert!(matches!(lines("a\nb\n"), Cow::Borrowed(_)));
    }
}
