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

/// The same for a text of several lines that are all ours: line feeds stay.
pub fn lines(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|char| char != '\n' && is_hidden(char)) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for char in text.chars() {
        if char == '\n' { shown.push(char) } else { escape(char, &mut shown) }
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
